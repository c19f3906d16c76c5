//! What every algorithm owes to the solver.

use std::collections::BTreeSet;

use super::testing::{Lookup, Synthetic, TableEvaluator};
use super::*;
use crate::candidate::Candidate;

const FEATURES: usize = 8;
const BUDGET: usize = 36;

fn algorithm(name: AlgorithmName, seed: u64) -> Box<dyn Algorithm> {
    let space = CandidateSpace::new((0..FEATURES).collect(), 30).unwrap();
    let information = Synthetic::new(FEATURES, 3).information;
    let reach = (1..=30).map(|depth| Reach { source: f64::from(depth) * 0.4, destination: f64::from(depth) * 0.6 });
    let knowledge = Knowledge { information, reach: reach.collect(), waiting: Vec::new(), proxy: None };
    name.algorithm(&space, knowledge, seed).unwrap()
}

/// A problem of which some candidates fail.
fn outcome(candidate: &Candidate) -> Result<Objectives, String> {
    match candidate.features.len() % 4 {
        3 => Err("did not compile".to_owned()),
        _ => Ok(Synthetic::new(FEATURES, 3).objectives(candidate)),
    }
}

fn search(
    name: AlgorithmName,
    seed: u64,
    lookahead: usize,
    finished: Vec<Evaluation>,
    budget: usize,
) -> Vec<Evaluation> {
    let lookup: Lookup<'_> = &outcome;
    let solver = SearchSolver::new(algorithm(name, seed)).lookahead(lookahead);
    run(solver, TableEvaluator::new(lookup), finished, budget, |_| ()).unwrap().evaluations
}

fn candidates(evaluations: &[Evaluation]) -> Vec<Candidate> {
    evaluations.iter().map(|evaluation| evaluation.candidate).collect()
}

#[test]
fn a_seed_gives_one_search_and_another_seed_another() {
    for name in AlgorithmName::ALL {
        let of = |seed| candidates(&search(name, seed, 2, Vec::new(), BUDGET));
        let once = of(5);
        assert_eq!(once.len(), BUDGET, "{name}");
        assert_eq!(once, of(5), "{name}");
        assert_eq!(once == of(6), name == AlgorithmName::Exhaustive, "{name}");
    }
}

#[test]
fn a_search_that_stopped_goes_on_as_one_that_did_not() {
    for name in AlgorithmName::ALL {
        for lookahead in [0, 2] {
            let straight = search(name, 3, lookahead, Vec::new(), BUDGET);
            // What was under way when the search stopped is lost, so that each stop falls on another state.
            for stops in [vec![1, 2, 9, 10, 11], vec![19, 23, 30], vec![BUDGET - 1]] {
                let mut finished = Vec::new();
                for stop in stops.into_iter().chain([BUDGET]) {
                    finished = search(name, 3, lookahead, finished, stop);
                }
                assert_eq!(candidates(&finished), candidates(&straight), "{name} with {lookahead}");
            }
        }
    }
}

#[test]
fn no_candidate_is_proposed_twice_and_none_from_outside() {
    for name in AlgorithmName::ALL {
        let found = search(name, 2, 2, Vec::new(), BUDGET);
        let different: BTreeSet<_> = candidates(&found).into_iter().collect();
        assert_eq!(different.len(), BUDGET, "{name}");
        let all: BTreeSet<_> = algorithm(name, 2).space().iter().collect();
        assert!(different.is_subset(&all), "{name}");
    }
}

#[test]
fn a_space_is_searched_to_its_end() {
    for name in AlgorithmName::ALL {
        let space = CandidateSpace::new([1, 4].into_iter().collect(), 3).unwrap();
        let knowledge = Knowledge { information: vec![1.0; 5], reach: Vec::new(), waiting: Vec::new(), proxy: None };
        let solver = SearchSolver::new(name.algorithm(&space, knowledge, 1).unwrap());
        let found = run(solver, TableEvaluator::new(&outcome), Vec::new(), 100, |_| ()).unwrap();
        let different: BTreeSet<_> = candidates(&found.evaluations).into_iter().collect();
        // At depth 1 one of the two features is a constant, so that with and without it the code is the same: the search
        // that knows the code measures it once.
        let codes = if name == AlgorithmName::Mobo { 8 } else { 9 };
        assert_eq!((found.stop, different.len()), (Stop::Exhausted, codes), "{name}");
    }
}
