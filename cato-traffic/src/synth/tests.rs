//! What the synthesiser promises, checked on its bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use cato_runtime::{Bucket, Decoded, Depth, Entry, FixedStorage, FlowSettings, LinkType, TcpFlags, Tracker, decode};
use etherparse::{Ipv4HeaderSlice, TcpHeaderSlice, TcpOptionElement};

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

fn decoded(frame: &[u8]) -> Decoded {
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

/// The bytes of a capture that was made on one machine; every other must make the same.
#[test]
fn bytes_are_the_same_on_every_machine() {
    const DIGEST: &str = "f43dc84e5f97320088a7cc60180445ea5dd9d6eaacc76756127ee92b25baaa6c";
    let mut hasher = blake3::Hasher::new();
    for (time, frame) in &capture("smoke", 100, 1).frames {
        hasher.update(&time.to_le_bytes());
        hasher.update(frame);
    }
    assert_eq!(hasher.finalize().to_hex().as_str(), DIGEST);
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
                let source = tracker.entry(seen.entry).expect("the number was given").source();
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
}

#[test]
fn sequence_and_acknowledgment_numbers_add_up() {
    let Capture { frames, .. } = capture("smoke", 300, 8);
    let mut flows: BTreeMap<(SocketAddr, SocketAddr), Stream> = BTreeMap::new();
    let (mut segments, mut gaps, mut repeated) = (0, 0, 0);
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
        // A segment lost before the capture point leaves a gap until it is sent again.
        if length > 0 && stream.end > 0 {
            segments += 1;
            gaps += usize::from(offset > stream.end);
        }
        if !payload.is_empty() {
            let before = stream.segments.insert(offset, payload.to_vec());
            if let Some(before) = before {
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
    assert!(repeated > 10 && gaps > 10, "{repeated} seen twice, {gaps} gaps");
    assert!(repeated + gaps < segments / 10, "{repeated} seen twice, {gaps} gaps of {segments}");
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
    let mut flows: BTreeMap<_, Vec<u8>> = BTreeMap::new();
    for (_, frame) in &frames {
        let packet = decoded(frame);
        if packet.view.is_tcp() {
            flows.entry(packet.key).or_default().push(packet.view.flags());
        }
        if packet.view.flags() & TcpFlags::SYN != 0 {
            let headers = if packet.view.is_ipv6() { 40 } else { 20 };
            let tcp = TcpHeaderSlice::from_slice(&frame[ETHERNET + headers..]).expect("decoded before");
            let options: Vec<_> = tcp.options_iterator().map(|option| option.expect("options are right")).collect();
            assert!(matches!(options[0], TcpOptionElement::MaximumSegmentSize(1360..=1460)), "{options:?}");
        }
    }
    let with = |flag: u8| flows.values().filter(|flow| flow.iter().any(|flags| flags & flag != 0)).count();
    assert!(flows.values().all(|flow| flow[0] == TcpFlags::SYN));
    let (fin, rst) = (with(TcpFlags::FIN), with(TcpFlags::RST));
    assert!(fin > flows.len() / 3 && rst > flows.len() / 20 && fin + rst < 2 * flows.len(), "{fin} FIN, {rst} RST");
    let classes: BTreeSet<_> = labels.iter().map(|row| &row.label).collect();
    assert!(classes.len() >= 10, "{classes:?}");
}

#[test]
fn flows_end_however_bad_the_way_is() {
    let smoke = include_str!("profiles/smoke.toml");
    let lossy = smoke.replace("loss_near = 0.01", "loss_near = 0.5").replace("loss_far = 0.01", "loss_far = 0.5");
    let short = smoke.replace("most_packets = 400", "most_packets = 1");
    let slow = smoke.replace("{ log_normal = [80, 0.4] }", "0");
    let profiles =
        [lossy, short, slow].map(|text| Profile::from_toml(&text).expect("numbers away from a built-in one"));
    let cut = Profile::builtin("smoke").expect("it is built in").cut_off(3);
    for profile in profiles.into_iter().chain([cut]) {
        let mut synthesis = generate(&profile, 60, 2).expect("few flows fit");
        while synthesis.next_frame().is_some() {}
        assert_eq!(synthesis.into_labels().len(), 60);
    }
}

/// What a classifier sees of a flow: for each of its first packets, size with direction and the time since the one
/// before.
fn first_packets(capture: &Capture, depth: usize) -> BTreeMap<SocketAddr, Vec<f64>> {
    let mut seen: BTreeMap<_, (u64, Vec<f64>)> = BTreeMap::new();
    for (time, frame) in &capture.frames {
        let packet = decoded(frame);
        let (last, row) = seen.entry(packet.key).or_insert_with(|| (*time, Vec::new()));
        if row.len() < 2 * depth {
            let bytes = f64::from(packet.view.bytes());
            // Servers have the lower ports.
            let to_server = packet.view.source_port() > packet.view.destination_port();
            row.push(if to_server { bytes } else { -bytes } / 1500.0);
            row.push(((time - *last) as f64).max(1e5).log2() / 8.0);
        }
        *last = *time;
    }
    let client = |key: cato_runtime::FlowKey| {
        let [first, second] = [key.first(), key.second()];
        let client = if first.port > second.port { first } else { second };
        let [a, b, c, d, ..] = client.address;
        let address = if key.is_ipv6() { client.address.into() } else { IpAddr::from([a, b, c, d]) };
        SocketAddr::new(address, client.port)
    };
    let pad = |mut row: Vec<f64>| {
        row.resize(2 * depth, 0.0);
        row
    };
    seen.into_iter().map(|(key, (_, row))| (client(key), pad(row))).collect()
}

/// Share of the second half of the flows whose nearest neighbours in the first half tell their class.
fn accuracy(capture: &Capture, depth: usize) -> f64 {
    let rows = first_packets(capture, depth);
    let labelled: Vec<_> = capture.labels.iter().map(|row| (&rows[&row.client], &row.label)).collect();
    let (known, asked) = labelled.split_at(labelled.len() / 2);
    let distance = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>();
    let right = asked.iter().filter(|(row, label)| {
        let mut near: Vec<_> = known.iter().map(|(other, label)| (distance(row, other), *label)).collect();
        near.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let votes = |label: &String| near[..7].iter().filter(|(_, near)| *near == label).count();
        let best = near[..7].iter().map(|(_, near)| *near).max_by_key(|near| votes(near)).expect("seven neighbours");
        best == *label
    });
    right.count() as f64 / asked.len() as f64
}

#[test]
fn classes_overlap_and_more_packets_tell_more() {
    let capture = capture("demo", 1_500, 21);
    let [three, twenty] = [3, 20].map(|depth| accuracy(&capture, depth));
    println!("nearest neighbours: {three:.3} after 3 packets, {twenty:.3} after 20");
    assert!(three > 0.15 && three < 0.5, "{three}");
    assert!(twenty > three + 0.15 && twenty < 0.97, "{twenty} after {three}");
}
