//! `cato optimize`: from labelled captures to a front of measured pipelines.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use cato_artifact::Kit;
use cato_codegen::catalog::{FeatureId, sets};
use cato_codegen::spec::{Depth, SPEC_VERSION, Spec};
use cato_traffic::synth::{self, Profile};
use cato_traffic::{FlowRecords, Inputs, Trace, TraceOptions};

use super::context::Context;
use super::costing::{Asked, Costing};
use super::input::{self, Labelled};
use super::{Outcome, describe, finish};
use crate::candidate::FeatureSet;
use crate::cli::{FlowArgs, LabelArgs, OptimizeArgs, SourceArgs};
use crate::cost::CostMetric;
use crate::evaluate::Bench;
use crate::measure::{Meter, MeterOptions, RateOptions, Waits};
use crate::operations::reach;
use crate::progress::SearchProgress;
use crate::proxy::SampleProxy;
use crate::search::{self, AlgorithmName, Evaluation, Knowledge, Priors, Proxy, SearchSolver, Stop};
use crate::spending::Spending;
use crate::study::{Recorded, Study};
use crate::train::{Part, TrainOptions, feature_matrix, mutual_information};

/// The synthetic traffic of `--demo`.
const DEMO_PROFILE: &str = "demo";
const DEMO_FLOWS: usize = 3000;
const DEMO_SEED: u64 = 1;

/// Depth of the pipeline that is measured in turn with each candidate.
const REFERENCE_DEPTH: u16 = 10;

pub(super) fn run(args: &OptimizeArgs, context: &Context) -> anyhow::Result<Outcome> {
    std::fs::create_dir_all(&args.study).with_context(|| format!("cannot make {}", args.study.display()))?;
    let source = Source::of(&args.source, &args.study, context)?;
    let inputs = input::inputs(&source.paths, &args.flow)?;
    let records = input::records(&inputs, &args.flow, Depth::Packets(args.max_depth), context)?;
    let labels = input::require_labels(input::labels(&source.labels, &records)?)?;
    let learn = &args.learn;
    let labelled = input::labelled(records, labels, learn.min_flows, learn.split, learn.seed, context)?;
    let information = information(args.features.0, learn.seed, &labelled)?;
    let priors = Priors::new(args.features.0, &information, args.max_depth)?;
    context.say(format_args!(
        "{} of {} features say something about the class; {} candidates",
        priors.space().features().len(),
        args.features.0.len(),
        priors.space().size(),
    ));

    let kit = Kit::prepare(&context.cache()?)?;
    let asked = Asked {
        cost: &args.cost,
        inputs: &inputs,
        flow: &args.flow,
        records: &labelled.records,
        max_depth: args.max_depth,
        folder: &args.study,
    };
    let mut costing = Costing::prepare(&asked, &kit, context)?;
    let settings = describe::settings(args, &source, &labelled, &information, &priors, &kit, &costing);
    let mut study = Study::create_or_resume(&args.study, &settings)?;
    if study.study().torn() > 0 {
        context.say("an evaluation that was not finished is made again");
    }

    let Labelled { records, dataset, split } = labelled;
    let training = TrainOptions { choice: input::model(learn), seed: learn.seed, threads: costing.training_threads() };
    let bench = Bench { records, dataset, split, training, kit, specs: args.study.join("specs") };
    let known = knowledge(args, &bench, &priors, information, costing.waiting(args.max_depth))?;
    let solver = SearchSolver::new(args.algorithm.algorithm(priors.space(), known, learn.seed)?);
    let finished = study.study().evaluations().to_vec();
    let progress = SearchProgress::new(args.iterations, finished.len(), context.quiet);
    let shown = progress.clone();
    let found = costing.evaluate(&bench, |evaluator| {
        let recorded = Recorded::new(evaluator, &mut study);
        search::run(solver, recorded, finished, args.iterations, move |state| shown.update(state.reached()))
    });
    progress.finish();
    if found?.stop == Stop::Exhausted {
        context.say("every candidate of the space is evaluated");
    }

    costing.settle(&mut study, &bench.kit, usize::from(args.remeasure), context)?;
    let front = finish::front(&study, &bench.records, &bench.dataset, &bench.split)?;
    finish::report(study.study())?;
    context.result(&front, finish::Table(&front))?;
    context.say(Spending::of(study.study().evaluations()));
    context.say(format_args!("study, front and report are in {}", args.study.display()));
    Ok(Outcome::Done)
}

/// What the search knows of candidates before it measures any.
fn knowledge(
    args: &OptimizeArgs,
    bench: &Bench,
    priors: &Priors,
    information: Vec<f64>,
    waiting: Vec<f64>,
) -> anyhow::Result<Knowledge> {
    let reach = reach(&bench.records, args.max_depth);
    let proxy: Option<Box<dyn Proxy>> = if reads_proxy(args) {
        let features = priors.space().features().iter().copied().collect();
        let training = TrainOptions { threads: input::threads(), ..bench.training };
        let Bench { records, dataset, split, .. } = bench;
        let proxy = SampleProxy::new(records, dataset, split, training, features, args.max_depth);
        Some(Box::new(proxy.map_err(anyhow::Error::from_boxed)?))
    } else {
        None
    };
    Ok(Knowledge { information, reach, waiting, proxy })
}

/// Whether the search reads a cheap estimate of quality.
pub(super) fn reads_proxy(args: &OptimizeArgs) -> bool {
    args.algorithm == AlgorithmName::Mobo && !args.no_proxy
}

/// Mutual information of every feature of the catalogue with the class, on the train part, as far as the records reach;
/// 0 for features that are not asked for.
pub(super) fn information(features: FeatureSet, seed: u64, labelled: &Labelled) -> anyhow::Result<Vec<f64>> {
    let Labelled { records, dataset, split } = labelled;
    let matrix = feature_matrix(records, dataset, features, Depth::All, input::threads())?;
    let asked = mutual_information(&matrix, dataset, &split.rows(Part::Train), seed);
    let mut all = vec![0.0; FeatureId::ALL.len()];
    for (feature, information) in features.iter().zip(asked) {
        all[feature] = information;
    }
    Ok(all)
}

/// Captures and labels, as named or as made for the demo.
pub(super) struct Source {
    pub(super) paths: Vec<PathBuf>,
    pub(super) labels: LabelArgs,
    /// How they are called in the study, for people.
    pub(super) names: Vec<String>,
}

impl Source {
    /// The demo's source is made in the folder of the study.
    pub(super) fn of(args: &SourceArgs, study: &Path, context: &Context) -> anyhow::Result<Self> {
        let SourceArgs { demo, pcap, label } = args;
        if !demo {
            let named = match (&label.labels, label.label_by) {
                (Some(file), _) => file.display().to_string(),
                (None, by) => format!("labels by {by:?}").to_lowercase(),
            };
            let names = pcap.iter().map(|path| path.display().to_string()).chain([named]).collect();
            return Ok(Self { paths: pcap.clone(), labels: label.clone(), names });
        }
        let profile = Profile::open(DEMO_PROFILE)?;
        let (capture, labels) = (study.join("demo.pcap"), study.join("demo.csv"));
        synth::write(&profile, DEMO_FLOWS, DEMO_SEED, &capture, &labels)?;
        context.say(format_args!("the demo's traffic is synthetic: {DEMO_FLOWS} flows in {}", capture.display()));
        let names = vec![format!("synthetic: profile {DEMO_PROFILE}, {DEMO_FLOWS} flows, seed {DEMO_SEED}")];
        Ok(Self { paths: vec![capture], labels: LabelArgs { labels: Some(labels), label_by: None }, names })
    }
}

/// The measuring process and the trace that it runs.
pub(super) struct Measuring {
    pub(super) meter: Meter,
    pub(super) trace_hash: String,
    /// Where latency is what pipelines are compared by.
    pub(super) waits: Option<Waits>,
    pub(super) wanted: Wanted,
}

/// What is measured of pipelines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// The figure that they are compared by; the other two of [`CostMetric`] are not measured, except execution time.
    pub(super) metric: CostMetric,
    /// Length of the longest trials of throughput.
    pub(super) trial: Duration,
}

impl Measuring {
    /// Collects a trace of the inputs and starts a measuring process on it.
    pub(super) fn start(
        inputs: &Inputs,
        flow: &FlowArgs,
        study: &Path,
        wanted: Wanted,
        kit: &Kit,
        context: &Context,
    ) -> anyhow::Result<Self> {
        let trace = Trace::collect(inputs, &TraceOptions { merge: flow.merge, ..TraceOptions::default() })?;
        let left_out = trace.left_out();
        if left_out.cut || left_out.files > 0 {
            let cut = if left_out.cut { ", the last of them in part" } else { "" };
            context.say(format_args!(
                "measured on the first {} packets{cut}; {} files are left out of that",
                trace.len(),
                left_out.files,
            ));
        }
        let folder = std::path::absolute(study.join("measure"))?;
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let trace_hash = trace.hash();
        // Named by content, so that a search with other settings cannot take it from under one that is running.
        let path = folder.join(format!("trace-{}.bin", trace_hash.get(..16).unwrap_or(&trace_hash)));
        trace.save(&path)?;
        let reference = kit.build(&reference_spec(), &[])?;
        let program = std::env::current_exe().context("where this program lies is not known")?;
        // A study that is gone on with keeps the scale of its first measurement.
        let baseline_ns = Study::open(study).ok().and_then(|study| {
            study.evaluations().iter().find_map(Evaluation::measured).map(|measured| measured.cost.baseline_ns)
        });
        let settings = input::settings(flow);
        let Wanted { metric, trial } = wanted;
        let waits = (metric == CostMetric::Latency).then(|| Waits::of(&FlowRecords::of_trace(&trace, settings)));
        let throughput = (metric == CostMetric::Throughput).then(|| RateOptions::brief(trial));
        let latency = waits.clone();
        let options = MeterOptions { settings, baseline_ns, metric, latency, throughput, ..MeterOptions::new(folder) };
        let meter = Meter::start(&program, &path, &reference, &options)?;
        Ok(Self { meter, trace_hash, waits, wanted })
    }
}

/// The reference pipeline: the six features of CATO's ground-truth study, no model.
pub(super) fn reference_spec() -> Spec {
    Spec {
        version: SPEC_VERSION,
        name: None,
        early: vec![],
        depth: Depth::Packets(REFERENCE_DEPTH),
        features: sets::MINI.iter().map(|&name| name.to_owned()).collect(),
        model: None,
    }
}

/// The name of a feature by its place in the catalogue.
pub(super) fn feature_name(feature: usize) -> &'static str {
    FeatureId::by_index(feature).map_or("unknown", FeatureId::name)
}
