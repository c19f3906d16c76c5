//! The data of a study that is there already: read as the study was, and held to be the same.

use std::time::Duration;

use anyhow::{Context as _, bail};

use super::context::Context;
use super::describe;
use super::input::Labelled;
use crate::cli::{AgainArgs, FlowArgs, FlowRules, LearnArgs, ModelArg, SplitArg, TreeTrainerArg};
use crate::study::{Study, StudySettings};

/// How to read and learn: as asked for, and where nothing was, as the study did.
pub(super) fn settings(args: &AgainArgs, study: &StudySettings) -> anyhow::Result<(FlowArgs, LearnArgs)> {
    let input = &study.input;
    let flow = FlowArgs {
        rules: FlowRules {
            require_syn: args.require_syn.unwrap_or(input.require_syn),
            tcp_timeout: args.tcp_timeout.unwrap_or(Duration::from_nanos(input.tcp_timeout_ns)),
            udp_timeout: args.udp_timeout.unwrap_or(Duration::from_nanos(input.udp_timeout_ns)),
        },
        merge: args.merge || input.merge,
    };
    let learn = LearnArgs {
        min_flows: args.min_flows.unwrap_or(input.min_flows),
        split: Some(args.split.map_or_else(|| known(&study.split, &SPLITS), Ok)?),
        seed: args.seed.unwrap_or(study.seed),
        model: args.model.map_or_else(|| known(&study.model, &MODELS), Ok)?,
        tree_trainer: args.tree_trainer.map_or_else(|| known(&study.trainer, &TRAINERS), Ok)?,
    };
    Ok((flow, learn))
}

const SPLITS: [(&str, SplitArg); 2] = [("flow", SplitArg::Flow), ("capture", SplitArg::Capture)];
const MODELS: [(&str, ModelArg); 2] =
    [("decision-tree", ModelArg::DecisionTree), ("random-forest", ModelArg::RandomForest)];
const TRAINERS: [(&str, TreeTrainerArg); 2] =
    [("rafor", TreeTrainerArg::Rafor), ("linfa-trees", TreeTrainerArg::Linfa)];

/// What a word of `study.toml` stands for.
fn known<T: Copy>(word: &str, words: &[(&str, T)]) -> anyhow::Result<T> {
    let found = words.iter().find(|(known, _)| *known == word);
    found
        .map(|&(_, value)| value)
        .with_context(|| format!("study.toml says `{word}`, which this program does not know"))
}

/// An error where flows, labels or settings are not those of the study, and a word where it was measured by others.
pub(super) fn check(
    study: &Study,
    flow: &FlowArgs,
    learn: &LearnArgs,
    labelled: &Labelled,
    trace_hash: &str,
    rustc: &str,
    context: &Context,
) -> anyhow::Result<()> {
    let in_study = study.settings();
    let mut asked = StudySettings {
        seed: learn.seed,
        model: describe::model_name(learn.model).to_owned(),
        trainer: describe::trainer_name(learn).to_owned(),
        split: labelled.split.by().to_string(),
        classes: describe::class_flows(&labelled.dataset.sizes()),
        dropped_classes: describe::class_flows(labelled.dataset.dropped()),
        ..in_study.clone()
    };
    asked.input = describe::input_settings(flow, learn, labelled, trace_hash, in_study.input.source.clone());
    if let Some(difference) = in_study.difference(&asked)? {
        let folder = study.folder().display();
        bail!(
            "{folder}: the study was made otherwise: {difference}; give the captures, labels and settings of the study"
        );
    }
    for (name, now) in [(describe::RUSTC, rustc.to_owned()), (describe::CPU, describe::cpu())] {
        if let Some(then) = in_study.measured_by.get(name).filter(|&then| *then != now) {
            context.say(format_args!("warning: the study was measured with {name} `{then}`, this is `{now}`"));
        }
    }
    Ok(())
}
