//! `cato evaluate`: candidates that someone else chooses, evaluated as a search would.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use anyhow::Context as _;
use cato_artifact::Kit;
use cato_codegen::catalog::FeatureId;
use cato_codegen::spec::Depth;
use serde::{Deserialize, Serialize};

use super::Outcome;
use super::context::Context;
use super::costing::{Asked, Costing};
use super::input::{self, Labelled};
use super::optimize::{Source, feature_name, information};
use crate::candidate::{Candidate, FeatureSet};
use crate::cli::EvaluateArgs;
use crate::evaluate::Bench;
use crate::operations::reach;
use crate::search::{Choice, Evaluation, Evaluator, Origin, Outcome as Evaluated, Proposal};
use crate::train::TrainOptions;

pub(super) fn run(args: &EvaluateArgs, context: &Context) -> anyhow::Result<Outcome> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let source = Source::of(&args.source, folder.path(), context)?;
    let inputs = input::inputs(&source.paths, &args.flow)?;
    let records = input::records(&inputs, &args.flow, Depth::Packets(args.max_depth), context)?;
    let labels = input::require_labels(input::labels(&source.labels, &records)?)?;
    let learn = &args.learn;
    let labelled = input::labelled(records, labels, learn.min_flows, learn.split, learn.seed, context)?;
    if args.describe {
        return describe(args, &labelled);
    }
    let kit = Kit::prepare(&context.cache()?)?;
    let asked = Asked {
        cost: &args.cost,
        inputs: &inputs,
        flow: &args.flow,
        records: &labelled.records,
        max_depth: args.max_depth,
        folder: folder.path(),
    };
    let mut costing = Costing::prepare(&asked, &kit, context)?;
    let Labelled { records, dataset, split } = labelled;
    let training = TrainOptions { choice: input::model(learn), seed: learn.seed, threads: costing.training_threads() };
    let bench = Bench { records, dataset, split, training, kit, specs: folder.path().join("specs") };
    let rules = Rules { features: args.features.0, max_depth: args.max_depth };
    context.say(format_args!(
        "ready: {} features, depths 1 to {}, cost {}",
        rules.features.len(),
        rules.max_depth,
        costing.name()
    ));
    let lines: Box<dyn BufRead> = match &args.input {
        Some(path) => {
            Box::new(BufReader::new(File::open(path).with_context(|| format!("cannot read {}", path.display()))?))
        }
        None => Box::new(io::stdin().lock()),
    };
    let specs = bench.specs.clone();
    costing.evaluate(&bench, |evaluator| answer(lines, evaluator, &rules, &specs))?;
    Ok(Outcome::Done)
}

/// Answers line by line until the input ends. A line that cannot be evaluated is answered by an error, and the next one
/// is read.
fn answer(mut lines: impl BufRead, evaluator: &mut dyn Evaluator, rules: &Rules, specs: &Path) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    let (mut line, mut index) = (Vec::new(), 0);
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).context("cannot read candidates")? == 0 {
            return Ok(());
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer = match rules.candidate(&line) {
            Ok(candidate) => {
                let choice = Choice::unforeseen(Origin::Enumeration);
                let evaluation = evaluate(evaluator, Proposal { index, candidate, choice, choose_seconds: 0.0 })?;
                // Nobody asks for specs and models again.
                let _ = std::fs::remove_dir_all(specs.join(evaluation.id()));
                index += 1;
                Answer::of(&evaluation)
            }
            Err(error) => Answer::Error { error },
        };
        serde_json::to_writer(&mut out, &answer).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
}

fn evaluate(evaluator: &mut dyn Evaluator, proposal: Proposal) -> anyhow::Result<Evaluation> {
    let failed = |error| anyhow::anyhow!("evaluating cannot go on: {error}");
    evaluator.submit(proposal).map_err(failed)?;
    evaluator.collect().map_err(failed)
}

/// What may be asked for.
struct Rules {
    features: FeatureSet,
    max_depth: u16,
}

/// A line that is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    features: Vec<String>,
    depth: u16,
}

impl Rules {
    fn candidate(&self, line: &[u8]) -> Result<Candidate, String> {
        let Question { features, depth } = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        let mut set = FeatureSet::EMPTY;
        for name in &features {
            let feature = FeatureId::by_name(name).ok_or_else(|| format!("there is no feature `{name}`"))?.index();
            if !self.features.contains(feature) {
                return Err(format!("`{name}` is not among the candidate features"));
            }
            set = set.with(feature);
        }
        if set.is_empty() {
            return Err("no features".to_owned());
        }
        if !(1..=self.max_depth).contains(&depth) {
            return Err(format!("the depth {depth} is not from 1 to {}", self.max_depth));
        }
        Ok(Candidate { features: set, depth: Depth::Packets(depth) })
    }
}

/// A line that is written.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Evaluated {
        macro_f1: f64,
        execution_time_ns: f64,
        /// The mean, where it was measured.
        #[serde(skip_serializing_if = "Option::is_none")]
        latency_ns: Option<f64>,
        /// At zero loss, where it was measured.
        #[serde(skip_serializing_if = "Option::is_none")]
        packets_per_s: Option<f64>,
        features: Vec<&'static str>,
        depth: u16,
        /// Of wall time, from the candidate to this answer.
        seconds: f64,
    },
    Error {
        error: String,
    },
}

impl Answer {
    fn of(evaluation: &Evaluation) -> Self {
        let Candidate { features, depth } = evaluation.candidate;
        match (&evaluation.outcome, evaluation.objectives(), depth) {
            (Evaluated::Measured(measured), Some(objectives), Depth::Packets(depth)) => Self::Evaluated {
                macro_f1: objectives.quality,
                execution_time_ns: measured.cost.execution_time_ns,
                latency_ns: measured.cost.latency.map(|latency| latency.total.mean_ns),
                packets_per_s: measured.cost.throughput.map(|throughput| throughput.packets_per_s),
                features: features.iter().map(feature_name).collect(),
                depth,
                seconds: evaluation.seconds.train + evaluation.seconds.build + evaluation.seconds.measure,
            },
            (Evaluated::Failed { reason }, ..) => Self::Error { error: reason.clone() },
            _ => Self::Error { error: "it has no quality and cost that can be compared".to_owned() },
        }
    }
}

/// What is known before anything is evaluated.
#[derive(Serialize)]
struct Description {
    flows: usize,
    labelled: usize,
    classes: Vec<String>,
    max_depth: u16,
    features: Vec<KnownFeature>,
    reach: Vec<ReachAt>,
}

#[derive(Serialize)]
struct KnownFeature {
    name: &'static str,
    /// With the class, in bits, on the train part.
    mutual_information: f64,
}

/// Packets that a flow has reached, as means over all flows.
#[derive(Serialize)]
struct ReachAt {
    depth: usize,
    source: f64,
    destination: f64,
}

fn describe(args: &EvaluateArgs, labelled: &Labelled) -> anyhow::Result<Outcome> {
    let information = information(args.features.0, args.learn.seed, labelled)?;
    let known = |feature: usize| KnownFeature { name: feature_name(feature), mutual_information: information[feature] };
    let reached = reach(&labelled.records, args.max_depth).into_iter().enumerate();
    let description = Description {
        flows: labelled.records.flows.len(),
        labelled: labelled.dataset.len(),
        classes: labelled.dataset.labels().to_vec(),
        max_depth: args.max_depth,
        features: args.features.0.iter().map(known).collect(),
        reach: reached
            .map(|(at, reach)| ReachAt { depth: at + 1, source: reach.source, destination: reach.destination })
            .collect(),
    };
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &description).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(Outcome::Done)
}
