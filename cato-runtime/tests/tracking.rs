//! When flows start and end, which packets are theirs, and what the table forgets.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod packets;

use cato_runtime::{
    Bucket, Depth, Direction, End, Entry, FixedStorage, FlowSettings, LinkType, Observation, Skip, Storage, Tracker,
    decode,
};
use packets::{TCP, UDP, ipv4, tcp, udp};

const S: u64 = 1_000_000_000;
const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;

/// A table that grows, as small as can be at first.
#[derive(Default)]
struct Growing {
    buckets: Vec<Bucket>,
    entries: Vec<Entry>,
}

impl Growing {
    fn new() -> Self {
        Self { buckets: vec![Bucket::default(); 2], entries: vec![Entry::VACANT] }
    }
}

impl Storage for Growing {
    const BOUNDED: bool = false;

    fn buckets(&mut self) -> &mut [Bucket] {
        &mut self.buckets
    }

    fn entries(&mut self) -> &mut [Entry] {
        &mut self.entries
    }

    fn grow(&mut self) -> bool {
        self.entries.resize(self.entries.len() * 2, Entry::VACANT);
        self.buckets = vec![Bucket::default(); self.entries.len() * 2];
        true
    }
}

/// A tracker, and the flows that it found to have ended by idleness.
struct Watch<S> {
    tracker: Tracker<S>,
    idle: Vec<u64>,
}

impl Watch<Growing> {
    fn new(depth: Depth, require_syn: bool) -> Self {
        let settings = FlowSettings { require_syn, ..FlowSettings::default() };
        Self { tracker: Tracker::new(settings, depth, Growing::new()), idle: Vec::new() }
    }
}

impl<S: Storage> Watch<S> {
    fn see(&mut self, packet: &[u8], now_ns: u64) -> Result<Observation, Skip> {
        let decoded = decode(LinkType::RawIp, packet, packet.len() as u32).unwrap();
        let hash = self.tracker.hash(&decoded.key);
        self.tracker.observe(&decoded, hash, now_ns, |_, entry| self.idle.push(entry.flow()))
    }

    /// As one word for each thing that happens.
    fn told(&mut self, packet: &[u8], now_ns: u64) -> String {
        let seen = match self.see(packet, now_ns) {
            Ok(seen) => seen,
            Err(skip) => return skip.name().to_owned(),
        };
        let mut words = Vec::new();
        words.extend(seen.starts.then(|| "starts".to_owned()));
        words.push(if seen.updates { "updates" } else { "absorbed" }.to_owned());
        words.extend(seen.finishes.map(|end| format!("finishes:{}", end.name())));
        words.extend(seen.ends.map(|end| format!("ends:{}", end.name())));
        words.join(" ")
    }
}

/// A TCP packet from the client to the server.
fn up(flags: u8) -> Vec<u8> {
    ipv4(1, 2, TCP, &tcp(1000, 80, flags, 0))
}

/// A TCP packet from the server to the client.
fn down(flags: u8) -> Vec<u8> {
    ipv4(2, 1, TCP, &tcp(80, 1000, flags, 0))
}

fn datagram(port: u16) -> Vec<u8> {
    ipv4(1, 2, UDP, &udp(port, 53, 0))
}

#[test]
fn a_connection_from_handshake_to_last_acknowledgment() {
    let mut watch = Watch::new(Depth::All, true);
    let steps = [
        (up(SYN), "starts updates"),
        (down(SYN | ACK), "updates"),
        (up(ACK), "updates"),
        (up(FIN | ACK), "updates"),
        (up(FIN | ACK), "updates"),
        (down(ACK), "updates"),
        (down(FIN | ACK), "updates finishes:fin ends:fin"),
        (up(ACK), "absorbed"),
        (down(RST), "absorbed"),
        (down(SYN | ACK), "absorbed"),
        (up(SYN | RST), "absorbed"),
    ];
    for (number, (packet, expected)) in steps.into_iter().enumerate() {
        assert_eq!(watch.told(&packet, number as u64), expected, "step {number}");
    }
    // The same ports again, at once, and from the other end.
    assert_eq!(watch.told(&down(SYN), 20), "starts updates");
    let again = watch.see(&down(ACK), 21).unwrap();
    assert_eq!((again.direction, again.time_ns, again.slot), (Direction::Source, 1, 0));
    assert_eq!(watch.tracker.flows(), 2);
    assert_eq!(watch.idle, []);
}

#[test]
fn what_starts_a_tcp_flow() {
    for flags in 0..=u8::MAX {
        let opens = flags & (SYN | ACK | RST) == SYN;
        let mut strict = Watch::new(Depth::All, true);
        let expected = if opens { "starts updates" } else { "no_flow_start" };
        assert_eq!(strict.told(&up(flags), 0), expected, "{flags:#04x}");
        let mut lenient = Watch::new(Depth::All, false);
        let expected = if flags & RST == 0 { "starts updates" } else { "starts updates finishes:rst ends:rst" };
        assert_eq!(lenient.told(&up(flags), 0), expected, "{flags:#04x}");
    }
}

#[test]
fn an_answer_seen_first_comes_from_the_destination() {
    for (first, expected) in [
        (down(SYN | ACK), Direction::Destination),
        (down(SYN | ACK | FIN), Direction::Destination),
        (down(ACK), Direction::Source),
        (down(SYN), Direction::Source),
    ] {
        let mut watch = Watch::new(Depth::All, false);
        let seen = watch.see(&first, 0).unwrap();
        assert_eq!(seen.direction, expected);
        let entry = *watch.tracker.entry(seen.entry).unwrap();
        let client_is_source = expected == Direction::Destination;
        assert_eq!(
            (entry.source().port, entry.destination().port),
            if client_is_source { (1000, 80) } else { (80, 1000) }
        );
        assert_ne!(watch.see(&up(ACK), 1).unwrap().direction, expected);
    }
}

#[test]
fn a_reset_from_either_end_ends_the_flow_and_counts() {
    for reset in [up(RST), down(RST | ACK), down(RST | FIN)] {
        let mut watch = Watch::new(Depth::All, true);
        watch.see(&up(SYN), 0).unwrap();
        assert_eq!(watch.told(&reset, 1), "updates finishes:rst ends:rst");
        assert_eq!(watch.tracker.entry(0).unwrap().packets(), 2);
        assert_eq!(watch.told(&down(ACK), 2), "absorbed");
    }
}

#[test]
fn a_syn_within_a_flow_is_a_packet_like_any_other() {
    let mut watch = Watch::new(Depth::All, true);
    watch.see(&up(SYN), 0).unwrap();
    assert_eq!(watch.told(&up(SYN), 1), "updates");
    assert_eq!(watch.told(&down(SYN), 2), "updates");
    assert_eq!(watch.tracker.flows(), 1);
}

#[test]
fn the_record_is_due_at_its_depth_and_the_flow_goes_on() {
    let mut watch = Watch::new(Depth::Packets(2), true);
    assert_eq!(watch.told(&up(SYN), 0), "starts updates");
    assert_eq!(watch.told(&down(SYN | ACK), 1), "updates finishes:depth");
    assert_eq!(watch.told(&up(ACK), 2), "absorbed");
    assert_eq!(watch.told(&up(SYN), 3), "absorbed", "the flow has not ended");
    assert_eq!(watch.told(&up(RST), 4), "absorbed ends:rst");
    assert_eq!(watch.told(&up(SYN), 5), "starts updates");
    let mut due = Vec::new();
    watch.tracker.end_input(|slot, entry| due.push((slot, entry.packets())));
    assert_eq!(due, [(0, 1)]);

    let mut watch = Watch::new(Depth::Packets(1), true);
    assert_eq!(watch.told(&datagram(1), 0), "starts updates finishes:depth");
    assert_eq!(watch.told(&datagram(1), 61 * S), "starts updates finishes:depth");
    assert_eq!(watch.idle, [], "its record was made");
    // An end at the very depth is told as depth.
    let mut watch = Watch::new(Depth::Packets(2), true);
    watch.see(&up(SYN), 0).unwrap();
    assert_eq!(watch.told(&down(RST), 1), "updates finishes:depth ends:rst");
}

#[test]
fn a_gap_beyond_the_time_out_ends_the_flow() {
    for (packet, timeout) in [(datagram(1), 60 * S), (up(SYN), 300 * S)] {
        let mut watch = Watch::new(Depth::All, true);
        watch.see(&packet, 5).unwrap();
        assert_eq!(watch.told(&packet, 5 + timeout), "updates", "just within");
        assert_eq!(watch.idle, []);
        assert_eq!(watch.told(&packet, 5 + 2 * timeout + 1), "starts updates");
        assert_eq!(watch.idle, [0]);
        assert_eq!(watch.tracker.entry(0).unwrap().flow(), 1);
    }
}

#[test]
fn the_key_of_an_ended_flow_stays_until_the_time_out() {
    let mut watch = Watch::new(Depth::All, false);
    watch.see(&up(SYN), 0).unwrap();
    watch.see(&up(RST), 1).unwrap();
    // Each absorbed packet makes it stay longer.
    assert_eq!(watch.told(&up(ACK), 300 * S + 1), "absorbed");
    assert_eq!(watch.told(&up(ACK), 600 * S + 1), "absorbed");
    assert_eq!(watch.told(&up(ACK), 900 * S + 2), "starts updates", "an unknown key again");
    assert_eq!(watch.idle, [], "the flow had ended before");

    let mut strict = Watch::new(Depth::All, true);
    strict.see(&up(SYN), 0).unwrap();
    strict.see(&up(RST), 1).unwrap();
    assert_eq!(strict.told(&up(ACK), 300 * S + 2), "no_flow_start");
    assert_eq!(strict.told(&up(SYN), 300 * S + 3), "starts updates");
}

#[test]
fn an_open_flow_that_idled_out_is_told_though_the_packet_starts_nothing() {
    let mut watch = Watch::new(Depth::All, true);
    watch.see(&up(SYN), 0).unwrap();
    assert_eq!(watch.told(&up(ACK), 300 * S + 1), "no_flow_start");
    assert_eq!(watch.idle, [0]);
    assert_eq!(watch.told(&up(ACK), 301 * S), "no_flow_start");
    assert_eq!(watch.idle, [0], "once");
    watch.tracker.end_input(|_, _| panic!("nothing is open"));
}

#[test]
fn other_flows_end_nothing() {
    let mut watch = Watch::new(Depth::All, true);
    watch.see(&datagram(1), 0).unwrap();
    watch.see(&datagram(2), 1000 * S).unwrap();
    assert_eq!(watch.idle, []);
    let mut due = Vec::new();
    watch.tracker.end_input(|_, entry| due.push((entry.flow(), entry.start_ns(), entry.last_ns())));
    assert_eq!(due, [(0, 0, 0), (1, 1000 * S, 1000 * S)]);
}

#[test]
fn time_never_falls_within_a_flow() {
    let mut watch = Watch::new(Depth::All, true);
    let times: Vec<_> = [100, 90, 105, 0, 104, 106].map(|now| watch.see(&datagram(1), now).unwrap().time_ns).into();
    assert_eq!(times, [0, 0, 5, 5, 5, 6]);
    assert_eq!(watch.tracker.entry(0).unwrap().last_ns(), 106);
    // Far back is no gap, and the gap counts from the latest time.
    watch.see(&datagram(1), 1000 * S).unwrap();
    assert_eq!(watch.told(&datagram(1), 0), "updates");
    assert_eq!(watch.told(&datagram(1), 1059 * S), "updates");
    assert_eq!(watch.told(&datagram(1), u64::MAX), "starts updates");
}

#[test]
fn a_host_that_talks_to_its_own_port_is_always_the_source() {
    let own = |flags| ipv4(1, 1, TCP, &tcp(80, 80, flags, 0));
    let mut watch = Watch::new(Depth::All, false);
    for flags in [SYN | ACK, ACK, FIN, FIN] {
        let seen = watch.see(&own(flags), 0).unwrap();
        assert_eq!((seen.direction, seen.ends), (Direction::Source, None));
    }
}

#[test]
fn the_end_of_input_forgets_every_key() {
    let mut watch = Watch::new(Depth::All, true);
    watch.see(&up(SYN), 0).unwrap();
    watch.see(&up(RST), 1).unwrap();
    watch.see(&datagram(1), 2).unwrap();
    let mut due = Vec::new();
    watch.tracker.end_input(|_, entry| due.push(entry.flow()));
    assert_eq!(due, [1]);
    watch.tracker.end_input(|_, _| panic!("nothing is left"));
    assert_eq!(watch.told(&up(ACK), 3), "no_flow_start");
    let seen = watch.see(&datagram(1), 4).unwrap();
    assert_eq!((seen.starts, seen.slot), (true, 0));
    assert_eq!(watch.tracker.entry(0).unwrap().flow(), 2, "numbers go on");
}

#[test]
fn a_growing_table_loses_no_key() {
    let mut watch = Watch::new(Depth::All, true);
    // Rounds of many and of few keys, so that both ways of forgetting are taken.
    for (round, keys) in [3000_u16, 10, 1, 500, 4000].into_iter().enumerate() {
        for time in 0..3 {
            for port in 0..keys {
                let seen = watch.see(&datagram(port), time).unwrap();
                assert_eq!((seen.slot, seen.starts), (u32::from(port), time == 0), "round {round}");
            }
        }
        let mut due = Vec::new();
        watch.tracker.end_input(|slot, entry| due.push((slot, entry.packets())));
        assert_eq!(due, (0..u32::from(keys)).map(|slot| (slot, 3)).collect::<Vec<_>>());
    }
    assert_eq!(watch.tracker.capacity(), 4096);
    assert_eq!(watch.tracker.flows(), 3000 + 10 + 1 + 500 + 4000);
}

#[test]
fn a_key_that_is_known_again_takes_its_entry_again() {
    let mut watch = Watch::new(Depth::Packets(2), true);
    for flow in 0..5 {
        let seen = watch.see(&up(SYN), flow).unwrap();
        assert_eq!((seen.starts, seen.entry, seen.slot), (true, 0, 0));
        assert_eq!(watch.tracker.open(), 1);
        assert_eq!(watch.told(&up(RST), flow), "updates finishes:depth ends:rst");
        assert_eq!((watch.tracker.open(), watch.tracker.held()), (0, 1));
    }
    // While the first is answered, the second has its slot.
    let slots = [1, 2, 3].map(|port| watch.see(&datagram(port), 9).unwrap().slot);
    assert_eq!(slots, [0, 1, 2]);
    watch.see(&datagram(2), 9).unwrap();
    let seen = watch.see(&datagram(4), 9).unwrap();
    assert_eq!((seen.slot, seen.entry), (1, 4));
}

#[test]
#[should_panic(expected = "power of two")]
fn too_few_buckets_are_refused() {
    let _ = FixedStorage::new(&mut [Bucket::default(); 4], &mut [Entry::VACANT; 3]);
}

#[test]
fn ends_have_names() {
    let ends = [End::Depth, End::Fin, End::Rst, End::Idle, End::Input];
    assert_eq!(ends.map(End::name), ["depth", "fin", "rst", "idle", "input"]);
    let skips = Skip::ALL.map(|skip| (skip as usize, skip.name()));
    assert!(skips.iter().enumerate().all(|(place, (number, _))| place == *number));
}
