//! Models as cato writes them: compiled as candidates are, and called through the boundary of loaded pipelines.

use std::time::{Duration, Instant};

use cato_artifact::{Kit, Loaded};
use cato_codegen::model::Model;
use cato_codegen::spec::{Depth, ModelSpec, SPEC_VERSION, Spec, Strategy};
use cato_optimizer::train::{ModelChoice, ModelSize, TrainOptions, TreeTrainer, fit};

use super::{Contestant, Data, Kind};

/// A model as a loaded pipeline.
#[derive(Debug)]
pub struct Built {
    /// The pipeline.
    pub loaded: Loaded,
    /// Time that expanding and compiling took.
    pub took: Duration,
    /// Size of the shared object in bytes.
    pub bytes: u64,
}

/// Compiles a model anew.
///
/// # Errors
/// Where it does not compile.
pub fn build(kit: &Kit, model: &Model, strategy: Strategy) -> anyhow::Result<Built> {
    let spec = Spec {
        version: SPEC_VERSION,
        // A name of its own, so that the artifact is not found in the cache of an earlier run.
        name: Some(format!("{}", std::process::id())),
        early: vec![],
        depth: Depth::Packets(10),
        features: model.features.clone(),
        model: Some(ModelSpec::new("model.json", strategy)),
    };
    let start = Instant::now();
    let artifact = kit.build(&spec, &[model])?;
    let took = start.elapsed();
    let bytes = std::fs::metadata(&artifact.library)?.len();
    Ok(Built { loaded: Loaded::open(&artifact.library)?, took, bytes })
}

impl Built {
    /// The pipeline as a contestant.
    #[must_use]
    pub fn contestant(self, name: impl Into<String>, kind: Kind) -> Contestant {
        Contestant::new(name, kind, move |_, row| self.loaded.predict(row))
    }
}

/// A decision tree of some depth at most.
///
/// # Errors
/// Where the trainer fails.
pub fn tree_of(data: &Data, max_depth: usize) -> anyhow::Result<Model> {
    model(data, ModelChoice::DecisionTree(TreeTrainer::Rafor), ModelSize { max_depth, trees: 1 })
}

/// A forest of so many trees of some depth at most.
///
/// # Errors
/// Where the trainer fails.
pub fn forest_of(data: &Data, trees: u16, max_depth: usize) -> anyhow::Result<Model> {
    model(data, ModelChoice::RandomForest, ModelSize { max_depth, trees })
}

fn model(data: &Data, choice: ModelChoice, size: ModelSize) -> anyhow::Result<Model> {
    let options = TrainOptions { choice, seed: 1, threads: 1 };
    Ok(fit(&data.matrix, &data.dataset, &data.train, &options, size)?)
}
