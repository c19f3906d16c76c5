//! CATO's search as its paper has it: random forests as surrogates, and priors from mutual information.
//!
//! The first candidates are draws from the priors. Later ones are chosen from a pool by what they are expected to add to
//! the front, weighted with the priors; the weight wanes as evaluations come in, as in piBO (Hvarfner et al., 2022).

mod acquisition;
mod surrogate;

use std::collections::BTreeSet;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::algorithm::{Algorithm, generator, proposed};
use super::choice::{Choice, Origin};
use super::evaluation::{Evaluation, Objectives};
use super::front::pareto_front;
use super::improvement::Staircase;
use super::pool::pool;
use super::priors::Priors;
use super::space::CandidateSpace;
use crate::candidate::Candidate;
use acquisition::{REFERENCE, Scale};
use surrogate::Surrogates;

/// Candidates drawn from the priors before any is chosen.
pub const STARTS: usize = 3;

/// Share of the later candidates that are drawn from the priors all the same: a forest that has seen nothing of a region
/// can be sure that it is poor, and would never look.
const EXPLORATION: f64 = 0.05;

/// Strength of the priors: an acquisition is multiplied with their density to the power of this number divided by the
/// evaluations learnt from, so that what was measured takes over from what was believed.
const PRIOR_STRENGTH: f64 = 5.0;

/// What keeps the logarithm of an acquisition of zero finite.
const LEAST_ACQUISITION: f64 = 1e-12;

/// CATO's search (Wan et al., NSDI 2025, section 3.3): nothing is kept from choice to choice.
#[derive(Clone, Debug)]
pub struct Cato {
    priors: Priors,
    seed: u64,
}

impl Cato {
    /// Chooses among the candidates of the priors' space.
    #[must_use]
    pub fn new(priors: Priors, seed: u64) -> Self {
        Self { priors, seed }
    }

    /// A draw from the priors that was not proposed before.
    fn draw_new(&self, proposed: &BTreeSet<Candidate>, rng: &mut ChaCha8Rng) -> Option<Candidate> {
        const ATTEMPTS: usize = 1_000;
        let mut draws = (0..ATTEMPTS).map(|_| self.priors.draw(rng));
        let drawn = draws.find(|candidate| !proposed.contains(candidate));
        drawn.or_else(|| self.priors.space().iter().find(|candidate| !proposed.contains(candidate)))
    }

    /// The best of a pool.
    fn choose(
        &self,
        known: &Known,
        proposed: &BTreeSet<Candidate>,
        pending: &[Candidate],
        rng: &mut ChaCha8Rng,
    ) -> Option<Candidate> {
        let scale = Scale::of(&known.objectives);
        let mut points: Vec<[f64; 2]> = known.objectives.iter().map(|point| scale.apply(point)).collect();
        let surrogates = Surrogates::fit(self.priors.space(), &known.candidates, &points, rng);
        // What is being measured counts as if it came out as predicted, so that it is not chosen for again.
        points.extend(pending.iter().map(|candidate| surrogates.predict(candidate).map(|objective| objective.mean)));
        let staircase = Staircase::new(points, [REFERENCE; 2]);
        let weight = PRIOR_STRENGTH / known.candidates.len() as f64;
        let features = self.priors.space().features().len() as f64;
        // The feature priors count as one dimension, like the depth: as the product of dozens of probabilities they
        // would outweigh all that is measured, and hold the search at sets as large as those drawn first.
        let belief = |candidate: &Candidate| {
            self.priors.log_features(candidate.features) / features + self.priors.log_depth(candidate.depth)
        };

        let mut best: Option<(f64, Candidate)> = None;
        for candidate in pool(&self.priors, &known.front(), proposed, rng) {
            let [quality, cost] = surrogates.predict(&candidate);
            let gain = staircase.expected_improvement(quality, cost);
            let score = (gain + LEAST_ACQUISITION).ln() + weight * belief(&candidate);
            if best.is_none_or(|(highest, _)| score > highest) {
                best = Some((score, candidate));
            }
        }
        best.map(|(_, candidate)| candidate)
    }
}

impl Algorithm for Cato {
    fn name(&self) -> &'static str {
        "cato"
    }

    fn space(&self) -> &CandidateSpace {
        self.priors.space()
    }

    fn propose(
        &mut self,
        index: usize,
        evaluations: &[Evaluation],
        pending: &[Candidate],
    ) -> Option<(Candidate, Choice)> {
        let mut rng = generator(self.seed, index);
        let proposed = proposed(evaluations, pending);
        let known = Known::new(evaluations);
        let (candidate, origin) = if index < STARTS || known.candidates.is_empty() {
            (self.draw_new(&proposed, &mut rng)?, Origin::Start)
        } else if rng.random_bool(EXPLORATION) {
            (self.draw_new(&proposed, &mut rng)?, Origin::Exploration)
        } else {
            (self.choose(&known, &proposed, pending, &mut rng)?, Origin::Acquisition)
        };
        Some((candidate, Choice::unforeseen(origin)))
    }
}

/// What was measured.
struct Known {
    candidates: Vec<Candidate>,
    objectives: Vec<Objectives>,
}

impl Known {
    fn new(evaluations: &[Evaluation]) -> Self {
        let measured =
            evaluations.iter().filter_map(|evaluation| Some((evaluation.candidate, evaluation.objectives()?)));
        let (candidates, objectives) = measured.unzip();
        Self { candidates, objectives }
    }

    fn front(&self) -> Vec<Candidate> {
        let members = pareto_front(self.objectives.iter().copied().enumerate());
        members.into_iter().map(|at| self.candidates[at]).collect()
    }
}

#[cfg(test)]
mod tests {
    use cato_codegen::spec::Depth;

    use super::*;
    use crate::candidate::FeatureSet;
    use crate::search::testing::{failed_evaluation, measured_evaluation};

    fn proposer() -> Cato {
        Cato::new(Priors::new((0..20).collect(), &[1.0; 20], 50).unwrap(), 3)
    }

    fn evaluations() -> Vec<Evaluation> {
        let measured = (0..8).map(|index| {
            let features: FeatureSet = (0..20).filter(|feature| (feature + index) % 3 == 0).collect();
            let quality = 0.1 * index as f64;
            measured_evaluation(index, features, Depth::Packets(5 + index as u16), quality, 100.0 + 50.0 * index as f64)
        });
        measured.collect()
    }

    #[test]
    fn now_and_then_a_draw_is_made_although_much_is_known() {
        let (mut proposer, known) = (proposer(), evaluations());
        let origins = (STARTS..203).map(|index| proposer.propose(index, &known, &[]).unwrap().1.origin);
        let explored = origins.filter(|&origin| origin == Origin::Exploration).count();
        assert!((2..25).contains(&explored), "{explored} of 200");
    }

    #[test]
    fn pending_and_failed_candidates_are_not_proposed_again() {
        let (mut proposer, mut known) = (proposer(), evaluations());
        let mut pending = Vec::new();
        for index in 8..20 {
            let (candidate, _) = proposer.propose(8, &known, &pending).unwrap();
            assert!(!pending.contains(&candidate));
            assert!(known.iter().all(|evaluation| evaluation.candidate != candidate));
            if index % 2 == 0 {
                pending.push(candidate);
            } else {
                known.push(failed_evaluation(index, candidate.features, candidate.depth, "no"));
            }
        }
    }

    #[test]
    fn with_nothing_but_failures_candidates_are_drawn() {
        let failed = failed_evaluation(0, FeatureSet::EMPTY.with(1), Depth::Packets(1), "no");
        assert_eq!(proposer().propose(9, &[failed], &[]).unwrap().1.origin, Origin::Start);
    }
}
