//! Frozen models.

use cato_codegen::model::Model;
use cato_codegen::spec::{Depth, ModelSpec, Spec, Strategy};

use super::spec::NODES;

/// Words of models.
pub const WORDS: &[&str] = &[
    "\"version\":1",
    "\"kind\":",
    "{\"type\":\"decision-tree\"}",
    "{\"type\":\"random-forest\",\"vote\":\"soft\"}",
    "\"vote\":\"hard\"",
    "\"features\":",
    "\"classes\":",
    "\"leaves\":",
    "\"trees\":",
    "\"feature\":[",
    "\"threshold\":[",
    "\"leaf\":[",
    "-1",
    "65535",
    "65536",
    "[[0,65535]]",
    "[0,32768],[1,32767]",
    "4294967295",
    "1e39",
    "3.4028234663852886e38",
    "null",
    "[]",
    "{}",
    "\"dur\"",
    "\"\\ud800\"",
    "-0.0",
];

/// Takes a model in JSON: it is refused with a reason, or is written as it was read, predicts whatever the row, and compiles
/// in every strategy.
pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let model = match Model::from_json(text) {
        Ok(model) => model,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert_eq!(Model::from_json(&model.to_json()).as_ref(), Ok(&model), "what is written is read");
    for value in [0.0, -1.0, 1.5, f32::MAX, f32::MIN, f32::NAN, f32::INFINITY] {
        let said = model.predict(&vec![value; model.features.len()]);
        assert!(usize::from(said.class) < model.classes.len());
    }
    if model.trees.iter().map(Vec::len).sum::<usize>() > NODES {
        return;
    }
    for strategy in Strategy::ALL {
        let spec = Spec {
            version: 1,
            name: None,
            early: vec![],
            depth: Depth::Packets(7),
            features: model.features.clone(),
            model: Some(ModelSpec::new("model.json", strategy)),
        };
        match cato_codegen::render(&spec, &[&model], "Tried") {
            Ok(code) => assert!(code.contains("for Tried")),
            Err(mistakes) => assert!(!mistakes.to_string().is_empty()),
        }
    }
}
