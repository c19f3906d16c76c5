//! The choice of candidates.
//!
//! An [`Algorithm`] chooses, from what it knows beforehand and from what was measured; [`SearchSolver`] keeps an
//! [`Evaluator`] busy with its choices; [`run`] has argmin's executor drive it.

mod algorithm;
mod anneal;
pub mod bench;
mod cato;
mod choice;
#[cfg(test)]
mod contract_tests;
mod evaluation;
mod exhaustive;
mod front;
mod improvement;
mod knowledge;
mod mobo;
mod named;
mod nsga2;
mod pool;
mod priors;
mod random;
mod solver;
mod space;
mod state;
mod table;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use algorithm::{Algorithm, LOOKAHEAD};
pub use anneal::Anneal;
pub use cato::{Cato, STARTS};
pub use choice::{Choice, Forecast, Origin, Prediction};
pub use evaluation::{
    Evaluation, Evaluator, EvaluatorError, Measured, Objectives, Outcome, Proposal, QUALITY_METRIC, Seconds,
    evaluation_id,
};
pub use exhaustive::Exhaustive;
pub use front::{front, front_of, hypervolume};
pub use knowledge::{Knowledge, Proxy, Reach};
pub use mobo::Mobo;
pub use named::{AlgorithmName, UnknownAlgorithm};
pub use nsga2::Nsga2;
pub use priors::{DAMPING, Priors};
pub use random::Random;
pub use solver::{Found, SearchError, SearchSolver, Stop, run};
pub use space::{CandidateSpace, SpaceError};
pub use state::SearchState;
pub use table::{SearchTable, TableError, TableRow};
