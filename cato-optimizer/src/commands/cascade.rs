//! `cato cascade`: early stages in front of a member of a study.

mod enlist;
mod staging;

use std::fmt;

use anyhow::{Context as _, ensure};
use cato_codegen::spec::{
    Confidence, Depth, ModelSpec, SPEC_VERSION, Spec, Stage as DeclaredStage, Strategy, Threshold,
};
use comfy_table::{CellAlignment, Table as TextTable, presets};
use serde::Serialize;

use super::context::Context;
use super::input;
use super::played::Played;
use super::{Outcome, finish};
use crate::cascade::{Answers, Cascade, Expected, Flows, Rules, Scores, Stage, tune};
use crate::cli::CascadeArgs;
use crate::cost::Spread;
use crate::evaluate::MODEL_FILE;
use crate::report;
use crate::search::Evaluation;
use crate::study::Study;
use crate::train::Part;
use enlist::Tuned;
use staging::{Member, Staging, packets};

pub(super) fn run(args: &CascadeArgs, context: &Context) -> anyhow::Result<Outcome> {
    let study = Study::open(&args.study)?;
    let played = Played::read(&study, &args.source, &args.again, context)?;
    let labelled = &played.labelled;
    let mut staging = Staging::new(&study, labelled, played.training());
    let last = staging.read(study.pick_evaluation(&args.pick)?)?;
    let mut early = Vec::new();
    for evaluation in evaluations(args, &study, last.stage.depth)? {
        early.push(staging.read(evaluation)?);
    }
    let read = early.len();
    if args.early.is_empty() {
        early.extend(staging.first_stages(last.candidate)?);
    }
    context.say(format_args!(
        "{read} evaluations and {} models fitted for it may come before {}",
        early.len() - read,
        last.name(),
    ));

    let offers: Vec<Stage> = early.iter().map(|member| member.stage.clone()).collect();
    let flows = Flows { truth: &staging.truth, groups: &staging.groups, labels: labelled.dataset.labels() };
    let rules = Rules {
        tolerance: args.tolerance,
        answered: args.answered,
        latency: args.latency,
        most_early: args.most_early.into(),
    };
    let choice = tune(&offers, &last.stage, flows, rules, input::threads()).with_context(|| {
        let tolerance = args.tolerance;
        format!("no cascade in front of {} answers a flow early and keeps macro-F1 within {tolerance}", last.name())
    })?;
    let chosen: Vec<&Member> = choice.early.iter().map(|&place| &early[place]).collect();
    let spec = spec(&chosen, &choice.thresholds, &last)?;

    let decide = |part, alone: bool| {
        let answers =
            |member: &Member| if part == Part::Test { member.test.clone() } else { member.validation.clone() };
        let early: Vec<Answers> = chosen.iter().filter(|_| !alone).map(|member| answers(member)).collect();
        let last = answers(&last);
        let cascade = Cascade { early: early.iter().zip(choice.thresholds.iter().cloned()).collect(), last: &last };
        let decisions = cascade.decide();
        let scores = Scores::of(&decisions, early.len() + 1, &staging.classes(part), labelled.dataset.labels());
        (decisions, scores)
    };
    let (decisions, scores) = decide(Part::Validation, false);
    let tuned = Tuned {
        stages: chosen.iter().copied().chain([&last]).collect(),
        choice: &choice,
        spec: &spec,
        decisions: &decisions,
        quality: &scores.quality,
        answered: &scores.answered,
    };
    cato_codegen::compile(&spec, &tuned.models())?;
    if let Some(folder) = &args.out {
        tuned.write(folder)?;
        context.say(format_args!("the cascade is in {}", folder.display()));
    }
    let id = if args.dry_run { None } else { Some(tuned.enlist(&args.study, &staging, &played, context)?) };

    // From here on nothing is chosen, so the test part may be looked at.
    let parts = [Part::Validation, Part::Test].map(|part| {
        let score = |alone| Figures::from(decide(part, alone).1);
        PartFigures { part, cascade: score(false), last_alone: score(true) }
    });
    let stages = chosen.iter().zip(&choice.thresholds).map(|(member, thresholds)| described(member, Some(thresholds)));
    let stages = stages.chain([described(&last, None)]).collect();
    let document =
        Document { id, tolerance: args.tolerance, price: choice.price, expected: choice.expected, stages, parts };
    context.result(&document, &document)?;
    Ok(Outcome::Done)
}

fn evaluation<'a>(study: &'a Study, id: &str) -> anyhow::Result<&'a Evaluation> {
    let found = study.evaluations().iter().find(|evaluation| evaluation.id() == id);
    found.with_context(|| format!("the study {} has no evaluation {id}", study.folder().display()))
}

/// The evaluations that may be early stages of a cascade whose last stage has the depth `last`.
fn evaluations<'a>(args: &CascadeArgs, study: &'a Study, last: u32) -> anyhow::Result<Vec<&'a Evaluation>> {
    let is_early = |evaluation: &Evaluation| packets(evaluation.candidate.depth) < last;
    if args.early.is_empty() {
        let all = study.evaluations().iter();
        return Ok(all.filter(|evaluation| evaluation.measured().is_some() && is_early(evaluation)).collect());
    }
    let named = args.early.iter().map(|id| {
        let evaluation = evaluation(study, id)?;
        ensure!(evaluation.measured().is_some(), "evaluation {id} failed: it has no model");
        ensure!(is_early(evaluation), "evaluation {id} has not a smaller depth than the last stage");
        Ok(evaluation)
    });
    named.collect()
}

/// What is printed of a stage.
fn described(member: &Member, thresholds: Option<&Vec<Option<u16>>>) -> StageFigures {
    StageFigures {
        id: member.evaluation.clone(),
        depth: finish::depth_text(member.candidate.depth),
        model: finish::in_words(&member.model, member.model_depth),
        features: member.model.features.clone(),
        confidence: thresholds.map(|thresholds| thresholds.iter().map(|least| least.map(share)).collect()),
    }
}

/// A share of the vote as specs have it.
fn share(raw: u16) -> f64 {
    f64::from(raw) / f64::from(u16::MAX)
}

/// The spec of a cascade whose models lie beside it.
fn spec(early: &[&Member], thresholds: &[Vec<Option<u16>>], last: &Member) -> anyhow::Result<Spec> {
    let model = || ModelSpec::new(MODEL_FILE, Strategy::Auto);
    let stage = |(member, thresholds): (&&Member, &Vec<Option<u16>>)| {
        let Depth::Packets(depth) = member.candidate.depth else {
            anyhow::bail!("{} waits for the end of the flow: it is no early stage", member.name())
        };
        let threshold = |least: &Option<u16>| least.map_or(Threshold::Never, |least| Threshold::Share(share(least)));
        let confidence = Confidence::Each(thresholds.iter().map(threshold).collect());
        Ok(DeclaredStage { depth, features: member.model.features.clone(), model: model(), confidence })
    };
    let spec = Spec {
        version: SPEC_VERSION,
        name: None,
        early: early.iter().zip(thresholds).map(stage).collect::<anyhow::Result<_>>()?,
        depth: last.candidate.depth,
        features: last.model.features.clone(),
        model: Some(model()),
    };
    Ok(spec.with_files_beside())
}

/// What is printed.
#[derive(Serialize)]
struct Document {
    /// The member that it is; none where nothing was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    tolerance: f64,
    /// What an early answer may lose, in right answers.
    price: f64,
    expected: Expected,
    stages: Vec<StageFigures>,
    parts: [PartFigures; 2],
}

#[derive(Serialize)]
struct StageFigures {
    /// The evaluation; none of a model fitted for the cascade.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    depth: String,
    model: String,
    features: Vec<String>,
    /// For each class the share of the vote that it needs, null where this stage never answers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<Vec<Option<f64>>>,
}

#[derive(Serialize)]
struct PartFigures {
    part: Part,
    cascade: Figures,
    last_alone: Figures,
}

#[derive(Serialize)]
struct Figures {
    macro_f1: f64,
    accuracy: f64,
    /// The share of the flows that each stage answers.
    answered: Vec<f64>,
    waiting: Spread,
}

impl From<Scores> for Figures {
    fn from(Scores { quality, answered, waiting }: Scores) -> Self {
        Self { macro_f1: quality.macro_f1, accuracy: quality.accuracy, answered, waiting }
    }
}

impl fmt::Display for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(id) = &self.id {
            writeln!(formatter, "{id}:")?;
        }
        for (place, StageFigures { id, depth, model, features, .. }) in self.stages.iter().enumerate() {
            let id = id.as_ref().map_or_else(|| "fitted".to_owned(), Clone::clone);
            writeln!(formatter, "stage {}: {id}, {model} of {} features at depth {depth}", place + 1, features.len())?;
        }
        let Expected { gain, gain_error, answered, latency } = self.expected;
        writeln!(
            formatter,
            "expected on flows not tuned on: macro-F1 {gain:+.4} ± {gain_error:.4}, {:.1} % answered first, {:.1} % of the \
             median wait",
            100.0 * answered,
            100.0 * latency,
        )?;
        let mut table = TextTable::new();
        table.load_style(presets::NOTHING);
        let waiting = ["waiting median", "mean", "p99"];
        table.set_header([&["part", "", "macro-F1", "accuracy", "answered by stage"][..], &waiting].concat());
        for PartFigures { part, cascade, last_alone } in &self.parts {
            for (name, figures) in [("cascade", cascade), ("last alone", last_alone)] {
                let answered: Vec<_> = figures.answered.iter().map(|share| format!("{:.1} %", 100.0 * share)).collect();
                let Spread { median_ns, mean_ns, p99_ns } = figures.waiting;
                let quality = [figures.macro_f1, figures.accuracy].map(|quality| format!("{quality:.4}"));
                let names = [part.to_string(), name.to_owned()];
                let waiting = [median_ns, mean_ns, p99_ns].map(report::nanoseconds);
                let row = names.into_iter().chain(quality).chain([answered.join(", ")]).chain(waiting);
                table.add_row(row);
            }
        }
        for column in table.column_iter_mut().skip(2) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        writeln!(formatter, "{table}")
    }
}
