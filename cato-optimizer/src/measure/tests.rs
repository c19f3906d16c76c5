//! Latency and throughput on frames made by hand, without a pipeline.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use cato_codegen::spec::Depth;
use cato_runtime::{Depth as RuntimeDepth, FlowSettings, Frame, LinkType};
use cato_traffic::replay::{Replay, ReplayOptions};
use cato_traffic::{FlowRecords, Input, Inputs, PcapOptions, PcapWriter, RecordOptions, Recorder};

use super::answer;
use super::rate::Outcome;
use super::starts::Starts;
use super::trial::{Counts, Traffic};
use super::waits::Waits;
use crate::cost::{Latency, Spread};

const FIN: u8 = 1;
const SYN: u8 = 2;
const ACK: u8 = 16;

const MICRO: u64 = 1_000;

/// A TCP segment in IPv4 from one host to another, told apart by the last byte of their addresses.
fn segment(from: u8, to: u8, flags: u8) -> Vec<u8> {
    let mut packet = vec![0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, from, 10, 0, 0, to];
    packet.extend([0, from, 0, to, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, flags, 0, 0, 0, 0, 0, 0]);
    packet
}

/// The same with UDP and an empty payload.
fn datagram(from: u8, to: u8) -> Vec<u8> {
    let mut packet = vec![0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, from, 10, 0, 0, to];
    packet.extend([0, from, 0, to, 0, 8, 0, 0]);
    packet
}

/// Times in microseconds and packets: a connection of six packets, of which the second and third come late; an exchange
/// of two datagrams; a connection that its first packet is all of; and a datagram to oneself.
fn traffic() -> Vec<(u64, Vec<u8>)> {
    vec![
        (1_000, segment(1, 2, SYN)),
        (1_010, datagram(3, 4)),
        (1_030, segment(2, 1, SYN | ACK)),
        (1_040, segment(5, 6, SYN)),
        (1_070, segment(1, 2, ACK)),
        (1_075, segment(1, 2, ACK)),
        (1_080, segment(1, 2, FIN | ACK)),
        (1_090, segment(2, 1, FIN | ACK)),
        (1_500, datagram(4, 3)),
        (1_600, datagram(7, 7)),
        // Of no flow: the connection has ended, and none begins without a SYN.
        (1_700, segment(1, 2, ACK)),
        (1_710, segment(9, 8, ACK)),
    ]
}

fn frames(packets: &[(u64, Vec<u8>)]) -> Vec<Frame<'_>> {
    let frame = |(micros, data): &'_ (u64, Vec<u8>)| (micros * MICRO, data.len() as u32);
    packets
        .iter()
        .map(|packet| {
            let (time_ns, wire_len) = frame(packet);
            Frame { link: Some(LinkType::RawIp), wire_len, time_ns, data: &packet.1 }
        })
        .collect()
}

fn records(frames: &[Frame<'_>]) -> FlowRecords {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.pcap");
    PcapWriter::create(&path, PcapOptions::default()).unwrap().finish().unwrap();
    let file: Input = Inputs::collect(&[path]).unwrap().files()[0].clone();
    let mut recorder = Recorder::new(&RecordOptions::default());
    recorder.begin_file(file);
    frames.iter().for_each(|frame| recorder.frame(frame));
    recorder.finish()
}

#[test]
fn flows_wait_for_the_packet_at_the_depth_or_for_their_last() {
    let packets = traffic();
    let waits = Waits::of(&records(&frames(&packets)));
    let at = |depth| waits.at(depth).into_iter().map(|(wait, packets)| (wait / MICRO, packets)).collect::<Vec<_>>();
    assert_eq!(at(Depth::Packets(1)), [(0, 1), (0, 1), (0, 1), (0, 1)]);
    assert_eq!(at(Depth::Packets(2)), [(30, 2), (490, 2), (0, 1), (0, 1)]);
    assert_eq!(at(Depth::Packets(3)), [(70, 3), (490, 2), (0, 1), (0, 1)]);
    assert_eq!(at(Depth::Packets(50)), [(90, 6), (490, 2), (0, 1), (0, 1)]);
    assert_eq!(at(Depth::All), at(Depth::Packets(50)));
    assert_eq!(waits.mean_ns(Depth::Packets(3)), 140.0 * MICRO as f64);

    // Seven packets in all, so that each takes 100 ns of extraction.
    let latency = Latency::of(&waits.at(Depth::Packets(3)), 175.0, 20.0);
    assert_eq!(latency.waiting, Spread { mean_ns: 140_000.0, median_ns: 0.0, p99_ns: 490_000.0 });
    assert_eq!(latency.extraction, Spread { mean_ns: 175.0, median_ns: 100.0, p99_ns: 300.0 });
    assert_eq!(latency.total, Spread { mean_ns: 140_195.0, median_ns: 120.0, p99_ns: 490_220.0 });
}

#[test]
fn what_a_verdict_rests_on_starts_the_same_flows() {
    let packets = traffic();
    // The same connection again, which has to be seen as another one.
    let again = packets.iter().map(|(micros, data)| (micros + 10_000, data.clone()));
    let packets: Vec<_> = packets.iter().cloned().chain(again).collect();
    let all = frames(&packets);
    let settings = FlowSettings::default();
    for (depth, spec_depth) in [
        (RuntimeDepth::Packets(1), Depth::Packets(1)),
        (RuntimeDepth::Packets(3), Depth::Packets(3)),
        (RuntimeDepth::All, Depth::All),
    ] {
        let kept = &answer::frames(&[&all], depth, settings)[0];
        let (whole, answer) = (Waits::of(&records(&all)), Waits::of(&records(kept)));
        assert_eq!(answer.at(spec_depth), whole.at(spec_depth), "{depth:?}");
        let used: u64 = whole.at(spec_depth).iter().map(|(_, packets)| packets).sum();
        let ends = kept.iter().filter(|frame| frame.data.len() == 40 && frame.data[33] & FIN != 0).count() as u64;
        assert!(kept.len() as u64 <= used + ends, "{depth:?}: {} of {}", kept.len(), all.len());
    }
}

fn replay(all: &[Frame<'_>], loops: Option<u64>) -> Replay {
    let options = ReplayOptions { loops, vary_addresses: loops.is_none(), ..ReplayOptions::default() };
    Replay::new([&all[..5], &all[5..]].into_iter(), &options)
}

#[test]
fn flows_that_start_are_known_for_any_part_of_any_loops() {
    let packets = traffic();
    let all = frames(&packets);
    let starts = Starts::of(replay(&all, Some(1)), FlowSettings::default());
    // As two captures: of the first the connections, the exchange and the lonely packet; of the second the answer, which
    // begins an exchange there, and the datagram to oneself.
    let begun = [0, 1, 3, 8, 9];
    assert_eq!(starts.in_loop(), begun.len() as u64);
    for first in 0..12 {
        for count in 0..40 {
            let expected = (first..first + count).filter(|place| begun.contains(&(place % 12))).count() as u64;
            assert_eq!(starts.within(first, count as u64), expected, "{count} from {first}");
        }
    }
}

fn counts() -> Counts {
    Counts {
        scheduled: 10_000,
        drained: 10_000,
        flows: 700,
        started: 700,
        verdicts: 700,
        seconds: 0.01,
        ..Counts::default()
    }
}

#[test]
fn every_loss_counts_wherever_it_is() {
    assert_eq!((counts().lost(), counts().outcome()), (0, Outcome::Kept));
    for (lost, bad) in [
        (40, Counts { refused: 40, drained: 9_960, ..counts() }),
        (1, Counts { drained: 9_999, ..counts() }),
        (3, Counts { started: 697, verdicts: 697, ..counts() }),
        (2, Counts { verdicts: 698, ..counts() }),
        (1, Counts { evicted: 1, ..counts() }),
    ] {
        assert_eq!((bad.lost(), bad.outcome()), (lost, Outcome::Lost), "{bad:?}");
    }
    // A ring that was filling up loses later.
    assert_eq!(Counts { backlog: 200, ..counts() }.outcome(), Outcome::Lost);
    assert_eq!(Counts { backlog: 60, ..counts() }.outcome(), Outcome::Kept);
}

#[test]
fn what_the_machine_did_is_not_held_against_the_pipeline() {
    // Packets that were never offered say nothing of the rate.
    assert_eq!(Counts { missed: 100, drained: 9_900, ..counts() }.outcome(), Outcome::Disturbed);
    // A million packets a second: in 30 ms without the core more came than the ring holds.
    let refused = Counts { refused: 40, drained: 9_960, ..counts() };
    assert_eq!(Counts { stolen: 0.03, ..refused }.outcome(), Outcome::Disturbed);
    assert_eq!(Counts { stolen: 0.001, ..refused }.outcome(), Outcome::Lost);
    // Where nothing was lost all the same, nothing is wrong.
    assert_eq!(Counts { stolen: 0.03, ..counts() }.outcome(), Outcome::Kept);
}

#[test]
fn what_is_offered_is_refused_or_drained() {
    let packets = traffic();
    let all = frames(&packets);
    let starts = Starts::of(replay(&all, Some(1)), FlowSettings::default());
    let mut traffic = Traffic::new(replay(&all, None), starts);
    // Nobody drains before the generator has stopped, which it does when the ring is full.
    let mut drained = 0;
    let ended = AtomicBool::new(false);
    let offered = traffic.offer_at(2e6, Duration::from_secs(60), &ended);
    traffic.drain(&ended, |frames| drained += frames.len() as u64);
    assert_eq!(offered.offered, offered.refused + drained);
    assert_eq!(drained, offered.backlog);
    assert!(offered.missed > 0 || offered.refused > 0, "{offered:?}");
}
