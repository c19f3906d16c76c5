//! The end of a search: the front is scored on the test part and written, with the report.

use std::fmt;
use std::path::Path;

use anyhow::Context as _;
use cato_codegen::diag::{Diagnostic, Diagnostics};
use cato_codegen::interp::Decider;
use cato_codegen::model::{Model, ModelError, ModelKind};
use cato_codegen::spec::Depth;
use cato_traffic::FlowRecords;
use comfy_table::{CellAlignment, Table as TextTable, presets};

use super::input;
use super::target::Target;
use crate::atomic;
use crate::candidate::Candidate;
use crate::cost::CostMetric;
use crate::quality::Quality;
use crate::record::flow_record;
use crate::repeat::Repeated;
use crate::report::{self, ReportInput};
use crate::search::{self, Evaluation, Measured};
use crate::study::{
    CascadeStage, FrontMember, Noise, Study, StudyCascade, StudyWriter, mark_noise, model_file, spec_file,
};
use crate::train::{Dataset, Part, Split, answers_deviation, feature_matrix, score, score_deviation};
use crate::vendor::PartQuality;

/// The report, in the study's folder.
const REPORT_FILE: &str = "report.html";
/// The quality of a member by class, beside its spec.
const QUALITY_FILE: &str = "quality.json";

/// Scores the members of the front on the test part, which no step before has seen, and writes `front.json`.
///
/// The front is that of the medians of all measurements.
pub(super) fn front(
    study: &StudyWriter,
    records: &FlowRecords,
    dataset: &Dataset,
    split: &Split,
) -> anyhow::Result<Vec<FrontMember>> {
    let study_now = study.study();
    let (evaluations, repeated) = (study_now.settled(), study_now.repeated());
    let cascades = study_now.cascades();
    let of_cascades = cascades.iter().map(|cascade| cascade.measured.objectives().ok());
    let points: Vec<_> = evaluations.iter().map(Evaluation::objectives).chain(of_cascades).collect();
    let scoring = Scoring { study: study_now, records, dataset, split };
    let mut front = Vec::new();
    for at in search::front_of(&points) {
        if let Some(cascade) = at.checked_sub(evaluations.len()).and_then(|at| cascades.get(at)) {
            front.push(scoring.cascade(cascade)?);
        } else if let Some((measured, repeated)) = evaluations[at].measured().zip(repeated[at]) {
            front.push(scoring.evaluation(&evaluations[at], measured, &repeated)?);
        }
    }
    mark_noise(&mut front);
    study.write_front(&front)?;
    Ok(front)
}

/// What members are scored with.
struct Scoring<'a> {
    study: &'a Study,
    records: &'a FlowRecords,
    dataset: &'a Dataset,
    split: &'a Split,
}

impl Scoring<'_> {
    fn evaluation(
        &self,
        evaluation: &Evaluation,
        measured: &Measured,
        repeated: &Repeated,
    ) -> anyhow::Result<FrontMember> {
        let id = evaluation.id();
        let Candidate { features, depth } = evaluation.candidate;
        let model = read_model(&self.study.folder().join(model_file(&id)))?;
        let matrix = feature_matrix(self.records, self.dataset, features, depth, input::threads())?;
        let test = score(&model, &matrix, self.dataset, &self.split.rows(Part::Test));
        let validation = self.split.rows(Part::Validation);
        let seed = self.study.settings().seed;
        let noise = Noise {
            measurements: repeated.measurements,
            cost_ns: repeated.noise_ns,
            macro_f1: score_deviation(&model, &matrix, self.dataset, &validation, seed),
        };
        self.member(id, model.features, depth, Vec::new(), measured, noise, test)
    }

    fn cascade(&self, cascade: &StudyCascade) -> anyhow::Result<FrontMember> {
        let id = cascade.id.clone();
        let Target { spec, early, model, .. } = Target::of_study(self.study.folder(), &id)?;
        let models: Vec<&Model> = early.iter().chain(&model).collect();
        let decider = Decider::new(&spec, &models)?;
        let labels = self.dataset.labels();
        let answers = |part| {
            let mut packets = Vec::new();
            let rows = self.split.rows(part);
            let answer = |&row: &usize| {
                let record = flow_record(self.records, self.dataset.flows()[row], spec.depth, &mut packets)?;
                Some((self.dataset.classes()[row], decider.decide(&record).1.class))
            };
            rows.iter().filter_map(answer).unzip::<_, _, Vec<u16>, Vec<u16>>()
        };
        let ((truth, said), (test_truth, test_said)) = (answers(Part::Validation), answers(Part::Test));
        let macro_f1 = answers_deviation(&truth, &said, labels, self.study.settings().seed);
        let test = Quality::of(&test_truth, &test_said, labels);
        let noise = Noise { macro_f1, ..Noise::default() };
        self.member(id, spec.features.clone(), spec.depth, cascade.stages.clone(), &cascade.measured, noise, test)
    }

    #[expect(clippy::too_many_arguments, reason = "they are the fields of a member")]
    fn member(
        &self,
        id: String,
        features: Vec<String>,
        depth: Depth,
        stages: Vec<CascadeStage>,
        measured: &Measured,
        noise: Noise,
        test: Quality,
    ) -> anyhow::Result<FrontMember> {
        let quality = PartQuality { validation: measured.validation.clone(), test };
        let path = self.study.folder().join(spec_file(&id)).with_file_name(QUALITY_FILE);
        atomic::write_bytes(&path, &serde_json::to_vec_pretty(&quality)?)?;
        Ok(FrontMember {
            task: self.study.settings().task.clone(),
            features,
            depth,
            model: self.study.settings().model.clone(),
            validation: measured.validation.clone(),
            test: quality.test.metrics(),
            cost: (&measured.cost).into(),
            noise,
            within_noise_of: Vec::new(),
            stages,
            spec: spec_file(&id),
            model_file: model_file(&id),
            id,
        })
    }
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

/// The model of a member in a few words, or those of a cascade, stage by stage.
pub(super) fn model_words(member: &FrontMember, model: &Model, depth: usize) -> String {
    if member.stages.is_empty() {
        return in_words(model, depth);
    }
    let stages = member.stages.iter().map(|stage| {
        let answered = 100.0 * stage.answered;
        format!("{} at depth {} ({answered:.0} % of the flows)", stage.model, depth_text(stage.depth))
    });
    stages.collect::<Vec<_>>().join(", then ")
}

/// Writes `report.html` of a study with a front.
pub(super) fn report(study: &Study) -> anyhow::Result<()> {
    let settings = study.settings();
    let evaluations = study.settled();
    let members = study.front()?.into_iter().map(|front| shown(study, front));
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
fn shown(study: &Study, front: FrontMember) -> anyhow::Result<report::Member> {
    let measured = study.measured(&front.id).with_context(|| format!("the study has no evaluation {}", front.id))?;
    let model = read_model(&study.folder().join(&front.model_file))?;
    Ok(report::Member {
        depth: depth_text(front.depth),
        model: model_words(&front, &model, measured.model_depth),
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
