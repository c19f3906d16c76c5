//! A cascade becomes a member of its study, at the cost that the study goes by.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use cato_artifact::Kit;
use cato_codegen::model::Model;
use cato_codegen::spec::Spec;

use super::super::context::Context;
use super::super::optimize::{Measuring, Wanted, reference_spec};
use super::super::played::Played;
use super::super::{describe, finish};
use super::staging::{Member, Staging};
use crate::affinity::OffLastCore;
use crate::atomic;
use crate::cascade::{Choice, Decision};
use crate::cost::{Cost, CostMetric};
use crate::evaluate::{SPEC_FILE, spec_of};
use crate::measure::Waits;
use crate::operations::{CountedStage, OperationCost, seen};
use crate::quality::Quality;
use crate::search::Measured;
use crate::study::{CascadeStage, Study, StudyCascade, cascade_id, spec_file};

/// Length of the trials of throughput of studies that do not say it.
const TRIAL: Duration = Duration::from_millis(50);

/// A cascade that was chosen.
pub(super) struct Tuned<'a> {
    /// The members of all stages, in order.
    pub(super) stages: Vec<&'a Member>,
    pub(super) choice: &'a Choice,
    pub(super) spec: &'a Spec,
    /// How the flows of the validation part are answered, and how well.
    pub(super) decisions: &'a [Decision],
    pub(super) quality: &'a Quality,
    /// The share of these flows that each stage answers.
    pub(super) answered: &'a [f64],
}

impl Tuned<'_> {
    pub(super) fn models(&self) -> Vec<&Model> {
        self.stages.iter().map(|member| &member.model).collect()
    }

    /// Writes the spec and, beside it, the models.
    pub(super) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        for (declared, model) in self.spec.models().zip(self.models()) {
            atomic::write_bytes(&folder.join(&declared.file), model.to_json().as_bytes())?;
        }
        Ok(atomic::write_bytes(&folder.join(SPEC_FILE), self.spec.to_toml().as_bytes())?)
    }

    /// Whether `folder` has this very cascade.
    fn is_in(&self, folder: &Path) -> bool {
        let has = |file: &Path, text: String| std::fs::read_to_string(file).is_ok_and(|found| found == text);
        let mut models = self.spec.models().zip(self.models());
        let same = models.all(|(declared, model)| has(&folder.join(&declared.file), model.to_json()));
        same && has(&folder.join(SPEC_FILE), self.spec.to_toml())
    }

    /// Adds the cascade to the study, and writes front and report anew; its id. One that is there already is not added.
    pub(super) fn enlist(
        &self,
        study: &Path,
        staging: &Staging<'_>,
        played: &Played,
        context: &Context,
    ) -> anyhow::Result<String> {
        let mut writer = Study::reopen(study)?;
        let folder_of = |id: &str| study.join(spec_file(id)).with_file_name("");
        let there = writer.study().cascades().iter().find(|cascade| self.is_in(&folder_of(&cascade.id)));
        if let Some(there) = there {
            return Ok(there.id.clone());
        }
        let id = cascade_id(writer.study().cascades().len());
        self.write(&folder_of(&id))?;
        let mut cost = match &writer.study().settings().cost_weights {
            Some(_) => self.counted(writer.study(), staging, played)?,
            None => self.measured(writer.study(), played, context)?,
        };
        let last = self.stages.len() - 1;
        let depths: Vec<_> = self.stages.iter().map(|member| member.candidate.depth).collect();
        let waits = |stage_of: &dyn Fn(usize) -> usize| staging.validation_waits(&depths, stage_of);
        let (cascade, alone) = (waits(&|flow| self.decisions[flow].stage), waits(&|_| last));
        cost.latency = cost.latency.map(|latency| latency.staged(&cascade, &alone));

        let stage = |(member, &answered): (&&Member, &f64)| CascadeStage {
            evaluation: member.evaluation.clone(),
            features: member.model.features.clone(),
            depth: member.candidate.depth,
            model: finish::in_words(&member.model, member.model_depth),
            answered,
        };
        let measured =
            Measured { validation: self.quality.metrics(), cost, model_depth: self.stages[last].model_depth };
        measured.objectives().map_err(anyhow::Error::msg)?;
        let stages = self.stages.iter().zip(self.answered).map(stage).collect();
        let expected = self.choice.expected;
        writer.append_cascade(StudyCascade { id: id.clone(), stages, expected, measured })?;
        let labelled = &played.labelled;
        finish::front(&writer, &labelled.records, &labelled.dataset, &labelled.split)?;
        finish::report(writer.study())?;
        Ok(id)
    }

    /// The cost by counting, each stage weighed with the share of the flows of the validation part that reach it.
    fn counted(&self, study: &Study, staging: &Staging<'_>, played: &Played) -> anyhow::Result<Cost> {
        let settings = study.settings();
        let weights = settings.cost_weights.clone().context("the costs of this study are measured")?;
        let records = &played.labelled.records;
        let reference = cato_codegen::compile(&reference_spec(), &[])?;
        let mut cost = OperationCost::new(weights, records, settings.max_depth, &reference);
        if settings.cost == CostMetric::Latency {
            cost = cost.by_latency(Waits::of(records));
        }
        let pipeline = cato_codegen::compile(self.spec, &self.models())?;
        let matrices = self.stages.iter().map(|member| staging.matrix(member.candidate));
        let matrices = matrices.collect::<anyhow::Result<Vec<_>>>()?;
        let mut reached = 1.0;
        let mut stages = Vec::new();
        for ((member, matrix), answered) in self.stages.iter().zip(&matrices).zip(self.answered) {
            let alone = cato_codegen::compile(&spec_of(member.candidate, &member.model), &[&member.model])?;
            stages.push(CountedStage { alone, reached, rows: seen(matrix, &played.labelled.split) });
            reached -= answered;
        }
        Ok(cost.staged(&pipeline, &stages))
    }

    /// The cost by the meter of the study.
    fn measured(&self, study: &Study, played: &Played, context: &Context) -> anyhow::Result<Cost> {
        let settings = study.settings();
        let trial = settings.measured_by.get(describe::TRIAL).map(|text| humantime::parse_duration(text));
        let wanted = Wanted { metric: settings.cost, trial: trial.transpose()?.unwrap_or(TRIAL) };
        let kit = Kit::prepare(&context.cache()?)?;
        let artifact = kit.build(self.spec, &self.models())?;
        let Measuring { mut meter, .. } =
            Measuring::start(&played.inputs, &played.flow, study.folder(), wanted, &kit, context)?;
        let _off_last_core = OffLastCore::enter();
        Ok(meter.measure(&artifact)?)
    }
}
