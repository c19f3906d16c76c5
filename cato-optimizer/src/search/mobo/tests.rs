//! The search as a whole, with and without a proxy, on made-up problems.

use std::cell::Cell;
use std::rc::Rc;

use super::*;
use crate::search::knowledge::{Proxy, Reach};
use crate::search::testing::{Synthetic, TableEvaluator};
use crate::search::{Found, SearchSolver, run};

const BUDGET: usize = 24;

/// The problem's quality, a little off, and how often it was asked for.
#[derive(Debug)]
struct Rough {
    features: usize,
    readings: Rc<Cell<usize>>,
}

impl Proxy for Rough {
    fn read(&mut self, candidate: &Candidate) -> Option<f64> {
        self.readings.set(self.readings.get() + 1);
        Some(0.8 * Synthetic::new(self.features, 5).objectives(candidate).quality)
    }
}

fn mobo(features: usize, depths: u16, seed: u64, proxy: Option<Box<dyn Proxy>>) -> Mobo {
    let space = CandidateSpace::new((0..features).collect(), depths).unwrap();
    let information = Synthetic::new(features, 5).information;
    let reach = (1..=depths).map(|depth| Reach { source: f64::from(depth) * 0.4, destination: f64::from(depth) * 0.6 });
    Mobo::new(&space, Knowledge { information, reach: reach.collect(), waiting: Vec::new(), proxy }, seed).unwrap()
}

fn search(mobo: Mobo, features: usize, finished: Vec<Evaluation>, budget: usize) -> Found {
    let synthetic = Synthetic::new(features, 5);
    let lookup = |candidate: &Candidate| Ok(synthetic.objectives(candidate));
    run(SearchSolver::new(mobo), TableEvaluator::new(&lookup), finished, budget, |_| ()).unwrap()
}

#[test]
fn a_large_space_is_read_where_it_looks_good() {
    let readings = Rc::new(Cell::new(0));
    let proxy = || Some(Box::new(Rough { features: 24, readings: Rc::clone(&readings) }) as Box<dyn Proxy>);
    let straight = search(mobo(24, 30, 1, proxy()), 24, Vec::new(), BUDGET).evaluations;
    let (asked, most) = (readings.get(), BUDGET * (READINGS + 1));
    assert!((BUDGET..=most).contains(&asked), "{asked} readings, {most} at most");
    let foreseen = straight.iter().filter(|evaluation| evaluation.choice.forecast.is_some()).count();
    assert_eq!(foreseen, BUDGET - start::STARTS);

    // What was read before a stop is read again after it.
    let stopped = search(mobo(24, 30, 1, proxy()), 24, Vec::new(), 11).evaluations;
    let resumed = search(mobo(24, 30, 1, proxy()), 24, stopped, BUDGET).evaluations;
    let candidates = |evaluations: &[Evaluation]| -> Vec<_> {
        evaluations.iter().map(|evaluation| (evaluation.candidate, evaluation.choice)).collect()
    };
    assert_eq!(candidates(&resumed), candidates(&straight));
}

#[test]
fn a_small_space_is_read_once_and_whole() {
    let readings = Rc::new(Cell::new(0));
    let proxy = Box::new(Rough { features: 5, readings: Rc::clone(&readings) });
    search(mobo(5, 12, 1, Some(proxy)), 5, Vec::new(), BUDGET);
    assert_eq!(readings.get(), 31 * 12);
}

#[test]
fn what_is_known_of_costs_is_not_learnt() {
    let waiting = |depth: Depth| match depth {
        Depth::Packets(packets) => 1e6 * f64::from(packets - 1).powi(2),
        Depth::All => unreachable!("depths are bounded"),
    };
    let (space, synthetic) = (CandidateSpace::new((0..5).collect(), 12).unwrap(), Synthetic::new(5, 5));
    let reach = (1..=12).map(|depth| Reach { source: f64::from(depth) * 0.4, destination: f64::from(depth) * 0.6 });
    let knowledge = Knowledge {
        information: synthetic.information.clone(),
        reach: reach.collect(),
        waiting: (1..=12).map(|packets| waiting(Depth::Packets(packets))).collect(),
        proxy: None,
    };
    let lookup = |candidate: &Candidate| {
        let Objectives { quality, cost } = synthetic.objectives(candidate);
        Ok(Objectives { quality, cost: cost + waiting(candidate.depth) })
    };
    let solver = SearchSolver::new(Mobo::new(&space, knowledge, 1).unwrap());
    let found = run(solver, TableEvaluator::new(&lookup), Vec::new(), BUDGET, |_| ()).unwrap().evaluations;
    let foreseen = found.iter().filter_map(|evaluation| Some((evaluation.choice.forecast?, evaluation)));
    let deep: Vec<_> = foreseen.filter(|(_, evaluation)| waiting(evaluation.candidate.depth) > 0.0).collect();
    assert!(deep.len() > 3);
    for (forecast, evaluation) in deep {
        let cost = evaluation.objectives().unwrap().cost;
        assert!((forecast.cost.mean / cost - 1.0).abs() < 0.01, "{} of {cost}", forecast.cost.mean);
        assert!(forecast.cost.deviation < 0.01 * cost);
    }
}

#[test]
fn forecasts_come_true() {
    let found = search(mobo(5, 12, 2, None), 5, Vec::new(), 40).evaluations;
    let late =
        found.iter().skip(20).filter_map(|evaluation| Some((evaluation.choice.forecast?, evaluation.objectives()?)));
    let (mut near, mut all) = (0, 0);
    for (forecast, objectives) in late {
        let within = |prediction: Prediction, value: f64, least: f64| {
            (prediction.mean - value).abs() <= (3.0 * prediction.deviation).max(least)
        };
        near += usize::from(within(forecast.cost, objectives.cost, 0.05 * objectives.cost));
        near += usize::from(within(forecast.quality, objectives.quality, 0.02));
        all += 2;
    }
    assert!(all > 0 && 10 * near >= 8 * all, "{near} of {all}");
}

#[test]
fn a_proxy_makes_forecasts_surer() {
    let readings = Rc::new(Cell::new(0));
    // The mean standard deviation of the F1 that is forecast.
    let doubt = |proxy| {
        let found = search(mobo(5, 12, 3, proxy), 5, Vec::new(), start::STARTS + 9).evaluations;
        let forecasts: Vec<_> = found.iter().filter_map(|evaluation| evaluation.choice.forecast).collect();
        forecasts.iter().map(|forecast| forecast.quality.deviation).sum::<f64>() / forecasts.len() as f64
    };
    let with = doubt(Some(Box::new(Rough { features: 5, readings: Rc::clone(&readings) }) as Box<dyn Proxy>));
    let without = doubt(None);
    assert!(with < without, "{with} with, {without} without");
}
