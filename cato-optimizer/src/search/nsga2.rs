//! NSGA-II: a population that is bred towards the whole front at once.
//!
//! After Deb, Pratap, Agarwal and Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II" (IEEE
//! Transactions on Evolutionary Computation 6, 2002). The population is small, because evaluations are dear.

mod breed;
mod rank;

use super::algorithm::{Algorithm, generator, proposed};
use super::choice::{Choice, Origin};
use super::evaluation::Evaluation;
use super::space::CandidateSpace;
use crate::candidate::Candidate;
use breed::child;
use rank::{Individual, survivors};

/// Candidates of a generation, and how many of them and their parents live on.
const POPULATION: usize = 10;

/// How often a child that was proposed before is bred anew.
const ATTEMPTS: usize = 100;

/// Breeds generation after generation: parents by tournaments of two, the lower rank or the emptier neighbourhood wins;
/// children by uniform crossover of the features and simulated binary crossover of the depth, with mutations. A child
/// that was proposed before is bred anew, so no evaluation is spent twice.
///
/// The parents follow from the evaluations of all generations before. Where the last of these are still under way, the
/// next generation begins without them.
#[derive(Clone, Debug)]
pub struct Nsga2 {
    space: CandidateSpace,
    seed: u64,
}

impl Nsga2 {
    /// Breeds candidates of a space.
    #[must_use]
    pub fn new(space: CandidateSpace, seed: u64) -> Self {
        Self { space, seed }
    }
}

impl Algorithm for Nsga2 {
    fn name(&self) -> &'static str {
        "nsga2"
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
        let parents = parents(evaluations, index / POPULATION);
        if parents.is_empty() {
            return Some((self.space.draw_new(&proposed, &mut rng)?, Choice::unforeseen(Origin::Start)));
        }
        let mut children = (0..ATTEMPTS).map(|_| child(&self.space, &parents, &mut rng));
        if let Some(candidate) = children.find(|candidate| !proposed.contains(candidate)) {
            return Some((candidate, Choice::unforeseen(Origin::Offspring)));
        }
        Some((self.space.draw_new(&proposed, &mut rng)?, Choice::unforeseen(Origin::Exploration)))
    }
}

/// Who lives after all generations before number `generation`. A candidate that failed does not.
fn parents(evaluations: &[Evaluation], generation: usize) -> Vec<Individual> {
    let mut population = Vec::new();
    for past in evaluations.chunk_by(|a, b| a.index / POPULATION == b.index / POPULATION) {
        if past[0].index / POPULATION < generation {
            let born = past.iter().filter_map(|born| Some(Individual::new(born.candidate, born.objectives()?)));
            population.extend(born);
            population = survivors(population, POPULATION);
        }
    }
    population
}

#[cfg(test)]
mod tests {
    use cato_codegen::spec::Depth;

    use super::*;
    use crate::candidate::FeatureSet;
    use crate::search::testing::{failed_evaluation, measured_evaluation};

    fn space() -> CandidateSpace {
        CandidateSpace::new((0..12).collect(), 30).unwrap()
    }

    fn set(features: &[usize]) -> FeatureSet {
        features.iter().copied().collect()
    }

    fn measured(index: usize) -> Evaluation {
        let features = set(&[index % 12, (index + 5) % 12]);
        let depth = Depth::Packets(index as u16 + 1);
        measured_evaluation(index, features, depth, 0.02 * index as f64, 100.0 + index as f64)
    }

    #[test]
    fn generations_follow_each_other() {
        let mut algorithm = Nsga2::new(space(), 3);
        let known: Vec<_> = (0..2 * POPULATION).map(measured).collect();
        let origin = |algorithm: &mut Nsga2, index: usize| {
            algorithm.propose(index, &known[..index.min(known.len())], &[]).unwrap().1.origin
        };
        assert!((0..POPULATION).all(|index| origin(&mut algorithm, index) == Origin::Start));
        assert!((POPULATION..2 * POPULATION).all(|index| origin(&mut algorithm, index) == Origin::Offspring));
    }

    #[test]
    fn a_generation_does_not_breed_from_itself() {
        let known: Vec<_> = (0..2 * POPULATION).map(measured).collect();
        let candidates = |count: usize, generation| {
            parents(&known[..count], generation).iter().map(|parent| parent.candidate).collect::<Vec<_>>()
        };
        assert_eq!(candidates(POPULATION, 1), candidates(POPULATION + 7, 1));
        assert_ne!(candidates(POPULATION, 1), candidates(2 * POPULATION, 2));
        assert_eq!(candidates(2 * POPULATION, 2).len(), POPULATION);
    }

    #[test]
    fn failures_have_no_children_and_all_failing_is_a_new_start() {
        let mut known: Vec<_> =
            (0..POPULATION).map(|index| failed_evaluation(index, set(&[index]), Depth::Packets(1), "no")).collect();
        let mut algorithm = Nsga2::new(space(), 3);
        assert_eq!(algorithm.propose(POPULATION, &known, &[]).unwrap().1.origin, Origin::Start);
        known[4] = measured(4);
        assert_eq!(parents(&known, 1).len(), 1);
        assert_eq!(algorithm.propose(POPULATION, &known, &[]).unwrap().1.origin, Origin::Offspring);
    }
}
