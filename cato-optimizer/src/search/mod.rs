//! The choice of candidates: CATO's multi-objective Bayesian optimisation.
//!
//! A search starts from what the training data says of each feature ([`Priors`]), draws its first candidates from that,
//! and then learns from what was measured: a forest predicts quality and cost of every candidate of a pool, and the one
//! expected to enlarge the front most is proposed next ([`Proposer`]). [`CatoSolver`] keeps an [`Evaluator`] busy with
//! proposals; [`run`] has argmin's executor drive it.

mod acquisition;
mod evaluation;
mod front;
mod pool;
mod priors;
mod proposer;
mod solver;
mod space;
mod state;
mod surrogate;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use evaluation::{
    Evaluation, Evaluator, EvaluatorError, Measured, Objectives, Origin, Outcome, Proposal, QUALITY_METRIC, Seconds,
    evaluation_id,
};
pub use front::{front, hypervolume};
pub use priors::{DAMPING, Priors};
pub use proposer::{Proposer, STARTS};
pub use solver::{CatoSolver, Found, LOOKAHEAD, SearchError, Stop, run};
pub use space::{CandidateSpace, SpaceError};
pub use state::SearchState;
