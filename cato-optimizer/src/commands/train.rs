//! `cato train`: one feature set, one depth, one model.

use std::path::Path;

use anyhow::Context as _;
use cato_codegen::spec::{ModelSpec, SPEC_VERSION, Spec, Strategy};
use serde::Serialize;

use super::context::Context;
use super::{Outcome, input};
use crate::atomic;
use crate::cli::TrainArgs;
use crate::quality::Metrics;
use crate::train::{self, Part, TrainOptions, Trained};

pub(super) fn run(args: &TrainArgs, context: &Context) -> anyhow::Result<Outcome> {
    let inputs = input::inputs(&args.pcap, &args.flow)?;
    let records = input::records(&inputs, &args.flow, args.depth.0, context)?;
    let labels = input::require_labels(input::labels(&args.label, &records)?)?;
    let learn = &args.learn;
    let labelled = input::labelled(records, labels, learn.min_flows, learn.split, learn.seed, context)?;
    let threads = input::threads();
    let (features, depth) = (args.features.0, args.depth.0);
    let matrix = train::feature_matrix(&labelled.records, &labelled.dataset, features, depth, threads)?;
    let options = TrainOptions { choice: input::model(learn), seed: learn.seed, threads };
    let trained = train::train(&matrix, &labelled.dataset, &labelled.split, &options)?;
    let test = train::score(&trained.model, &matrix, &labelled.dataset, &labelled.split.rows(Part::Test));
    if let Some(folder) = &args.out {
        write(folder, args, &trained)?;
    }
    let document = Document {
        features: trained.model.features.len(),
        max_depth: trained.max_depth,
        validation: trained.validation.metrics(),
        test: test.metrics(),
        seconds: trained.elapsed.as_secs_f64(),
    };
    let text = format!(
        "trees of depth {}: macro-F1 {:.4} on validation, {:.4} on test\n",
        trained.max_depth, trained.validation.macro_f1, test.macro_f1
    );
    context.result(&document, text)?;
    Ok(Outcome::Done)
}

fn write(folder: &Path, args: &TrainArgs, trained: &Trained) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let spec = Spec {
        version: SPEC_VERSION,
        name: None,
        early: vec![],
        depth: args.depth.0,
        features: trained.model.features.clone(),
        model: Some(ModelSpec::new("model.json", Strategy::Auto)),
    };
    atomic::write_bytes(&folder.join("model.json"), trained.model.to_json().as_bytes())?;
    atomic::write_bytes(&folder.join("spec.toml"), spec.to_toml().as_bytes())?;
    Ok(())
}

#[derive(Serialize)]
struct Document {
    features: usize,
    max_depth: usize,
    validation: Metrics,
    test: Metrics,
    seconds: f64,
}
