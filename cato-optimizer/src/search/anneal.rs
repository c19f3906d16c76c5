//! Simulated annealing, with which CATO's paper compares its search.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use argmin::core::{CostFunction, Error, Executor, IterState};
use argmin::solver::simulatedannealing::{Anneal as Move, SimulatedAnnealing};
use cato_codegen::spec::Depth;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng as _;

use super::algorithm::Algorithm;
use super::choice::{Choice, Origin};
use super::evaluation::{Evaluation, Objectives};
use super::space::CandidateSpace;
use crate::candidate::{Candidate, FeatureSet};

/// Steps of a walk. Short walks with many weights find more of a front than long ones with few.
const STEPS: u64 = 5;

/// The temperature at a walk's first step, in units of the energy; at step i it is an i-th of that.
const TEMPERATURE: f64 = 0.03;

/// The energy of a candidate that failed, more than any other has.
const FAILED: f64 = 1e3;

/// Walks that are begun before a candidate is drawn instead: where all neighbours are known, walks lead nowhere new.
const WALKS: u64 = 200;

/// argmin's simulated annealing (Kirkpatrick, Gelatt and Vecchi, Science 220, 1983), as in CATO's evaluation (Wan et al.,
/// NSDI 2025, section 5.2): from walk to walk the two objectives are weighed differently.
///
/// A walk takes a feature in or out, or moves in depth, at each step. Its energy is `w (1 - F1) + (1 - w) log10(cost /
/// c)`, where `w` is drawn anew for each walk and `c` is the cost measured first. The first walk starts at random, each
/// other one at what was best by its own weight.
///
/// Every choice repeats the walks from the first step on, out of what was measured, up to the first candidate that was
/// not: so nothing is kept from choice to choice, and nothing is measured twice.
#[derive(Clone, Debug)]
pub struct Anneal {
    space: CandidateSpace,
    seed: u64,
}

impl Anneal {
    /// Walks through a space.
    #[must_use]
    pub fn new(space: CandidateSpace, seed: u64) -> Self {
        Self { space, seed }
    }

    /// The first candidate on the walks that is not among the known ones, and whether it is where they start.
    fn next(&self, known: &Known) -> Option<(Candidate, Origin)> {
        let visited = Visited::default();
        for walk in 0..WALKS {
            let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
            rng.set_stream(walk);
            let weight = rng.random();
            let drawn = self.space.draw(&mut rng);
            let start = visited.best(known, weight).unwrap_or(drawn);
            let solver = SimulatedAnnealing::new_with_rng(TEMPERATURE, Xoshiro256PlusPlus::seed_from_u64(rng.random()));
            let world = World { space: &self.space, known, weight, visited: &visited, rng: RefCell::new(rng) };
            let executor = Executor::new(world, solver.ok()?).ctrlc(false);
            let result = executor
                .configure(|state: IterState<Candidate, (), (), (), (), f64>| state.param(start).max_iters(STEPS))
                .run();
            if let Err(error) = result {
                let Unknown(candidate) = error.downcast().ok()?;
                let origin = if visited.is_empty() { Origin::Start } else { Origin::Neighbour };
                return Some((candidate, origin));
            }
        }
        None
    }
}

impl Algorithm for Anneal {
    fn name(&self) -> &'static str {
        "anneal"
    }

    fn space(&self) -> &CandidateSpace {
        &self.space
    }

    fn lookahead(&self) -> usize {
        0
    }

    fn propose(
        &mut self,
        index: usize,
        evaluations: &[Evaluation],
        pending: &[Candidate],
    ) -> Option<(Candidate, Choice)> {
        let known: Known =
            evaluations.iter().map(|evaluation| (evaluation.candidate, evaluation.objectives())).collect();
        let next = self.next(&known).filter(|(candidate, _)| !pending.contains(candidate));
        let (candidate, origin) = match next {
            Some(next) => next,
            None => {
                let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
                rng.set_stream(WALKS + index as u64);
                let proposed: BTreeSet<_> = known.keys().chain(pending).copied().collect();
                (self.space.draw_new(&proposed, &mut rng)?, Origin::Exploration)
            }
        };
        Some((candidate, Choice::unforeseen(origin)))
    }
}

/// What was evaluated; none for a candidate that failed.
type Known = BTreeMap<Candidate, Option<Objectives>>;

/// What the walks have seen so far, in order.
#[derive(Debug, Default)]
struct Visited(RefCell<Vec<Candidate>>);

impl Visited {
    fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    fn push(&self, candidate: Candidate) {
        self.0.borrow_mut().push(candidate);
    }

    /// The energy of an outcome; costs count in relation to the first that was measured.
    fn energy(&self, known: &Known, objectives: Option<Objectives>, weight: f64) -> f64 {
        let Some(objectives) = objectives else { return FAILED };
        let visited = self.0.borrow();
        let first = visited.iter().find_map(|candidate| known.get(candidate).copied().flatten());
        let unit = first.map_or(objectives.cost, |first| first.cost);
        weight * (1.0 - objectives.quality) + (1.0 - weight) * (objectives.cost / unit).log10()
    }

    /// The candidate of the least energy, the first of several; none before any was seen.
    fn best(&self, known: &Known, weight: f64) -> Option<Candidate> {
        let energy = |candidate: &Candidate| self.energy(known, known.get(candidate).copied().flatten(), weight);
        self.0.borrow().iter().copied().min_by(|a, b| energy(a).total_cmp(&energy(b)))
    }
}

/// The candidate that a walk has come to was not evaluated yet.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not evaluated yet")]
struct Unknown(Candidate);

/// A walk's surroundings, as argmin's solver sees them.
struct World<'a> {
    space: &'a CandidateSpace,
    known: &'a Known,
    visited: &'a Visited,
    weight: f64,
    rng: RefCell<ChaCha8Rng>,
}

impl CostFunction for World<'_> {
    type Param = Candidate;
    type Output = f64;

    fn cost(&self, candidate: &Candidate) -> Result<f64, Error> {
        let objectives = *self.known.get(candidate).ok_or(Unknown(*candidate))?;
        self.visited.push(*candidate);
        Ok(self.visited.energy(self.known, objectives, self.weight))
    }
}

impl Move for World<'_> {
    type Param = Candidate;
    type Output = Candidate;
    type Float = f64;

    fn anneal(&self, candidate: &Candidate, temperature: f64) -> Result<Candidate, Error> {
        Ok(neighbour(self.space, candidate, temperature / TEMPERATURE, &mut self.rng.borrow_mut()))
    }
}

/// A step away from a candidate; `heat`, from 0 to 1, says how far a step in depth may go, as a share of the largest.
fn neighbour(space: &CandidateSpace, candidate: &Candidate, heat: f64, rng: &mut ChaCha8Rng) -> Candidate {
    let features = space.features();
    if rng.random() || space.max_depth() == 1 {
        let feature = features[rng.random_range(0..features.len())];
        let inside = candidate.features.contains(feature);
        let flipped = if inside { candidate.features.without(feature) } else { candidate.features.with(feature) };
        if !flipped.is_empty() {
            return Candidate { features: flipped, ..*candidate };
        }
        // The only feature makes way for another one.
        let other = features[rng.random_range(0..features.len())];
        return Candidate { features: FeatureSet::EMPTY.with(other), ..*candidate };
    }
    let depth = i32::from(space.packets(candidate.depth));
    let farthest = (heat * f64::from(space.max_depth())).round().max(1.0) as i32;
    let step = rng.random_range(1..=farthest);
    let step = if rng.random() { step } else { -step };
    // At an end of the range there is only one way to go.
    let moved = space.clamp(depth + step);
    let moved = if i32::from(moved) == depth { space.clamp(depth - step) } else { moved };
    Candidate { depth: Depth::Packets(moved), ..*candidate }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::testing::{Synthetic, failed_evaluation, measured_evaluation};

    fn space(features: usize, max_depth: u16) -> CandidateSpace {
        CandidateSpace::new((0..features).collect(), max_depth).unwrap()
    }

    /// What a search measures, one candidate after the other.
    fn search(algorithm: &mut Anneal, synthetic: &Synthetic, evaluations: usize) -> Vec<Evaluation> {
        let mut known: Vec<Evaluation> = Vec::new();
        for index in 0..evaluations {
            let Some((Candidate { features, depth }, _)) = algorithm.propose(index, &known, &[]) else { break };
            let Objectives { quality, cost } = synthetic.objectives(&Candidate { features, depth });
            known.push(measured_evaluation(index, features, depth, quality, cost));
        }
        known
    }

    #[test]
    fn neighbours_differ_in_one_thing() {
        let space = space(6, 20);
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let (mut flips, mut steps, mut farthest) = (0, 0, 0);
        for _ in 0..2_000 {
            let from = space.draw(&mut rng);
            let to = neighbour(&space, &from, 0.5, &mut rng);
            let flipped = (0..6).filter(|&f| from.features.contains(f) != to.features.contains(f)).count();
            let step = i32::from(space.packets(to.depth)) - i32::from(space.packets(from.depth));
            assert!(!to.features.is_empty() && (flipped == 0 || step == 0), "{from:?} {to:?}");
            assert!(flipped <= 1 || (flipped == 2 && from.features.len() == 1), "{from:?} {to:?}");
            flips += usize::from(flipped > 0);
            steps += usize::from(step != 0);
            farthest = farthest.max(step.abs());
        }
        assert!(flips > 800 && steps > 800, "{flips} {steps}");
        assert_eq!(farthest, 10);
    }

    #[test]
    fn only_the_first_candidate_is_drawn_and_each_later_one_is_near_an_earlier_one() {
        let synthetic = Synthetic::new(12, 4);
        let mut algorithm = Anneal::new(space(12, 50), 7);
        let known = search(&mut algorithm, &synthetic, 30);
        for (index, evaluation) in known.iter().enumerate().skip(1) {
            let near = |other: &Evaluation| {
                let (a, b) = (other.candidate, evaluation.candidate);
                a.features == b.features
                    || (a.depth == b.depth
                        && (0..12).filter(|&f| a.features.contains(f) != b.features.contains(f)).count() < 3)
            };
            assert!(known[..index].iter().any(near), "{index}");
        }
        let origins: Vec<_> =
            (0..30).map(|index| algorithm.propose(index, &known[..index], &[]).unwrap().1.origin).collect();
        assert!(
            origins
                .iter()
                .enumerate()
                .all(|(at, &origin)| origin == if at == 0 { Origin::Start } else { Origin::Neighbour })
        );
    }

    #[test]
    fn walks_lead_to_better_candidates() {
        let synthetic = Synthetic::new(12, 4);
        let known = search(&mut Anneal::new(space(12, 50), 7), &synthetic, 60);
        let points: Vec<_> = known.iter().filter_map(Evaluation::objectives).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let drawn: Vec<_> = (0..60).map(|_| synthetic.objectives(&space(12, 50).draw(&mut rng))).collect();
        let worst = points.iter().chain(&drawn).map(|point| point.cost).fold(0.0, f64::max);
        let (walked, drawn) = (crate::search::hypervolume(&points, worst), crate::search::hypervolume(&drawn, worst));
        assert!(walked > drawn, "{walked} {drawn}");
    }

    #[test]
    fn a_small_space_is_exhausted_and_failures_are_passed_by() {
        let mut algorithm = Anneal::new(space(2, 3), 1);
        let mut known = Vec::new();
        while let Some((Candidate { features, depth }, _)) = algorithm.propose(known.len(), &known, &[]) {
            let index = known.len();
            known.push(match index % 3 {
                0 => failed_evaluation(index, features, depth, "no"),
                _ => measured_evaluation(index, features, depth, 0.1 * index as f64, 5.0 + index as f64),
            });
        }
        let different: BTreeSet<_> = known.iter().map(|evaluation| evaluation.candidate).collect();
        assert_eq!((known.len(), different.len()), (9, 9));
    }

    #[test]
    fn what_is_under_way_is_not_proposed_again() {
        let mut algorithm = Anneal::new(space(12, 50), 7);
        let (first, _) = algorithm.propose(0, &[], &[]).unwrap();
        let (second, choice) = algorithm.propose(1, &[], &[first]).unwrap();
        assert!(second != first && choice.origin == Origin::Exploration);
    }
}
