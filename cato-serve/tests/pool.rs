//! A pool of several pipelines behind one flow table, whose policy changes its mind all the time.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cato_artifact::Kit;
use cato_codegen::spec::{Depth, SPEC_VERSION, Spec};
use cato_runtime::{FlowSettings, Frame, LinkType};
use cato_serve::admission::{Buckets, Observed, WorthTable};
use cato_serve::policy::{Fixed, Mix, Policy, Signals};
use cato_serve::{
    Constraints, Control, Input, Member, Pool, Report, ServeError, ServeOptions, Server, SinkSpec, Source, SourceError,
    State,
};

const FLOWS: u64 = 4_000;
const PACKETS: u64 = 8;
const ACTIVE: u64 = 100;
const DEPTHS: [u16; 2] = [3, 6];

/// Flows of eight packets each, a hundred at a time in turn; those of even number come with a time to live of 64.
struct Conversations {
    sent: u64,
    pause: Duration,
    /// How often the policy was asked.
    asked: Arc<AtomicUsize>,
    /// After a fifth of the packets it has to be asked so often before more come.
    until: Option<usize>,
}

impl Source for Conversations {
    fn next(&mut self, _: Duration, take: &mut dyn FnMut(&[Frame<'_>])) -> Result<State, SourceError> {
        if self.sent == FLOWS * PACKETS / 5 {
            let asked = self.asked.load(Ordering::Relaxed);
            if asked < *self.until.get_or_insert(asked + 3) {
                std::thread::sleep(Duration::from_millis(1));
                return Ok(State::Open);
            }
        }
        let packets: Vec<_> = (self.sent..self.sent + ACTIVE).map(packet).collect();
        let frames: Vec<_> = packets.iter().map(|(time_ns, data)| frame(*time_ns, data)).collect();
        take(&frames);
        self.sent += ACTIVE;
        std::thread::sleep(self.pause);
        Ok(if self.sent == FLOWS * PACKETS { State::Ended } else { State::Open })
    }

    fn stop(&mut self) {}

    fn can_wait(&self) -> bool {
        true
    }
}

/// Another mix in each interval.
struct Restless {
    mixes: Vec<Mix>,
    asked: Arc<AtomicUsize>,
}

impl Policy for Restless {
    fn name(&self) -> &str {
        "restless"
    }

    fn start(&self) -> Mix {
        self.mixes[0]
    }

    fn decide(&mut self, signals: &Signals) -> Mix {
        assert!(signals.interval_ns > 0 && signals.busy <= 1.0 && signals.members.len() == 2, "{signals:?}");
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        self.mixes[(asked + 1) % self.mixes.len()]
    }
}

/// Pipelines of two depths, under such names.
fn pool(names: [&str; 2]) -> Pool {
    let kit = Kit::prepare(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap();
    let member = |(name, depth): (&str, u16)| {
        let features = ["dur", "s_bytes_mean"].map(str::to_owned).to_vec();
        let spec = Spec {
            version: SPEC_VERSION,
            name: None,
            early: vec![],
            depth: Depth::Packets(depth),
            features,
            model: None,
        };
        Member { name: name.to_owned(), library: kit.build(&spec, &[]).unwrap().library, classes: Vec::new() }
    };
    Pool::new(names.into_iter().zip(DEPTHS).map(member).collect()).unwrap()
}

/// The report, and how many flows were answered after so many packets.
fn served(mixes: Vec<Mix>, pause: Duration, worth: Option<WorthTable>) -> (Report, BTreeMap<u64, u64>) {
    served_while(mixes, pause, worth, |_| ())
}

/// As [`served`], with something else going on meanwhile.
fn served_while(
    mixes: Vec<Mix>,
    pause: Duration,
    worth: Option<WorthTable>,
    meanwhile: impl FnOnce(&Server),
) -> (Report, BTreeMap<u64, u64>) {
    let folder = tempfile::tempdir().unwrap();
    let sink = folder.path().join("flows.jsonl");
    // Without worth nobody has to learn what comes.
    let until = worth.is_none().then_some(0);
    let options = ServeOptions {
        settings: FlowSettings::default(),
        table_capacity: 8192,
        worth,
        constraints: Constraints { memory_mb: Some(0.5), lowest_quality: Some(0.5), ..Constraints::default() },
        sink: SinkSpec::File(sink.clone()),
        file: None,
        metrics: None,
        slowdown: 1.0,
    };
    let asked = Arc::new(AtomicUsize::new(0));
    let source = Box::new(Conversations { sent: 0, pause, asked: Arc::clone(&asked), until });
    let policy = Box::new(Restless { mixes, asked });
    let server =
        Server::start(&pool(["d3", "d6"]), policy, Input::Each(vec![source]), &options, &Control::new()).unwrap();
    meanwhile(&server);
    let report = server.finish();
    assert_eq!(report.imbalance(), None);
    assert_eq!(report.total.flows, FLOWS);
    let mut answered = BTreeMap::new();
    for line in fs::read_to_string(&sink).unwrap().lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        *answered.entry(line["packets_used"].as_u64().unwrap()).or_default() += 1;
    }
    (report, answered)
}

#[test]
fn pools_come_and_go_and_every_flow_is_answered() {
    let pools = [["a3", "b6"], ["c3", "b6"], ["d3", "d6"]].map(pool);
    let (mut replaced, mut full, mut most) = (0, 0, 0);
    let (report, answered) = served_while(vec![Mix::only(0)], Duration::from_millis(3), None, |server| {
        for number in (0..).take_while(|_| !server.is_finished()) {
            let pool = &pools[number % pools.len()];
            match server.replace(pool, Box::new(Fixed::new(1 - number as u8 % 2, "even")), Constraints::default()) {
                Ok(()) => replaced += 1,
                Err(ServeError::NoPlace { .. }) => full += 1,
                Err(error) => panic!("{error}"),
            }
            most = most.max(server.snapshot().loaded);
            let policy = server.snapshot().policy.unwrap();
            assert_eq!((policy.name.as_str(), policy.members.len()), ("static:even", 2));
        }
    });
    // Nothing but the two depths: whatever came, no flow was moved between its packets, and none was left alone.
    assert_eq!(answered.keys().copied().collect::<Vec<_>>(), [3, 6]);
    assert_eq!(answered.values().sum::<u64>(), FLOWS);
    // Places were given to others, and what was done there stays with the names of those who did it.
    assert!(replaced > 40 && most <= Pool::MOST, "{replaced} replaced, {full} times no place");
    let flows: Vec<u64> = report.total.members.iter().map(|member| member.flows).collect();
    let verdicts: Vec<u64> = report.total.members.iter().map(|member| member.verdicts).collect();
    assert_eq!((flows.len(), flows.iter().sum::<u64>()), (5, FLOWS));
    assert_eq!(flows, verdicts);
    // The first two served a few milliseconds; of the pools behind them each had its turns.
    assert!(flows.iter().filter(|flows| **flows > FLOWS / 20).count() >= 2, "{flows:?}");
    assert!(report.total.members.iter().all(|member| member.busy_ns <= report.total.busy_ns), "{:?}", report.total);
    let busy: u64 = report.total.members.iter().map(|member| member.busy_ns).sum();
    assert!(busy > 0 && busy <= report.total.busy_ns, "{:?}", report.total);
}

#[test]
fn a_pool_of_other_classes_is_refused() {
    served_while(vec![Mix::only(0)], Duration::ZERO, None, |server| {
        let classes = vec!["x".to_owned()];
        let other = Pool::new(vec![Member { classes, ..pool(["d3", "d6"]).members()[0].clone() }]).unwrap();
        let error = server.replace(&other, Box::new(Fixed::new(0, "d3")), Constraints::default()).unwrap_err();
        assert!(matches!(error, ServeError::Classes { .. }), "{error}");
    });
}

#[test]
fn a_constraint_that_is_not_kept_to_is_said() {
    let (report, _) = served_while(vec![Mix::only(0)], Duration::ZERO, None, |server| {
        let names: Vec<_> = server.snapshot().constraints.iter().map(|watched| watched.constraint).collect();
        assert_eq!(names, ["memory_mb", "lowest_quality"]);
    });
    // 8,192 entries of 96 bytes, and more.
    assert_eq!(report.warnings.len(), 1, "{:?}", report.warnings);
    assert!(report.warnings[0].starts_with("memory_mb is not kept to: 1."), "{:?}", report.warnings);
}

#[test]
fn shares_of_the_flows_go_to_two_members() {
    let mix = Mix { lower: 0, upper: 1, upper_share: 1 << 30, admitted_share: 3 << 30 };
    let (report, answered) = served(vec![mix], Duration::ZERO, None);
    let [lower, upper] = [&report.total.members[0], &report.total.members[1]];
    assert_eq!(answered, [(3, lower.verdicts), (6, upper.verdicts)].into());
    assert_eq!((lower.flows, upper.flows), (lower.verdicts, upper.verdicts));
    assert_eq!((lower.packets, upper.packets), (3 * lower.flows, 6 * upper.flows));
    assert_eq!(report.total.declined_flows, FLOWS - lower.flows - upper.flows);
    assert_eq!(report.total.declined, report.total.declined_flows * PACKETS);
    // A quarter is not admitted, a quarter of the rest is the upper one's; the secret of the hash is drawn by lot.
    let near = |count: u64, share: f64| (count as f64 / FLOWS as f64 - share).abs() < 0.05;
    assert!(near(report.total.declined_flows, 0.25) && near(upper.flows, 0.1875), "{:?}", report.total);
}

#[test]
fn flows_keep_the_member_that_they_were_bound_to() {
    let (report, answered) = served(vec![Mix::only(0), Mix::only(1)], Duration::from_micros(400), None);
    // Nothing but the two depths: no flow was moved between its packets.
    assert_eq!(answered.keys().copied().collect::<Vec<_>>(), [3, 6]);
    assert_eq!(answered.values().sum::<u64>(), FLOWS);
    assert_eq!(report.total.members.iter().map(|member| member.flows).sum::<u64>(), FLOWS);
}

#[test]
fn flows_are_admitted_by_what_they_are_worth() {
    let bucket = |ttl| Buckets::default().of_fields(true, [40_000, 80], 40, ttl);
    let (good, poor) = (bucket(64), bucket(128));
    let observed = |bucket, correct| std::iter::repeat_n(Observed { bucket, class: 0, correct, cost: 1.0 }, 1_000);
    let observed = observed(good, true).chain(observed(poor, false));
    let worth = WorthTable::learn(Buckets::default(), observed, &[1.0]).unwrap();
    let half = Mix { admitted_share: 1 << 31, ..Mix::only(1) };
    let (report, answered) = served(vec![half], Duration::ZERO, Some(worth));
    let ([good_flows, good_admitted], [poor_flows, poor_admitted]) =
        (report.total.offered[good], report.total.offered[poor]);
    assert_eq!((good_flows, poor_flows), (FLOWS / 2, FLOWS / 2));
    assert_eq!(answered, [(6, good_admitted + poor_admitted)].into());
    // Half of the first fifth, before it is known what comes; then nearly all of one kind and the floor of the other.
    let share = |part: u64, whole: u64| part as f64 / whole as f64;
    assert!(share(good_admitted, good_flows) > 0.8 && share(poor_admitted, poor_flows) < 0.3, "{:?}", report.total);
    // Each verdict stands for the flows alike that were not admitted; here they are few.
    let represented = share(report.total.represented.iter().sum(), 1_000 * FLOWS);
    assert!((represented - 1.0).abs() < 0.5, "{represented}");
}

/// Time and bytes of a packet: a SYN first, then data.
fn packet(number: u64) -> (u64, [u8; 54]) {
    let (group, place) = (number / (ACTIVE * PACKETS), number % (ACTIVE * PACKETS));
    let (flow, turn) = (group * ACTIVE + place % ACTIVE, place / ACTIVE);
    let mut bytes = [0; 54];
    bytes[12..16].copy_from_slice(&[0x08, 0x00, 0x45, 0]);
    bytes[17] = 40;
    bytes[22..24].copy_from_slice(&[if flow % 2 == 0 { 64 } else { 128 }, 6]);
    bytes[26] = 172;
    bytes[27..30].copy_from_slice(&(flow as u32).to_be_bytes()[1..]);
    bytes[30..34].copy_from_slice(&[192, 0, 2, 1]);
    bytes[34..38].copy_from_slice(&[0x9c, 0x40, 0, 80]);
    bytes[46..48].copy_from_slice(&[0x50, if turn == 0 { 0x02 } else { 0x10 }]);
    (1_000_000_000 + number * 1_000, bytes)
}

fn frame(time_ns: u64, data: &[u8]) -> Frame<'_> {
    Frame { link: Some(LinkType::Ethernet), wire_len: data.len() as u32, time_ns, data }
}
