//! Models of every kind, written in every way, against the reference prediction.

use std::collections::BTreeSet;
use std::path::Path;

use cato_codegen::model::{Model, Node, Prediction};
use cato_codegen::spec::Spec;
use cato_macros::cato_pipeline;
use cato_runtime::Pipeline;

#[cato_pipeline(spec = "pipelines/tree-nested-if.toml")]
struct NestedTree;
#[cato_pipeline(spec = "pipelines/tree-const-table.toml")]
struct TableTree;
#[cato_pipeline(spec = "pipelines/sparse-nested-if.toml")]
struct NestedSparse;
#[cato_pipeline(spec = "pipelines/sparse-const-table.toml")]
struct TableSparse;
#[cato_pipeline(spec = "pipelines/dense-nested-if.toml")]
struct NestedDense;
#[cato_pipeline(spec = "pipelines/dense-const-table.toml")]
struct TableDense;
#[cato_pipeline(spec = "pipelines/hard-nested-if.toml")]
struct NestedHard;
#[cato_pipeline(spec = "pipelines/hard-const-table.toml")]
struct TableHard;

const FEATURES: usize = 6;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// For each feature its thresholds, their neighbours on both sides, undefined, 0 of either sign, the ends of the range and
/// what is beyond them.
fn telling_values(model: &Model) -> Vec<Vec<f32>> {
    let mut values = vec![vec![-1.0, 0.0, -0.0, f32::MAX, f32::MIN, f32::INFINITY, f32::NEG_INFINITY]; FEATURES];
    for node in model.trees.iter().flatten() {
        if let Node::Split { feature, threshold, .. } = *node {
            values[usize::from(feature)].extend([threshold.next_down(), threshold, threshold.next_up()]);
        }
    }
    values
}

fn rows(model: &Model) -> impl Iterator<Item = [f32; FEATURES]> {
    let values = telling_values(model);
    let mut state = 1u64;
    (0..20_000).map(move |_| {
        std::array::from_fn(|feature| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            values[feature][(state >> 33) as usize % values[feature].len()]
        })
    })
}

fn compare<P: Pipeline<Features = [f32; FEATURES]>>(name: &str) {
    let model = Model::from_json(&read(&format!("{name}.json"))).expect("a sound model");
    assert_eq!(P::CLASSES, model.classes);
    assert_eq!(P::FEATURES, model.features);
    let mut answers = BTreeSet::new();
    for row in rows(&model) {
        let verdict = P::predict(&row);
        let found = Prediction { class: verdict.class, confidence: verdict.confidence };
        assert_eq!(found, model.predict(&row), "{name}: {row:?}");
        answers.insert(found.class);
    }
    assert!(answers.len() > 1, "the rows of {name} tell classes apart");
    // No feature is NaN. Where somebody predicts it all the same, the answer may be any, but there is one.
    for nan in [f32::NAN, -f32::NAN, f32::from_bits(u32::MAX)] {
        assert!(usize::from(P::predict(&[nan; FEATURES]).class) < model.classes.len(), "{name}");
    }
}

#[test]
fn trees() {
    compare::<NestedTree>("tree");
    compare::<TableTree>("tree");
}

#[test]
fn forests_that_vote_softly() {
    compare::<NestedSparse>("sparse");
    compare::<TableSparse>("sparse");
    compare::<NestedDense>("dense");
    compare::<TableDense>("dense");
}

#[test]
fn forests_that_vote_hard() {
    compare::<NestedHard>("hard");
    compare::<TableHard>("hard");
}

/// The two layouts of leaf tables are both among the pipelines above.
#[test]
fn leaves_are_written_sparse_and_dense() {
    for (name, words) in [("sparse", "Four bytes for each class of each leaf"), ("dense", "The shares of all classes")]
    {
        let spec = Spec::from_toml(&read(&format!("{name}-const-table.toml"))).expect("a sound spec");
        let model = Model::from_json(&read(&format!("{name}.json"))).expect("a sound model");
        let text = cato_codegen::render(&spec, &[&model], "Forest").expect("they fit");
        assert!(text.contains(words), "{name}");
    }
}
