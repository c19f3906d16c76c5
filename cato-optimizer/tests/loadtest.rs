//! A small load on a real server: what became of every packet and flow is known, and what is answered is what the
//! interpreter says.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

use std::path::Path;

use cato_artifact::Kit;
use cato_codegen::model::{Model, ModelKind, Node};
use cato_codegen::record::PacketRecord;
use cato_codegen::spec::{Depth, ModelSpec, SPEC_VERSION, Spec, Strategy};
use cato_optimizer::load::{Arrivals, FlowTemplate, Population, Timeline};
use cato_optimizer::loadtest::{LoadTest, Tested};
use cato_optimizer::pool::Costs;
use cato_optimizer::simulate::{Outcome, SimMember};
use cato_runtime::FlowSettings;
use cato_serve::policy::{Fixed, Mix, Policy, Signals};
use cato_serve::{Member, Pool};

const SPEED: f64 = 20.0;
const DEPTHS: [u16; 2] = [2, 4];

/// Says "b" of flows whose source sent more than 100 bytes up to its depth.
fn model() -> Model {
    Model {
        kind: ModelKind::DecisionTree,
        features: vec!["s_bytes_sum".to_owned()],
        classes: ["a", "b"].map(str::to_owned).to_vec(),
        leaves: vec![vec![(0, u16::MAX)], vec![(1, u16::MAX)]],
        trees: vec![vec![
            Node::Split { feature: 0, threshold: 100.0, right: 2 },
            Node::Leaf { leaf: 0 },
            Node::Leaf { leaf: 1 },
        ]],
    }
}

fn spec(depth: u16) -> Spec {
    Spec {
        version: SPEC_VERSION,
        name: None,
        early: Vec::new(),
        depth: Depth::Packets(depth),
        features: vec!["s_bytes_sum".to_owned()],
        model: Some(ModelSpec::new("model.json", Strategy::Auto)),
    }
}

/// Flows of TCP and UDP; what tells the classes apart is their third packet, which the first member does not see.
fn population() -> Population {
    let packet =
        |time_ns, bytes, flags, from_source| PacketRecord { time_ns, bytes, winsize: 1, ttl: 64, flags, from_source };
    let flow = |class, protocol, third| FlowTemplate {
        class,
        protocol,
        ports: [40_000, 443],
        packets: vec![
            packet(0, 40, 0x02, true),
            packet(60_000_000, 40, 0x12, false),
            packet(120_000_000, third, 0x10, true),
            packet(180_000_000, 40, 0x11, true),
            packet(181_000_000, 40, 0x11, false),
        ],
        closes: protocol == 6,
    };
    let flows = vec![flow(0, 6, 40), flow(1, 6, 400), flow(1, 17, 500)];
    Population { flows, labels: model().classes, settings: FlowSettings::default() }
}

/// Another member in every interval.
struct InTurn(u8);

impl Policy for InTurn {
    fn name(&self) -> &str {
        "in turn"
    }

    fn start(&self) -> Mix {
        Mix::only(self.0)
    }

    fn decide(&mut self, _: &Signals) -> Mix {
        self.0 = 1 - self.0;
        Mix::only(self.0)
    }
}

/// What became of a load, with sums that have to hold whatever the machine does meanwhile.
fn tested(load: &str, ring: usize, policy: Box<dyn Policy>) -> (Tested, Arrivals, Outcome) {
    let kit = Kit::prepare(Path::new(env!("CARGO_TARGET_TMPDIR"))).unwrap();
    let model = model();
    let member = |depth: u16| {
        let library = kit.build(&spec(depth), &[&model]).unwrap().library;
        Member { name: format!("d{depth}"), library, classes: model.classes.clone() }
    };
    let pool = Pool::new(DEPTHS.map(member).to_vec()).unwrap();
    let population = population();
    let timeline = Timeline::new(&load.parse().unwrap(), 1);
    // Half a second around the beginning of a flood, where there is one.
    let part = timeline.flows.len() / 4 - 25..timeline.flows.len() / 4 + 25;
    let timeline = Timeline { flows: timeline.flows[part.clone()].to_vec(), flood: timeline.flood[part].to_vec() };
    let arrivals = Arrivals::new(&population, &timeline, 4_000.0, SPEED, 1);
    let test = LoadTest {
        pool: &pool,
        population: &population,
        arrivals: &arrivals,
        speed: SPEED,
        slowdown: 2.0,
        ring,
        table_capacity: 32_768,
        worth: None,
    };
    let tested = test.run(policy).unwrap();
    let Tested { tally, report, punctuality } = &tested;
    assert_eq!(report.imbalance(), None);
    let sum = |counts: &[u32]| counts.iter().copied().map(u64::from).sum::<u64>();
    assert_eq!((sum(&tally.offered), sum(&tally.lost)), (arrivals.events.len() as u64, report.total.ring_drops));
    assert_eq!(report.packets(), arrivals.events.len() as u64);
    assert!((0.0..=1.0).contains(&punctuality.late) && punctuality.latest_ms >= 0.0, "{punctuality:?}");
    let outcome = Outcome::new(tally, &population, &arrivals, &timeline, 2, 2.0);
    assert_eq!(outcome.packets, report.packets());
    (tested, arrivals, outcome)
}

#[test]
fn a_server_answers_as_the_interpreter_does() {
    let (Tested { tally, .. }, arrivals, outcome) = tested("constant:1", 1 << 17, Box::new(InTurn(0)));
    assert!(outcome.flows > 1_500 && outcome.loss == 0.0 && outcome.answered == 1.0, "{outcome:?}");
    let (model, population) = (model(), population());
    let costs = Costs { start_ns: 1.0, packet_ns: 1.0, absorbed_ns: 1.0, verdict_ns: 1.0 };
    let says =
        DEPTHS.map(|depth| SimMember::new(depth.to_string(), &spec(depth), &[&model], costs, &population).unwrap());
    for ((arrival, verdict), member) in arrivals.flows.iter().zip(&tally.verdicts).zip(&tally.members) {
        let (verdict, member) = (verdict.unwrap(), member.unwrap());
        assert_eq!(verdict.class, says[usize::from(member)].class(arrival.template.unwrap()));
        assert!(verdict.latency_ns.is_some(), "every flow reaches its inference point");
    }
    // Both had their turns, and only the second tells the classes apart.
    assert!(outcome.members.iter().all(|share| *share > 0.05), "{outcome:?}");
    assert!(
        (outcome.members.iter().sum::<f64>() - 1.0).abs() < 1e-9 && outcome.switches_per_minute > 0.0,
        "{outcome:?}"
    );
    assert!(outcome.accuracy > 0.3 && outcome.accuracy < 1.0, "{outcome:?}");
}

#[test]
fn what_a_ring_cannot_hold_is_lost_and_counts_as_wrong() {
    let (Tested { tally, report, .. }, arrivals, outcome) = tested("syn-flood", 1, Box::new(Fixed::new(1, "d4")));
    assert!(report.total.ring_drops > 0 && outcome.loss > 0.0, "{outcome:?}");
    let real = arrivals.flows.iter().filter(|arrival| arrival.template.is_some()).count() as u64;
    let answered = tally.verdicts.iter().flatten().count() as u64;
    assert_eq!((outcome.flows, (outcome.answered * real as f64).round() as u64), (real, answered));
    assert!(real < arrivals.flows.len() as u64 && outcome.accuracy <= outcome.answered, "{outcome:?}");
}
