use cato_runtime::{FlowSettings, LinkType};

use super::super::testing::{Folder, Way};
use super::super::{FlowRecords, Input, Inputs, RecordOptions, Recorder, Trace, TraceOptions};
use super::*;

const SYN: u8 = 2;
const SYN_ACK: u8 = 18;
const ACK: u8 = 16;
const FIN_ACK: u8 = 17;

/// Flows of all kinds in two captures that share keys: of a connection, of an exchange of datagrams, of one that is cut
/// off, of a host with itself; in IPv4 and IPv6, with and without tags; and frames of no flow.
fn traffic() -> (Folder, Trace) {
    let folder = Folder::new();
    let (client, other) = (Way { from: (1, 1000), to: (2, 80) }, Way { from: (3, 1000), to: (1, 80) });
    let name = Way { from: (1, 53), to: (9, 53) };
    let own = Way { from: (7, 5), to: (7, 5) };
    let first = [
        (1_000, client.tcp(SYN)),
        (1_500, tagged(other.tcp(SYN))),
        (2_000, client.back().tcp(SYN_ACK)),
        (2_500, v6(client, SYN)),
        (2_600, v6(client.back(), SYN_ACK)),
        (2_700, v6(other, SYN)),
        (3_000, tagged(other.back().tcp(SYN_ACK))),
        (3_500, name.udp(30)),
        (3_600, name.back().udp(90)),
        (3_700, own.udp(1)),
        (3_800, own.udp(2)),
        (3_900, vec![0; 60]),
        (4_000, client.tcp(ACK)),
        (4_100, client.tcp(FIN_ACK)),
        (4_200, client.back().tcp(FIN_ACK)),
        (4_300, Way { from: (8, 8), to: (9, 9) }.tcp(ACK)),
    ];
    // Sent before the first capture, and with a clock that was set back.
    let second = [
        (700, client.tcp(SYN)),
        (500, name.udp(3)),
        (900, client.back().tcp(SYN_ACK)),
        (950, v6(client, SYN)),
        (960, client.tcp(ACK)),
    ];
    folder.capture("a.pcap", &first);
    folder.capture("b.pcap", &second);
    folder.capture("c.pcap", &[]);
    let inputs = Inputs::collect(&[folder.path().to_owned()]).unwrap();
    let trace = Trace::collect(&inputs, &TraceOptions::default()).unwrap();
    (folder, trace)
}

fn tagged(frame: Vec<u8>) -> Vec<u8> {
    [&frame[..12], &[0x81, 0, 0, 7], &frame[12..]].concat()
}

/// A segment in IPv6, of hosts of which no two differ in one half of the address only.
fn v6(way: Way, flags: u8) -> Vec<u8> {
    let v4 = way.tcp(flags);
    let address = |host: u8| [0x20, 1, host / 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host % 2];
    let head = [&v4[..12], &[0x86, 0xdd, 0x60, 0, 0, 0, 0, 20, 6, 64]].concat();
    [head, address(way.from.0).to_vec(), address(way.to.0).to_vec(), v4[34..].to_vec()].concat()
}

fn options(loops: u64, vary_addresses: bool) -> ReplayOptions {
    ReplayOptions { loops: Some(loops), vary_addresses, gap_ns: 50, ..ReplayOptions::default() }
}

/// The records of everything that is played, as one capture.
fn record(file: &Input, replay: &mut Replay, most: usize) -> FlowRecords {
    let mut recorder = Recorder::new(&RecordOptions::default());
    recorder.begin_file(file.clone());
    while let Some(batch) = replay.next_batch(most) {
        batch.frames().iter().for_each(|frame| recorder.frame(frame));
    }
    recorder.finish()
}

/// What flows are but for their addresses and the time at which they begin.
fn shapes(records: &FlowRecords) -> Vec<impl PartialEq + std::fmt::Debug + use<>> {
    let flows = records.flows.iter().enumerate();
    flows
        .map(|(number, flow)| {
            let ports = (flow.protocol(), flow.source.port, flow.destination.port);
            (ports, flow.key.is_ipv6(), flow.key.is_loop(), flow.end, records.packets(number).to_vec())
        })
        .collect()
}

#[test]
fn every_loop_has_the_flows_of_the_first_under_keys_of_its_own() {
    let (_folder, trace) = traffic();
    let alone = FlowRecords::of_trace(&trace, FlowSettings::default());
    assert_eq!(alone.flows.len(), 6 + 3);
    for most in [1, 5, 64] {
        let mut replay = Replay::of_trace(&trace, &options(4, true));
        let records = record(&trace.files()[0], &mut replay, most);
        let played = shapes(&records);
        assert_eq!(played.len(), 4 * alone.flows.len());
        for of_loop in played.chunks(alone.flows.len()) {
            assert_eq!(of_loop, shapes(&alone));
        }
        let mut keys: Vec<_> = records.flows.iter().map(|flow| flow.key).collect();
        // The first pass has the keys of the capture itself.
        assert_eq!(keys[..6], alone.flows[..6].iter().map(|flow| flow.key).collect::<Vec<_>>());
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), records.flows.len(), "no key is seen twice");
        assert_eq!(records.counts.skipped_in_all(), 4 * alone.counts.skipped_in_all());
        assert_eq!(replay.played(), 4 * trace.len() as u64);
    }
}

#[test]
fn without_variation_frames_are_those_of_the_capture() {
    let (_folder, trace) = traffic();
    let mut replay = Replay::of_trace(&trace, &options(3, false));
    let frames = trace.frames();
    for pass in 0..6 {
        let batch = replay.next_batch(64).unwrap();
        let captured = frames.segments().nth(pass % 2).unwrap();
        assert_eq!((batch.pass(), batch.first(), batch.ends_pass()), (pass as u64, [0, 16][pass % 2], true));
        assert_eq!(batch.len(), captured.len());
        for (played, captured) in batch.iter().zip(captured) {
            assert_eq!((played.data, played.wire_len, played.link), (captured.data, captured.wire_len, captured.link));
        }
    }
    assert!(replay.next_batch(64).is_none() && replay.next_ns().is_none());
    let flows = record(&trace.files()[0], &mut Replay::of_trace(&trace, &options(3, false)), 64).flows.len();
    assert!(flows < 27, "flows that a capture cuts off go on in the next pass: {flows}");
}

#[test]
fn time_rises_from_pass_to_pass() {
    let (_folder, trace) = traffic();
    let mut replay = Replay::of_trace(&trace, &options(2, true));
    let mut passes = Vec::new();
    while let Some(next_ns) = replay.next_ns() {
        let batch = replay.next_batch(64).unwrap();
        let times: Vec<_> = batch.iter().map(|frame| frame.time_ns).collect();
        assert_eq!(times[0], next_ns);
        passes.push(times);
    }
    // 1,000 to 4,300 in the first capture, 500 to 960 in the second.
    assert_eq!((passes[0][0], passes[0][15]), (1_000, 4_300));
    assert_eq!(passes[1], [4_550, 4_350, 4_750, 4_800, 4_810]);
    assert_eq!((passes[2][0], passes[2][15]), (4_860, 8_160));
    assert_eq!(passes[3][1], 8_210);
}

#[test]
fn a_pass_can_be_left() {
    let (_folder, trace) = traffic();
    let (mut replay, mut whole) =
        (Replay::of_trace(&trace, &options(4, true)), Replay::of_trace(&trace, &options(4, true)));
    let mut passes = Vec::new();
    while let Some(batch) = whole.next_batch(64) {
        passes.push(batch.iter().map(|frame| (frame.time_ns, frame.data.to_vec())).collect::<Vec<_>>());
    }
    for (number, pass) in passes.iter().enumerate() {
        replay.skip_pass();
        replay.skip_pass();
        assert_eq!(replay.next_place(), [0, 16][number % 2]);
        let batch = replay.next_batch(number + 1).unwrap();
        assert_eq!(batch.pass(), number as u64);
        assert!(batch.iter().map(|frame| (frame.time_ns, frame.data.to_vec())).eq(pass[..batch.len()].to_vec()));
    }
}

#[test]
fn frames_are_cut_and_keep_their_length_on_the_wire() {
    let (_folder, trace) = traffic();
    let cut = ReplayOptions { snap_len: 40, ..options(2, true) };
    let mut replay = Replay::of_trace(&trace, &cut);
    let whole: u64 = trace.frames().all().iter().map(|frame| u64::from(frame.wire_len)).sum();
    assert_eq!((replay.wire_bytes(), replay.packets(), replay.captures()), (whole, trace.len(), 2));
    let all = trace.frames();
    let mut captured = all.all().iter().cycle();
    while let Some(batch) = replay.next_batch(7) {
        for (played, captured) in batch.iter().zip(&mut captured) {
            assert_eq!((played.data.len(), played.wire_len), (captured.data.len().min(40), captured.wire_len));
        }
    }
}

#[test]
fn what_is_no_ip_is_left_as_it_is() {
    let short = [8, 0, 0x45, 0, 0];
    let frames = [None, Some(LinkType::Ethernet), Some(LinkType::RawIp)].map(|link| cato_runtime::Frame {
        link,
        wire_len: 5,
        time_ns: 0,
        data: &short,
    });
    let mut replay = Replay::new(std::iter::once(&frames[..]), &options(3, true));
    while let Some(batch) = replay.next_batch(3) {
        assert!(batch.iter().all(|frame| frame.data == short));
    }
    assert_eq!(replay.played(), 9);
    assert!(Replay::new(std::iter::empty(), &options(3, true)).next_batch(1).is_none(), "nothing is played of nothing");
}

#[test]
fn time_goes_no_further_than_it_can() {
    let frame = |time_ns| cato_runtime::Frame { link: None, wire_len: 5, time_ns, data: &[] };
    let frames = [frame(0), frame(1 << 62)];
    let endless = ReplayOptions { loops: None, gap_ns: 10, ..ReplayOptions::default() };
    let mut replay = Replay::new(std::iter::once(&frames[..]), &endless);
    assert_eq!(replay.next_batch(64).map(|batch| batch.len()), Some(2));
    assert!(replay.next_batch(64).is_none(), "it would end at 2^63 + 10");
}
