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
    Mobo::new(&space, Knowledge { information, reach: reach.collect(), proxy }, seed).unwrap()
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
