//! The surrogate of cost: a regression on what the pipelines do, and a process for what that leaves.
//!
//! Cost is a sum over operations, so a dozen measurements tell what each takes, and with that the cost of every
//! candidate. No operation takes less than nothing. What is left (how a tree's path runs, what the processor overlaps) is
//! a factor that is alike for like candidates.

use super::process::{Kernel, Mixture, VariancePrior};
use super::relation::Relation;
use super::work::{Expectation, Term};
use crate::search::choice::Prediction;

const VARIANCE: VariancePrior = VariancePrior { variance: 0.03, observations: 2.0 };

/// Relative deviation of a measured cost from its regression that is taken for granted.
const DEVIATION: f64 = 0.03;

/// Passes of the coordinate descent over all weights.
const PASSES: usize = 300;

/// Variance of a factor that all costs have in common.
const COMMON_VARIANCE: f64 = 0.3;

/// What is particular to each measurement.
const NOISE: f64 = 0.1;

/// No cost is expected to be less than this share of its regression.
const LEAST_SHARE: f64 = 0.3;

/// A setting of the process.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// Variance of the operations' weights.
    work: f64,
    /// Variance of what they do not explain, and which range of [`Relation`] depths have in it.
    rest: f64,
    range: usize,
}

impl Kernel for Setting {
    type Relation = Relation;

    fn covariance(&self, relation: &Relation) -> f64 {
        let rest = relation.unexplained * relation.depths[self.range] * relation.sets[0];
        COMMON_VARIANCE + self.work * relation.work + self.rest * rest
    }

    fn noise(&self) -> f64 {
        NOISE
    }
}

fn settings() -> impl Iterator<Item = Setting> {
    [1.0, 5.0, 20.0].into_iter().flat_map(|work| {
        [0.3, 1.0].into_iter().flat_map(move |rest| (0..2).map(move |range| Setting { work, rest, range }))
    })
}

/// What operations cost, as a regression has it.
#[derive(Clone, Debug)]
pub(super) struct Regression {
    weights: Vec<f64>,
    /// What was expected of each weight, in the unit of the costs.
    expected: Vec<f64>,
}

/// What a candidate does, each term as what it was expected to cost as a share of all that the candidate costs.
pub(super) type Shares = Vec<(usize, f64)>;

impl Regression {
    /// Weights that are not negative, from the terms and costs of measured candidates: least squares of relative errors,
    /// drawn towards the expectations.
    pub(super) fn fit(terms: &[&[Term]], costs: &[f64], expectations: &[Expectation]) -> Self {
        let scale = scale(terms, costs, expectations);
        let expected: Vec<f64> = expectations.iter().map(|expectation| expectation.weight * scale).collect();
        let mut weights = expected.clone();
        // The columns of the system: which measurement has the term, and its share in units of the deviation.
        let mut columns: Vec<Vec<(usize, f64)>> = vec![Vec::new(); weights.len()];
        let mut left = vec![1.0 / DEVIATION; costs.len()];
        for (row, (terms, cost)) in terms.iter().zip(costs).enumerate() {
            for &(place, times) in *terms {
                let entry = times / cost / DEVIATION;
                columns[place].push((row, entry));
                left[row] -= entry * weights[place];
            }
        }
        for _ in 0..PASSES {
            for (place, column) in columns.iter().enumerate().filter(|(_, column)| !column.is_empty()) {
                let pull = (expected[place] * expectations[place].spread).powi(-2);
                let (mut slope, mut curvature) = (pull * (expected[place] - weights[place]), pull);
                for &(row, entry) in column {
                    slope += entry * left[row];
                    curvature += entry * entry;
                }
                let weight = (weights[place] + slope / curvature).max(0.0);
                for &(row, entry) in column {
                    left[row] -= entry * (weight - weights[place]);
                }
                weights[place] = weight;
            }
        }
        Self { weights, expected }
    }

    /// What a candidate costs by the regression; positive.
    pub(super) fn cost(&self, terms: &[Term]) -> f64 {
        let cost: f64 = terms.iter().map(|&(place, times)| self.weights[place] * times).sum();
        // Where all weights came out as 0 a small part of what was expected keeps the cost positive.
        cost.max(1e-3 * terms.iter().map(|&(place, times)| self.expected[place] * times).sum::<f64>())
    }

    pub(super) fn shares(&self, terms: &[Term]) -> Shares {
        let cost = self.cost(terms);
        terms.iter().map(|&(place, times)| (place, self.expected[place] * times / cost)).collect()
    }
}

/// What the cheapest operation costs, by the median candidate.
fn scale(terms: &[&[Term]], costs: &[f64], expectations: &[Expectation]) -> f64 {
    let mut scales: Vec<f64> = terms
        .iter()
        .zip(costs)
        .map(|(terms, cost)| cost / terms.iter().map(|&(place, times)| expectations[place].weight * times).sum::<f64>())
        .collect();
    scales.sort_by(f64::total_cmp);
    scales.get(scales.len() / 2).copied().unwrap_or(1.0)
}

/// The product of what two candidates do; both are in the order of the terms' places.
pub(super) fn overlap(a: &Shares, b: &Shares) -> f64 {
    let (mut rest, mut sum) = (b.as_slice(), 0.0);
    for &(place, share) in a {
        while let [(other, _), tail @ ..] = rest
            && *other < place
        {
            rest = tail;
        }
        if let [(other, other_share), ..] = rest
            && *other == place
        {
            sum += share * other_share;
        }
    }
    sum
}

/// What was learnt of cost.
#[derive(Debug)]
pub(super) struct CostModel {
    process: Mixture<Setting>,
}

impl CostModel {
    /// Learns from what each cost is, as a multiple of what the regression says.
    pub(super) fn fit(relations: &[Vec<Relation>], multiples: &[f64]) -> Self {
        Self { process: Mixture::fit(settings(), relations, |_| above(multiples), VARIANCE) }
    }

    /// Learns more without choosing settings anew.
    pub(super) fn refit(&self, relations: &[Vec<Relation>], multiples: &[f64]) -> Self {
        Self { process: self.process.refit(relations, |_| above(multiples), VARIANCE) }
    }

    /// The cost that is expected of a candidate for which the regression says `cost`.
    pub(super) fn predict(&self, relations: &[Relation], own: &Relation, cost: f64, members: usize) -> Prediction {
        let Prediction { mean, deviation } = self.process.predict(relations, own, |_| 0.0, members);
        Prediction { mean: cost * (1.0 + mean).max(LEAST_SHARE), deviation: cost * deviation }
    }
}

fn above(multiples: &[f64]) -> Vec<f64> {
    multiples.iter().map(|multiple| multiple - 1.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPECTATIONS: [Expectation; 3] = [Expectation { weight: 2.0, spread: 3.0 }; 3];

    #[test]
    fn a_few_costs_tell_what_each_operation_takes() {
        let rows: Vec<Vec<Term>> = vec![
            vec![(0, 1.0)],
            vec![(0, 1.0), (1, 5.0)],
            vec![(0, 1.0), (1, 2.0), (2, 3.0)],
            vec![(0, 1.0), (2, 9.0)],
        ];
        let truth = |terms: &[Term]| terms.iter().map(|&(place, times)| [40.0, 7.0, 0.5][place] * times).sum::<f64>();
        let terms: Vec<&[Term]> = rows.iter().map(Vec::as_slice).collect();
        let costs: Vec<f64> = terms.iter().map(|terms| truth(terms)).collect();
        let regression = Regression::fit(&terms, &costs, &EXPECTATIONS);
        let unseen = [(0, 1.0), (1, 9.0), (2, 9.0)];
        let (found, expected) = (regression.cost(&unseen), truth(&unseen));
        assert!((found / expected - 1.0).abs() < 0.05, "{found}, not {expected}");
        assert!(regression.weights.iter().all(|&weight| weight >= 0.0));
    }

    #[test]
    fn no_operation_takes_less_than_nothing() {
        let rows: Vec<Vec<Term>> = vec![vec![(0, 1.0)], vec![(0, 1.0), (1, 5.0)], vec![(0, 1.0), (1, 9.0)]];
        let terms: Vec<&[Term]> = rows.iter().map(Vec::as_slice).collect();
        let regression = Regression::fit(&terms, &[50.0, 40.0, 30.0], &EXPECTATIONS);
        assert_eq!(regression.weights[1], 0.0);
        assert!(regression.cost(&[(1, 1.0)]) > 0.0, "positive all the same");
    }

    #[test]
    fn what_both_do_overlaps() {
        let (a, b) = (vec![(0, 0.5), (3, 0.25), (7, 1.0)], vec![(1, 9.0), (3, 2.0), (7, 0.5)]);
        assert_eq!(overlap(&a, &b), 0.25 * 2.0 + 0.5);
        assert_eq!(overlap(&a, &b), overlap(&b, &a));
        assert_eq!(overlap(&a, &Vec::new()), 0.0);
    }
}
