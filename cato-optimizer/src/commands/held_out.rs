//! What a member of a study says of flows that it has not learnt from.

use cato_codegen::interp::Decider;

use super::input::Labelled;
use super::played::Played;
use super::pool::depths;
use super::target::Target;
use crate::candidate::Candidate;
use crate::load::{FlowTemplate, Population};
use crate::pool::Costs;
use crate::study::Study;
use crate::train::{FOREST_TREES, ModelSize, Part, feature_matrix, out_of_fold};

/// What is needed to know what a member says of flows that it has not learnt from.
pub(super) struct HeldOut<'a> {
    pub(super) study: &'a Study,
    pub(super) played: &'a Played,
    pub(super) id: &'a str,
    pub(super) target: &'a Target,
    pub(super) costs: &'a Costs,
}

impl HeldOut<'_> {
    /// For each flow of the train part, then of the validation part, what it is given by a model that has not learnt from
    /// it, and what it costs. Where the member has stages, there is no such model for the train part.
    pub(super) fn of(&self, population: &Population) -> anyhow::Result<Vec<(Option<u16>, f64)>> {
        let Self { study, played, id, target, costs } = self;
        let Labelled { records, dataset, split } = &played.labelled;
        let evaluation = study.evaluations().iter().find(|evaluation| evaluation.id() == *id);
        let train = split.rows(Part::Train).len();
        let mut answers = match evaluation.and_then(|evaluation| Some((evaluation, evaluation.measured()?))) {
            Some((evaluation, measured)) => {
                let Candidate { features, depth } = evaluation.candidate;
                let training = played.training();
                let matrix = feature_matrix(records, dataset, features, depth, training.threads)?;
                let size = ModelSize { max_depth: measured.model_depth, trees: FOREST_TREES as u16 };
                let held_out = out_of_fold(&matrix, dataset, split, &training, size)?;
                held_out.into_iter().map(|answer| answer.map(|answer| answer.class)).collect()
            }
            None => vec![None; train],
        };
        let decider = Decider::new(&target.spec, &target.models())?;
        let depths = depths(&target.spec);
        let validation = population.flows.iter().skip(train);
        answers.extend(validation.map(|flow| Some(decider.decide(&flow.record()).1.class)));
        let cost = |flow: &FlowTemplate| {
            let (stage, _) = decider.decide(&flow.record());
            let seen = depths.get(stage).copied().flatten().map_or(usize::MAX, |depth| depth as usize);
            costs.flow_ns(flow.packets.len(), seen)
        };
        Ok(answers.into_iter().zip(&population.flows).map(|(answer, flow)| (answer, cost(flow))).collect())
    }
}
