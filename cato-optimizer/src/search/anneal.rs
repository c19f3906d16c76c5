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

/// Walks in a row that lead nowhere new before a candidate is drawn instead.
const BARREN_WALKS: u32 = 100;

/// argmin's simulated annealing (Kirkpatrick, Gelatt and Vecchi, Science 220, 1983), with which CATO's paper (Wan et
/// al., NSDI 2025) compares: from walk to walk the two objectives are weighed differently.
///
/// A walk takes a feature in or out, or moves in depth, at each step. Its energy is `w (1 - F1) + (1 - w) log10(cost /
/// c)`, where `w` is drawn anew for each walk and `c` is the cost measured first. The first walk starts at random, each
/// other one at what was best by its own weight.
///
/// Where a walk comes to a candidate that was not measured yet, that one is proposed, and the walk begins anew once it is:
/// so each choice is a function of seed and evaluations, and nothing is measured twice.
#[derive(Clone, Debug)]
pub struct Anneal {
    space: CandidateSpace,
    seed: u64,
    past: Past,
}

impl Anneal {
    /// Walks through a space.
    #[must_use]
    pub fn new(space: CandidateSpace, seed: u64) -> Self {
        Self { space, seed, past: Past::default() }
    }

    /// The first candidate on the walks that is not among the known ones, and whether it is where they start.
    fn next(&mut self, known: &Known) -> Option<(Candidate, Origin)> {
        if !self.past.is_part_of(known) {
            self.past = Past::default();
        }
        while self.past.barren < BARREN_WALKS {
            let origin = if known.is_empty() { Origin::Start } else { Origin::Neighbour };
            match self.walk(known) {
                Ok(past) => self.past = past,
                Err(error) => return error.downcast().ok().map(|Unknown(candidate)| (candidate, origin)),
            }
        }
        None
    }

    /// The next walk: what is past once it has come to its end.
    ///
    /// # Errors
    /// [`Unknown`] where it comes to a candidate that is not known.
    fn walk(&self, known: &Known) -> Result<Past, Error> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(self.past.walks);
        let weight = rng.random();
        let drawn = self.space.draw(&mut rng);
        let start = self.past.best(weight).unwrap_or(drawn);
        let solver = SimulatedAnnealing::new_with_rng(TEMPERATURE, Xoshiro256PlusPlus::seed_from_u64(rng.random()))?;
        let (past, rng) = (RefCell::new(self.past.clone()), RefCell::new(rng));
        let world = World { space: &self.space, known, weight, past: &past, rng: &rng };
        Executor::new(world, solver)
            .configure(|state: IterState<Candidate, (), (), (), (), f64>| state.param(start).max_iters(STEPS))
            .ctrlc(false)
            .run()?;
        let mut past = past.into_inner();
        past.walks += 1;
        past.barren = if past.seen.len() > self.past.seen.len() { 0 } else { past.barren + 1 };
        Ok(past)
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
                // The streams of walks count from the other end.
                rng.set_stream(u64::MAX - index as u64);
                let proposed: BTreeSet<_> = known.keys().chain(pending).copied().collect();
                (self.space.draw_new(&proposed, &mut rng)?, Origin::Exploration)
            }
        };
        Some((candidate, Choice::unforeseen(origin)))
    }
}

/// What was evaluated; none for a candidate that failed.
type Known = BTreeMap<Candidate, Option<Objectives>>;

/// What has come of the walks that are over. It follows from seed and evaluations, and is kept to save its repetition.
#[derive(Clone, Debug, Default)]
struct Past {
    walks: u64,
    /// How many of the last ones led nowhere new.
    barren: u32,
    seen: Known,
    /// The cost measured first.
    unit: Option<f64>,
}

impl Past {
    /// Whether these outcomes are among the known ones.
    fn is_part_of(&self, known: &Known) -> bool {
        self.seen.iter().all(|(candidate, outcome)| known.get(candidate) == Some(outcome))
    }

    fn add(&mut self, candidate: Candidate, outcome: Option<Objectives>) {
        self.seen.insert(candidate, outcome);
        self.unit = self.unit.or(outcome.map(|objectives| objectives.cost));
    }

    /// The energy of an outcome that was seen.
    fn energy(&self, outcome: Option<Objectives>, weight: f64) -> f64 {
        let Some(objectives) = outcome else { return FAILED };
        let cost = objectives.cost / self.unit.unwrap_or(objectives.cost);
        weight * (1.0 - objectives.quality) + (1.0 - weight) * cost.log10()
    }

    /// The candidate of the least energy; none before any was seen.
    fn best(&self, weight: f64) -> Option<Candidate> {
        let energies = self.seen.iter().map(|(&candidate, &outcome)| (candidate, self.energy(outcome, weight)));
        energies.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(candidate, _)| candidate)
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
    weight: f64,
    past: &'a RefCell<Past>,
    rng: &'a RefCell<ChaCha8Rng>,
}

impl CostFunction for World<'_> {
    type Param = Candidate;
    type Output = f64;

    fn cost(&self, candidate: &Candidate) -> Result<f64, Error> {
        let outcome = *self.known.get(candidate).ok_or(Unknown(*candidate))?;
        let mut past = self.past.borrow_mut();
        past.add(*candidate, outcome);
        Ok(past.energy(outcome, self.weight))
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
    fn what_is_kept_changes_no_choice() {
        let synthetic = Synthetic::new(12, 4);
        let mut kept = Anneal::new(space(12, 50), 7);
        let known = search(&mut kept, &synthetic, 30);
        let others = search(&mut Anneal::new(space(12, 50), 8), &synthetic, 30);
        for index in [30, 4, 29, 12] {
            let anew = Anneal::new(space(12, 50), 7).propose(index, &known[..index], &[]);
            assert_eq!(kept.propose(index, &known[..index], &[]), anew);
            let anew = Anneal::new(space(12, 50), 7).propose(index, &others[..index], &[]);
            assert_eq!(kept.propose(index, &others[..index], &[]), anew);
        }
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
