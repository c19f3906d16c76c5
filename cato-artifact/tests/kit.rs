//! From specs to artifacts.

mod common;

use std::fs;
use std::time::SystemTime;

use cato_artifact::{BuildError, Kit, Loaded};
use cato_codegen::model::{Model, ModelKind, Node, Vote};
use cato_codegen::spec::{Depth, ModelSpec, SPEC_VERSION, Spec, Strategy};
use cato_runtime::{BatchPipeline, Verdict};

#[test]
fn the_kit_is_built_once() {
    let kit = common::kit();
    let again = Kit::prepare(common::cache()).unwrap();
    assert_eq!(kit.id(), again.id());
    assert!(kit.rustc_version().starts_with("rustc 1."));
    let libraries = common::cache().canonicalize().unwrap().join(format!("kit-{}", kit.id())).join("lib");
    assert!(fs::read_dir(libraries).unwrap().count() > 2);
}

#[test]
fn features_alone_make_an_artifact() {
    let spec = spec("features alone", &["s_bytes_mean", "dur", "d_iat_med"], None);
    let artifact = common::kit().build(&spec, &[]).unwrap();
    let plan = cato_codegen::compile(&spec, &[]).unwrap();
    assert_eq!(artifact.state_bytes, plan.state_bytes() as u64);
    assert!((100..20_000).contains(&artifact.code_bytes), "{} bytes of code", artifact.code_bytes);
    assert!(!artifact.spec.with_file_name("model.json").exists());
    assert_eq!(Spec::from_toml(&fs::read_to_string(&artifact.spec).unwrap()).unwrap().depth, Depth::Packets(7));
    let loaded = Loaded::open(&artifact.library).unwrap();
    assert_eq!((loaded.feature_count(), loaded.class_count()), (3, 0));
    assert_eq!(loaded.depth(), cato_runtime::Depth::Packets(7));
    assert_eq!(loaded.predict(&[0.0; 3]), Verdict::FEATURES_ONLY);
}

#[test]
fn what_was_built_is_not_built_again() {
    let (spec, model) = forest("built once", Strategy::ConstTable);
    let artifact = common::kit().build(&spec, &[&model]).unwrap();
    let built = modified(&artifact.library);
    assert_eq!(common::kit().build(&spec, &[&model]).unwrap(), artifact);
    assert_eq!(modified(&artifact.library), built);

    fs::write(&artifact.library, "cut short").unwrap();
    assert_eq!(common::kit().build(&spec, &[&model]).unwrap(), artifact, "a damaged artifact is made anew");
    assert!(Loaded::open(&artifact.library).is_ok());
}

#[test]
fn emitted_models_predict_what_the_frozen_ones_do() {
    for strategy in [Strategy::NestedIf, Strategy::ConstTable] {
        let (spec, model) = forest("predicts", strategy);
        let artifact = common::kit().build(&spec, &[&model]).unwrap();
        let loaded = Loaded::open(&artifact.library).unwrap();
        assert_eq!((loaded.feature_count(), loaded.class_count()), (2, 3));
        let thresholds = [-1.0f32, 0.0, 60.0, 1500.0, 2.5, f32::MAX];
        let values: Vec<_> = thresholds.iter().flat_map(|value| [value.next_down(), *value, value.next_up()]).collect();
        for (first, second) in values.iter().flat_map(|first| values.iter().map(move |second| (*first, *second))) {
            let expected = model.predict(&[first, second]);
            let given = loaded.predict(&[first, second]);
            assert_eq!((given.class, given.confidence), (expected.class, expected.confidence), "{first} {second}");
        }
    }
}

#[test]
fn mistakes_in_a_spec_are_what_rustc_says() {
    let error = common::kit().build(&spec("mistaken", &["s_byte_mean"], None), &[]).unwrap_err();
    assert!(matches!(&error, BuildError::Compile { .. }) && error.to_string().contains("s_bytes_mean"), "{error}");
}

#[test]
fn a_model_and_its_mention_go_together() {
    let (named, model) = forest("named", Strategy::Auto);
    let error = common::kit().build(&named, &[]).unwrap_err();
    assert!(matches!(error, BuildError::ModelMismatch { named: 1, given: 0 }), "{error}");
    let error = common::kit().build(&spec("not named", &["dur"], None), &[&model]).unwrap_err();
    assert!(matches!(error, BuildError::ModelMismatch { named: 0, given: 1 }), "{error}");
}

fn spec(name: &str, features: &[&str], model: Option<ModelSpec>) -> Spec {
    let features = features.iter().map(|feature| (*feature).to_owned()).collect();
    Spec {
        version: SPEC_VERSION,
        name: Some(name.to_owned()),
        early: vec![],
        depth: Depth::Packets(7),
        features,
        model,
    }
}

/// Two trees over two features and three classes.
fn forest(name: &str, strategy: Strategy) -> (Spec, Model) {
    let features = ["s_bytes_mean", "s_bytes_max"];
    let split = |feature, threshold, right| Node::Split { feature, threshold, right };
    let leaf = |leaf| Node::Leaf { leaf };
    let model = Model {
        kind: ModelKind::RandomForest { vote: Vote::Soft },
        features: features.map(str::to_owned).to_vec(),
        classes: ["a", "b", "c"].map(str::to_owned).to_vec(),
        leaves: vec![vec![(0, 65_535)], vec![(1, 40_000), (2, 25_535)], vec![(2, 65_535)]],
        trees: vec![
            vec![split(0, 60.0, 2), leaf(0), split(1, 1500.0, 4), leaf(1), leaf(2)],
            vec![split(1, 2.5, 4), split(0, -1.0, 3), leaf(2), leaf(0), leaf(1)],
        ],
    };
    (spec(name, &features, Some(ModelSpec::new("elsewhere.json", strategy))), model)
}

fn modified(path: &std::path::Path) -> SystemTime {
    fs::metadata(path).and_then(|data| data.modified()).expect("the file is there")
}
