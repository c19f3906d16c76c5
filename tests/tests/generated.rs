//! The crates under `generated/`: they are what their inputs give today, and their features and answers are those of the
//! interpreter and of the frozen model.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use cato_codegen::compile;
use cato_codegen::interp::Interpreter;
use cato_codegen::model::Prediction;
use cato_optimizer::vendor::{self, VendorInput};
use cato_runtime::Verdict;
use cato_traffic::synth::{self, Profile};
use cato_traffic::{FlowRecords, Inputs, RecordOptions, Trace, TraceOptions};

const FLOWS: usize = 400;
/// Another seed than the one of the demo, on which the models were trained.
const SEED: u64 = 7;

fn generated() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated")
}

#[test]
fn crates_are_what_their_inputs_give() {
    let mut crates = 0;
    for entry in fs::read_dir(generated()).unwrap() {
        let folder = entry.unwrap().path();
        let input = VendorInput::read(&folder).unwrap();
        assert_eq!(vendor::check(&input, &folder).unwrap(), [], "{}", folder.display());
        crates += 1;
    }
    assert_eq!(crates, 3, "a tree, a forest, and features alone");
}

/// Synthetic traffic, as frames and as flow records.
struct Traffic {
    trace: Trace,
    records: FlowRecords,
}

impl Traffic {
    fn new() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let capture = folder.path().join("traffic.pcap");
        let profile = Profile::builtin("demo").context("the built-in profile")?;
        synth::write(&profile, FLOWS, SEED, &capture, &folder.path().join("labels.csv"))?;
        let inputs = Inputs::collect(&[capture])?;
        let trace = Trace::collect(&inputs, &TraceOptions::default())?;
        let records = FlowRecords::read(&inputs, &RecordOptions::default())?;
        ensure!(records.flows.len() == FLOWS, "{} flows", records.flows.len());
        Ok(Self { trace, records })
    }

    /// What the interpreter and the frozen model say of every flow, in the order of their start.
    fn expected(&self, input: &VendorInput) -> anyhow::Result<Vec<(Vec<u32>, Prediction)>> {
        let interpreter = Interpreter::new(&compile(&input.spec, input.model.as_ref().as_slice())?);
        let answer = |flow: usize| {
            let packets = cato_tests::packet_records(&self.records, flow);
            let record = cato_tests::flow_record(&self.records, flow, &packets);
            let features = interpreter.features(&record);
            let nothing = Prediction { class: Verdict::NO_CLASS, confidence: 0 };
            let prediction = input.model.as_ref().map_or(nothing, |model| model.predict(&features));
            (bits(&features), prediction)
        };
        Ok((0..self.records.flows.len()).map(answer).collect())
    }
}

fn bits(features: &[f32]) -> Vec<u32> {
    features.iter().map(|feature| feature.to_bits()).collect()
}

/// What the vendored crate says of every flow. Each crate has a runtime of its own, so this has to be written out for each.
macro_rules! answers {
    ($name:ident :: $pipeline:ident, $traffic:expr) => {{
        use $name::rt::{
            BatchPipeline, Bucket, Driver, Entry, Finished, FixedStorage, FlowSettings, Frame, LinkType, Pipeline,
            StaticPipeline,
        };
        use $name::$pipeline;

        let stored = $traffic.trace.frames();
        let frames: Vec<_> = stored
            .all()
            .iter()
            .map(|frame| Frame {
                link: Some(LinkType::Ethernet),
                wire_len: frame.wire_len,
                time_ns: frame.time_ns,
                data: frame.data,
            })
            .collect();
        let mut buckets = vec![Bucket::default(); 4 * FLOWS.next_power_of_two()];
        let mut entries = vec![Entry::VACANT; 2 * FLOWS];
        let pipeline = StaticPipeline::<$pipeline, _>::new(vec![$pipeline::start(); 2 * FLOWS]);
        let storage = FixedStorage::new(&mut buckets, &mut entries);
        let mut driver = Driver::new(pipeline, FlowSettings::default(), storage).stepwise();
        let mut answers = vec![None; FLOWS];
        let mut keep = |flow: &Finished, pipeline: &StaticPipeline<$pipeline, _>| {
            let mut features = vec![0.0; $pipeline::FEATURES.len()];
            pipeline.features(flow.slot, &mut features);
            let prediction = Prediction { class: flow.verdict.class, confidence: flow.verdict.confidence };
            let place = &mut answers[usize::try_from(flow.entry.flow()).expect("a flow has a small number")];
            assert!(place.is_none(), "one answer for a flow");
            *place = Some((bits(&features), prediction));
        };
        driver.run(&frames, &mut keep);
        driver.end_input(&mut keep);
        answers.into_iter().map(|answer| answer.expect("every flow is answered")).collect::<Vec<_>>()
    }};
}

/// Compares answers flow by flow.
fn compare(answers: &[(Vec<u32>, Prediction)], expected: &[(Vec<u32>, Prediction)]) {
    assert_eq!(answers.len(), expected.len());
    for (flow, (answer, expected)) in answers.iter().zip(expected).enumerate() {
        assert_eq!(answer, expected, "flow {flow}");
    }
}

/// Compares answers flow by flow, of which there have to be several.
fn compare_classes(answers: &[(Vec<u32>, Prediction)], expected: &[(Vec<u32>, Prediction)]) {
    compare(answers, expected);
    let mut classes: Vec<_> = answers.iter().map(|(_, prediction)| prediction.class).collect();
    classes.sort_unstable();
    classes.dedup();
    assert!(classes.len() > 3, "the traffic leads to several answers: {classes:?}");
}

#[test]
fn the_tree_answers_as_its_model() -> anyhow::Result<()> {
    let traffic = Traffic::new()?;
    let input = VendorInput::read(&generated().join("demo-decision-tree"))?;
    compare_classes(&answers!(demo_decision_tree::Classifier, traffic), &traffic.expected(&input)?);
    Ok(())
}

#[test]
fn the_forest_answers_as_its_model() -> anyhow::Result<()> {
    let traffic = Traffic::new()?;
    let input = VendorInput::read(&generated().join("demo-random-forest"))?;
    compare_classes(&answers!(demo_random_forest::Classifier, traffic), &traffic.expected(&input)?);
    Ok(())
}

#[test]
fn features_alone_are_those_of_the_interpreter() -> anyhow::Result<()> {
    let traffic = Traffic::new()?;
    let input = VendorInput::read(&generated().join("demo-features"))?;
    compare(&answers!(demo_features::Extractor, traffic), &traffic.expected(&input)?);
    Ok(())
}
