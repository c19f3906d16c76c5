//! `cato compare`: what feature sets without a search reach, beside the front of a study.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context as _, ensure};
use cato_artifact::Kit;
use cato_codegen::catalog::FeatureId;
use cato_codegen::spec::Depth;
use comfy_table::{CellAlignment, Table as TextTable, presets};

use super::baselines::{Builder, Built, Costs, FOLDER, Ready};
use super::context::Context;
use super::input::{self, Labelled};
use super::optimize::{Measuring, Source, Wanted, reference_spec};
use super::{Outcome, again, finish};
use crate::affinity::OffLastCore;
use crate::candidate::FeatureSet;
use crate::cli::CompareArgs;
use crate::cost::{Cost, CostMetric};
use crate::evaluate::Bench;
use crate::measure::Waits;
use crate::operations::OperationCost;
use crate::repeat::{self, Repeated};
use crate::study::{Baseline, BaselineOutcome, Beside, Comparison, Figures, FrontMember, MemberFigures, Study};
use crate::train::TrainOptions;

pub(super) fn run(args: &CompareArgs, context: &Context) -> anyhow::Result<Outcome> {
    let study = Study::reopen(&args.study)?;
    let front = study.study().front()?;
    ensure!(!front.is_empty(), "{}: the front has no members to compare with", args.study.display());
    let (flow, learn) = again::settings(&args.again, study.study().settings())?;
    let source = Source::of(&args.source, &args.study, context)?;
    let inputs = input::inputs(&source.paths, &flow)?;
    // The largest depth of all is a flow's end.
    let records = input::records(&inputs, &flow, Depth::All, context)?;
    let labels = input::require_labels(input::labels(&source.labels, &records)?)?;
    let labelled = input::labelled(records, labels, learn.min_flows, learn.split, learn.seed, context)?;
    let kit = Kit::prepare(&context.cache()?)?;
    let (mut costs, trace_hash) = match &study.study().settings().cost_weights {
        Some(weights) => {
            let reference = cato_codegen::compile(&reference_spec(), &[])?;
            let mut cost = OperationCost::new(weights.clone(), &labelled.records, u16::MAX, &reference);
            if study.study().settings().cost == CostMetric::Latency {
                cost = cost.by_latency(Waits::of(&labelled.records));
            }
            (Costs::Counted(Box::new(cost)), String::new())
        }
        None => {
            let wanted = Wanted { metric: study.study().settings().cost, trial: args.trial };
            let Measuring { meter, trace_hash, .. } =
                Measuring::start(&inputs, &flow, &args.study, wanted, &kit, context)?;
            (Costs::Measured(Box::new(meter)), trace_hash)
        }
    };
    again::check(study.study(), &flow, &learn, &labelled, &trace_hash, kit.rustc_version(), context)?;

    let members = front.iter().map(|member| costs.of_front(&kit, study.study(), member));
    let mut pipelines = members.collect::<anyhow::Result<Vec<_>>>()?;
    let Labelled { records, dataset, split } = labelled;
    let training = TrainOptions { choice: input::model(&learn), seed: learn.seed, threads: input::threads() };
    let bench = Bench { records, dataset, split, training, kit, specs: args.study.join(FOLDER) };
    let candidates = study.study().settings().features.iter().filter_map(|feature| FeatureId::by_name(&feature.name));
    let candidates: FeatureSet = candidates.map(FeatureId::index).collect();
    let built = Builder::new(&bench, &costs, candidates).all(context)?;

    let places: Vec<Option<usize>> = place(&built, &mut pipelines);
    // What is counted is the same each time.
    let rounds = if matches!(costs, Costs::Measured(_)) { usize::from(args.rounds) } else { 1 };
    context.say(format_args!("{} pipelines, {rounds} times each", pipelines.len()));
    let costs = {
        let _off_last_core = OffLastCore::enter();
        repeat::in_turn(&pipelines, rounds, |pipeline| costs.ask(pipeline))
    };
    let comparison = comparison(&front, &built, &places, costs, rounds)?;
    study.write_comparison(&comparison)?;
    finish::report(study.study())?;
    context.result(&comparison, Tables(&comparison, &front))?;
    Ok(Outcome::Done)
}

/// Adds the baselines to `pipelines`, equal artifacts once; where each of them stands there.
fn place(built: &[Built], pipelines: &mut Vec<Ready>) -> Vec<Option<usize>> {
    let first = pipelines.len();
    let mut place = |baseline: &Built| {
        let ready = &baseline.pipeline.as_ref().ok()?.ready;
        let equal = |other: &Ready| match (ready, other) {
            (Ready::Built(one), Ready::Built(other)) => one.id == other.id,
            _ => false,
        };
        if let Some(known) = pipelines[first..].iter().position(equal) {
            return Some(first + known);
        }
        pipelines.push(ready.clone());
        Some(pipelines.len() - 1)
    };
    built.iter().map(&mut place).collect()
}

fn comparison<E: std::error::Error + Send + Sync + 'static>(
    front: &[FrontMember],
    built: &[Built],
    places: &[Option<usize>],
    costs: Vec<Result<Vec<Cost>, E>>,
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
    members.sort_by(|a, b| a.figures.cost.objective().total_cmp(&b.figures.cost.objective()));

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
        let mut table = empty(["front", "depth", "features", "F1 validation", "F1 test", "cost", "noise"]);
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
            "cost",
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
        figures.cost.metric.text(figures.cost.objective()),
        figures.cost.metric.noise_text(figures.cost.objective(), figures.noise_ns),
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
