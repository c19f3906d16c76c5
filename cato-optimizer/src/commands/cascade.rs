//! `cato cascade`: early stages in front of a member of a study.

use std::fmt;

use anyhow::{Context as _, ensure};
use cato_codegen::model::Model;
use cato_codegen::spec::{
    Confidence, Depth, ModelSpec, SPEC_VERSION, Spec, Stage as DeclaredStage, Strategy, Threshold,
};
use cato_traffic::{Trace, TraceOptions};
use comfy_table::{CellAlignment, Table as TextTable, presets};
use serde::Serialize;

use super::context::Context;
use super::input::{self, Labelled};
use super::optimize::Source;
use super::{Outcome, again, describe, finish};
use crate::atomic;
use crate::cascade::{Answers, Calibration, Cascade, Rules, Scores, Stage, tune};
use crate::cli::CascadeArgs;
use crate::cost::Spread;
use crate::evaluate::{MODEL_FILE, SPEC_FILE};
use crate::measure::Waits;
use crate::report;
use crate::search::Evaluation;
use crate::study::{Study, model_file};
use crate::train::{FOREST_TREES, ModelSize, Part, TrainOptions, feature_matrix, out_of_fold};

pub(super) fn run(args: &CascadeArgs, context: &Context) -> anyhow::Result<Outcome> {
    let study = Study::open(&args.study)?;
    let last = study.pick(&args.pick)?.id;
    let (flow, learn) = again::settings(&args.again, study.settings())?;
    let source = Source::of(&args.source, &args.study, context)?;
    let inputs = input::inputs(&source.paths, &flow)?;
    let records = input::records(&inputs, &flow, Depth::All, context)?;
    let labels = input::require_labels(input::labels(&source.labels, &records)?)?;
    let labelled = input::labelled(records, labels, learn.min_flows, learn.split, learn.seed, context)?;
    let trace_hash = match study.settings().cost_weights {
        Some(_) => String::new(),
        None => Trace::collect(&inputs, &TraceOptions { merge: flow.merge, ..TraceOptions::default() })?.hash(),
    };
    // Nothing is measured here, so it does not matter by what the study was.
    let rustc = study.settings().measured_by.get(describe::RUSTC).cloned().unwrap_or_default();
    again::check(&study, &flow, &learn, &labelled, &trace_hash, &rustc, context)?;

    let training = TrainOptions { choice: input::model(&learn), seed: learn.seed, threads: input::threads() };
    let reader = Reader { study: &study, labelled: &labelled, training, waits: Waits::of(&labelled.records) };
    let last = reader.read(evaluation(&study, &last)?)?;
    let early = early(args, &study, last.stage.depth)?;
    context.say(format_args!("{} evaluations may come before {}", early.len(), last.id));
    let early = early.into_iter().map(|evaluation| reader.read(evaluation)).collect::<anyhow::Result<Vec<_>>>()?;

    let Labelled { dataset, split, .. } = &labelled;
    let truth = |part| split.rows(part).into_iter().map(|row| dataset.classes()[row]).collect::<Vec<_>>();
    let offers: Vec<Stage> = early.iter().map(|member| member.stage.clone()).collect();
    let rules = Rules { tolerance: args.tolerance, most_early: args.most_early.into() };
    let validation = truth(Part::Validation);
    let choice =
        tune(&offers, &last.stage, &last.train_truth, &validation, dataset.labels(), rules).with_context(|| {
            format!(
                "no cascade in front of {} answers a flow early and keeps macro-F1 within {}",
                last.id, args.tolerance
            )
        })?;
    let chosen: Vec<&Member> = choice.early.iter().map(|&place| &early[place]).collect();
    let thresholds: Vec<_> = chosen.iter().map(|member| member.stage.calibration.thresholds(choice.tau)).collect();

    // From here on nothing is chosen, so the test part may be looked at.
    let parts = [(Part::Validation, validation), (Part::Test, truth(Part::Test))];
    let parts = parts.map(|(part, truth)| {
        let answers =
            |member: &Member| if part == Part::Test { member.test.clone() } else { member.stage.validation.clone() };
        let early: Vec<Answers> = chosen.iter().map(|member| answers(member)).collect();
        let last = answers(&last);
        let score = |early: Vec<_>| {
            let stages = early.len() + 1;
            Figures::from(Scores::of(&Cascade { early, last: &last }.decide(), stages, &truth, dataset.labels()))
        };
        let cascade = score(early.iter().zip(thresholds.iter().cloned()).collect());
        PartFigures { part, cascade, last_alone: score(Vec::new()) }
    });
    let stages = chosen.iter().zip(&thresholds).map(|(member, thresholds)| member.described(Some(thresholds)));
    let stages = stages.chain([last.described(None)]).collect();
    if let Some(folder) = &args.out {
        let models: Vec<&Model> = chosen.iter().map(|member| &member.model).chain([&last.model]).collect();
        let spec = spec(&chosen, &thresholds, &last)?;
        cato_codegen::compile(&spec, &models)?;
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        for (declared, model) in spec.models().zip(models) {
            atomic::write_bytes(&folder.join(&declared.file), model.to_json().as_bytes())?;
        }
        atomic::write_bytes(&folder.join(SPEC_FILE), spec.to_toml().as_bytes())?;
        context.say(format_args!("the cascade is in {}", folder.display()));
    }
    let document = Document { tolerance: args.tolerance, tau: choice.tau, stages, parts };
    context.result(&document, &document)?;
    Ok(Outcome::Done)
}

fn evaluation<'a>(study: &'a Study, id: &str) -> anyhow::Result<&'a Evaluation> {
    let found = study.evaluations().iter().find(|evaluation| evaluation.id() == id);
    found.with_context(|| format!("the study {} has no evaluation {id}", study.folder().display()))
}

/// The evaluations that may be early stages of a cascade whose last stage has the depth `last`.
fn early<'a>(args: &CascadeArgs, study: &'a Study, last: u32) -> anyhow::Result<Vec<&'a Evaluation>> {
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

/// A depth that can be compared.
fn packets(depth: Depth) -> u32 {
    match depth {
        Depth::Packets(packets) => packets.into(),
        Depth::All => u32::MAX,
    }
}

/// An evaluation as a stage.
struct Member {
    id: String,
    depth: Depth,
    model: Model,
    stage: Stage,
    /// The classes of the flows that the stage's answers to the train part are for.
    train_truth: Vec<u16>,
    test: Answers,
}

impl Member {
    fn described(&self, thresholds: Option<&Vec<Option<u16>>>) -> StageFigures {
        let share = |least: &Option<u16>| least.map(share);
        StageFigures {
            id: self.id.clone(),
            depth: finish::depth_text(self.depth),
            features: self.model.features.clone(),
            confidence: thresholds.map(|thresholds| thresholds.iter().map(share).collect()),
        }
    }
}

/// A share of the vote as specs have it.
fn share(raw: u16) -> f64 {
    f64::from(raw) / f64::from(u16::MAX)
}

/// What is needed to read members.
struct Reader<'a> {
    study: &'a Study,
    labelled: &'a Labelled,
    training: TrainOptions,
    waits: Waits,
}

impl Reader<'_> {
    /// The model as the study has frozen it, with its answers, and what its vote is worth.
    fn read(&self, evaluation: &Evaluation) -> anyhow::Result<Member> {
        let id = evaluation.id();
        let measured = evaluation.measured().with_context(|| format!("evaluation {id} failed: it has no model"))?;
        let model = finish::read_model(&self.study.folder().join(model_file(&id)))?;
        let Labelled { records, dataset, split } = self.labelled;
        let depth = evaluation.candidate.depth;
        let matrix = feature_matrix(records, dataset, evaluation.candidate.features, depth, self.training.threads)?;
        ensure!(
            model.features == matrix.columns() && model.classes == dataset.labels(),
            "the model of evaluation {id} has not the features or the classes of the study"
        );
        let waits = self.waits.at(depth);
        let waiting = |rows: &[usize]| rows.iter().map(|&row| waits[dataset.flows()[row]].0).collect();
        let answers = |part| {
            let rows = split.rows(part);
            let predictions = rows.iter().map(|&row| model.predict(matrix.row(row))).collect();
            Answers { predictions, waiting_ns: waiting(&rows) }
        };

        let size = ModelSize { max_depth: measured.model_depth, trees: FOREST_TREES as u16 };
        let held_out = out_of_fold(&matrix, dataset, split, &self.training, size)?;
        // Which rows were held out is a matter of the folds, and so the same for every model.
        let (predictions, rows): (Vec<_>, Vec<_>) = held_out
            .into_iter()
            .zip(split.rows(Part::Train))
            .filter_map(|(prediction, row)| Some((prediction?, row)))
            .unzip();
        let train_truth: Vec<u16> = rows.iter().map(|&row| dataset.classes()[row]).collect();
        let seen: Vec<_> = predictions.iter().copied().zip(train_truth.iter().copied()).collect();
        let calibration = Calibration::of(&seen, dataset.labels().len());
        let train = Answers { predictions, waiting_ns: waiting(&rows) };
        let (validation, test) = (answers(Part::Validation), answers(Part::Test));
        let stage = Stage { calibration, depth: packets(depth), train, validation };
        Ok(Member { id, depth, model, stage, train_truth, test })
    }
}

/// The spec of a cascade whose models lie beside it.
fn spec(early: &[&Member], thresholds: &[Vec<Option<u16>>], last: &Member) -> anyhow::Result<Spec> {
    let model = || ModelSpec::new(MODEL_FILE, Strategy::Auto);
    let stage = |(member, thresholds): (&&Member, &Vec<Option<u16>>)| {
        let Depth::Packets(depth) = member.depth else {
            anyhow::bail!("evaluation {} waits for the end of the flow: it is no early stage", member.id)
        };
        let threshold = |least: &Option<u16>| least.map_or(Threshold::Never, |least| Threshold::Share(share(least)));
        let confidence = Confidence::Each(thresholds.iter().map(threshold).collect());
        Ok(DeclaredStage { depth, features: member.model.features.clone(), model: model(), confidence })
    };
    let spec = Spec {
        version: SPEC_VERSION,
        name: None,
        early: early.iter().zip(thresholds).map(stage).collect::<anyhow::Result<_>>()?,
        depth: last.depth,
        features: last.model.features.clone(),
        model: Some(model()),
    };
    Ok(spec.with_files_beside())
}

/// What is printed.
#[derive(Serialize)]
struct Document {
    tolerance: f64,
    tau: f64,
    stages: Vec<StageFigures>,
    parts: [PartFigures; 2],
}

#[derive(Serialize)]
struct StageFigures {
    id: String,
    depth: String,
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
        let stages: Vec<_> = self.stages.iter().map(|stage| format!("{} (depth {})", stage.id, stage.depth)).collect();
        writeln!(formatter, "{}; early answers are right with probability {} or more", stages.join(", "), self.tau)?;
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
