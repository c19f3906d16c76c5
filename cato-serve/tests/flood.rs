//! A flood of flows that never go on, and real ones behind it: memory stays, counts add up, the real ones are answered.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cato_artifact::Kit;
use cato_codegen::spec::{Depth, SPEC_VERSION, Spec};
use cato_runtime::{Eviction, FlowSettings, Frame, LinkType};
use cato_serve::policy::Fixed;
use cato_serve::{
    Constraints, Control, Input, Member, Pool, ServeOptions, Server, SinkSpec, Source, SourceError, State,
};

const FLOOD: u64 = 1_000_000;
const REAL: u64 = 500;
const DEPTH: u16 = 5;
const CAPACITY: usize = 4096;
const BATCH: u64 = 50;

/// A million SYNs of as many flows, then real flows, their packets in turn.
struct Flood {
    sent: u64,
    /// Resident memory in pages: when the first packet was asked for, and when all had been.
    pages: Arc<[AtomicU64; 2]>,
}

impl Source for Flood {
    fn next(&mut self, _: Duration, take: &mut dyn FnMut(&[Frame<'_>])) -> Result<State, SourceError> {
        const LAST: u64 = FLOOD + REAL * DEPTH as u64;
        if self.sent == 0 {
            self.pages[0].store(resident_pages(), Ordering::Relaxed);
        }
        let packets: Vec<_> = (self.sent..self.sent + BATCH).map(packet).collect();
        let frames: Vec<_> = packets.iter().map(|(time_ns, data)| frame(*time_ns, data)).collect();
        take(&frames);
        self.sent += BATCH;
        self.pages[1].store(resident_pages(), Ordering::Relaxed);
        Ok(if self.sent == LAST { State::Ended } else { State::Open })
    }

    fn stop(&mut self) {}

    fn can_wait(&self) -> bool {
        true
    }
}

#[test]
fn a_flood_takes_neither_memory_nor_verdicts() {
    let kit = Kit::prepare(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap();
    let spec = Spec {
        version: SPEC_VERSION,
        name: None,
        early: vec![],
        depth: Depth::Packets(DEPTH),
        features: ["dur", "s_bytes_mean"].map(str::to_owned).to_vec(),
        model: None,
    };
    let library = kit.build(&spec, &[]).unwrap().library;
    let pool = Pool::of(Member { name: "flood".to_owned(), library, classes: Vec::new() });
    let folder = tempfile::tempdir().unwrap();
    let sink = folder.path().join("flows.jsonl");
    let options = ServeOptions {
        settings: FlowSettings::default(),
        table_capacity: CAPACITY,
        worth: None,
        constraints: Constraints::default(),
        sink: SinkSpec::File(sink.clone()),
        file: None,
        metrics: None,
        slowdown: 1.0,
    };
    let pages = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
    let source = Box::new(Flood { sent: 0, pages: Arc::clone(&pages) });
    let server =
        Server::start(&pool, Box::new(Fixed::new(0, "flood")), Input::Each(vec![source]), &options, &Control::new())
            .unwrap();
    let report = server.finish();

    assert_eq!(report.imbalance(), None);
    assert_eq!(report.total.flows, FLOOD + REAL);
    for (reason, evicted) in report.evicted_flows() {
        let single = reason == Eviction::SinglePacket.name();
        assert_eq!(evicted, if single { FLOOD + REAL - report.verdicts() } else { 0 }, "{reason}");
    }
    assert!(report.verdicts() <= CAPACITY as u64);
    let answered = fs::read_to_string(&sink).unwrap().lines().filter(|line| line.contains("\"end\":\"depth\"")).count();
    assert_eq!(answered as u64, REAL);
    let [before, after] = [0, 1].map(|place: usize| pages[place].load(Ordering::Relaxed));
    // What threads touch of their stacks and of the buffer for lines.
    println!("resident pages: {before} before the first packet, {after} after the last");
    assert!(after <= before + 128, "from {before} to {after} pages");
}

/// Time and bytes of a packet: of the flood a SYN, a microsecond after the one before, of real flows one of as many.
fn packet(number: u64) -> (u64, [u8; 54]) {
    let real = number.checked_sub(FLOOD);
    let (flow, flags) = match real {
        None => (number, 0x02),
        Some(packet) if packet < REAL => (packet, 0x02),
        Some(packet) => (packet % REAL, 0x10),
    };
    let mut bytes = [0; 54];
    bytes[12..16].copy_from_slice(&[0x08, 0x00, 0x45, 0]);
    bytes[17] = 40;
    bytes[22..24].copy_from_slice(&[64, 6]);
    bytes[26] = if real.is_some() { 172 } else { 10 };
    bytes[27..30].copy_from_slice(&(flow as u32).to_be_bytes()[1..]);
    bytes[30..34].copy_from_slice(&[192, 0, 2, 1]);
    bytes[34..38].copy_from_slice(&[0x9c, 0x40, 0, 80]);
    bytes[46..48].copy_from_slice(&[0x50, flags]);
    (1_000_000_000 + number * 1_000, bytes)
}

fn frame(time_ns: u64, data: &[u8]) -> Frame<'_> {
    Frame { link: Some(LinkType::Ethernet), wire_len: data.len() as u32, time_ns, data }
}

fn resident_pages() -> u64 {
    fs::read_to_string("/proc/self/statm").unwrap().split(' ').nth(1).unwrap().parse().unwrap()
}
