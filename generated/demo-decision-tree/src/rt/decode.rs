// From cato-runtime 0.1.0, src/decode.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! From a captured frame to its flow key and its view, once.

use etherparse::{
    IpAuthHeaderSlice, IpNumber, Ipv4HeaderSlice, Ipv6FragmentHeaderSlice, Ipv6HeaderSlice, Ipv6RawExtHeaderSlice,
    UdpHeaderSlice,
};

use super::packet::{IP_PREFIX, TCP_FIXED};
use super::{Decoded, Endpoint, FlowKey, LinkType, PacketView, Skip, link, plain};

/// Decodes the outermost IP packet of `frame`, which had `wire_len` bytes on the wire before it was cut to the
/// captured ones.
///
/// # Errors
/// The reason why the packet belongs to no flow. Never fails for lack of payload: only headers need to be captured.
#[inline]
pub fn decode(link: LinkType, frame: &[u8], wire_len: u32) -> Result<Decoded, Skip> {
    let plain = if link == LinkType::Ethernet { plain(frame) } else { None };
    plain.map_or_else(|| decode_any(link, frame, wire_len), Ok)
}

#[inline]
fn plain(frame: &[u8]) -> Option<Decoded> {
    plain::tcp_in_ipv4_in_ethernet(frame).or_else(|| plain::tcp_in_ipv6_in_ethernet(frame))
}

/// Decodes frames of every kind, the plain ones included.
#[inline]
fn decode_any(link: LinkType, frame: &[u8], wire_len: u32) -> Result<Decoded, Skip> {
    let offset = link::ip_offset(link, frame)?;
    let ip = frame.get(offset..).ok_or(Skip::Truncated)?;
    let wire = wire_len.saturating_sub(offset as u32);
    match ip.first().map(|first| first >> 4) {
        Some(4) => ipv4(ip, wire),
        Some(6) => ipv6(ip, wire),
        Some(_) => Err(Skip::NotIp),
        None => Err(Skip::Truncated),
    }
}

#[inline]
fn ipv4(ip: &[u8], wire: u32) -> Result<Decoded, Skip> {
    let prefix = ip.first_chunk::<IP_PREFIX>().ok_or(Skip::Truncated)?;
    if usize::from(prefix[0] & 0xf) * 4 < IP_PREFIX {
        return Err(Skip::Malformed);
    }
    let header = Ipv4HeaderSlice::from_slice(ip).map_err(|_| Skip::Truncated)?;
    if header.fragments_offset().value() != 0 {
        return Err(Skip::Fragment);
    }
    let header_len = header.slice().len();
    let bytes = ip_bytes(u32::from(header.total_len()), wire, header.total_len() == 0)?;
    let source = address_v4(header.source());
    let destination = address_v4(header.destination());
    transport(
        prefix,
        source,
        destination,
        header.protocol(),
        ip.get(header_len..).unwrap_or(&[]),
        header_len as u32,
        bytes,
    )
}

#[inline]
fn ipv6(ip: &[u8], wire: u32) -> Result<Decoded, Skip> {
    let prefix = ip.first_chunk::<IP_PREFIX>().ok_or(Skip::Truncated)?;
    let header = Ipv6HeaderSlice::from_slice(ip).map_err(|_| Skip::Truncated)?;
    let fixed = header.slice().len();
    let declared = u32::from(header.payload_length());
    let bytes = ip_bytes(declared + fixed as u32, wire, declared == 0)?;
    let mut next = header.next_header();
    let mut rest = ip.get(fixed..).unwrap_or(&[]);
    if next != IpNumber::TCP && next != IpNumber::UDP {
        (next, rest) = behind_extensions(next, rest)?;
    }
    let headers = ip.len() - rest.len();
    transport(prefix, header.source(), header.destination(), next, rest, headers as u32, bytes)
}

/// The IP length in bytes; with segmentation offload the header says 0 and the length on the wire counts.
#[inline]
fn ip_bytes(declared: u32, wire: u32, offloaded: bool) -> Result<u32, Skip> {
    let bytes = if offloaded { wire } else { declared };
    if bytes > PacketView::MAX_BYTES { Err(Skip::Malformed) } else { Ok(bytes) }
}

/// Walks IPv6 extension headers (RFC 8200, section 4) to the transport protocol and its bytes.
#[cold]
fn behind_extensions(mut next: IpNumber, mut rest: &[u8]) -> Result<(IpNumber, &[u8]), Skip> {
    loop {
        let (following, len) = match next {
            IpNumber::IPV6_FRAGMENTATION_HEADER => {
                let header = Ipv6FragmentHeaderSlice::from_slice(rest).map_err(|_| Skip::Truncated)?;
                if header.fragment_offset().value() != 0 {
                    return Err(Skip::Fragment);
                }
                (header.next_header(), header.slice().len())
            }
            IpNumber::AUTHENTICATION_HEADER => {
                let header = IpAuthHeaderSlice::from_slice(rest).map_err(|_| Skip::Truncated)?;
                (header.next_header(), header.slice().len())
            }
            other if Ipv6RawExtHeaderSlice::header_type_supported(other) => {
                let header = Ipv6RawExtHeaderSlice::from_slice(rest).map_err(|_| Skip::Truncated)?;
                (header.next_header(), header.slice().len())
            }
            other => return Ok((other, rest)),
        };
        rest = rest.get(len..).ok_or(Skip::Truncated)?;
        next = following;
    }
}

#[inline]
fn transport(
    prefix: &[u8; IP_PREFIX],
    source: [u8; 16],
    destination: [u8; 16],
    protocol: IpNumber,
    rest: &[u8],
    header_len: u32,
    bytes: u32,
) -> Result<Decoded, Skip> {
    let (view, transport_len) = match protocol {
        IpNumber::TCP => {
            let tcp = rest.first_chunk::<TCP_FIXED>().ok_or(Skip::Truncated)?;
            let data_offset = u32::from(tcp[12] >> 4) * 4;
            if data_offset < TCP_FIXED as u32 {
                return Err(Skip::Malformed);
            }
            (PacketView::tcp(prefix, tcp, bytes), data_offset)
        }
        IpNumber::UDP => {
            UdpHeaderSlice::from_slice(rest).map_err(|_| Skip::Truncated)?;
            let udp = rest.first_chunk::<8>().ok_or(Skip::Truncated)?;
            (PacketView::udp(prefix, udp, bytes), 8)
        }
        _ => return Err(Skip::NotTcpUdp),
    };
    if bytes < header_len + transport_len {
        return Err(Skip::Malformed);
    }
    let from = Endpoint { address: source, port: view.source_port() };
    let to = Endpoint { address: destination, port: view.destination_port() };
    let (key, from_first) = FlowKey::new(view.is_ipv6(), view.protocol(), from, to);
    Ok(Decoded { key, from_first, view })
}

/// An IPv4 address in the first four of sixteen bytes; the key's version keeps it apart from IPv6.
#[inline]
const fn address_v4(address: [u8; 4]) -> [u8; 16] {
    let [a, b, c, d] = address;
    [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
}
