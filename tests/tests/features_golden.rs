//! All 67 features of the golden captures, to the last bit: the interpreter and the emitted code against an
//! implementation that shares nothing with either.

use std::slice;

use cato_artifact::Loaded;
use cato_codegen::catalog::FeatureId;
use cato_codegen::compile;
use cato_codegen::interp::Interpreter;
use cato_codegen::spec::{Depth, SPEC_VERSION, Spec};
use cato_tests::golden::{GoldenCapture, GoldenFlow, Manifest, key};
use cato_tests::{drive, kit, packet_records};
use cato_traffic::{Inputs, Trace, TraceOptions};

#[test]
fn columns_are_in_the_order_of_the_page() {
    let names = FeatureId::ALL.map(FeatureId::name);
    for capture in Manifest::read().capture {
        assert_eq!(capture.feature_names(), names, "{}", capture.name);
    }
}

#[test]
fn interpreted_features_are_those_of_the_reference() {
    let manifest = Manifest::read();
    for depth in manifest.depths() {
        let pipeline = compile(&all_features(depth), &[]).expect("a sound spec");
        let interpreter = Interpreter::new(&pipeline);
        for capture in &manifest.capture {
            let records = capture.records();
            let flows = (0..records.flows.len()).map(|flow| {
                let packets = packet_records(&records, flow);
                let record = records.flows[flow].packets.min(match depth {
                    Depth::Packets(packets) => u64::from(packets),
                    Depth::All => u64::MAX,
                });
                let features = interpreter.features(&cato_tests::flow_record(&records, flow, &packets));
                GoldenFlow { key: key(&records.flows[flow], record), features: bits(&features) }
            });
            require_equal(capture, depth, &flows.collect::<Vec<_>>());
        }
    }
}

#[test]
fn emitted_features_are_those_of_the_reference() {
    let manifest = Manifest::read();
    for depth in manifest.depths() {
        let artifact =
            kit::shared(env!("CARGO_TARGET_TMPDIR")).build(&all_features(depth), &[]).expect("the candidate compiles");
        for capture in &manifest.capture {
            let mut pipeline = Loaded::open(&artifact.library).expect("the candidate loads");
            let inputs = Inputs::collect(slice::from_ref(&capture.path())).expect("in the repository");
            let trace = Trace::collect(&inputs, &TraceOptions::default()).expect("the capture can be read");
            let frames = trace.frames();
            let [segment] = frames.segments().collect::<Vec<_>>()[..] else { panic!("one file, one segment") };
            let (answers, tally) = drive::drive(&mut pipeline, capture.settings(), segment);
            assert_eq!(tally.packets, capture.counts().frames, "{}", capture.name);
            let records = capture.records();
            assert_eq!(answers.len(), records.flows.len(), "{} at {depth:?}", capture.name);
            let flows = answers.iter().zip(&records.flows).map(|(answer, flow)| {
                assert_eq!((answer.source, answer.destination), (flow.source, flow.destination), "{}", capture.name);
                assert_eq!(answer.first_ns, flow.first_ns, "{}", capture.name);
                GoldenFlow { key: key(flow, u64::from(answer.packets_used)), features: bits(&answer.features) }
            });
            require_equal(capture, depth, &flows.collect::<Vec<_>>());
        }
    }
}

fn all_features(depth: Depth) -> Spec {
    let features = FeatureId::ALL.iter().map(|feature| feature.name().to_owned()).collect();
    Spec { version: SPEC_VERSION, name: None, early: vec![], depth, features, model: None }
}

fn bits(features: &[f32]) -> Vec<u32> {
    features.iter().map(|value| value.to_bits()).collect()
}

fn require_equal(capture: &GoldenCapture, depth: Depth, found: &[GoldenFlow]) {
    let golden = capture.flows(depth);
    let place = format!("{} at {depth:?} ({})", capture.name, capture.about);
    assert_eq!(found.len(), golden.len(), "{place}: number of flows");
    for (number, (found, golden)) in found.iter().zip(&golden).enumerate() {
        assert_eq!(found.key, golden.key, "{place}: flow {number}");
        for ((found, golden), feature) in found.features.iter().zip(&golden.features).zip(FeatureId::ALL) {
            let [value, right] = [found, golden].map(|&bits| f32::from_bits(bits));
            assert_eq!(
                found, golden,
                "{place}: flow {number}: {feature:?} is {value:?}, and {right:?} in the reference"
            );
        }
    }
}
