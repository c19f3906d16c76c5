//! What a search has found so far, in the form in which argmin carries it from step to step.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use argmin::core::{Problem, State, TerminationReason, TerminationStatus};

use super::evaluation::{Evaluation, Proposal};
use super::front::{front, hypervolume};
use crate::candidate::Candidate;
use crate::progress::Reached;

/// The state of a search: an iteration is a finished evaluation.
///
/// A front has no best member, but argmin asks for one: it is told of the highest validation F1, as the cost
/// `1 - F1`.
#[derive(Clone, Debug)]
pub struct SearchState {
    pub(super) evaluations: Vec<Evaluation>,
    pub(super) pending: VecDeque<Proposal>,
    best: Option<usize>,
    budget: u64,
    time: Option<Duration>,
    counts: HashMap<String, u64>,
    status: TerminationStatus,
}

impl SearchState {
    /// The state with evaluations that an earlier run has finished, in their order.
    #[must_use]
    pub fn resume(mut self, evaluations: Vec<Evaluation>) -> Self {
        self.evaluations.clear();
        self.best = None;
        for evaluation in evaluations {
            self.push(evaluation);
        }
        self
    }

    /// The state with a limit on the evaluations, those of earlier runs included.
    #[must_use]
    pub fn budget(mut self, evaluations: usize) -> Self {
        self.budget = evaluations as u64;
        self
    }

    /// The finished evaluations in their order.
    #[must_use]
    pub fn evaluations(&self) -> &[Evaluation] {
        &self.evaluations
    }

    /// Places of the front's members among the evaluations, by rising cost.
    #[must_use]
    pub fn front(&self) -> Vec<usize> {
        front(&self.evaluations)
    }

    /// How far the search is. The hypervolume is the share that the front dominates of the rectangle from F1 0 to 1 and
    /// from cost 0 to the largest cost measured so far; a costlier candidate than all before widens it.
    #[must_use]
    pub fn reached(&self) -> Reached {
        let points: Vec<_> = self.evaluations.iter().filter_map(Evaluation::objectives).collect();
        let worst = points.iter().map(|point| point.cost).fold(0.0, f64::max);
        Reached {
            evaluations: self.evaluations.len(),
            best_f1: points.iter().map(|point| point.quality).fold(0.0, f64::max),
            front: self.front().len(),
            hypervolume: hypervolume(&points, worst),
        }
    }

    /// Adds a finished evaluation.
    pub(super) fn push(&mut self, evaluation: Evaluation) {
        self.evaluations.push(evaluation);
        let latest = self.evaluations.len() - 1;
        if self.loss(Some(latest)) < self.loss(self.best) {
            self.best = Some(latest);
        }
    }

    /// How many different candidates are evaluated.
    pub(super) fn distinct(&self) -> usize {
        self.evaluations.iter().map(|evaluation| evaluation.candidate).collect::<BTreeSet<_>>().len()
    }

    fn loss(&self, at: Option<usize>) -> f64 {
        let objectives = at.and_then(|at| self.evaluations[at].objectives());
        objectives.map_or(f64::INFINITY, |objectives| 1.0 - objectives.quality)
    }

    fn latest(&self) -> Option<usize> {
        self.evaluations.len().checked_sub(1)
    }
}

impl State for SearchState {
    type Param = Candidate;
    type Float = f64;

    fn new() -> Self {
        Self {
            evaluations: Vec::new(),
            pending: VecDeque::new(),
            best: None,
            budget: u64::MAX,
            time: None,
            counts: HashMap::new(),
            status: TerminationStatus::NotTerminated,
        }
    }

    // The best is kept up to date as evaluations come in.
    fn update(&mut self) {}

    fn get_param(&self) -> Option<&Candidate> {
        self.evaluations.last().map(|evaluation| &evaluation.candidate)
    }

    fn get_best_param(&self) -> Option<&Candidate> {
        self.best.map(|best| &self.evaluations[best].candidate)
    }

    fn get_max_iters(&self) -> u64 {
        self.budget
    }

    // An iteration adds its evaluation, and the evaluations are what is counted.
    fn increment_iter(&mut self) {}

    fn get_iter(&self) -> u64 {
        self.evaluations.len() as u64
    }

    fn get_cost(&self) -> f64 {
        self.loss(self.latest())
    }

    fn get_best_cost(&self) -> f64 {
        self.loss(self.best)
    }

    fn get_target_cost(&self) -> f64 {
        f64::NEG_INFINITY
    }

    fn func_counts<O>(&mut self, problem: &Problem<O>) {
        self.counts = problem.counts.iter().map(|(&name, &count)| (name.to_owned(), count)).collect();
    }

    fn get_func_counts(&self) -> &HashMap<String, u64> {
        &self.counts
    }

    fn time(&mut self, time: Option<Duration>) -> &mut Self {
        self.time = time;
        self
    }

    fn get_time(&self) -> Option<Duration> {
        self.time
    }

    fn get_last_best_iter(&self) -> u64 {
        self.best.map_or(0, |best| best as u64)
    }

    fn is_best(&self) -> bool {
        self.best.is_some() && self.best == self.latest()
    }

    fn terminate_with(mut self, reason: TerminationReason) -> Self {
        self.status = TerminationStatus::Terminated(reason);
        self
    }

    fn get_termination_status(&self) -> &TerminationStatus {
        &self.status
    }

    fn get_termination_reason(&self) -> Option<&TerminationReason> {
        match &self.status {
            TerminationStatus::Terminated(reason) => Some(reason),
            TerminationStatus::NotTerminated => None,
        }
    }
}
