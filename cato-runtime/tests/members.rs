//! Several pipelines behind one flow table: each flow keeps to the one that it was bound to at its first packet, and gets
//! what that pipeline alone would say; flows that are not admitted cost nobody anything but their key.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod packets;

use std::collections::BTreeMap;

use cato_runtime::{
    BatchPipeline, Bucket, Decoded, Depth, Driver, End, Entry, FixedStorage, FlowSettings, Frame, Item, LinkType,
    Point, Skip, Verdict,
};
use packets::{TCP, UDP, ipv4, tcp, udp};
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

const SETTINGS: FlowSettings = FlowSettings { require_syn: true, tcp_timeout_ns: 4_000, udp_timeout_ns: 1_500 };
const CAPACITY: usize = 512;
const DEPTHS: [Depth; 3] = [Depth::Packets(1), Depth::Packets(6), Depth::All];

/// Adds up the lengths of packets; says the sum and who did it.
struct Several {
    /// Of each slot: the member and the sum.
    sums: Vec<(u8, u16)>,
    /// Whom a flow with this port is bound to; `None` is not admitted.
    choose: fn(u16) -> Option<u8>,
    /// Flows that were admitted and that were not.
    started: [u64; 2],
}

impl BatchPipeline for Several {
    fn depth(&self) -> Depth {
        Depth::All
    }

    fn choose(&mut self, first: &Decoded, _: u32) -> Option<u8> {
        let view = &first.view;
        (self.choose)(view.source_port().max(view.destination_port()))
    }

    fn started(&mut self, slot: Option<u32>) {
        self.started[usize::from(slot.is_none())] += 1;
    }

    fn point(&self, member: u8, _: u8) -> Point {
        Point::last(DEPTHS[usize::from(member)])
    }

    fn capacity(&self) -> usize {
        self.sums.len()
    }

    fn reserve(&mut self, slots: usize) -> bool {
        slots <= self.sums.len()
    }

    fn update_batch(&mut self, items: &[Item], verdicts: &mut [Verdict]) {
        for (item, verdict) in items.iter().zip(verdicts) {
            let (member, sum) = &mut self.sums[item.slot as usize];
            if item.starts {
                (*member, *sum) = (item.member, 0);
            }
            assert_eq!(*member, item.member, "a flow keeps its pipeline");
            if item.updates {
                *sum = sum.wrapping_add(item.packet.view.bytes() as u16);
            }
            if item.finishes {
                *verdict = Verdict { class: *sum, confidence: u16::from(*member) };
            }
        }
    }

    fn features(&self, _: u32, _: &mut [f32]) {}
}

type Records = BTreeMap<u64, (u16, u32, End, Verdict)>;

/// Records by the flow's number, with its port.
fn driven(traffic: &[(u64, Vec<u8>)], choose: fn(u16) -> Option<u8>) -> Records {
    let (mut buckets, mut entries) = (vec![Bucket::default(); 2 * CAPACITY], vec![Entry::VACANT; CAPACITY]);
    let pipeline = Several { sums: vec![(0, 0); CAPACITY], choose, started: [0; 2] };
    let mut driver = Driver::new(pipeline, SETTINGS, FixedStorage::new(&mut buckets, &mut entries));
    let mut records = Records::new();
    let mut note = |flow: &cato_runtime::Finished<'_>, _: &Several| {
        assert_eq!(u16::from(flow.entry.member()), flow.verdict.confidence);
        let port = flow.entry.source().port.max(flow.entry.destination().port);
        records.insert(flow.entry.flow(), (port, flow.entry.packets(), flow.end, flow.verdict));
    };
    for some in traffic.chunks(50) {
        let link = Some(LinkType::RawIp);
        let frames: Vec<_> = some
            .iter()
            .map(|(time_ns, data)| Frame { link, wire_len: data.len() as u32, time_ns: *time_ns, data })
            .collect();
        driver.run(&frames, &mut note);
    }
    driver.end_input(&mut note);
    let skipped: u64 = Skip::ALL.iter().map(|reason| driver.skipped(*reason)).sum();
    assert_eq!(driver.packets(), driver.classified() + driver.absorbed() + driver.declined() + skipped);
    assert_eq!(driver.flows(), records.len() as u64 + driver.declined_flows());
    assert_eq!(driver.pipeline().started, [records.len() as u64, driver.declined_flows()]);
    assert_eq!((driver.declined() == 0, driver.open()), (driver.declined_flows() == 0, 0));
    records
}

fn traffic() -> Vec<(u64, Vec<u8>)> {
    let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(5);
    let mut draw = |below: u64| random.next_u64() % below;
    let mut time_ns = 1_000;
    let packets = (0..30_000).map(|_| {
        time_ns += if draw(400) == 0 { draw(6_000) } else { draw(8) };
        let (from, to) = if draw(2) == 0 { (1, 2) } else { (2, 1) };
        let port = 100 + draw(40) as u16;
        let (a, b) = if from == 1 { (port, 80) } else { (80, port) };
        let data = if draw(4) == 0 {
            ipv4(from, to, UDP, &udp(a, b, draw(50) as usize))
        } else {
            let flags = [0x02, 0x02, 0x10, 0x10, 0x10, 0x10, 0x10, 0x11, 0x04][draw(9) as usize];
            ipv4(from, to, TCP, &tcp(a, b, flags, 0))
        };
        (time_ns, data)
    });
    packets.collect()
}

#[test]
fn each_flow_gets_what_its_pipeline_alone_would_say() {
    let traffic = traffic();
    let alone = [driven(&traffic, |_| Some(0)), driven(&traffic, |_| Some(1)), driven(&traffic, |_| Some(2))];
    let mixed = driven(&traffic, |port| Some((port % 3) as u8));
    assert!(mixed.len() > 1_000);
    for (flow, record) in &mixed {
        assert_eq!(Some(record), alone[usize::from(record.0 % 3)].get(flow), "flow {flow}");
    }
}

#[test]
fn flows_that_are_not_admitted_leave_the_others_as_they_are() {
    let traffic = traffic();
    let all = driven(&traffic, |_| Some(1));
    let some = driven(&traffic, |port| (port % 4 > 0).then_some(1));
    assert!(some.len() < all.len());
    assert_eq!(some, all.into_iter().filter(|(_, record)| record.0 % 4 > 0).collect());
}
