//! An evaluator whose evaluations are on the disk before the search sees them.

use super::StudyWriter;
use crate::search::{Evaluation, Evaluator, EvaluatorError, Proposal};

/// An evaluator and the study that records what it gives.
#[derive(Debug)]
pub struct Recorded<'a, E> {
    evaluator: E,
    study: &'a mut StudyWriter,
}

impl<'a, E: Evaluator> Recorded<'a, E> {
    /// Records in `study` what `evaluator` gives.
    pub fn new(evaluator: E, study: &'a mut StudyWriter) -> Self {
        Self { evaluator, study }
    }
}

impl<E: Evaluator> Evaluator for Recorded<'_, E> {
    fn submit(&mut self, proposal: Proposal) -> Result<(), EvaluatorError> {
        self.evaluator.submit(proposal)
    }

    fn collect(&mut self) -> Result<Evaluation, EvaluatorError> {
        let evaluation = self.evaluator.collect()?;
        self.study.append(evaluation.clone())?;
        Ok(evaluation)
    }
}
