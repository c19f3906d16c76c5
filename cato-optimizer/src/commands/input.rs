//! From what was typed to flows, labels and a dataset.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use cato_codegen::spec::Depth;
use cato_runtime::{FlowSettings, Skip};
use cato_traffic::{FlowRecords, Inputs, LabelSource, Labels, RecordOptions};

use super::context::Context;
use crate::cli::{FlowArgs, FlowRules, LabelArgs, LabelBy, LearnArgs, ModelArg, SplitArg, TreeTrainerArg};
use crate::train::{ClassSize, Dataset, ModelChoice, Part, Split, SplitBy, TreeTrainer};

/// Labelled flows, and which part each of them is in.
#[derive(Debug)]
pub(super) struct Labelled {
    pub(super) records: FlowRecords,
    pub(super) dataset: Dataset,
    pub(super) split: Split,
}

/// The rules of flows that were asked for.
pub(super) fn settings(args: &FlowArgs) -> FlowSettings {
    rules(&args.rules)
}

/// When flows start and end.
pub(super) fn rules(args: &FlowRules) -> FlowSettings {
    FlowSettings {
        require_syn: args.require_syn,
        tcp_timeout_ns: nanoseconds(args.tcp_timeout),
        udp_timeout_ns: nanoseconds(args.udp_timeout),
    }
}

/// The files below the paths that were given.
pub(super) fn inputs(paths: &[PathBuf], args: &FlowArgs) -> anyhow::Result<Inputs> {
    let inputs = Inputs::collect(paths)?;
    Ok(if args.merge { inputs.by_name() } else { inputs })
}

/// The flows of the inputs up to `depth`, from the cache where they are there, and a word about what was passed over.
pub(super) fn records(
    inputs: &Inputs,
    args: &FlowArgs,
    depth: Depth,
    context: &Context,
) -> anyhow::Result<FlowRecords> {
    let max_depth = match depth {
        Depth::Packets(packets) => Some(u32::from(packets)),
        Depth::All => None,
    };
    let options = RecordOptions { settings: settings(args), max_depth, merge: args.merge };
    let cache = context.cache()?.join("records");
    let records = FlowRecords::cached(inputs, &options, &cache)?;
    say_counts(&records, context);
    ensure!(!records.flows.is_empty(), "no flow starts in the captures: {}", passed_over(&records));
    Ok(records)
}

/// The label of each flow, where labels were asked for.
pub(super) fn labels(args: &LabelArgs, records: &FlowRecords) -> anyhow::Result<Option<Vec<Option<String>>>> {
    let Some(source) = label_source(args)? else { return Ok(None) };
    let labels = Labels::assign(&source, records)?;
    Ok(Some((0..records.flows.len()).map(|flow| labels.name(flow).map(str::to_owned)).collect()))
}

/// Where the labels come from that were asked for.
pub(super) fn label_source(args: &LabelArgs) -> anyhow::Result<Option<LabelSource>> {
    Ok(match (&args.labels, args.label_by) {
        (Some(path), _) => Some(LabelSource::table(path)?),
        (None, Some(LabelBy::Folder)) => Some(LabelSource::Folder),
        (None, Some(LabelBy::File)) => Some(LabelSource::File),
        (None, None) => None,
    })
}

/// The dataset of the labelled flows and its split; says what was dropped and how it was split.
pub(super) fn labelled(
    records: FlowRecords,
    labels: Vec<Option<String>>,
    min_flows: usize,
    split: Option<SplitArg>,
    seed: u64,
    context: &Context,
) -> anyhow::Result<Labelled> {
    let captures = records.flows.iter().map(|flow| flow.file);
    let dataset = Dataset::new(captures.zip(labels), min_flows)?;
    if !dataset.dropped().is_empty() {
        context.say(format_args!("dropped, fewer than {min_flows} flows: {}", list(dataset.dropped())));
    }
    let split = Split::new(&dataset, split.map(SplitBy::from), seed)?;
    context.say(format_args!(
        "{} flows of {} classes, {} without a label; split by {}: {} train, {} validation, {} test",
        dataset.len(),
        dataset.labels().len(),
        dataset.unlabelled(),
        split.by(),
        split.rows(Part::Train).len(),
        split.rows(Part::Validation).len(),
        split.rows(Part::Test).len(),
    ));
    for (class, part) in split.missing(&dataset) {
        context.say(format_args!("warning: class {class} has no flow in the {part} part"));
    }
    Ok(Labelled { records, dataset, split })
}

/// The kind of model that was asked for.
pub(super) fn model(args: &LearnArgs) -> ModelChoice {
    match (args.model, args.tree_trainer) {
        (ModelArg::RandomForest, _) => ModelChoice::RandomForest,
        (ModelArg::DecisionTree, TreeTrainerArg::Rafor) => ModelChoice::DecisionTree(TreeTrainer::Rafor),
        (ModelArg::DecisionTree, TreeTrainerArg::Linfa) => ModelChoice::DecisionTree(TreeTrainer::Linfa),
    }
}

/// How many threads there may be side by side.
pub(super) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, Into::into)
}

/// An error where no labels were asked for.
pub(super) fn require_labels(labels: Option<Vec<Option<String>>>) -> anyhow::Result<Vec<Option<String>>> {
    labels.context("this needs labels: give --labels FILE or --label-by folder|file")
}

impl From<SplitArg> for SplitBy {
    fn from(arg: SplitArg) -> Self {
        match arg {
            SplitArg::Flow => Self::Flow,
            SplitArg::Capture => Self::Capture,
        }
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn say_counts(records: &FlowRecords, context: &Context) {
    for warning in &records.warnings {
        context.say(format_args!("warning: {warning}"));
    }
    let counts = &records.counts;
    context.say(format_args!(
        "{} flows in {} files; {} packets, {} of them in flows, {} absorbed, passed over: {}",
        records.flows.len(),
        records.files.len(),
        counts.frames,
        counts.in_flows,
        counts.absorbed,
        passed_over(records),
    ));
}

fn passed_over(records: &FlowRecords) -> String {
    let reasons: Vec<String> = Skip::ALL
        .into_iter()
        .filter(|&reason| records.counts.skipped(reason) > 0)
        .map(|reason| format!("{} {}", records.counts.skipped(reason), reason.name()))
        .collect();
    if reasons.is_empty() { "none".to_owned() } else { reasons.join(", ") }
}

fn list(sizes: &[ClassSize]) -> String {
    sizes.iter().map(|size| format!("{} ({})", size.label, size.flows)).collect::<Vec<_>>().join(", ")
}
