//! The search that leaves nothing out.

use super::algorithm::Algorithm;
use super::choice::{Choice, Origin};
use super::evaluation::Evaluation;
use super::space::CandidateSpace;
use crate::candidate::Candidate;

/// Every candidate in the order of the space, subset by subset, by rising depth: for spaces small enough that the true
/// front can be had.
#[derive(Clone, Debug)]
pub struct Exhaustive {
    space: CandidateSpace,
}

impl Exhaustive {
    /// Goes through a space.
    #[must_use]
    pub fn new(space: CandidateSpace) -> Self {
        Self { space }
    }
}

impl Algorithm for Exhaustive {
    fn name(&self) -> &'static str {
        "exhaustive"
    }

    fn space(&self) -> &CandidateSpace {
        &self.space
    }

    fn propose(&mut self, index: usize, _: &[Evaluation], _: &[Candidate]) -> Option<(Candidate, Choice)> {
        Some((self.space.at(index as u128)?, Choice::unforeseen(Origin::Enumeration)))
    }
}
