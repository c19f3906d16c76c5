//! The end of a search: the front is scored on the test part and written, with the report.

use std::fmt;
use std::path::Path;

use anyhow::Context as _;
use cato_codegen::diag::{Diagnostic, Diagnostics};
use cato_codegen::model::{Model, ModelError, ModelKind};
use cato_codegen::spec::Depth;
use comfy_table::{CellAlignment, Table as TextTable, presets};

use super::input;
use crate::atomic;
use crate::candidate::Candidate;
use crate::cost::CostMetric;
use crate::evaluate::Bench;
use crate::repeat::Repeated;
use crate::report::{self, ReportInput};
use crate::search::{self, Evaluation, Measured};
use crate::study::{FrontMember, Noise, Study, StudyWriter, mark_noise, model_file, spec_file};
use crate::train::{Part, feature_matrix, score, score_deviation};
use crate::vendor::PartQuality;

/// The report, in the study's folder.
const REPORT_FILE: &str = "report.html";
/// The quality of a member by class, beside its spec.
const QUALITY_FILE: &str = "quality.json";

/// Scores the members of the front on the test part, which no step before has seen, and writes `front.json`.
///
/// The front is that of the medians of all measurements.
pub(super) fn front(study: &StudyWriter, bench: &Bench) -> anyhow::Result<Vec<FrontMember>> {
    let (evaluations, repeated) = (study.study().settled(), study.study().repeated());
    let mut front = search::front(&evaluations)
        .into_iter()
        .filter_map(|at| Some((&evaluations[at], evaluations[at].measured()?, repeated[at]?)))
        .map(|(evaluation, measured, repeated)| scored(study.study(), bench, evaluation, measured, &repeated))
        .collect::<anyhow::Result<Vec<_>>>()?;
    mark_noise(&mut front);
    study.write_front(&front)?;
    Ok(front)
}

fn scored(
    study: &Study,
    bench: &Bench,
    evaluation: &Evaluation,
    measured: &Measured,
    repeated: &Repeated,
) -> anyhow::Result<FrontMember> {
    let id = evaluation.id();
    let model = read_model(&study.folder().join(model_file(&id)))?;
    let Candidate { features, depth } = evaluation.candidate;
    let matrix = feature_matrix(&bench.records, &bench.dataset, features, depth, input::threads())?;
    let test = score(&model, &matrix, &bench.dataset, &bench.split.rows(Part::Test));
    let validation = bench.split.rows(Part::Validation);
    let noise = Noise {
        measurements: repeated.measurements,
        cost_ns: repeated.noise_ns,
        macro_f1: score_deviation(&model, &matrix, &bench.dataset, &validation, study.settings().seed),
    };
    let quality = PartQuality { validation: measured.validation.clone(), test };
    let path = study.folder().join(spec_file(&id)).with_file_name(QUALITY_FILE);
    atomic::write_bytes(&path, &serde_json::to_vec_pretty(&quality)?)?;
    Ok(FrontMember {
        task: study.settings().task.clone(),
        features: model.features,
        depth,
        model: study.settings().model.clone(),
        validation: measured.validation.clone(),
        test: quality.test.metrics(),
        cost: (&measured.cost).into(),
        noise,
        within_noise_of: Vec::new(),
        spec: spec_file(&id),
        model_file: model_file(&id),
        id,
    })
}

/// The quality by class that [`front`] has kept of a member.
pub(super) fn read_quality(study: &Study, id: &str) -> anyhow::Result<PartQuality> {
    let path = study.folder().join(spec_file(id)).with_file_name(QUALITY_FILE);
    let text = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{}", path.display()))
}

/// Reads a frozen model.
pub(super) fn read_model(path: &Path) -> anyhow::Result<Model> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the model {}", path.display()))?;
    let mistake = |error: ModelError| Diagnostics::from(Diagnostic::from(error)).in_file(path.display().to_string());
    Ok(Model::from_json(&text).map_err(mistake)?)
}

/// A model in a few words.
pub(super) fn in_words(model: &Model, depth: usize) -> String {
    match model.kind {
        ModelKind::DecisionTree => format!("decision tree of depth {depth}"),
        ModelKind::RandomForest { .. } => format!("random forest, {} trees of depth {depth}", model.trees.len()),
    }
}

/// Writes `report.html` of a study with a front.
pub(super) fn report(study: &Study) -> anyhow::Result<()> {
    let settings = study.settings();
    let evaluations = study.settled();
    let members = study.front()?.into_iter().map(|front| shown(study, &evaluations, front));
    let members = members.collect::<anyhow::Result<Vec<_>>>()?;
    let comparison = study.comparison()?;
    let plain = |value: toml::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut plain_settings: Vec<_> = settings.plain()?.into_iter().map(|(name, value)| (name, plain(value))).collect();
    let dropped: Vec<_> =
        settings.dropped_classes.iter().map(|class| format!("{} ({} flows)", class.label, class.flows)).collect();
    if !dropped.is_empty() {
        plain_settings.push(("dropped classes".to_owned(), dropped.join(", ")));
    }
    let input = ReportInput {
        title: &study.folder().file_name().map_or_else(|| "study".into(), std::ffi::OsStr::to_string_lossy),
        subject: &format!("{}; {} classes", settings.input.source.join(", "), settings.classes.len()),
        settings: &plain_settings,
        evaluations: &evaluations,
        members: &members,
        metric: settings.cost,
        counted: settings.cost_weights.is_some(),
        comparison: comparison.as_ref(),
    };
    Ok(atomic::write_bytes(&study.folder().join(REPORT_FILE), report::render(&input).as_bytes())?)
}

/// What the report shows of a member.
fn shown(study: &Study, evaluations: &[Evaluation], front: FrontMember) -> anyhow::Result<report::Member> {
    let evaluation = evaluations.iter().find(|evaluation| evaluation.id() == front.id);
    let measured = evaluation.and_then(Evaluation::measured);
    let measured = measured.with_context(|| format!("the study has no evaluation {}", front.id))?;
    let model = read_model(&study.folder().join(&front.model_file))?;
    Ok(report::Member {
        depth: depth_text(front.depth),
        model: in_words(&model, measured.model_depth),
        test: read_quality(study, &front.id)?.test,
        cost: measured.cost,
        noise: front.noise,
        within_noise_of: front.within_noise_of,
        id: front.id,
        features: front.features,
        validation: front.validation,
    })
}

/// A front for people.
pub(super) struct Table<'a>(pub(super) &'a [FrontMember]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = TextTable::new();
        table.load_style(presets::NOTHING);
        let metric = self.0.first().map_or(CostMetric::ExecutionTime, |member| member.cost.metric);
        let quality = ["id", "features", "depth", "F1 validation", "F1 test", "±"];
        let cost: &[&str] = match metric {
            CostMetric::ExecutionTime => &["ns/flow", "±"],
            CostMetric::Latency => &["latency", "±", "median", "p99", "waiting", "ns/flow"],
            CostMetric::Throughput => &["packets/s", "±", "bits/s", "verdicts/s", "ns/flow"],
        };
        let others = ["ns/packet", "p99 ns", "state B", "code B", "within noise of"];
        table.set_header([&quality, cost, &others].concat());
        for member in self.0 {
            let metric =
                |metrics: &crate::quality::Metrics| metrics.get(search::QUALITY_METRIC).copied().unwrap_or(0.0);
            let quality = [
                member.id.clone(),
                member.features.len().to_string(),
                depth_text(member.depth),
                format!("{:.4}", metric(&member.validation)),
                format!("{:.4}", metric(&member.test)),
                format!("{:.4}", member.noise.macro_f1),
            ];
            let others = [
                format!("{:.1}", member.cost.per_packet_ns),
                format!("{:.1}", member.cost.p99_ns),
                member.cost.state_bytes.to_string(),
                member.cost.code_bytes.to_string(),
                member.within_noise_of.join(" "),
            ];
            table.add_row(quality.into_iter().chain(costs(member)).chain(others));
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        writeln!(formatter, "{table}")
    }
}

/// What a member costs by its metric, and its execution time.
fn costs(FrontMember { cost, noise, .. }: &FrontMember) -> Vec<String> {
    let objective = cost.objective();
    let mut cells = match (cost.metric, &cost.latency, &cost.throughput) {
        (CostMetric::Latency, Some(latency), _) => {
            let times = [latency.total.median_ns, latency.total.p99_ns, latency.waiting.mean_ns];
            let own = [cost.metric.text(objective), cost.metric.noise_text(objective, noise.cost_ns)];
            own.into_iter().chain(times.map(report::nanoseconds)).collect()
        }
        (CostMetric::Throughput, _, Some(throughput)) => vec![
            // No more packets could be offered.
            format!("{}{}", if throughput.generator_bound { ">=" } else { "" }, report::rate(throughput.packets_per_s)),
            cost.metric.noise_text(objective, noise.cost_ns),
            report::rate(throughput.bits_per_s),
            report::rate(throughput.classifications_per_s),
        ],
        _ => return vec![format!("{objective:.1}"), format!("{:.1}", noise.cost_ns)],
    };
    cells.push(format!("{:.1}", cost.execution_time_ns));
    cells
}

pub(super) fn depth_text(depth: Depth) -> String {
    match depth {
        Depth::Packets(packets) => packets.to_string(),
        Depth::All => "all".to_owned(),
    }
}
