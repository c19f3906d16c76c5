//! The reference pipelines: the feature sets that studies compare with, at four depths.

use cato_codegen::catalog::{FeatureId, sets};
use cato_codegen::spec::{Depth, ModelSpec, SPEC_VERSION, Spec, Strategy};

/// The feature sets by name, each in column order: CATO's six features, Traffic Refinery's three classes, all 67.
#[must_use]
pub fn sets() -> [(&'static str, Vec<FeatureId>); 5] {
    let named = |names: &[&str]| names.iter().filter_map(|name| FeatureId::by_name(name)).collect();
    [
        ("mini", named(sets::MINI)),
        ("pc", named(sets::PC)),
        ("pcpt", named(sets::PCPT)),
        ("pcpttc", named(sets::PCPTTC)),
        ("all", FeatureId::ALL.to_vec()),
    ]
}

/// The depths at which each set is counted and timed.
pub const DEPTHS: [Depth; 4] = [Depth::Packets(3), Depth::Packets(10), Depth::Packets(50), Depth::All];

/// The spec of `features` at `depth`; `with_model` names `model.json`, whose trees are written as the compiler chooses.
#[must_use]
pub fn spec(features: &[FeatureId], depth: Depth, with_model: bool) -> Spec {
    Spec {
        version: SPEC_VERSION,
        name: None,
        early: vec![],
        depth,
        features: features.iter().map(|feature| feature.name().to_owned()).collect(),
        model: with_model.then(|| ModelSpec { file: "model.json".to_owned(), strategy: Strategy::Auto, classes: None }),
    }
}
