//! What every search algorithm is to the solver that runs it.

use std::collections::BTreeSet;
use std::fmt;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::choice::Choice;
use super::evaluation::Evaluation;
use super::space::CandidateSpace;
use crate::candidate::Candidate;

/// How many evaluations a choice does not wait for, where the algorithm allows it.
///
/// With two, one candidate is measured while the next waits, built, and the one after it is trained and built.
pub const LOOKAHEAD: usize = 2;

/// Chooses candidates.
///
/// Each choice is a function of the algorithm's seed, the index, the evaluations that it may learn from and the
/// candidates proposed since. What an algorithm keeps from choice to choice may save it work, and changes no choice: so
/// a search that goes on after a stop chooses as one that never stopped.
pub trait Algorithm: fmt::Debug {
    /// The name by which users choose it.
    fn name(&self) -> &'static str;

    /// The candidates among which it chooses.
    fn space(&self) -> &CandidateSpace;

    /// The largest number of evaluations that a choice can do without; 0 for an algorithm in which each step depends on
    /// the outcome of the one before.
    fn lookahead(&self) -> usize {
        usize::MAX
    }

    /// The candidate number `index`, given the evaluations to learn from and the candidates proposed after them; none
    /// where the algorithm has come to its end.
    fn propose(
        &mut self,
        index: usize,
        evaluations: &[Evaluation],
        pending: &[Candidate],
    ) -> Option<(Candidate, Choice)>;
}

impl<A: Algorithm + ?Sized> Algorithm for Box<A> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn space(&self) -> &CandidateSpace {
        (**self).space()
    }

    fn lookahead(&self) -> usize {
        (**self).lookahead()
    }

    fn propose(
        &mut self,
        index: usize,
        evaluations: &[Evaluation],
        pending: &[Candidate],
    ) -> Option<(Candidate, Choice)> {
        (**self).propose(index, evaluations, pending)
    }
}

/// The random numbers of the choice number `index`: the same whatever was chosen before.
pub(super) fn generator(seed: u64, index: usize) -> ChaCha8Rng {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(index as u64);
    generator
}

/// The candidates that were proposed so far.
pub(super) fn proposed(evaluations: &[Evaluation], pending: &[Candidate]) -> BTreeSet<Candidate> {
    evaluations.iter().map(|evaluation| evaluation.candidate).chain(pending.iter().copied()).collect()
}
