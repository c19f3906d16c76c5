//! Packets as bytes: Ethernet II, IPv4 or IPv6, TCP or UDP, with lengths and checksums.

use std::net::IpAddr;

use cato_runtime::TcpFlags;
use etherparse::{
    EtherType, Ethernet2Header, IpNumber, Ipv4Header, Ipv6FlowLabel, Ipv6Header, TcpHeader, TcpOptionElement, UdpHeader,
};

use super::address::{Host, Hosts};
use super::packet::{Header, Packet, Segment};
use super::payload;
use super::random::FlowRandom;
use super::script::Side;

/// What all frames of one flow have in common.
#[derive(Clone, Debug)]
pub(super) struct Framing {
    hosts: Hosts,
    /// TTL or hop limit at the capture point, by sender.
    ttl: [u8; 2],
    /// Sequence numbers of the SYNs, by sender.
    initial: [u32; 2],
    /// IPv4 identification of the next packet, by sender.
    identification: [u16; 2],
    flow_label: Ipv6FlowLabel,
    /// What the payload's bytes follow from.
    secret: u64,
}

/// A frame is never longer than this: the profile keeps segments and datagrams to what Ethernet carries.
pub(super) const MOST_PAYLOAD: u32 = 1460;

impl Framing {
    pub(super) fn new(hosts: Hosts, ttl: [u8; 2], random: &mut FlowRandom) -> Self {
        let [first, second] = [random.word(), random.word()];
        Self {
            hosts,
            ttl,
            initial: [first as u32, (first >> 32) as u32],
            identification: [second as u16, (second >> 16) as u16],
            flow_label: Ipv6FlowLabel::try_new((second >> 32) as u32 & 0x000f_ffff).unwrap_or(Ipv6FlowLabel::ZERO),
            secret: random.word(),
        }
    }

    /// Writes the packet into `frame`, in place of what is there; `scratch` holds its payload meanwhile.
    pub(super) fn write(&mut self, packet: &Packet, frame: &mut Vec<u8>, scratch: &mut Vec<u8>) {
        let [from, to] = match packet.from {
            Side::Client => self.hosts,
            Side::Server => [self.hosts[1], self.hosts[0]],
        };
        frame.clear();
        scratch.clear();
        payload::append(scratch, self.secret, packet.from, packet.offset, packet.payload as usize);
        let ether_type = if from.address.is_ipv4() { EtherType::IPV4 } else { EtherType::IPV6 };
        let ethernet = Ethernet2Header { source: from.mac, destination: to.mac, ether_type };
        frame.extend_from_slice(&ethernet.to_bytes());
        match &packet.header {
            Header::Tcp(segment) => {
                let header = self.tcp(segment, packet.from, &from, &to, scratch);
                self.ip(IpNumber::TCP, packet.from, &from, &to, header.header_len() + scratch.len(), frame);
                frame.extend_from_slice(&header.to_bytes());
            }
            Header::Udp { .. } => {
                let header = udp(&from, &to, scratch);
                self.ip(IpNumber::UDP, packet.from, &from, &to, usize::from(header.length), frame);
                frame.extend_from_slice(&header.to_bytes());
            }
        }
        frame.extend_from_slice(scratch);
    }

    fn ip(&mut self, protocol: IpNumber, side: Side, from: &Host, to: &Host, len: usize, frame: &mut Vec<u8>) {
        let ttl = self.ttl[side.index()];
        // A payload is at most `MOST_PAYLOAD` bytes long, so lengths fit 16 bits.
        let len = len as u16;
        match (from.address, to.address) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => {
                let identification = &mut self.identification[side.index()];
                *identification = identification.wrapping_add(1);
                let mut header = Ipv4Header {
                    total_len: Ipv4Header::MIN_LEN_U16 + len,
                    identification: *identification,
                    dont_fragment: true,
                    time_to_live: ttl,
                    protocol,
                    source: source.octets(),
                    destination: destination.octets(),
                    ..Ipv4Header::default()
                };
                header.header_checksum = header.calc_header_checksum();
                frame.extend_from_slice(&header.to_bytes());
            }
            (source, destination) => {
                let header = Ipv6Header {
                    traffic_class: 0,
                    flow_label: self.flow_label,
                    payload_length: len,
                    next_header: protocol,
                    hop_limit: ttl,
                    source: octets_v6(source),
                    destination: octets_v6(destination),
                };
                frame.extend_from_slice(&header.to_bytes());
            }
        }
    }

    fn tcp(&self, segment: &Segment, side: Side, from: &Host, to: &Host, payload: &[u8]) -> TcpHeader {
        let own = self.initial[side.index()];
        let other = self.initial[side.other().index()];
        let has = |flag| segment.flags & flag != 0;
        // Sequence numbers wrap.
        let mut header = TcpHeader::new(from.port, to.port, own.wrapping_add(segment.sequence as u32), segment.window);
        header.syn = has(TcpFlags::SYN);
        header.fin = has(TcpFlags::FIN);
        header.rst = has(TcpFlags::RST);
        header.psh = has(TcpFlags::PSH);
        header.ack = has(TcpFlags::ACK);
        if header.ack {
            header.acknowledgment_number = other.wrapping_add(segment.acknowledgment as u32);
        }
        let mut elements = Vec::with_capacity(8);
        options(segment, other, &mut elements);
        // At most 24 of 40 bytes: a SYN has no selective acknowledgment.
        let fits = header.set_options(&elements);
        debug_assert!(fits.is_ok(), "options are too long: {elements:?}");
        // Fails only for segments beyond 65,535 bytes.
        header.checksum = match (from.address, to.address) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => {
                header.calc_checksum_ipv4_raw(source.octets(), destination.octets(), payload)
            }
            (source, destination) => header.calc_checksum_ipv6_raw(octets_v6(source), octets_v6(destination), payload),
        }
        .unwrap_or(0);
        header
    }
}

/// The options in the order of the widespread stacks, padded to whole words.
fn options(segment: &Segment, other: u32, elements: &mut Vec<TcpOptionElement>) {
    use TcpOptionElement::{
        MaximumSegmentSize, Noop, SelectiveAcknowledgement, SelectiveAcknowledgementPermitted, Timestamp, WindowScale,
    };
    if let Some(offer) = segment.offer {
        elements.push(MaximumSegmentSize(offer.segment_size));
        if segment.timestamps.is_none() {
            elements.extend(offer.window_scale.into_iter().flat_map(|scale| [Noop, WindowScale(scale)]));
            if offer.selective {
                elements.extend([Noop, Noop, SelectiveAcknowledgementPermitted]);
            }
            return;
        }
        elements.push(if offer.selective { SelectiveAcknowledgementPermitted } else { Noop });
        if !offer.selective {
            elements.push(Noop);
        }
        elements.extend(segment.timestamps.map(|(clock, echo)| Timestamp(clock, echo)));
        elements.extend(offer.window_scale.into_iter().flat_map(|scale| [Noop, WindowScale(scale)]));
        return;
    }
    if let Some((clock, echo)) = segment.timestamps {
        elements.extend([Noop, Noop, Timestamp(clock, echo)]);
    }
    if let Some((start, stop)) = segment.selective {
        let range = (other.wrapping_add(start as u32), other.wrapping_add(stop as u32));
        elements.extend([Noop, Noop, SelectiveAcknowledgement(range, [None; 3])]);
    }
}

fn udp(from: &Host, to: &Host, payload: &[u8]) -> UdpHeader {
    // At most `MOST_PAYLOAD` bytes.
    let length = (UdpHeader::LEN + payload.len()) as u16;
    let mut header = UdpHeader { source_port: from.port, destination_port: to.port, length, checksum: 0 };
    header.checksum = match (from.address, to.address) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            header.calc_checksum_ipv4_raw(source.octets(), destination.octets(), payload)
        }
        (source, destination) => header.calc_checksum_ipv6_raw(octets_v6(source), octets_v6(destination), payload),
    }
    .unwrap_or(0);
    header
}

fn octets_v6(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    }
}
