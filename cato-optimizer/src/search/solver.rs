//! A search algorithm as a solver that argmin's executor drives.

use std::time::Instant;

use argmin::core::observers::{Observe, ObserverMode};
use argmin::core::{Error, Executor, KV, Problem, Solver, State, TerminationReason, TerminationStatus};

use super::algorithm::{Algorithm, LOOKAHEAD};
use super::evaluation::{Evaluation, Evaluator, EvaluatorError, Proposal};
use super::state::SearchState;

/// A search: candidates from an [`Algorithm`], several under way at once.
///
/// The lag is fixed: the candidate at index k is chosen from the first `k - lookahead` evaluations, however fast the
/// others came in. So the same seed and outcomes give the same candidates, with or without stops in between.
#[derive(Clone, Debug)]
pub struct SearchSolver<A> {
    algorithm: A,
    lookahead: usize,
}

impl<A: Algorithm> SearchSolver<A> {
    /// A solver with the lookahead [`LOOKAHEAD`], or what the algorithm allows of it.
    #[must_use]
    pub fn new(algorithm: A) -> Self {
        let lookahead = LOOKAHEAD.min(algorithm.lookahead());
        Self { algorithm, lookahead }
    }

    /// The solver with another lookahead, or what the algorithm allows of it; with 0 each choice waits for all
    /// evaluations before it.
    #[must_use]
    pub fn lookahead(mut self, lookahead: usize) -> Self {
        self.lookahead = lookahead.min(self.algorithm.lookahead());
        self
    }

    /// The next candidate after those of `state`; none where the space is exhausted.
    fn propose(&mut self, state: &SearchState) -> Option<Proposal> {
        let started = Instant::now();
        let index = state.evaluations.len() + state.pending.len();
        let (seen, unseen) =
            state.evaluations.split_at(index.saturating_sub(self.lookahead).min(state.evaluations.len()));
        let unseen = unseen.iter().map(|evaluation| evaluation.candidate);
        let pending: Vec<_> = unseen.chain(state.pending.iter().map(|proposal| proposal.candidate)).collect();
        let (candidate, choice) = self.algorithm.propose(index, seen, &pending)?;
        Some(Proposal { index, candidate, choice, choose_seconds: started.elapsed().as_secs_f64() })
    }
}

impl<E: Evaluator, A: Algorithm> Solver<E, SearchState> for SearchSolver<A> {
    fn name(&self) -> &str {
        self.algorithm.name()
    }

    fn next_iter(
        &mut self,
        problem: &mut Problem<E>,
        mut state: SearchState,
    ) -> Result<(SearchState, Option<KV>), Error> {
        let evaluator = problem.problem.as_mut().ok_or(SearchError::NoEvaluator)?;
        while state.pending.len() <= self.lookahead
            && ((state.evaluations.len() + state.pending.len()) as u64) < state.get_max_iters()
        {
            let Some(proposal) = self.propose(&state) else { break };
            evaluator.submit(proposal).map_err(SearchError::Evaluator)?;
            *problem.counts.entry("evaluation_count").or_insert(0) += 1;
            state.pending.push_back(proposal);
        }
        let Some(proposal) = state.pending.pop_front() else {
            return Ok((state.terminate_with(TerminationReason::SolverConverged), None));
        };
        let evaluation = evaluator.collect().map_err(SearchError::Evaluator)?;
        if (evaluation.index, evaluation.candidate) != (proposal.index, proposal.candidate) {
            return Err(SearchError::OutOfOrder { expected: proposal.index, found: evaluation.index }.into());
        }
        state.push(evaluation);
        Ok((state, None))
    }

    fn terminate(&mut self, state: &SearchState) -> TerminationStatus {
        let size = self.algorithm.space().size();
        if state.evaluations.len() as u128 >= size && state.distinct() as u128 >= size {
            return TerminationStatus::Terminated(TerminationReason::SolverConverged);
        }
        TerminationStatus::NotTerminated
    }
}

/// Why a search ended before its time.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The evaluator cannot go on.
    #[error(transparent)]
    Evaluator(EvaluatorError),
    /// The evaluator gave back another candidate than the one submitted first.
    #[error("the evaluator gave evaluation {found} where {expected} was the oldest under way")]
    OutOfOrder {
        /// Index of the candidate submitted first.
        expected: usize,
        /// Index of the evaluation that came.
        found: usize,
    },
    /// The executor holds no problem.
    #[error("the executor has no evaluator")]
    NoEvaluator,
    /// The framework failed.
    #[error(transparent)]
    Framework(EvaluatorError),
}

/// Why a search that went well has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// As many evaluations as asked for are finished.
    Budget,
    /// Every candidate of the space is evaluated.
    Exhausted,
}

/// What a search has found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Every evaluation in its order, those of earlier runs first.
    pub evaluations: Vec<Evaluation>,
    /// Why the search has ended.
    pub stop: Stop,
}

/// Runs a search until there are `budget` evaluations, those in `finished` included, or nothing is left to evaluate.
///
/// `watch` sees the state after each evaluation.
///
/// # Errors
/// Where the evaluator cannot go on.
pub fn run<E: Evaluator>(
    solver: SearchSolver<impl Algorithm>,
    evaluator: E,
    finished: Vec<Evaluation>,
    budget: usize,
    watch: impl FnMut(&SearchState) + 'static,
) -> Result<Found, SearchError> {
    let executor = Executor::new(evaluator, solver)
        .configure(|state: SearchState| state.resume(finished).budget(budget))
        .add_observer(Watch(watch), ObserverMode::Always)
        .ctrlc(false);
    let result = executor.run().map_err(|error| match error.downcast::<SearchError>() {
        Ok(error) => error,
        Err(error) => SearchError::Framework(error.into()),
    })?;
    let stop = match result.state.get_termination_reason() {
        Some(TerminationReason::SolverConverged) => Stop::Exhausted,
        _ => Stop::Budget,
    };
    Ok(Found { evaluations: result.state.evaluations, stop })
}

/// A closure as an observer.
struct Watch<F>(F);

impl<F: FnMut(&SearchState)> Observe<SearchState> for Watch<F> {
    fn observe_iter(&mut self, state: &SearchState, _kv: &KV) -> Result<(), Error> {
        (self.0)(state);
        Ok(())
    }
}
