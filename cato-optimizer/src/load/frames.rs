//! Packets as bytes, made from what is known of them.

use cato_runtime::{Frame, LinkType};

use super::{Arrival, Event, Population};

const ETHERNET: usize = 14;
const IPV4: usize = 20;
const TCP: usize = 20;
const UDP: usize = 8;
/// The longest packet that IPv4 can state.
const LONGEST: u32 = 65_535;
/// The highest two bits of the address of every source and of every destination; the other bits are the arrival's number.
const SOURCES: u32 = 0x4000_0000;
const DESTINATIONS: u32 = 0x8000_0000;
const NUMBER: u32 = 0x3fff_ffff;

/// Frames of Ethernet, IPv4 and TCP or UDP without payload, one behind the other in memory.
///
/// Every arrival, up to 2^30 of them, has a five-tuple of its own. Fields from which no feature is computed are 0, checksums too.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    bytes: Vec<u8>,
    /// Where each ends, its time, and its length on the wire.
    ends: Vec<(usize, u64, u32)>,
}

impl Frames {
    /// The packets of `events`, `speed` times later than they come, so that flows have the gaps that they were captured
    /// with.
    #[must_use]
    pub fn new(population: &Population, flows: &[Arrival], events: &[Event], speed: f64) -> Self {
        let mut frames = Self::default();
        for event in events {
            frames.push(population, flows, event, speed);
        }
        frames
    }

    /// Adds one packet; nothing happens for one that is of no flow.
    pub fn push(&mut self, population: &Population, flows: &[Arrival], event: &Event, speed: f64) {
        let Some(arrival) = flows.get(event.flow as usize) else { return };
        let template = arrival.template.and_then(|template| population.flows.get(template as usize));
        let (protocol, ports, packet) = match template {
            Some(template) => (template.protocol, template.ports, template.packets.get(event.packet as usize).copied()),
            None => (6, [1_024 + (event.flow % 60_000) as u16, 80], Some(SYN)),
        };
        let Some(packet) = packet else { return };
        let time_ns = (event.time_ns as f64 * speed) as u64;
        let length = packet.bytes.min(LONGEST);
        let number = event.flow & NUMBER;
        let ends = [(SOURCES | number, ports[0]), (DESTINATIONS | number, ports[1])];
        let [from, to] = if packet.from_source { ends } else { [ends[1], ends[0]] };
        let out = &mut self.bytes;
        // Locally administered addresses, then IPv4.
        out.extend_from_slice(&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00]);
        out.extend_from_slice(&[0x45, 0]);
        // Not above 65,535.
        out.extend_from_slice(&(length as u16).to_be_bytes());
        out.extend_from_slice(&[0, 0, 0, 0, packet.ttl, protocol, 0, 0]);
        out.extend_from_slice(&from.0.to_be_bytes());
        out.extend_from_slice(&to.0.to_be_bytes());
        out.extend_from_slice(&from.1.to_be_bytes());
        out.extend_from_slice(&to.1.to_be_bytes());
        let headers = if protocol == 6 {
            out.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 0, 0x50, packet.flags]);
            out.extend_from_slice(&packet.winsize.to_be_bytes());
            out.extend_from_slice(&[0; 4]);
            IPV4 + TCP
        } else {
            // What is behind the IP header.
            let datagram = length.saturating_sub(IPV4 as u32) as u16;
            out.extend_from_slice(&datagram.to_be_bytes());
            out.extend_from_slice(&[0; 2]);
            IPV4 + UDP
        };
        let wire_len = (ETHERNET as u32 + length).max((ETHERNET + headers) as u32);
        self.ends.push((out.len(), time_ns, wire_len));
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<Frame<'_>> {
        let mut start = 0;
        let frame = |&(end, time_ns, wire_len): &(usize, u64, u32)| {
            let data = self.bytes.get(start..end).unwrap_or(&[]);
            start = end;
            Frame { link: Some(LinkType::Ethernet), wire_len, time_ns, data }
        };
        self.ends.iter().map(frame).collect()
    }

    /// Forgets them, and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

/// The number of the arrival whose flow has this IPv4 address as its source; `None` where no frame has it.
#[must_use]
pub fn arrival_of(address: u32) -> Option<u32> {
    (address & !NUMBER == SOURCES).then_some(address & NUMBER)
}

/// The packet of a flood: the shortest SYN, as many tools send it.
const SYN: cato_codegen::record::PacketRecord = cato_codegen::record::PacketRecord {
    time_ns: 0,
    bytes: (IPV4 + TCP) as u32,
    winsize: 512,
    ttl: 64,
    flags: 2,
    from_source: true,
};

#[cfg(test)]
mod tests {
    use cato_codegen::record::PacketRecord;
    use cato_runtime::{FlowSettings, LinkType, decode};

    use super::super::FlowTemplate;
    use super::*;

    fn template(protocol: u8, bytes: u32) -> FlowTemplate {
        let packet =
            |time_ns, from_source| PacketRecord { time_ns, bytes, winsize: 77, ttl: 9, flags: 18, from_source };
        let packets = vec![packet(0, true), packet(500, false)];
        FlowTemplate { class: 0, protocol, ports: [4_000, 53], packets, closes: false }
    }

    #[test]
    fn frames_say_what_the_records_say() {
        let flows = vec![template(6, 1_500), template(17, 28)];
        let population = Population { flows, labels: vec!["a".into()], settings: FlowSettings::default() };
        let arrival = |template| Arrival { template, start_ns: 0 };
        let arrivals = [arrival(Some(0)), arrival(Some(1)), arrival(None)];
        let event = |flow, packet| Event { time_ns: 10, flow, packet };
        let events = [event(0, 0), event(0, 1), event(1, 0), event(1, 1), event(2, 0), event(9, 0), event(0, 9)];
        let mut frames = Frames::new(&population, &arrivals, &events, 3.0);
        assert_eq!(frames.len(), 5, "there is no arrival 9 and no packet 9");
        let all = frames.all();
        let decoded: Vec<_> =
            all.iter().map(|frame| decode(LinkType::Ethernet, frame.data, frame.wire_len).unwrap()).collect();
        for (place, (decoded, event)) in decoded.iter().zip(&events).enumerate().take(4) {
            let template = &population.flows[event.flow as usize];
            let packet = template.packets[event.packet as usize];
            assert_eq!((decoded.view.bytes(), decoded.view.ttl()), (packet.bytes, packet.ttl));
            assert_eq!(decoded.view.is_tcp(), template.is_tcp());
            if template.is_tcp() {
                assert_eq!((decoded.view.winsize(), decoded.view.flags()), (packet.winsize, packet.flags));
            }
            let mut ports = [decoded.view.source_port(), decoded.view.destination_port()];
            if !packet.from_source {
                ports.reverse();
            }
            assert_eq!((ports, all[place].time_ns), (template.ports, 30));
        }
        assert_eq!(decoded[0].key, decoded[1].key, "both directions are one flow");
        assert_ne!(decoded[0].key, decoded[2].key);
        assert_eq!((decoded[4].view.flags(), decoded[4].view.bytes()), (2, 40));
        frames.clear();
        assert!(frames.is_empty());
    }

    #[test]
    fn sources_name_their_arrival() {
        assert_eq!(arrival_of(SOURCES | 70_000), Some(70_000));
        assert_eq!((arrival_of(DESTINATIONS), arrival_of(0x0a00_0001)), (None, None));
    }
}
