//! `cato compare`: what feature sets without a search reach, beside the front of a study.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use anyhow::{Context as _, ensure};
use cato_artifact::{Artifact, Kit};
use cato_codegen::catalog::FeatureId;
use cato_codegen::spec::Depth;
use comfy_table::{CellAlignment, Table as TextTable, presets};

use super::context::Context;
use super::input::{self, Labelled};
use super::optimize::{Measuring, Source};
use super::target::Target;
use super::{Outcome, again, finish};
use crate::affinity::OffLastCore;
use crate::baseline::{self, Method};
use crate::candidate::{Candidate, FeatureSet};
use crate::cli::{CompareArgs, Member};
use crate::evaluate::{Bench, SPEC_FILE, spec_of, write_spec};
use crate::quality::Quality;
use crate::repeat::{self, Repeated};
use crate::study::{Baseline, BaselineOutcome, Beside, Comparison, Figures, FrontMember, MemberFigures, Study};
use crate::train::{FOREST_TREES, ModelSize, Part, TrainOptions, feature_matrix, score};

/// Folder of the baselines' specs and models, in the study's.
const FOLDER: &str = "baselines";

pub(super) fn run(args: &CompareArgs, context: &Context) -> anyhow::Result<Outcome> {
    let study = Study::reopen(&args.study)?;
    let front = study.study().front()?;
    ensure!(!front.is_empty(), "{}: the front has no members to compare with", args.study.display());
    let (flow, learn) = again::settings(&args.again, study.study().settings())?;
    let source = Source::of(args.demo, &args.pcap, &args.label, &args.study, context)?;
    let inputs = input::inputs(&source.paths, &flow)?;
    // The largest depth of all is a flow's end.
    let records = input::records(&inputs, &flow, Depth::All, context)?;
    let labels = input::require_labels(input::labels(&source.labels, &records)?)?;
    let labelled = input::labelled(records, labels, learn.min_flows, learn.split, learn.seed, context)?;
    let kit = Kit::prepare(&context.cache()?)?;
    let Measuring { mut meter, trace_hash } = Measuring::start(&inputs, &flow, &args.study, &kit, context)?;
    again::check(study.study(), &flow, &learn, &labelled, &trace_hash, kit.rustc_version(), context)?;

    let members = front.iter().map(|member| of_front(&kit, &args.study, member)).collect::<anyhow::Result<Vec<_>>>()?;
    let Labelled { records, dataset, split } = labelled;
    let training = TrainOptions { choice: input::model(&learn), seed: learn.seed, threads: input::threads() };
    let bench = Bench { records, dataset, split, training, kit, specs: args.study.join(FOLDER) };
    let candidates = study.study().settings().features.iter().filter_map(|feature| FeatureId::by_name(&feature.name));
    let candidates: FeatureSet = candidates.map(FeatureId::index).collect();
    let built = Builder { bench: &bench, candidates, built: BTreeMap::new() }.all(context)?;

    let mut pipelines = members;
    let places: Vec<Option<usize>> = place(&built, &mut pipelines);
    let rounds = usize::from(args.rounds);
    context.say(format_args!("measuring {} pipelines, {rounds} times each", pipelines.len()));
    let costs = {
        let _off_last_core = OffLastCore::enter();
        repeat::in_turn(&pipelines, rounds, |pipeline| meter.measure(pipeline))
    };
    let comparison = comparison(&front, &built, &places, costs, rounds)?;
    study.write_comparison(&comparison)?;
    finish::report(study.study())?;
    context.result(&comparison, Tables(&comparison, &front))?;
    Ok(Outcome::Done)
}

/// The artifact of a member of the front.
fn of_front(kit: &Kit, study: &Path, member: &FrontMember) -> anyhow::Result<Artifact> {
    let target = Target::one(&Member { path: study.to_owned(), id: Some(member.id.clone()) })?;
    Ok(kit.build(&target.spec, target.model.as_ref())?)
}

/// A baseline before it is measured.
struct Built {
    method: Method,
    depth: Depth,
    features: Vec<String>,
    pipeline: Result<Pipeline, String>,
}

#[derive(Clone)]
struct Pipeline {
    /// Path of its spec in the study's folder.
    spec: String,
    artifact: Artifact,
    validation: Quality,
    test: Quality,
}

struct Builder<'a> {
    bench: &'a Bench,
    /// The features that the study searched over.
    candidates: FeatureSet,
    /// Where there are ten candidate features or fewer, several methods come to the same.
    built: BTreeMap<Candidate, Result<Pipeline, String>>,
}

impl Builder<'_> {
    /// Every method at every depth.
    fn all(mut self, context: &Context) -> anyhow::Result<Vec<Built>> {
        let mut all = Vec::new();
        for method in Method::EVERY {
            for depth in baseline::DEPTHS {
                context.say(format_args!("training {method} at depth {}", finish::depth_text(depth)));
                all.push(self.one(method, depth)?);
            }
        }
        Ok(all)
    }

    fn one(&mut self, method: Method, depth: Depth) -> anyhow::Result<Built> {
        let candidate = Candidate { features: self.features(method, depth)?, depth };
        let name = format!("{}-{}", method.name().to_lowercase().replace('+', ""), finish::depth_text(depth));
        let pipeline = match self.built.get(&candidate) {
            Some(built) => built.clone(),
            None => {
                let built = self.pipeline(candidate, &name);
                self.built.insert(candidate, built.clone());
                built
            }
        };
        let names = candidate.features.iter().filter_map(FeatureId::by_index);
        let features = names.map(|feature| feature.name().to_owned()).collect();
        Ok(Built { method, depth, features, pipeline })
    }

    /// The features of a method, by what the train part says at this depth.
    fn features(&self, method: Method, depth: Depth) -> anyhow::Result<FeatureSet> {
        if let Some(features) = method.fixed() {
            return Ok(features);
        }
        if method == Method::All || self.candidates.len() <= baseline::SELECTED {
            return Ok(self.candidates);
        }
        let Bench { records, dataset, split, training, .. } = self.bench;
        let matrix = feature_matrix(records, dataset, self.candidates, depth, training.threads)?;
        let rows = split.rows(Part::Train);
        let columns = if method == Method::Rfe10 {
            let all = crate::train::train(&matrix, dataset, split, training)?;
            let size = ModelSize { max_depth: all.max_depth, trees: FOREST_TREES as u16 };
            baseline::eliminate(&matrix, dataset, &rows, training, size, baseline::SELECTED)?
        } else {
            baseline::most_informative(&matrix, dataset, &rows, training.seed, baseline::SELECTED)
        };
        let candidates: Vec<usize> = self.candidates.iter().collect();
        Ok(columns.into_iter().map(|column| candidates[column]).collect())
    }

    /// Trains, scores and builds as the search does. What keeps one pipeline from being built is its reason to fail.
    fn pipeline(&self, candidate: Candidate, name: &str) -> Result<Pipeline, String> {
        let Bench { records, dataset, split, training, kit, .. } = self.bench;
        let trained = self.bench.train(candidate).map_err(|error| format!("training: {error}"))?;
        let matrix = feature_matrix(records, dataset, candidate.features, candidate.depth, training.threads)
            .map_err(|error| error.to_string())?;
        let test = score(&trained.model, &matrix, dataset, &split.rows(Part::Test));
        let spec = spec_of(candidate, &trained.model);
        let folder = self.bench.specs.join(name);
        write_spec(&folder, &spec, &trained.model).map_err(|error| format!("{}: {error}", folder.display()))?;
        let artifact = kit.build(&spec, Some(&trained.model));
        let artifact = artifact.map_err(|error| format!("building: {:#}", anyhow::Error::new(error)))?;
        Ok(Pipeline { spec: format!("{FOLDER}/{name}/{SPEC_FILE}"), artifact, validation: trained.validation, test })
    }
}

/// Adds the artifacts of the baselines to `pipelines`, equal ones once; where each of them stands there.
fn place(built: &[Built], pipelines: &mut Vec<Artifact>) -> Vec<Option<usize>> {
    let first = pipelines.len();
    built
        .iter()
        .map(|baseline| {
            let artifact = &baseline.pipeline.as_ref().ok()?.artifact;
            let known = pipelines[first..].iter().position(|other| other.id == artifact.id);
            Some(known.map_or_else(
                || {
                    pipelines.push(artifact.clone());
                    pipelines.len() - 1
                },
                |at| first + at,
            ))
        })
        .collect()
}

fn comparison<E: std::error::Error + Send + Sync + 'static>(
    front: &[FrontMember],
    built: &[Built],
    places: &[Option<usize>],
    costs: Vec<Result<Vec<crate::cost::Cost>, E>>,
    rounds: usize,
) -> anyhow::Result<Comparison> {
    let (mut measured, mut failures) = (Vec::new(), BTreeMap::new());
    for (at, costs) in costs.into_iter().enumerate() {
        measured.push(costs.unwrap_or_else(|error| {
            failures.insert(at, anyhow::Error::new(error));
            Vec::new()
        }));
    }
    let repeated = Repeated::all(&measured);
    let at = |place: usize| repeated.get(place).copied().flatten();

    let mut members = Vec::new();
    for (place, member) in front.iter().enumerate() {
        if let Some(failure) = failures.remove(&place) {
            return Err(failure.context(format!("measuring {}", member.id)));
        }
        let repeated = at(place).with_context(|| format!("{} was not measured", member.id))?;
        let (validation, test) = (member.validation.clone(), member.test.clone());
        let figures = Figures { validation, test, cost: (&repeated.cost).into(), noise_ns: repeated.noise_ns };
        members.push(MemberFigures { id: member.id.clone(), figures });
    }
    members.sort_by(|a, b| a.figures.cost.execution_time_ns.total_cmp(&b.figures.cost.execution_time_ns));

    let outcome = |built: &Built, place: Option<usize>| -> Result<BaselineOutcome, String> {
        let pipeline = built.pipeline.as_ref().map_err(String::clone)?;
        let repeated = place.and_then(at).ok_or_else(|| match place.and_then(|place| failures.get(&place)) {
            Some(failure) => format!("measuring: {failure:#}"),
            None => "it was not measured".to_owned(),
        })?;
        let figures = Figures {
            validation: pipeline.validation.metrics(),
            test: pipeline.test.metrics(),
            cost: (&repeated.cost).into(),
            noise_ns: repeated.noise_ns,
        };
        let beside = Beside::of(&figures, &members).ok_or("there is no front")?;
        Ok(BaselineOutcome::Measured { spec: pipeline.spec.clone(), figures, beside })
    };
    let baselines = built.iter().zip(places).map(|(built, &place)| Baseline {
        method: built.method,
        depth: built.depth,
        features: built.features.clone(),
        outcome: outcome(built, place).unwrap_or_else(|reason| BaselineOutcome::Failed { reason }),
    });
    let baselines = baselines.collect();
    Ok(Comparison::new(rounds, members, baselines))
}

/// A comparison for people: the front, the baselines, and a word on those that it does not beat.
struct Tables<'a>(&'a Comparison, &'a [FrontMember]);

impl fmt::Display for Tables<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(comparison, front) = self;
        let mut table = empty(["front", "depth", "features", "F1 validation", "F1 test", "ns/flow", "noise"]);
        for MemberFigures { id, figures } in &comparison.front {
            let member = front.iter().find(|member| member.id == *id);
            let depth = member.map_or_else(String::new, |member| finish::depth_text(member.depth));
            let features = member.map_or(0, |member| member.features.len());
            table.add_row([vec![id.clone(), depth, features.to_string()], cells(figures)].concat());
        }
        writeln!(out, "{}\n", aligned(table, 1))?;

        let mut table = empty([
            "baseline",
            "depth",
            "features",
            "F1 validation",
            "F1 test",
            "ns/flow",
            "noise",
            "beside",
            "cost ratio",
            "F1 gain",
            "test gain",
            "",
        ]);
        for (baseline, figures, beside) in comparison.measured() {
            let name = vec![
                baseline.method.to_string(),
                finish::depth_text(baseline.depth),
                baseline.features.len().to_string(),
            ];
            let beside = vec![
                beside.member.clone(),
                format!("{:.2}", beside.cost_ratio),
                format!("{:+.4}", beside.validation_difference),
                format!("{:+.4}", beside.test_difference),
                match (beside.no_worse, beside.as_good) {
                    (true, _) => "",
                    (false, true) => "as good only at a higher cost",
                    (false, false) => "no member is as good; beside the best",
                }
                .to_owned(),
            ];
            table.add_row([name, cells(figures), beside].concat());
        }
        writeln!(out, "{}\n", aligned(table, 1))?;
        for baseline in &comparison.baselines {
            if let BaselineOutcome::Failed { reason } = &baseline.outcome {
                writeln!(out, "{baseline} failed: {reason}")?;
            }
        }
        if comparison.unmatched.is_empty() {
            writeln!(out, "For each baseline the front has a member with F1 no lower and cost no higher.")
        } else {
            let names = comparison.unmatched.join(", ");
            writeln!(out, "The front has no member with F1 no lower and cost no higher for: {names}.")
        }
    }
}

fn cells(figures: &Figures) -> Vec<String> {
    vec![
        format!("{:.4}", figures.validation_f1()),
        format!("{:.4}", figures.test_f1()),
        format!("{:.1}", figures.cost.execution_time_ns),
        format!("{:.1}", figures.noise_ns),
    ]
}

fn empty<const N: usize>(header: [&str; N]) -> TextTable {
    let mut table = TextTable::new();
    table.load_style(presets::NOTHING);
    table.set_header(header);
    table
}

/// The table with its columns from `from` on set to the right.
fn aligned(mut table: TextTable, from: usize) -> TextTable {
    for column in table.column_iter_mut().skip(from) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
