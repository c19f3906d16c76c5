//! Models as stages of a cascade: those of a study, and first stages that are fitted for it, with what they answer.

use anyhow::{Context as _, ensure};
use cato_codegen::catalog::FeatureId;
use cato_codegen::model::{Model, Prediction};
use cato_codegen::spec::Depth;

use super::super::finish;
use super::super::input::Labelled;
use crate::candidate::{Candidate, FeatureSet};
use crate::cascade::{Answers, Stage};
use crate::measure::Waits;
use crate::search::Evaluation;
use crate::study::{Study, model_file};
use crate::train::{
    FOLDS, FOREST_TREES, HeldOut, Matrix, ModelChoice, ModelSize, Part, TrainOptions, TreeTrainer, feature_matrix, fit,
    held_out,
};

/// The depths at which first stages are fitted: a flow that is answered here has waited for hardly anything.
const FIRST_DEPTHS: [u16; 4] = [1, 2, 3, 4];

/// What is fitted as a first stage: a tree that knows little and is fast, and a forest whose vote says how sure it is.
const FIRST_MODELS: [(ModelChoice, ModelSize); 2] = [
    (ModelChoice::DecisionTree(TreeTrainer::Rafor), ModelSize { max_depth: 10, trees: 1 }),
    (ModelChoice::RandomForest, ModelSize { max_depth: 15, trees: 50 }),
];

/// A model as a stage.
pub(super) struct Member {
    /// The evaluation that it is from; none where it was fitted as a first stage.
    pub(super) evaluation: Option<String>,
    pub(super) candidate: Candidate,
    pub(super) model: Model,
    /// The depth that its trees are cut at.
    pub(super) model_depth: usize,
    /// With its answers to the flows of [`Staging::truth`].
    pub(super) stage: Stage,
    pub(super) validation: Answers,
    pub(super) test: Answers,
}

impl Member {
    /// What it is called where something is said of it.
    pub(super) fn name(&self) -> &str {
        self.evaluation.as_deref().unwrap_or("a model fitted for the cascade")
    }
}

/// The flows of a study, for models to answer.
pub(super) struct Staging<'a> {
    study: &'a Study,
    labelled: &'a Labelled,
    training: TrainOptions,
    waits: Waits,
    /// The true classes of the flows that are tuned on: those of the train part that were held out once, then those of the
    /// validation part.
    pub(super) truth: Vec<u16>,
    /// Their groups: the folds of the train part, and the validation part.
    pub(super) groups: Vec<u8>,
}

impl<'a> Staging<'a> {
    pub(super) fn new(study: &'a Study, labelled: &'a Labelled, training: TrainOptions) -> Self {
        let waits = Waits::of(&labelled.records);
        Self { study, labelled, training, waits, truth: Vec::new(), groups: Vec::new() }
    }

    /// The model of an evaluation as the study has frozen it, with its answers.
    pub(super) fn read(&mut self, evaluation: &Evaluation) -> anyhow::Result<Member> {
        let id = evaluation.id();
        let measured = evaluation.measured().with_context(|| format!("evaluation {id} failed: it has no model"))?;
        let model = finish::read_model(&self.study.folder().join(model_file(&id)))?;
        let candidate = evaluation.candidate;
        let matrix = self.matrix(candidate)?;
        ensure!(
            model.features == matrix.columns() && model.classes == self.labelled.dataset.labels(),
            "the model of evaluation {id} has not the features or the classes of the study"
        );
        let size = ModelSize { max_depth: measured.model_depth, trees: FOREST_TREES as u16 };
        self.member(Some(id), candidate, &matrix, model, &self.training.clone(), size)
    }

    /// First stages for a last one of this candidate: at each of the first packets a tree and a forest of its features,
    /// and of all that the study has.
    pub(super) fn first_stages(&mut self, last: Candidate) -> anyhow::Result<Vec<Member>> {
        let settings = &self.study.settings().features;
        let named = settings.iter().filter_map(|feature| FeatureId::by_name(&feature.name));
        let all: FeatureSet = named.map(FeatureId::index).collect();
        let mut members = Vec::new();
        for depth in FIRST_DEPTHS.into_iter().map(Depth::Packets).filter(|depth| packets(*depth) < packets(last.depth))
        {
            let mut sets = vec![last.features, all];
            sets.dedup();
            for features in sets {
                let candidate = Candidate { features, depth };
                let matrix = self.matrix(candidate)?;
                let Labelled { dataset, split, .. } = self.labelled;
                for (choice, size) in FIRST_MODELS {
                    let options = TrainOptions { choice, ..self.training };
                    let model = fit(&matrix, dataset, &split.rows(Part::Train), &options, size)?;
                    members.push(self.member(None, candidate, &matrix, model, &options, size)?);
                }
            }
        }
        Ok(members)
    }

    /// The flows of a part, by their true classes.
    pub(super) fn classes(&self, part: Part) -> Vec<u16> {
        let Labelled { dataset, split, .. } = self.labelled;
        split.rows(part).into_iter().map(|row| dataset.classes()[row]).collect()
    }

    /// For each flow of the validation part the nanoseconds of waiting and the packets that its verdict takes in, where it is
    /// answered by the stage that `stage_of` names for its place, at the depth that stands there in `depths`.
    pub(super) fn validation_waits(&self, depths: &[Depth], stage_of: &dyn Fn(usize) -> usize) -> Vec<(u64, u64)> {
        let Labelled { dataset, split, .. } = self.labelled;
        let waits: Vec<_> = depths.iter().map(|&depth| self.waits.at(depth)).collect();
        let rows = split.rows(Part::Validation).into_iter().enumerate();
        rows.map(|(flow, row)| waits[stage_of(flow)][dataset.flows()[row]]).collect()
    }

    pub(super) fn matrix(&self, Candidate { features, depth }: Candidate) -> anyhow::Result<Matrix> {
        let Labelled { records, dataset, .. } = self.labelled;
        Ok(feature_matrix(records, dataset, features, depth, self.training.threads)?)
    }

    fn member(
        &mut self,
        evaluation: Option<String>,
        candidate: Candidate,
        matrix: &Matrix,
        model: Model,
        options: &TrainOptions,
        size: ModelSize,
    ) -> anyhow::Result<Member> {
        let Labelled { dataset, split, .. } = self.labelled;
        let waits = self.waits.at(candidate.depth);
        let answers = |rows: &[usize], predictions: Vec<Prediction>| {
            let waiting_ns = rows.iter().map(|&row| waits[dataset.flows()[row]].0).collect();
            Answers { predictions, waiting_ns }
        };
        let of_model = |part| {
            let rows = split.rows(part);
            answers(&rows, rows.iter().map(|&row| model.predict(matrix.row(row))).collect())
        };
        let (validation, test) = (of_model(Part::Validation), of_model(Part::Test));

        let held_out = held_out(matrix, dataset, split, options, size)?;
        // Which rows were held out is a matter of the folds, and so the same for every model.
        let (held_out, rows): (Vec<HeldOut>, Vec<usize>) =
            held_out.into_iter().zip(split.rows(Part::Train)).filter_map(|(one, row)| Some((one?, row))).unzip();
        let mut seen = answers(&rows, held_out.iter().map(|one| one.answer).collect());
        seen.predictions.extend(&validation.predictions);
        seen.waiting_ns.extend(&validation.waiting_ns);
        if self.truth.is_empty() {
            self.truth = rows.iter().map(|&row| dataset.classes()[row]).chain(self.classes(Part::Validation)).collect();
            self.groups = held_out.iter().map(|one| one.fold).collect();
            self.groups.resize(self.truth.len(), FOLDS as u8);
        }
        let stage = Stage { depth: packets(candidate.depth), answers: seen };
        Ok(Member { evaluation, candidate, model, model_depth: size.max_depth, stage, validation, test })
    }
}

/// A depth that can be compared.
pub(super) fn packets(depth: Depth) -> u32 {
    match depth {
        Depth::Packets(packets) => packets.into(),
        Depth::All => u32::MAX,
    }
}
