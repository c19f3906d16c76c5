//! For random specs with stages: each flow is answered by the stage that the definition says, after the packets that this
//! stage sees, with the verdict of its model, whether the flow goes on, ends in between or ends before.
//!
//! `CATO_PROPERTY_CASES` sets the number of specs, `CATO_PROPERTY_SEED` the seed of the first case.

use cato_artifact::Loaded;
use cato_codegen::compile;
use cato_codegen::interp::{Decider, Interpreter};
use cato_codegen::model::Model;
use cato_codegen::record::FlowRecord;
use cato_codegen::spec::{Depth, Spec};
use cato_runtime::{FlowSettings, Frame, Verdict};
use cato_tests::draw::{self, DrawnTrace};
use cato_tests::drive::{drive, drive_in_batches};
use cato_tests::{flow_record, kit, packet_records};
use cato_traffic::{FlowRecords, RecordOptions, Recorder};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const CASES: u64 = 12;
const TRACES: usize = 6;

/// Of the flows that were compared, how many there were of each kind.
#[derive(Debug, Default)]
struct Compared {
    /// Answered by a stage before the last at its depth.
    early: usize,
    /// Answered by a stage before the last where the flow had ended.
    early_at_end: usize,
    /// Answered by the last stage.
    last: usize,
}

#[test]
fn the_first_stage_that_is_sure_answers() {
    let (cases, seed) = (from_environment("CATO_PROPERTY_CASES", CASES), from_environment("CATO_PROPERTY_SEED", 1));
    println!("{cases} cases from seed {seed}");
    let mut compared = Compared::default();
    for seed in (seed..).take(cases as usize) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let (spec, models) = draw::stages(&mut random);
        Case { seed, spec, models }.check(&mut random, &mut compared);
    }
    println!("{compared:?} agree");
    assert!(compared.early > 0 && compared.early_at_end > 0 && compared.last > 0, "{compared:?}");
}

struct Case {
    seed: u64,
    spec: Spec,
    models: Vec<Model>,
}

impl Case {
    fn check(&self, random: &mut ChaCha8Rng, compared: &mut Compared) {
        let models: Vec<&Model> = self.models.iter().collect();
        let decider = Decider::new(&self.spec, &models).unwrap_or_else(|mistakes| self.fail(&mistakes.to_string()));
        let plan = compile(&self.spec, &models).unwrap_or_else(|mistakes| self.fail(&mistakes.to_string()));
        let interpreter = Interpreter::new(&plan);
        let artifact = kit::shared(env!("CARGO_TARGET_TMPDIR"))
            .build(&self.spec, &models)
            .unwrap_or_else(|error| self.fail(&error.to_string()));
        let mut loaded = Loaded::open(&artifact.library).unwrap_or_else(|error| self.fail(&error.to_string()));
        for _ in 0..TRACES {
            let trace = draw::trace(random);
            let settings = FlowSettings { require_syn: random.random_bool(0.5), ..FlowSettings::default() };
            self.compare(&trace, settings, &decider, &interpreter, &mut loaded, compared);
        }
    }

    fn compare(
        &self,
        trace: &DrawnTrace,
        settings: FlowSettings,
        decider: &Decider<'_>,
        interpreter: &Interpreter,
        loaded: &mut Loaded,
        compared: &mut Compared,
    ) {
        let frames = trace.frames();
        let records = record(&frames, settings);
        let (answers, _) = drive(loaded, settings, &frames);
        if answers.len() != records.flows.len() {
            self.fail(&format!("{} flows recorded, {} answered", records.flows.len(), answers.len()));
        }
        for (flow, answer) in answers.iter().enumerate() {
            let packets = packet_records(&records, flow);
            let record = flow_record(&records, flow, &packets);
            let (stage, prediction) = decider.decide(&record);
            let verdict = Verdict { class: prediction.class, confidence: prediction.confidence };
            let depth = match (self.spec.early.get(stage), self.spec.depth) {
                (Some(stage), _) => usize::from(stage.depth),
                (None, Depth::Packets(packets)) => usize::from(packets),
                (None, Depth::All) => usize::MAX,
            };
            let seen = packets.len().min(depth);
            let row = interpreter.features(&FlowRecord { packets: &packets[..seen], ..record });
            let same = row.iter().zip(&answer.features).all(|(one, other)| one.to_bits() == other.to_bits());
            if verdict != answer.verdict || seen != answer.packets_used as usize || !same {
                let expected = format!("stage {stage}, {verdict:?} after {seen} packets with {row:?}");
                self.fail(&format!("flow {flow} of {} packets: {expected}, and {answer:?}", packets.len()));
            }
            match (stage < self.spec.early.len(), seen == depth) {
                (true, true) => compared.early += 1,
                (true, false) => compared.early_at_end += 1,
                (false, _) => compared.last += 1,
            }
        }
        let one_by_one: Vec<_> = answers.iter().map(|answer| (answer.flow, answer.verdict)).collect();
        if drive_in_batches(loaded, settings, &frames) != one_by_one {
            self.fail("other verdicts when packets are taken in batches");
        }
    }

    fn fail(&self, what: &str) -> ! {
        panic!("case {}: {what}\n--- spec\n{}", self.seed, self.spec.to_toml());
    }
}

fn record(frames: &[Frame<'_>], settings: FlowSettings) -> FlowRecords {
    let mut recorder = Recorder::new(&RecordOptions { settings, ..RecordOptions::default() });
    for frame in frames {
        recorder.frame(frame);
    }
    recorder.end_input();
    recorder.finish()
}

fn from_environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}
