//! Pipelines that answer at several inference points: what they say is what the definition says of whole flows.
//!
//! A stage sees the first packets of a flow up to its depth, or all of them where the flow is shorter; the first stage that
//! is sure answers, and the last one always does.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod packets;

use std::collections::BTreeMap;

use cato_runtime::{
    BatchPipeline, Bucket, Depth, Driver, End, Entry, Eviction, FixedStorage, FlowSettings, Frame, Item, LinkType,
    Packet, Pipeline, Point, Skip, StaticPipeline, Verdict,
};
use packets::{TCP, UDP, ipv4, tcp, udp};
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

const SYN: u8 = 0x02;
const ACK: u8 = 0x10;
const SETTINGS: FlowSettings = FlowSettings { require_syn: true, tcp_timeout_ns: 4_000, udp_timeout_ns: 1_500 };
const CAPACITY: usize = 512;

/// Windows or lengths of the packets up to now, their sum and their number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    sum: u32,
    packets: u32,
}

/// What a stage says of the packets it sees, where it is sure.
fn sure(state: &Sum, stage: u8) -> Option<Verdict> {
    let class = (state.sum % 1000) as u16;
    let verdict = Verdict { class: class + 1000 * u16::from(stage), confidence: state.packets as u16 };
    (stage == 2 || state.sum % 3 == u32::from(stage)).then_some(verdict)
}

fn value(packet: &Packet) -> u32 {
    packet.view.bytes() + u32::from(packet.view.winsize())
}

/// Asks after two packets, after five and at the end of the flow or after nine.
struct Staged<const LAST: u32>;

impl<const LAST: u32> Pipeline for Staged<LAST> {
    type State = Sum;
    type Features = [f32; 1];

    const DEPTH: Depth = if LAST == 0 { Depth::All } else { Depth::Packets(LAST) };
    const EARLY: &'static [u32] = &[2, 5];
    const FEATURES: &'static [&'static str] = &["sum"];
    const CLASSES: &'static [&'static str] = &[];

    fn start() -> Sum {
        Sum::default()
    }

    fn update(state: &mut Sum, packet: &Packet) {
        state.sum += value(packet);
        state.packets += 1;
    }

    fn extract(state: &Sum) -> [f32; 1] {
        [state.sum as f32]
    }

    fn predict(_: &[f32; 1]) -> Verdict {
        Verdict::FEATURES_ONLY
    }

    fn decide(state: &Sum, stage: u8, ended: bool) -> Option<Verdict> {
        let last = if ended { 2 } else { stage };
        (stage..=last).find_map(|stage| sure(state, stage))
    }
}

/// Has its items gathered, as where a pipeline is loaded.
struct Gathered<P>(P);

impl<P: BatchPipeline> BatchPipeline for Gathered<P> {
    fn depth(&self) -> Depth {
        self.0.depth()
    }

    fn point(&self, member: u8, stage: u8) -> Point {
        self.0.point(member, stage)
    }

    fn capacity(&self) -> usize {
        self.0.capacity()
    }

    fn reserve(&mut self, slots: usize) -> bool {
        self.0.reserve(slots)
    }

    fn update_batch(&mut self, items: &[Item], verdicts: &mut [Verdict]) {
        self.0.update_batch(items, verdicts);
    }

    fn features(&self, slot: u32, features: &mut [f32]) {
        self.0.features(slot, features);
    }
}

/// A packet of the traffic: its time, its bytes, and its value as the pipeline sees it.
struct Sent {
    time_ns: u64,
    data: Vec<u8>,
}

/// Few keys in quick turn, with pauses that exceed the time-outs.
fn traffic(seed: u64) -> Vec<Sent> {
    let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut draw = |below: u64| random.next_u64() % below;
    let mut time_ns = 1_000;
    let packets = (0..30_000).map(|_| {
        time_ns += if draw(400) == 0 { draw(6_000) } else { draw(8) };
        let (from, to) = if draw(2) == 0 { (1, 2) } else { (2, 1) };
        let port = 1 + draw(30) as u16;
        let (a, b) = if from == 1 { (port, 80) } else { (80, port) };
        let data = if draw(4) == 0 {
            ipv4(from, to, UDP, &udp(a, b, draw(50) as usize))
        } else {
            let flags = [SYN, SYN, ACK, ACK, ACK, ACK, ACK, 0x11, 0x04][draw(9) as usize];
            ipv4(from, to, TCP, &tcp(a, b, flags, draw(500) as u16))
        };
        Sent { time_ns, data }
    });
    packets.collect()
}

/// Of each flow by its number: packets used, why, and the verdict.
type Records = BTreeMap<u64, (u32, End, Verdict)>;

/// Drives the traffic, so many frames at a time.
fn driven<P: BatchPipeline>(traffic: &[Sent], pipeline: P, together: usize) -> Records {
    let mut buckets = vec![Bucket::default(); 2 * CAPACITY];
    let mut entries = vec![Entry::VACANT; CAPACITY];
    let mut driver = Driver::new(pipeline, SETTINGS, FixedStorage::new(&mut buckets, &mut entries));
    let mut records = Records::new();
    let mut note = |flow: &cato_runtime::Finished<'_>, _: &P| {
        let record = (flow.entry.packets(), flow.end, flow.verdict);
        assert_eq!(records.insert(flow.entry.flow(), record), None, "one verdict for each flow");
    };
    for some in traffic.chunks(together) {
        let link = Some(LinkType::RawIp);
        let frames: Vec<_> = some
            .iter()
            .map(|sent| Frame { link, wire_len: sent.data.len() as u32, time_ns: sent.time_ns, data: &sent.data })
            .collect();
        driver.run(&frames, &mut note);
    }
    driver.end_input(&mut note);
    let skipped: u64 = Skip::ALL.iter().map(|reason| driver.skipped(*reason)).sum();
    assert!(Eviction::ALL.iter().all(|reason| driver.evicted(*reason).keys == 0), "the table has room for all");
    assert_eq!(driver.open(), 0);
    assert_eq!(driver.packets(), driver.classified() + driver.absorbed() + skipped);
    assert_eq!(records.len() as u64, driver.flows());
    records
}

/// Sums of each flow's first packets, by the flow's number: from a pipeline without stages that is told every packet.
fn sums(traffic: &[Sent], last: usize) -> BTreeMap<u64, (Vec<u32>, End)> {
    struct Values(Vec<Vec<u32>>);

    impl BatchPipeline for Values {
        const IMMEDIATE: bool = true;

        fn depth(&self) -> Depth {
            Depth::All
        }

        fn capacity(&self) -> usize {
            self.0.len()
        }

        fn reserve(&mut self, slots: usize) -> bool {
            slots <= self.0.len()
        }

        fn update_batch(&mut self, items: &[Item], _: &mut [Verdict]) {
            for item in items {
                let values = &mut self.0[item.slot as usize];
                if item.starts {
                    values.clear();
                }
                if item.updates {
                    values.push(value(&item.packet));
                }
            }
        }

        fn features(&self, _: u32, _: &mut [f32]) {}
    }

    let mut buckets = vec![Bucket::default(); 2 * CAPACITY];
    let mut entries = vec![Entry::VACANT; CAPACITY];
    let values = Values(vec![Vec::new(); CAPACITY]);
    let mut driver = Driver::new(values, SETTINGS, FixedStorage::new(&mut buckets, &mut entries)).stepwise();
    let mut flows = BTreeMap::new();
    let mut note = |flow: &cato_runtime::Finished<'_>, pipeline: &Values| {
        let mut values = pipeline.0[flow.slot as usize].clone();
        let end = if values.len() >= last { End::Depth } else { flow.end };
        values.truncate(last);
        flows.insert(flow.entry.flow(), (values, end));
    };
    for sent in traffic {
        let (link, wire_len) = (Some(LinkType::RawIp), sent.data.len() as u32);
        driver.run(&[Frame { link, wire_len, time_ns: sent.time_ns, data: &sent.data }], &mut note);
    }
    driver.end_input(&mut note);
    flows
}

/// What the definition says of a flow.
fn expected(values: &[u32], end: End) -> (u32, End, Verdict) {
    let depths = [2, 5, values.len()];
    (0..)
        .zip(depths)
        .find_map(|(stage, depth)| {
            let seen = values.get(..depth).unwrap_or(values);
            let state = Sum { sum: seen.iter().sum(), packets: seen.len() as u32 };
            // A flow that ends where a stage is asked ends.
            let ends = seen.len() == values.len() && matches!(end, End::Fin | End::Rst);
            let end = if stage < 2 && seen.len() == depth && !ends { End::Depth } else { end };
            sure(&state, stage).map(|verdict| (state.packets, end, verdict))
        })
        .unwrap()
}

/// One by one, so that a difference is told in one line.
fn same(found: &Records, expected: &Records) {
    assert_eq!(found.len(), expected.len());
    for ((flow, found), (_, expected)) in found.iter().zip(expected) {
        assert_eq!(found, expected, "flow {flow}");
    }
}

fn compare<const LAST: u32>() {
    for seed in 0..4 {
        let traffic = traffic(seed);
        let last = if LAST == 0 { usize::MAX } else { LAST as usize };
        let expected: Records =
            sums(&traffic, last).iter().map(|(flow, (values, end))| (*flow, expected(values, *end))).collect();
        let by_stage = |stage: u16| expected.values().filter(|(.., verdict)| verdict.class / 1000 == stage).count();
        assert!((0..3).all(|stage| by_stage(stage) > 50), "every stage answers flows");
        let pipeline = || StaticPipeline::<Staged<LAST>, _>::new(vec![Sum::default(); CAPACITY]);
        for together in [1, 7, 64] {
            same(&driven(&traffic, pipeline(), together), &expected);
            same(&driven(&traffic, Gathered(pipeline()), together), &expected);
        }
    }
}

#[test]
fn the_first_stage_that_is_sure_answers() {
    compare::<9>();
}

#[test]
fn the_last_stage_may_be_the_end_of_the_flow() {
    compare::<0>();
}

#[test]
fn a_flow_that_was_answered_early_keeps_no_state() {
    let traffic = traffic(9);
    let mut buckets = vec![Bucket::default(); 2 * CAPACITY];
    let mut entries = vec![Entry::VACANT; CAPACITY];
    let pipeline = Gathered(StaticPipeline::<Staged<9>, _>::new(vec![Sum::default(); CAPACITY]));
    let mut driver = Driver::new(pipeline, SETTINGS, FixedStorage::new(&mut buckets, &mut entries));
    let mut answered = 0;
    for sent in &traffic {
        let (link, wire_len) = (Some(LinkType::RawIp), sent.data.len() as u32);
        driver.run(&[Frame { link, wire_len, time_ns: sent.time_ns, data: &sent.data }], |_, _| answered += 1);
        assert_eq!(driver.open() as u64 + answered, driver.flows());
    }
    assert!(answered > 1_000);
}
