//! What a table of fixed capacity keeps, and what leaves it: compared with a list that is searched from end to end.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod packets;

use cato_runtime::{
    BatchPipeline, Bucket, Decoded, Depth, Driver, End, Entry, Evicted, Eviction, FixedStorage, FlowSettings, Frame,
    Item, LinkType, Skip, Tracker, Verdict, decode,
};
use packets::{TCP, UDP, ipv4, tcp, udp};
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;

/// So short that times are told apart to the nanosecond.
const SETTINGS: FlowSettings = FlowSettings { require_syn: true, tcp_timeout_ns: 900, udp_timeout_ns: 300 };
const DEPTH: u64 = 4;

/// No packet has this port.
const FORGOTTEN: u16 = 0;

/// What is said of a flow whose record is made: its number, its packets, why.
type Record = (u64, u64, End);

/// A flow of the list.
#[derive(Clone, Debug)]
struct Flow {
    key: u16,
    tcp: bool,
    number: u64,
    packets: u64,
    start_ns: u64,
    last_ns: u64,
    open: bool,
    ended: bool,
    looked_at: bool,
    fins: [bool; 2],
}

/// The rules once more, without an index, lists or wheels.
#[derive(Default)]
struct List {
    flows: Vec<Flow>,
    started: u64,
    records: Vec<Record>,
    evicted: [Evicted; 3],
}

impl List {
    fn advance_to(&mut self, now_ns: u64) {
        let records = &mut self.records;
        self.flows.retain_mut(|flow| {
            let timeout_ns = if flow.tcp { SETTINGS.tcp_timeout_ns } else { SETTINGS.udp_timeout_ns };
            let over = now_ns - flow.last_ns > timeout_ns;
            if over && flow.open {
                records.push((flow.number, flow.packets, End::Idle));
            }
            flow.looked_at |= now_ns - flow.start_ns > timeout_ns;
            !over
        });
    }

    fn open(&self) -> usize {
        self.flows.iter().filter(|flow| flow.open).count()
    }

    /// The first of a transport's flows that was not looked at.
    fn unseen(&self, tcp: bool) -> Option<usize> {
        self.flows.iter().position(|flow| flow.tcp == tcp && !flow.looked_at)
    }

    fn evict(&mut self) {
        let mut singles = [None; 2];
        for (tcp, single) in [true, false].into_iter().zip(&mut singles) {
            for _ in 0..8 {
                let Some(place) = self.unseen(tcp) else { break };
                if self.flows[place].ended {
                    return self.remove(place, Eviction::Ended);
                }
                self.flows[place].looked_at = true;
            }
            *single = loop {
                let fits = |flow: &Flow| flow.tcp == tcp && flow.packets == 1;
                if let Some(place) = self.flows.iter().position(|flow| fits(flow) && flow.looked_at) {
                    break Some((self.flows[place].last_ns, place));
                }
                let Some(place) = self.unseen(tcp) else { break None };
                self.flows[place].looked_at = true;
            };
        }
        match singles.into_iter().flatten().min() {
            Some((_, place)) => self.remove(place, Eviction::SinglePacket),
            None => {
                let oldest = self.flows.iter().enumerate().min_by_key(|(_, flow)| flow.last_ns).map(|(place, _)| place);
                self.remove(oldest.unwrap(), Eviction::LongestIdle);
            }
        }
    }

    fn remove(&mut self, place: usize, reason: Eviction) {
        let flow = self.flows.remove(place);
        let evicted = &mut self.evicted[reason as usize];
        evicted.keys += u64::from(flow.key != FORGOTTEN);
        evicted.flows += u64::from(flow.open);
        evicted.packets += if flow.open { flow.packets } else { 0 };
    }

    fn see(&mut self, key: u16, tcp: bool, flags: u8, up: bool, now_ns: u64, capacity: usize) {
        let syn = flags & (SYN | ACK | RST) == SYN;
        let known = self.flows.iter().position(|flow| flow.key == key && flow.tcp == tcp);
        let starts = known.map_or(!tcp || syn, |place| self.flows[place].ended && tcp && syn);
        if starts {
            // The place of a flow that ended is not free before its time-out, though its key has another by then.
            if let Some(flow) = self.flows.iter_mut().find(|flow| flow.key == key && flow.tcp == tcp) {
                flow.key = FORGOTTEN;
            }
            if self.flows.len() == capacity {
                self.evict();
            }
            let number = self.started;
            self.started += 1;
            let fins = [false; 2];
            self.flows.push(Flow {
                key,
                tcp,
                number,
                packets: 0,
                start_ns: now_ns,
                last_ns: now_ns,
                open: true,
                ended: false,
                looked_at: false,
                fins,
            });
        }
        let place = self.flows.iter().position(|flow| flow.key == key && flow.tcp == tcp);
        let Some(flow) = place.and_then(|place| self.flows.get_mut(place)) else { return };
        flow.last_ns = now_ns;
        if flow.ended {
            return;
        }
        flow.packets += 1;
        flow.fins[usize::from(up)] |= flags & FIN != 0;
        let end = match flags & RST != 0 {
            true => Some(End::Rst),
            false => (flow.fins == [true; 2]).then_some(End::Fin),
        };
        if flow.open && (flow.packets == DEPTH || end.is_some()) {
            let end = if flow.packets == DEPTH { End::Depth } else { end.unwrap() };
            self.records.push((flow.number, flow.packets, end));
            flow.open = false;
        }
        flow.ended = end.is_some();
    }
}

#[test]
fn a_bounded_table_keeps_what_a_list_keeps() {
    for (seed, (capacity, slots)) in [(8usize, 8), (8, 3), (30, 9), (1, 1), (64, 64)].into_iter().enumerate() {
        let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(seed as u64);
        let mut draw = |below: u64| random.next_u64() % below;
        let mut buckets = vec![Bucket::default(); (2 * capacity).next_power_of_two()];
        let mut entries = vec![Entry::VACANT; capacity];
        let storage = FixedStorage::new(&mut buckets, &mut entries);
        let mut tracker = Tracker::new(SETTINGS, Depth::Packets(DEPTH as u32), storage).keyed([1, 2]).with_slots(slots);
        let (mut list, mut records, mut in_use) = (List::default(), Vec::new(), vec![None; slots]);
        let (mut now_ns, mut told) = (5_000, 0);
        for step in 0..60_000 {
            now_ns += 1 + if draw(200) == 0 { draw(1000) } else { draw(12) };
            // Now and then few keys, now and then many, as in a flood.
            let key = 1 + draw(if step / 3000 % 2 == 0 { 12 } else { 400 }) as u16;
            let (tcp_packet, up) = (draw(3) > 0, draw(2) == 0);
            let flags = [SYN, SYN, SYN, ACK, ACK, ACK, FIN | ACK, RST][draw(8) as usize];
            let (from, to) = if up { (1, 2) } else { (2, 1) };
            let (a, b) = if up { (key, 80) } else { (80, key) };
            let packet =
                if tcp_packet { ipv4(from, to, TCP, &tcp(a, b, flags, 0)) } else { ipv4(from, to, UDP, &udp(a, b, 0)) };
            let decoded: Decoded = decode(LinkType::RawIp, &packet, packet.len() as u32).unwrap();
            let hash = tracker.hash(&decoded.key);
            let mut idle = |slot: u32, entry: &Entry| {
                assert_eq!(in_use[slot as usize].take(), Some(entry.flow()));
                records.push((entry.flow(), u64::from(entry.packets()), End::Idle));
            };
            tracker.advance_to(now_ns, &mut idle);
            let seen = tracker.observe(&decoded, hash, now_ns, &mut idle);
            let flags = if tcp_packet { flags } else { 0 };
            list.advance_to(now_ns);
            list.see(key, tcp_packet, flags, up, now_ns, capacity);
            if let Ok(seen) = seen {
                let entry = *tracker.entry(seen.entry).unwrap();
                if seen.starts {
                    in_use[seen.slot as usize] = Some(entry.flow());
                }
                if seen.updates {
                    assert_eq!(in_use[seen.slot as usize], Some(entry.flow()), "no two open flows have one slot");
                }
                if let Some(end) = seen.finishes {
                    records.push((entry.flow(), u64::from(entry.packets()), end));
                    in_use[seen.slot as usize] = None;
                }
            }
            records.sort_by_key(|record| record.0);
            list.records.sort_by_key(|record| record.0);
            let evicted = Eviction::ALL.map(|reason| tracker.evicted(reason));
            if slots == capacity {
                assert_eq!(records, list.records, "step {step} of {capacity} keys");
                assert_eq!((tracker.flows(), evicted), (list.started, list.evicted));
                assert_eq!((tracker.held(), tracker.open()), (list.flows.len(), list.open()));
            }
            told += records.drain(..).count() as u64;
            list.records.clear();
            let lost: u64 = evicted.iter().map(|evicted| evicted.flows).sum();
            assert_eq!(tracker.flows(), told + lost + tracker.open() as u64);
            assert!(tracker.held() <= capacity && tracker.open() <= slots);
        }
        let [ended, single, idle] = Eviction::ALL.map(|reason| tracker.evicted(reason));
        assert_eq!((ended.flows, ended.packets), (0, 0));
        assert!(
            single.keys > 0 && (capacity > 8 || (ended.keys > 0 && idle.keys > 0)),
            "{ended:?} {single:?} {idle:?}"
        );
    }
}

/// Counts what it is asked, for a driver.
struct Counting(usize);

impl BatchPipeline for Counting {
    fn depth(&self) -> Depth {
        Depth::Packets(3)
    }

    fn capacity(&self) -> usize {
        self.0
    }

    fn reserve(&mut self, slots: usize) -> bool {
        slots <= self.0
    }

    fn update_batch(&mut self, items: &[Item], _: &mut [Verdict]) {
        assert!(items.iter().all(|item| (item.slot as usize) < self.0));
    }

    fn features(&self, _: u32, _: &mut [f32]) {}
}

#[test]
fn a_flood_of_single_packets_takes_nothing_from_flows_that_go_on() {
    let (mut buckets, mut entries) = ([Bucket::default(); 128], [Entry::VACANT; 64]);
    let storage = FixedStorage::new(&mut buckets, &mut entries);
    let mut driver = Driver::new(Counting(64), FlowSettings::default(), storage);
    let (mut verdicts, mut packets) = (0, 0);
    let mut send = |driver: &mut Driver<Counting, FixedStorage<'_>>, packet: &[u8], time_ns: u64| {
        let frame = Frame { link: Some(LinkType::RawIp), wire_len: packet.len() as u32, time_ns, data: packet };
        packets += 1;
        driver.run(&[frame], |flow, _| verdicts += u64::from(flow.entry.packets() == 3));
    };
    let real = |port: u16, flags: u8| ipv4(1, 2, TCP, &tcp(port, 80, flags, 0));
    for port in 0..20 {
        send(&mut driver, &real(port, SYN), 0);
        send(&mut driver, &real(port, ACK), 1);
    }
    for flood in 0..20_000u32 {
        let [from, to, ..] = flood.to_le_bytes();
        send(&mut driver, &ipv4(from, 200, TCP, &tcp(1000 + u16::from(to), 80, SYN, 0)), 2 + u64::from(flood));
    }
    for port in 0..20 {
        send(&mut driver, &real(port, ACK), 30_000);
    }
    send(&mut driver, &real(99, ACK), 30_000);
    assert_eq!((driver.held(), driver.open()), (64, 44));
    let single = driver.evicted(Eviction::SinglePacket);
    assert_eq!(driver.evicted(Eviction::LongestIdle), Evicted::default());
    assert_eq!(single.keys, single.packets);
    driver.end_input(|_, _| {});
    assert_eq!(verdicts, 20);
    let skipped: u64 = Skip::ALL.iter().map(|reason| driver.skipped(*reason)).sum();
    assert_eq!((skipped, driver.skipped(Skip::NoFlowStart)), (1, 1));
    assert_eq!(driver.packets(), packets);
    assert_eq!(driver.packets(), driver.classified() + driver.absorbed() + skipped + single.packets);
}

#[test]
fn without_room_nothing_starts() {
    let packet = ipv4(1, 2, TCP, &tcp(1, 80, SYN, 0));
    let decoded = decode(LinkType::RawIp, &packet, packet.len() as u32).unwrap();
    let storage = FixedStorage::checked(&mut [], &mut []);
    assert!(storage.is_none(), "an index has at least one place");
    let (mut buckets, mut entries) = ([Bucket::default(); 2], [Entry::VACANT; 1]);
    let storage = FixedStorage::new(&mut buckets, &mut entries);
    let mut tracker = Tracker::new(SETTINGS, Depth::All, storage).with_slots(0);
    let hash = tracker.hash(&decoded.key);
    assert_eq!(tracker.observe(&decoded, hash, 0, |_, _| {}).map(|_| ()), Err(Skip::TableFull));
    assert_eq!((tracker.held(), tracker.open()), (0, 0));
}

#[test]
fn times_from_anywhere_hold_nothing_up() {
    let (mut buckets, mut entries) = ([Bucket::default(); 64], [Entry::VACANT; 32]);
    let storage = FixedStorage::new(&mut buckets, &mut entries);
    let mut tracker = Tracker::new(FlowSettings::default(), Depth::All, storage);
    let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(3);
    let mut records = 0;
    for step in 0..20_000 {
        let port = (random.next_u64() % 60) as u16;
        let packet = ipv4(1, 2, UDP, &udp(port, 53, 0));
        let decoded = decode(LinkType::RawIp, &packet, packet.len() as u32).unwrap();
        let hash = tracker.hash(&decoded.key);
        let now_ns = random.next_u64() >> (1 + step % 63);
        tracker.observe(&decoded, hash, now_ns, |_, _| records += 1).unwrap();
    }
    tracker.end_input(|_, _| records += 1);
    let evicted: u64 = Eviction::ALL.iter().map(|reason| tracker.evicted(*reason).flows).sum();
    assert_eq!(tracker.flows(), records + evicted);
}

#[test]
fn reasons_have_names_and_places() {
    assert_eq!(Eviction::ALL.map(|reason| reason as usize), [0, 1, 2]);
    assert_eq!(Eviction::ALL.map(Eviction::name), ["evicted_ended", "evicted_single_packet", "evicted_longest_idle"]);
}
