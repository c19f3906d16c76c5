//! What a study keeps of how it was asked for.

use cato_artifact::Kit;

use super::costing::Costing;
use super::input::{self, Labelled};
use super::optimize::Source;
use crate::cli::{FlowArgs, LearnArgs, ModelArg, OptimizeArgs, TreeTrainerArg};
use crate::search::{LOOKAHEAD, Priors};
use crate::study::{ClassFlows, FeatureSettings, InputSettings, STUDY_VERSION, StudySettings};
use crate::train::ClassSize;

/// What every model of a study is for.
const TASK: &str = "classification";

/// The keys of [`StudySettings::measured_by`].
pub(super) const CATO: &str = "cato";
/// What `rustc --version` says.
pub(super) const RUSTC: &str = "rustc";
/// Name of the CPU.
pub(super) const CPU: &str = "cpu";
/// Hash of the trace.
pub(super) const TRACE: &str = "trace";
/// Length of the longest trials of throughput.
pub(super) const TRIAL: &str = "trial";
/// Flows in the trace.
pub(super) const TRACE_FLOWS: &str = "trace_flows";
/// Packets in the trace.
pub(super) const TRACE_PACKETS: &str = "trace_packets";

/// The settings of a search.
pub(super) fn settings(
    args: &OptimizeArgs,
    source: &Source,
    labelled: &Labelled,
    information: &[f64],
    priors: &Priors,
    kit: &Kit,
    costing: &Costing,
) -> StudySettings {
    let kept = priors.space().features();
    let features = args.features.0.iter().map(|feature| FeatureSettings {
        name: super::optimize::feature_name(feature).to_owned(),
        mutual_information: information.get(feature).copied().unwrap_or(0.0),
        prior: kept.iter().position(|&other| other == feature).map(|place| priors.probabilities()[place]),
    });
    StudySettings {
        version: STUDY_VERSION,
        task: TASK.to_owned(),
        seed: args.learn.seed,
        iterations: args.iterations,
        algorithm: args.algorithm.to_string(),
        proxy: super::optimize::reads_proxy(args),
        lookahead: LOOKAHEAD,
        max_depth: args.max_depth,
        model: model_name(args.learn.model).to_owned(),
        trainer: trainer_name(&args.learn).to_owned(),
        split: labelled.split.by().to_string(),
        input: input_settings(&args.flow, &args.learn, labelled, costing.trace_hash(), source.names.clone()),
        cost: args.cost.cost,
        cost_model: costing.name().to_owned(),
        measured_by: costing.depends_on(kit),
        cost_weights: costing.weights().cloned(),
        classes: class_flows(&labelled.dataset.sizes()),
        dropped_classes: class_flows(labelled.dataset.dropped()),
        features: features.collect(),
    }
}

/// How captures and labels were read, and what they hold.
pub(super) fn input_settings(
    flow: &FlowArgs,
    learn: &LearnArgs,
    labelled: &Labelled,
    trace_hash: &str,
    source: Vec<String>,
) -> InputSettings {
    let rules = input::settings(flow);
    InputSettings {
        source,
        digest: digest(labelled, trace_hash),
        require_syn: rules.require_syn,
        tcp_timeout_ns: rules.tcp_timeout_ns,
        udp_timeout_ns: rules.udp_timeout_ns,
        merge: flow.merge,
        min_flows: learn.min_flows,
    }
}

/// The name of a kind of model in files.
pub(super) fn model_name(model: ModelArg) -> &'static str {
    match model {
        ModelArg::DecisionTree => "decision-tree",
        ModelArg::RandomForest => "random-forest",
    }
}

/// The name of the trainer in files.
pub(super) fn trainer_name(learn: &LearnArgs) -> &'static str {
    match (learn.model, learn.tree_trainer) {
        (ModelArg::DecisionTree, TreeTrainerArg::Linfa) => "linfa-trees",
        _ => "rafor",
    }
}

/// A digest of what is learnt from and measured on: flows, their labels, their packets and the trace.
fn digest(labelled: &Labelled, trace_hash: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(trace_hash.as_bytes());
    for label in labelled.dataset.labels() {
        hasher.update(label.as_bytes()).update(&[0]);
    }
    for (&flow, &class) in labelled.dataset.flows().iter().zip(labelled.dataset.classes()) {
        hasher.update(&(flow as u64).to_le_bytes()).update(&class.to_le_bytes());
        let whole = &labelled.records.flows[flow];
        hasher.update(&whole.first_ns.to_le_bytes()).update(&whole.packets.to_le_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// The name of the CPU, or of the architecture where the system does not tell.
pub(super) fn cpu() -> String {
    let known = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    known.unwrap_or_else(|| std::env::consts::ARCH.to_owned())
}

/// Classes and their flows as a study keeps them.
pub(super) fn class_flows(sizes: &[ClassSize]) -> Vec<ClassFlows> {
    sizes.iter().map(|size| ClassFlows { label: size.label.clone(), flows: size.flows }).collect()
}
