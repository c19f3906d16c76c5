//! What the synthesiser promises, checked on its bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use cato_runtime::{Bucket, Decoded, Depth, Entry, FixedStorage, FlowSettings, LinkType, TcpFlags, Tracker, decode};
use etherparse::{Ipv4HeaderSlice, TcpHeaderSlice};

use super::{LabelRow, Profile, generate};

const ETHERNET: usize = 14;

struct Capture {
    frames: Vec<(u64, Vec<u8>)>,
    labels: Vec<LabelRow>,
}

fn capture(profile: &str, flows: usize, seed: u64) -> Capture {
    let profile = Profile::builtin(profile).expect("built-in profiles are right");
    let mut synthesis = generate(&profile, flows, seed).expect("few flows fit");
    let mut frames = Vec::new();
    while let Some(frame) = synthesis.next_frame() {
        frames.push((frame.time_ns, frame.data.to_vec()));
    }
    Capture { frames, labels: synthesis.into_labels() }
}

fn decoded(frame: &[u8]) -> Decoded<'_> {
    decode(LinkType::Ethernet, frame, frame.len() as u32).expect("synthetic frames are right")
}

/// The ones' complement sum of RFC 1071; 0xffff over data that holds its own checksum.
fn sum(parts: &[&[u8]]) -> u16 {
    let mut sum = 0u32;
    for part in parts {
        for pair in part.chunks(2) {
            sum += u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0));
            sum = (sum & 0xffff) + (sum >> 16);
        }
    }
    sum as u16
}

#[test]
fn same_seed_same_bytes() {
    let digest = |seed| {
        let Capture { frames, labels } = capture("demo", 60, seed);
        let mut hasher = blake3::Hasher::new();
        for (time, frame) in &frames {
            hasher.update(&time.to_le_bytes());
            hasher.update(frame);
        }
        (hasher.finalize(), labels)
    };
    assert_eq!(digest(1), digest(1));
    assert_ne!(digest(1), digest(2));
}

#[test]
fn flows_do_not_depend_on_those_after_them() {
    // Without reuse of ports, which gives a flow's number to a successor.
    let text = include_str!("profiles/smoke.toml").replace("port_reuse = 0.1", "port_reuse = 0");
    let profile = Profile::from_toml(&text).expect("a comment away from a built-in profile");
    let labels = |flows| {
        let mut synthesis = generate(&profile, flows, 5).expect("few flows fit");
        while synthesis.next_frame().is_some() {}
        synthesis.into_labels()
    };
    let (few, many) = (labels(20), labels(60));
    assert!(few.iter().all(|row| many.contains(row)));
}

#[test]
fn frames_are_whole_and_in_order() {
    for profile in Profile::builtin_names() {
        let Capture { frames, .. } = capture(profile, 150, 3);
        assert!(frames.is_sorted_by_key(|(time, _)| *time));
        let (mut v4, mut v6, mut tcp, mut udp) = (0, 0, 0, 0);
        for (_, frame) in &frames {
            let packet = decoded(frame);
            let ip = &frame[ETHERNET..];
            assert_eq!(packet.view.bytes() as usize, ip.len());
            let (pseudo, rest) = if packet.view.is_ipv6() {
                v6 += 1;
                (&ip[8..40], &ip[40..])
            } else {
                v4 += 1;
                assert_eq!(sum(&[&ip[..20]]), 0xffff, "IPv4 header checksum");
                (&ip[12..20], &ip[20..])
            };
            let protocol = packet.view.protocol();
            let length = (rest.len() as u32).to_be_bytes();
            assert_eq!(sum(&[pseudo, &length, &[0, protocol], rest]), 0xffff, "transport checksum");
            if packet.view.is_tcp() {
                tcp += 1;
            } else {
                udp += 1;
                assert_eq!(usize::from(u16::from_be_bytes([rest[4], rest[5]])), rest.len(), "UDP length");
            }
        }
        assert!(v4 > 0 && v6 > 0 && tcp > 0 && udp > 0, "{profile}: {v4} {v6} {tcp} {udp}");
    }
}

#[test]
fn labels_are_the_flows_that_a_tracker_sees() {
    for profile in Profile::builtin_names() {
        let Capture { frames, labels } = capture(profile, 300, 4);
        assert_eq!(labels.len(), 300);
        assert_eq!(labels.iter().map(|row| row.packets).sum::<u64>(), frames.len() as u64);
        let mut buckets = vec![Bucket::default(); 2048];
        let mut entries = vec![Entry::VACANT; 1024];
        let storage = FixedStorage::new(&mut buckets, &mut entries);
        let mut tracker = Tracker::new(FlowSettings::default(), Depth::All, storage);
        let mut starts = Vec::new();
        for (time, frame) in &frames {
            let packet = decoded(frame);
            let hash = tracker.hash(&packet.key);
            let seen = tracker.observe(&packet, hash, *time, |_, _| {}).expect("every frame is part of a flow");
            if seen.starts {
                let source = tracker.entry(seen.slot).expect("the slot was given").source();
                starts.push((*time, source.port));
            }
        }
        starts.sort_unstable();
        let mut labelled: Vec<_> = labels.iter().map(|row| (row.first_ns, row.client.port())).collect();
        labelled.sort_unstable();
        assert_eq!(starts, labelled, "{profile}");
    }
}

#[test]
fn ports_are_used_again_only_after_the_end() {
    let Capture { labels, .. } = capture("smoke", 300, 4);
    let mut last_seen = BTreeMap::new();
    let mut reused = 0;
    for row in &labels {
        if let Some(last) = last_seen.insert((row.udp, row.client, row.server), row.last_ns) {
            assert!(row.first_ns > last && !row.udp);
            reused += 1;
        }
    }
    assert!((1..100).contains(&reused), "{reused}");
}

/// One end's side of a TCP flow as the capture shows it.
#[derive(Default)]
struct Stream {
    initial: u32,
    /// Behind the last byte seen, from the SYN on.
    end: u32,
    segments: BTreeMap<u32, Vec<u8>>,
    repeated: usize,
}

#[test]
fn sequence_and_acknowledgment_numbers_add_up() {
    let Capture { frames, .. } = capture("smoke", 300, 8);
    let mut flows: BTreeMap<(SocketAddr, SocketAddr), Stream> = BTreeMap::new();
    let mut repeated = 0;
    for (_, frame) in &frames {
        let packet = decoded(frame);
        if !packet.view.is_tcp() {
            continue;
        }
        let headers = if packet.view.is_ipv6() { 40 } else { 20 };
        let tcp = TcpHeaderSlice::from_slice(&frame[ETHERNET + headers..]).expect("decoded before");
        let payload = &frame[ETHERNET + headers + tcp.slice().len()..];
        let [from, to] = ends(frame, packet.view.is_ipv6(), &tcp);
        let starts = tcp.syn() && !tcp.ack();
        if starts && flows.get(&(from, to)).is_some_and(|stream| stream.initial != tcp.sequence_number()) {
            flows.remove(&(from, to));
            flows.remove(&(to, from));
        }
        let stream = flows.entry((from, to)).or_default();
        if tcp.syn() {
            stream.initial = tcp.sequence_number();
        }
        let offset = tcp.sequence_number().wrapping_sub(stream.initial);
        let length = payload.len() as u32 + u32::from(tcp.syn()) + u32::from(tcp.fin());
        assert!(offset <= stream.end || tcp.rst() || length == 0 || stream.end == 0 || offset - stream.end < 1 << 20);
        if !payload.is_empty() {
            let before = stream.segments.insert(offset, payload.to_vec());
            if let Some(before) = before {
                stream.repeated += 1;
                repeated += 1;
                assert_eq!(before, payload, "what is sent again is the same");
            }
        }
        stream.end = stream.end.max(offset + length);
        if tcp.ack() && !tcp.rst() {
            let other = flows.get(&(to, from)).expect("nothing is acknowledged that was not sent");
            let acknowledged = tcp.acknowledgment_number().wrapping_sub(other.initial);
            assert!((1..=other.end).contains(&acknowledged), "{acknowledged} of {}", other.end);
        }
    }
    assert!(repeated > 10, "{repeated} segments were seen twice");
}

fn ends(frame: &[u8], ipv6: bool, tcp: &TcpHeaderSlice<'_>) -> [SocketAddr; 2] {
    let ip = &frame[ETHERNET..];
    let address = |at: usize| -> IpAddr {
        if ipv6 {
            <[u8; 16]>::try_from(&ip[8 + 16 * at..][..16]).expect("16 bytes").into()
        } else {
            let header = Ipv4HeaderSlice::from_slice(ip).expect("decoded before");
            [header.source_addr(), header.destination_addr()][at].into()
        }
    };
    [SocketAddr::new(address(0), tcp.source_port()), SocketAddr::new(address(1), tcp.destination_port())]
}

#[test]
fn flows_begin_with_a_handshake_and_end_in_several_ways() {
    let Capture { frames, labels } = capture("demo", 300, 9);
    let mut flags: BTreeMap<_, Vec<u8>> = BTreeMap::new();
    for (_, frame) in &frames {
        let packet = decoded(frame);
        if packet.view.is_tcp() {
            flags.entry(packet.key).or_default().push(packet.view.flags());
        }
    }
    let all = |flag: u8| flags.values().filter(|flow| flow.iter().any(|flags| flags & flag != 0)).count();
    assert!(flags.values().all(|flow| flow[0] == TcpFlags::SYN));
    let (fin, rst) = (all(TcpFlags::FIN), all(TcpFlags::RST));
    assert!(fin > flags.len() / 3 && rst > flags.len() / 50, "{fin} FIN, {rst} RST of {}", flags.len());
    let labels: BTreeSet<_> = labels.iter().map(|row| &row.label).collect();
    assert!(labels.len() >= 10);
}
