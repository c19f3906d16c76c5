//! Small simulations whose result is known.

use cato_codegen::model::{Model, ModelKind, Node};
use cato_codegen::record::PacketRecord;
use cato_codegen::spec::{Confidence, Depth, ModelSpec, Spec, Stage, Strategy, Threshold};
use cato_runtime::FlowSettings;
use cato_serve::policy::{Adaptive, Fixed, MemberCost, Mix, Policy, Signals};

use super::*;
use crate::load::{Arrivals, FlowTemplate, Population, Timeline};
use crate::pool::Costs;

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
        version: 1,
        name: None,
        early: Vec::new(),
        depth: Depth::Packets(depth),
        features: vec!["s_bytes_sum".to_owned()],
        model: Some(ModelSpec::new("model.json", Strategy::Auto)),
    }
}

/// Flows of class a with three packets of 40 bytes, and of class b, of whose packets the last is larger; both end with FINs.
fn population() -> Population {
    let packet =
        |time_ns, bytes, flags, from_source| PacketRecord { time_ns, bytes, winsize: 1, ttl: 64, flags, from_source };
    let flow = |class, last| FlowTemplate {
        class,
        protocol: 6,
        ports: [40_000, 443],
        packets: vec![
            packet(0, 40, 0x02, true),
            packet(60_000_000, 40, 0x12, false),
            packet(120_000_000, last, 0x10, true),
            packet(180_000_000, 40, 0x11, true),
            packet(180_000_000, 40, 0x11, false),
        ],
        closes: true,
    };
    let labels = ["a", "b"].map(str::to_owned).to_vec();
    Population { flows: vec![flow(0, 40), flow(1, 400)], labels, settings: FlowSettings::default() }
}

/// How many times as long as the costs say everything takes.
const SLOWDOWN: f64 = 200.0;

const CHEAP: Costs = Costs { start_ns: 100.0, packet_ns: 50.0, absorbed_ns: 20.0, verdict_ns: 200.0 };
const DEAR: Costs = Costs { start_ns: 100.0, packet_ns: 100.0, absorbed_ns: 20.0, verdict_ns: 1_600.0 };

fn costs() -> [MemberCost; 2] {
    [(CHEAP, 1, 0.33), (DEAR, 3, 1.0)].map(|(costs, depth, quality)| {
        MemberCost {
            start_ns: costs.start_ns,
            packet_ns: costs.packet_ns,
            absorbed_ns: costs.absorbed_ns,
            verdict_ns: costs.verdict_ns,
            mean_ns: costs.flow_ns(5, depth as usize),
            depth: Some(depth),
            quality,
        }
        .slower(SLOWDOWN)
    })
}

struct Bed {
    population: Population,
    timeline: Timeline,
    arrivals: Arrivals,
}

impl Bed {
    /// Load in multiples of what the dear member can bear.
    fn new(load: &str, seed: u64) -> Self {
        let population = population();
        let timeline = Timeline::new(&load.parse().unwrap(), seed);
        let unit = 1e9 / SLOWDOWN / DEAR.flow_ns(5, 3);
        let arrivals = Arrivals::new(&population, &timeline, unit, 60.0, seed);
        Self { population, timeline, arrivals }
    }

    fn members(&self, models: &'static [Model]) -> Vec<SimMember<'static>> {
        let member = |id: &str, depth, costs| {
            SimMember::new(id.to_owned(), &spec(depth), &[&models[0]], costs, &self.population).unwrap()
        };
        vec![member("cheap", 1, CHEAP), member("dear", 3, DEAR)]
    }

    fn run(&self, policy: &mut dyn Policy, ring: usize) -> Outcome {
        let mut members = self.members(models());
        let simulation = Simulation {
            population: &self.population,
            arrivals: &self.arrivals,
            members: &mut members,
            ring,
            slowdown: SLOWDOWN,
            speed: 60.0,
            seed: 3,
        };
        let tally = simulate(simulation, policy, &Admission::Uniform);
        Outcome::new(&tally, &self.population, &self.arrivals, &self.timeline, 2, SLOWDOWN)
    }
}

fn models() -> &'static [Model] {
    static MODELS: std::sync::OnceLock<Vec<Model>> = std::sync::OnceLock::new();
    MODELS.get_or_init(|| vec![model()])
}

#[test]
fn at_low_load_every_flow_gets_its_members_answer() {
    let bed = Bed::new("constant:0.2", 1);
    let dear = bed.run(&mut Fixed::new(1, "dear"), 64);
    assert_eq!((dear.macro_f1, dear.accuracy, dear.loss, dear.answered), (1.0, 1.0, 0.0, 1.0));
    assert_eq!(dear.members, [0.0, 1.0]);
    let cheap = bed.run(&mut Fixed::new(0, "cheap"), 64);
    assert!((cheap.accuracy - 0.5).abs() < 0.05 && cheap.answered == 1.0, "the first packet says nothing of the class");
    let adaptive = bed.run(&mut Adaptive::new(&costs()), 64);
    assert_eq!((adaptive.macro_f1, adaptive.members), (1.0, dear.members));
}

#[test]
fn what_is_too_much_is_lost_and_an_adaptive_policy_loses_less() {
    let bed = Bed::new("constant:2", 1);
    let dear = bed.run(&mut Fixed::new(1, "dear"), 64);
    let figures = |outcome: &Outcome| (outcome.macro_f1, outcome.loss, outcome.answered, outcome.declined);
    assert!(dear.loss > 0.2 && dear.macro_f1 < 0.8, "{:?}", figures(&dear));
    let adaptive = bed.run(&mut Adaptive::new(&costs()), 64);
    assert!(
        adaptive.loss < 0.25 * dear.loss && adaptive.macro_f1 > dear.macro_f1,
        "{:?} {:?}",
        figures(&adaptive),
        figures(&dear)
    );
    let mut members = bed.members(models());
    let oracle = Oracle::new(&costs(), &members, &bed.population, &bed.arrivals, SLOWDOWN);
    let known = bed.run(&mut oracle.clone(), 64);
    assert!(known.loss < 0.05 && known.macro_f1 > dear.macro_f1, "{:?}", figures(&known));
    assert_eq!(members.remove(1).class(1), 1);
}

#[test]
fn runs_are_repeatable() {
    let run = || {
        let bed = Bed::new("bursts", 4);
        serde_json::to_string(&bed.run(&mut Adaptive::new(&costs()), 64)).unwrap()
    };
    assert_eq!(run(), run());
}

#[test]
fn waiting_is_part_of_latency() {
    let [short, long] = [8, 512].map(|ring| Bed::new("constant:1.5", 1).run(&mut Fixed::new(1, "dear"), ring));
    // Where there is always too much, a packet waits for all that fits in before it.
    assert!(long.latency_p50_us > 20.0 * short.latency_p50_us, "{short:?} {long:?}");
}

#[test]
fn a_flow_that_is_not_admitted_has_no_answer_and_loses_no_packet() {
    struct Half;
    impl Policy for Half {
        fn name(&self) -> &str {
            "half"
        }
        fn start(&self) -> Mix {
            Mix { admitted_share: u32::MAX / 2, ..Mix::only(1) }
        }
        fn decide(&mut self, _: &Signals) -> Mix {
            self.start()
        }
    }
    let outcome = Bed::new("constant:0.5", 2).run(&mut Half, 64);
    assert!((outcome.declined - 0.5).abs() < 0.03 && outcome.loss == 0.0, "{outcome:?}");
    assert!((outcome.answered + outcome.declined - 1.0).abs() < 1e-9);
    assert!((outcome.accuracy - outcome.answered).abs() < 1e-9, "what is answered is answered rightly");
}

#[test]
fn a_flood_costs_time_and_is_no_flow() {
    let bed = Bed::new("syn-flood", 1);
    let outcome = bed.run(&mut Adaptive::new(&costs()), 64);
    let real = bed.arrivals.flows.iter().filter(|flow| flow.template.is_some()).count();
    assert_eq!(outcome.flows, real as u64);
    assert!(outcome.packets > 5 * outcome.flows);
}

#[test]
fn stages_answer_when_they_are_sure() {
    let bed = Bed::new("constant:0.2", 1);
    let stage = Stage {
        depth: 1,
        features: vec!["s_bytes_sum".to_owned()],
        model: ModelSpec::new("stage-1.json", Strategy::Auto),
        confidence: Confidence::Each(vec![Threshold::Never, Threshold::Share(0.5)]),
    };
    let staged = Spec { early: vec![stage], ..spec(3) };
    let [first, last] = [model(), model()];
    // The first packet is never of more than 100 bytes, and "a" is never said early.
    let member = SimMember::new("c".to_owned(), &staged, &[&first, &last], DEAR, &bed.population).unwrap();
    let flow = &bed.population.flows[1];
    assert_eq!((member.class(1), member.packets(1, flow)), (1, 3));
    let mut members = vec![member];
    let simulation = Simulation {
        population: &bed.population,
        arrivals: &bed.arrivals,
        members: &mut members,
        ring: 64,
        slowdown: SLOWDOWN,
        speed: 60.0,
        seed: 3,
    };
    let tally = simulate(simulation, &mut Fixed::new(0, "c"), &Admission::Uniform);
    let outcome = Outcome::new(&tally, &bed.population, &bed.arrivals, &bed.timeline, 1, SLOWDOWN);
    assert_eq!((outcome.accuracy, outcome.answered), (1.0, 1.0));
}

#[test]
fn damaged_flows_are_answered_on_what_was_seen() {
    let population = population();
    let mut member = SimMember::new("dear".to_owned(), &spec(3), &[&models()[0]], DEAR, &population).unwrap();
    let flow = &population.flows[1];
    let said =
        |member: &mut SimMember<'_>, seen, lost: &[u32]| member.said_of_damaged(1, flow, 0, false, seen, lost).class;
    assert_eq!(said(&mut member, 3, &[]), 1);
    assert_eq!(said(&mut member, 3, &[1]), 1, "the answer was lost, the large packet was not");
    assert_eq!(said(&mut member, 3, &[2]), 0, "the large packet was lost");
    assert_eq!(said(&mut member, 2, &[1]), 1);
}
