//! What is asked of an evaluator and what comes back.

use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::choice::Choice;
use crate::candidate::Candidate;
use crate::cost::Cost;
use crate::quality::Metrics;

/// The metric of the validation part that the search maximises.
pub const QUALITY_METRIC: &str = "macro_f1";

/// What an evaluator fails with when it cannot go on at all, as opposed to a candidate that failed.
pub type EvaluatorError = Box<dyn Error + Send + Sync + 'static>;

/// A candidate that is to be evaluated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Proposal {
    /// Its place in the search, from 0.
    pub index: usize,
    /// The candidate.
    pub candidate: Candidate,
    /// Why it was chosen.
    pub choice: Choice,
    /// How long choosing it took, in seconds.
    pub choose_seconds: f64,
}

/// What an evaluation has cost, in seconds of wall time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seconds {
    /// Choosing the candidate.
    pub choose: f64,
    /// Computing its features and fitting its model.
    pub train: f64,
    /// From the frozen model to the artifact.
    pub build: f64,
    /// Comparing the artifact with the interpreter and measuring it.
    pub measure: f64,
}

impl Seconds {
    /// The time from a new candidate to its measured cost, training left out.
    #[must_use]
    pub fn turnaround(&self) -> f64 {
        self.choose + self.build + self.measure
    }
}

/// What a candidate that went all the way is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Quality on the validation part.
    pub validation: Metrics,
    /// The measured cost.
    pub cost: Cost,
    /// Depth limit of the model's trees, as cross-validation chose it.
    pub model_depth: usize,
}

/// What came of a candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::large_enum_variant, reason = "most are of the large kind, and there are few")]
pub enum Outcome {
    /// It was trained, built and measured.
    Measured(Measured),
    /// It could not be.
    Failed {
        /// Why, in one sentence.
        reason: String,
    },
}

/// A finished evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Its place in the search, from 0.
    pub index: usize,
    /// The candidate.
    pub candidate: Candidate,
    /// Why it was chosen.
    pub choice: Choice,
    /// What came of it.
    pub outcome: Outcome,
    /// Where the time went.
    pub seconds: Seconds,
}

impl Evaluation {
    /// The evaluation of `proposal`; the time of choosing is the proposal's.
    ///
    /// An outcome that the search cannot compare (no [`QUALITY_METRIC`] from 0 to 1, a cost that is not a positive number) becomes a failure that says so.
    #[must_use]
    pub fn new(proposal: &Proposal, outcome: Outcome, seconds: Seconds) -> Self {
        let outcome = match outcome {
            Outcome::Measured(measured) => match measured.objectives() {
                Ok(_) => Outcome::Measured(measured),
                Err(reason) => Outcome::Failed { reason },
            },
            failed @ Outcome::Failed { .. } => failed,
        };
        Self {
            index: proposal.index,
            candidate: proposal.candidate,
            choice: proposal.choice,
            outcome,
            seconds: Seconds { choose: proposal.choose_seconds, ..seconds },
        }
    }

    /// A short text that names the evaluation within its study: `e07`.
    #[must_use]
    pub fn id(&self) -> String {
        evaluation_id(self.index)
    }

    /// What was measured; `None` for a failed evaluation.
    #[must_use]
    pub fn measured(&self) -> Option<&Measured> {
        match &self.outcome {
            Outcome::Measured(measured) => Some(measured),
            Outcome::Failed { .. } => None,
        }
    }

    /// The two figures that the search compares; `None` for a failed evaluation.
    #[must_use]
    pub fn objectives(&self) -> Option<Objectives> {
        self.measured().and_then(|measured| measured.objectives().ok())
    }
}

/// The id of the evaluation at `index`: the letter e and at least two digits.
#[must_use]
pub fn evaluation_id(index: usize) -> String {
    format!("e{index:02}")
}

impl Measured {
    /// The two figures that the search compares.
    ///
    /// # Errors
    /// A sentence that says which of the two cannot be compared.
    pub fn objectives(&self) -> Result<Objectives, String> {
        let quality =
            *self.validation.get(QUALITY_METRIC).ok_or_else(|| format!("no {QUALITY_METRIC} was measured"))?;
        let cost = self.cost.objective();
        if !(0.0..=1.0).contains(&quality) {
            return Err(format!("{QUALITY_METRIC} is {quality}, not a number from 0 to 1"));
        }
        if !(cost.is_finite() && cost > 0.0) {
            return Err(format!("{} is {cost} ns, not a positive number", self.cost.metric));
        }
        Ok(Objectives { quality, cost })
    }
}

/// What makes one candidate better than another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Objectives {
    /// Macro-F1 on the validation part, 0 to 1; higher is better.
    pub quality: f64,
    /// What the candidate costs by the metric of the search, in nanoseconds, positive; lower is better.
    pub cost: f64,
}

impl fmt::Display for Objectives {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "F1 {:.4} at {:.1} ns", self.quality, self.cost)
    }
}

/// Trains, builds and measures candidates.
///
/// Several candidates may be submitted before the first is collected, so that an evaluator can train and build one
/// while another is measured. Results come back in the order in which the candidates were submitted.
pub trait Evaluator {
    /// Takes a candidate in; does not wait for it.
    ///
    /// # Errors
    /// Where the evaluator cannot go on. The search then ends.
    fn submit(&mut self, proposal: Proposal) -> Result<(), EvaluatorError>;

    /// Waits for the candidate that was submitted first among those not collected yet.
    ///
    /// # Errors
    /// Where the evaluator cannot go on. A candidate that fails is no error but an [`Outcome::Failed`].
    fn collect(&mut self) -> Result<Evaluation, EvaluatorError>;
}

impl<E: Evaluator + ?Sized> Evaluator for &mut E {
    fn submit(&mut self, proposal: Proposal) -> Result<(), EvaluatorError> {
        (**self).submit(proposal)
    }

    fn collect(&mut self) -> Result<Evaluation, EvaluatorError> {
        (**self).collect()
    }
}
