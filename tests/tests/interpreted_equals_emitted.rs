//! For random specs, models and traces: what is interpreted and what is emitted, compiled by rustc and loaded, agree on
//! every bit of every feature and on every verdict, and the emitted model with the frozen one on any row at all.
//!
//! `CATO_PROPERTY_CASES` sets the number of specs, `CATO_PROPERTY_SEED` the seed of the first case.

use cato_artifact::Loaded;
use cato_codegen::compile;
use cato_codegen::interp::Interpreter;
use cato_codegen::model::Model;
use cato_codegen::spec::Spec;
use cato_runtime::{FlowSettings, Frame, Verdict};
use cato_tests::draw::{self, DrawnTrace};
use cato_tests::drive::{drive, drive_in_batches};
use cato_tests::{flow_record, kit, packet_records};
use cato_traffic::{FlowRecords, RecordOptions, Recorder};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const CASES: u64 = 24;
const TRACES: usize = 4;
const ROWS: usize = 2_000;

#[test]
fn interpreted_equals_emitted() {
    let (cases, seed) = (from_environment("CATO_PROPERTY_CASES", CASES), from_environment("CATO_PROPERTY_SEED", 1));
    println!("{cases} cases from seed {seed}");
    let mut flows = 0;
    for seed in (seed..).take(cases as usize) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let (spec, model) = draw::pipeline(&mut random);
        let case = Case { seed, spec, model };
        flows += case.check(&mut random);
    }
    println!("{flows} flows agree");
    assert!(flows > cases as usize, "the traces hold flows");
}

/// One spec with its model.
struct Case {
    seed: u64,
    spec: Spec,
    model: Option<Model>,
}

impl Case {
    /// Builds the pipeline and compares it on random traces and rows; returns how many flows were compared.
    fn check(&self, random: &mut ChaCha8Rng) -> usize {
        let model = self.model.as_ref();
        let pipeline =
            compile(&self.spec, model.as_slice()).unwrap_or_else(|mistakes| self.fail(&mistakes.to_string()));
        let interpreter = Interpreter::new(&pipeline);
        let artifact = kit::shared(env!("CARGO_TARGET_TMPDIR"))
            .build(&self.spec, model.as_slice())
            .unwrap_or_else(|error| self.fail(&error.to_string()));
        let mut loaded = Loaded::open(&artifact.library).unwrap_or_else(|error| self.fail(&error.to_string()));
        let mut flows = 0;
        for _ in 0..TRACES {
            let trace = draw::trace(random);
            let settings = FlowSettings { require_syn: random.random_bool(0.5), ..FlowSettings::default() };
            flows += self.compare_trace(&trace, settings, &interpreter, &mut loaded);
        }
        if let Some(model) = model {
            self.compare_rows(random, model, &loaded);
        }
        flows
    }

    fn compare_trace(
        &self,
        trace: &DrawnTrace,
        settings: FlowSettings,
        interpreter: &Interpreter,
        loaded: &mut Loaded,
    ) -> usize {
        let frames = trace.frames();
        let records = record(&frames, settings);
        let (answers, _) = drive(loaded, settings, &frames);
        if answers.len() != records.flows.len() {
            self.fail(&format!("{} flows recorded, {} answered", records.flows.len(), answers.len()));
        }
        for (flow, answer) in answers.iter().enumerate() {
            let packets = packet_records(&records, flow);
            let row = interpreter.features(&flow_record(&records, flow, &packets));
            for (column, (interpreted, emitted)) in row.iter().zip(&answer.features).enumerate() {
                if interpreted.to_bits() != emitted.to_bits() {
                    self.fail(&format!(
                        "flow {flow}, column {column}: {interpreted:?} and {emitted:?} of {packets:#?}"
                    ));
                }
            }
            let verdict = self.model.as_ref().map_or(Verdict::FEATURES_ONLY, |model| predicted(model, &row));
            if verdict != answer.verdict {
                self.fail(&format!("flow {flow}: {verdict:?} and {:?} for {row:?}", answer.verdict));
            }
        }
        let one_by_one: Vec<_> = answers.iter().map(|answer| (answer.flow, answer.verdict)).collect();
        if drive_in_batches(loaded, settings, &frames) != one_by_one {
            self.fail("other verdicts when packets are taken in batches");
        }
        answers.len()
    }

    fn compare_rows(&self, random: &mut ChaCha8Rng, model: &Model, loaded: &Loaded) {
        for _ in 0..ROWS {
            let row = draw::row(random, model);
            let (frozen, emitted) = (predicted(model, &row), loaded.predict(&row));
            if frozen != emitted {
                self.fail(&format!("{frozen:?} and {emitted:?} for the row {row:?}"));
            }
        }
    }

    fn fail(&self, what: &str) -> ! {
        let Self { seed, spec, model } = self;
        let model = model.as_ref().map_or_else(|| "no model".to_owned(), Model::to_json);
        panic!("case {seed}: {what}\n--- spec\n{}\n--- model\n{model}", spec.to_toml());
    }
}

fn predicted(model: &Model, row: &[f32]) -> Verdict {
    let prediction = model.predict(row);
    Verdict { class: prediction.class, confidence: prediction.confidence }
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
