//! Search without a thought: every candidate is as likely as any other.

use super::algorithm::{Algorithm, generator, proposed};
use super::choice::{Choice, Origin};
use super::evaluation::Evaluation;
use super::space::CandidateSpace;
use crate::candidate::Candidate;

/// Draws uniformly over subsets and depths, without repetition (Bergstra and Bengio, JMLR 13, 2012): what any search has
/// to beat.
#[derive(Clone, Debug)]
pub struct Random {
    space: CandidateSpace,
    seed: u64,
}

impl Random {
    /// Draws from a space.
    #[must_use]
    pub fn new(space: CandidateSpace, seed: u64) -> Self {
        Self { space, seed }
    }
}

impl Algorithm for Random {
    fn name(&self) -> &'static str {
        "random"
    }

    fn space(&self) -> &CandidateSpace {
        &self.space
    }

    fn propose(
        &mut self,
        index: usize,
        evaluations: &[Evaluation],
        pending: &[Candidate],
    ) -> Option<(Candidate, Choice)> {
        let mut rng = generator(self.seed, index);
        let proposed = proposed(evaluations, pending);
        Some((self.space.draw_new(&proposed, &mut rng)?, Choice::unforeseen(Origin::Exploration)))
    }
}
