//! The search as a whole, on problems whose answers are known.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use cato_codegen::spec::Depth;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::testing::{Lookup, Synthetic, TableEvaluator};
use super::*;
use crate::candidate::{Candidate, FeatureSet};

fn solver(synthetic: &Synthetic, max_depth: u16, seed: u64) -> SearchSolver<Cato> {
    let features: FeatureSet = (0..synthetic.information.len()).collect();
    SearchSolver::new(Cato::new(Priors::new(features, &synthetic.information, max_depth).unwrap(), seed))
}

fn search(solver: SearchSolver<Cato>, lookup: Lookup<'_>, budget: usize) -> Found {
    run(solver, TableEvaluator::new(lookup), Vec::new(), budget, |_| ()).unwrap()
}

fn candidates(evaluations: &[Evaluation]) -> Vec<Candidate> {
    evaluations.iter().map(|evaluation| evaluation.candidate).collect()
}

#[test]
fn no_candidate_is_evaluated_twice() {
    let synthetic = Synthetic::new(20, 6);
    let found = search(solver(&synthetic, 50, 1), &|candidate| Ok(synthetic.objectives(candidate)), 40);
    assert_eq!(found.stop, Stop::Budget);
    let different: BTreeSet<Candidate> = candidates(&found.evaluations).into_iter().collect();
    assert_eq!(different.len(), 40);
    assert!(found.evaluations.iter().map(|evaluation| evaluation.index).eq(0..40));
    assert!(
        found
            .evaluations
            .iter()
            .all(|evaluation| (evaluation.choice.origin == Origin::Start) == (evaluation.index < 3))
    );
}

#[test]
fn the_seed_decides() {
    let synthetic = Synthetic::new(20, 6);
    let run = |seed| {
        let found = search(solver(&synthetic, 50, seed), &|candidate| Ok(synthetic.objectives(candidate)), 15);
        candidates(&found.evaluations)
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

/// What an evaluator has given, kept as a study on disk keeps it.
struct Kept<'a> {
    evaluator: TableEvaluator<'a>,
    finished: Vec<Evaluation>,
}

impl Evaluator for Kept<'_> {
    fn submit(&mut self, proposal: Proposal) -> Result<(), EvaluatorError> {
        self.evaluator.submit(proposal)
    }

    fn collect(&mut self) -> Result<Evaluation, EvaluatorError> {
        let evaluation = self.evaluator.collect()?;
        self.finished.push(evaluation.clone());
        Ok(evaluation)
    }
}

#[test]
fn a_killed_search_goes_on_as_if_nothing_had_happened() {
    let synthetic = Synthetic::new(20, 6);
    // Some candidates fail, and those must not be forgotten either.
    let lookup = |candidate: &Candidate| match candidate.features.len() % 5 {
        0 => Err("did not compile".to_owned()),
        _ => Ok(synthetic.objectives(candidate)),
    };
    let straight = search(solver(&synthetic, 50, 7), &lookup, 50).evaluations;
    assert!(straight.iter().any(|evaluation| evaluation.measured().is_none()), "the test needs failures");

    let mut finished = Vec::new();
    for (lives, budget) in [(0, 50), (1, 50), (1, 50), (4, 50), (13, 50), (7, 50), (3, 50), (100, 40), (100, 50)] {
        let mut kept =
            Kept { evaluator: TableEvaluator::dying_after(&lookup, lives), finished: std::mem::take(&mut finished) };
        let before = kept.finished.clone();
        let result = run(solver(&synthetic, 50, 7), &mut kept, before, budget, |_| ());
        assert_eq!(result.is_ok(), lives == 100);
        finished = kept.finished;
    }
    assert_eq!(finished.len(), 50);
    assert_eq!(candidates(&finished), candidates(&straight));
}

#[test]
fn a_choice_depends_on_no_evaluation_within_the_lookahead() {
    let synthetic = Synthetic::new(12, 4);
    for lookahead in [0, 1, 2, 4] {
        let run = |changed: usize| {
            let asked = Cell::new(0);
            let lookup = |candidate: &Candidate| {
                let index = asked.replace(asked.get() + 1);
                let objectives = synthetic.objectives(candidate);
                Ok(if index == changed {
                    Objectives { cost: objectives.cost * 50.0, ..objectives }
                } else {
                    objectives
                })
            };
            candidates(&search(solver(&synthetic, 50, 3).lookahead(lookahead), &lookup, 20).evaluations)
        };
        let (plain, changed) = (run(usize::MAX), run(8));
        assert_eq!(plain[..=8 + lookahead], changed[..=8 + lookahead]);
        assert_ne!(plain, changed, "the outcome must matter later");
    }
}

#[test]
fn an_exhausted_space_ends_the_search() {
    let synthetic = Synthetic::new(3, 2);
    for lookahead in [0, 2, 50] {
        let solver = solver(&synthetic, 2, 1).lookahead(lookahead);
        let found = search(solver, &|candidate| Ok(synthetic.objectives(candidate)), 100);
        assert_eq!(found.stop, Stop::Exhausted);
        assert_eq!(found.evaluations.len(), 7 * 2);
    }
    let found = search(solver(&synthetic, 2, 1), &|candidate| Ok(synthetic.objectives(candidate)), 13);
    assert_eq!((found.stop, found.evaluations.len()), (Stop::Budget, 13));
}

#[test]
fn a_search_whose_candidates_all_fail_goes_on() {
    let synthetic = Synthetic::new(12, 4);
    let found = search(solver(&synthetic, 50, 1), &|_| Err("no".to_owned()), 10);
    assert_eq!(found.evaluations.len(), 10);
    assert!(front(&found.evaluations).is_empty());
}

#[test]
fn a_finished_search_asks_for_nothing() {
    let synthetic = Synthetic::new(12, 4);
    let lookup = |candidate: &Candidate| Ok(synthetic.objectives(candidate));
    let finished = search(solver(&synthetic, 50, 1), &lookup, 5).evaluations;
    let evaluator = TableEvaluator::dying_after(&lookup, 0);
    let found = run(solver(&synthetic, 50, 1), evaluator, finished.clone(), 5, |_| ()).unwrap();
    assert_eq!(found.evaluations, finished);
}

#[test]
fn watchers_see_every_evaluation() {
    let synthetic = Synthetic::new(12, 4);
    let lookup = |candidate: &Candidate| Ok(synthetic.objectives(candidate));
    let seen = Rc::new(RefCell::new(Vec::new()));
    let keep = Rc::clone(&seen);
    let watch = move |state: &SearchState| keep.borrow_mut().push(state.reached());
    run(solver(&synthetic, 50, 1), TableEvaluator::new(&lookup), Vec::new(), 6, watch).unwrap();
    let seen = seen.borrow();
    assert!(seen.iter().map(|reached| reached.evaluations).eq(1..=6), "{seen:?}");
    assert!(seen.iter().is_sorted_by(|a, b| a.best_f1 <= b.best_f1));
    assert!(seen[5].hypervolume > 0.0 && seen[5].front > 0);
}

#[test]
fn the_search_beats_random_search_in_a_large_space() {
    const BUDGET: usize = 40;
    let synthetic = Synthetic::new(40, 8);
    let objectives = |candidate: &Candidate| synthetic.objectives(candidate);
    let worst_cost = objectives(&Candidate { features: (0..40).collect(), depth: Depth::Packets(50) }).cost;
    let searched = |seed| {
        let found = search(solver(&synthetic, 50, seed), &|candidate| Ok(objectives(candidate)), BUDGET);
        let points: Vec<_> = found.evaluations.iter().filter_map(Evaluation::objectives).collect();
        hypervolume(&points, worst_cost)
    };
    let random = |seed| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let points = (0..BUDGET).map(|_| {
            let features = (0..40).filter(|_| rng.random()).collect();
            objectives(&Candidate { features, depth: Depth::Packets(rng.random_range(1..=50)) })
        });
        hypervolume(&points.collect::<Vec<_>>(), worst_cost)
    };
    let mean = |run: &dyn Fn(u64) -> f64| (0..4).map(run).sum::<f64>() / 4.0;
    let (searched, random) = (mean(&searched), mean(&random));
    println!("hypervolume {searched:.3}, random search {random:.3}");
    assert!(searched > random, "{searched} {random}");
}

#[test]
fn an_evaluator_that_swaps_candidates_is_found_out() {
    struct Swapped<'a>(TableEvaluator<'a>);
    impl Evaluator for Swapped<'_> {
        fn submit(&mut self, proposal: Proposal) -> Result<(), EvaluatorError> {
            self.0.submit(proposal)
        }
        fn collect(&mut self) -> Result<Evaluation, EvaluatorError> {
            self.0.collect()?;
            self.0.collect()
        }
    }
    let synthetic = Synthetic::new(12, 4);
    let lookup = |candidate: &Candidate| Ok(synthetic.objectives(candidate));
    let error = run(solver(&synthetic, 50, 1), Swapped(TableEvaluator::new(&lookup)), Vec::new(), 6, |_| ());
    assert!(matches!(error, Err(SearchError::OutOfOrder { expected: 0, found: 1 })), "{error:?}");
}
