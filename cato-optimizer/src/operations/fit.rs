//! From measurements to weights.

use super::terms::{Term, Terms};
use super::weights::Weights;

/// How strongly weights are drawn to what is usual, against the measurements together. With relative errors of some three
/// per cent, a weight that no measurement tells apart from another stays within a few times its usual value.
const RIDGE: f64 = 1e-3;
/// Folds of [`cross_validated_error`].
const FOLDS: usize = 5;
/// Sweeps over all weights, where they do not settle before.
const MOST_SWEEPS: usize = 20_000;
/// Weights have settled when none moves by more than this share of its usual value.
const SETTLED: f64 = 1e-10;

/// A pipeline, counted and measured.
#[derive(Clone, Debug)]
pub struct Observation {
    /// How often each term occurs.
    pub terms: Terms,
    /// What it costs as measured, in nanoseconds per flow; above 0.
    pub cost_ns: f64,
}

/// The weights, none below 0, with the least sum of squares of relative errors, and of their own relative distance from
/// what is usual. Without observations these are the usual ones.
#[must_use]
pub fn fit(observations: &[Observation]) -> Weights {
    // In units of what is usual, and each row in units of its cost, so that all are about 1.
    let usual: Vec<f64> = Term::all().map(Term::usual_ns).collect();
    let row = |observation: &Observation| -> Vec<f64> {
        let scaled = observation.terms.values().iter().zip(&usual).map(|(times, usual)| times * usual);
        scaled.map(|value| value / observation.cost_ns).collect()
    };
    let rows: Vec<Vec<f64>> = observations.iter().map(row).collect();
    let mut gram = vec![vec![0.0; Term::COUNT]; Term::COUNT];
    let mut pull = vec![RIDGE; Term::COUNT];
    for (at, line) in gram.iter_mut().enumerate() {
        line[at] = RIDGE;
        for row in rows.iter().filter(|row| row[at] != 0.0) {
            pull[at] += row[at];
            line.iter_mut().zip(row).for_each(|(cell, value)| *cell += row[at] * value);
        }
    }
    let solution = non_negative(&gram, &pull);
    Weights::from_fn(|term| solution[term.index()] * usual[term.index()])
}

/// The smallest value of x'Gx/2 - p'x with no entry below 0, one entry at a time. The matrix is positive definite.
pub(crate) fn non_negative(gram: &[Vec<f64>], pull: &[f64]) -> Vec<f64> {
    let mut x = vec![1.0; pull.len()];
    for _ in 0..MOST_SWEEPS {
        let mut moved: f64 = 0.0;
        for at in 0..x.len() {
            let slope: f64 = gram[at].iter().zip(&x).map(|(cell, value)| cell * value).sum::<f64>() - pull[at];
            let next = (x[at] - slope / gram[at][at]).max(0.0);
            moved = moved.max((next - x[at]).abs());
            x[at] = next;
        }
        if moved < SETTLED {
            break;
        }
    }
    x
}

/// The median relative error of weights for observations that they were not fitted to: each is in one of five folds, by
/// its place. 0 without observations.
#[must_use]
pub fn cross_validated_error(observations: &[Observation]) -> f64 {
    let mut errors = Vec::with_capacity(observations.len());
    for fold in 0..FOLDS {
        let (held_out, seen): (Vec<_>, Vec<_>) =
            observations.iter().cloned().enumerate().partition(|(place, _)| place % FOLDS == fold);
        let seen: Vec<Observation> = seen.into_iter().map(|(_, observation)| observation).collect();
        let weights = fit(&seen);
        let error = |seen: &Observation| (weights.sum(&seen.terms) - seen.cost_ns).abs() / seen.cost_ns;
        errors.extend(held_out.iter().map(|(_, observation)| error(observation)));
    }
    errors.sort_by(f64::total_cmp);
    errors.get(errors.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// Pipelines with random counts, at costs that follow from `weight` but for a relative error of up to `noise`.
    fn observations(weight: impl Fn(Term) -> f64, noise: f64) -> Vec<Observation> {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let mut one = || {
            let mut terms = Terms::none();
            Term::all().for_each(|term| terms.add(term, f64::from(random.random_range(0u8..6))));
            let exact: f64 = Term::all().map(|term| weight(term) * terms.get(term)).sum();
            Observation { terms, cost_ns: exact * (1.0 + random.random_range(-noise..=noise)) }
        };
        (0..120).map(|_| one()).collect()
    }

    #[test]
    fn without_observations_weights_are_the_usual_ones() {
        assert_eq!(fit(&[]), Weights::usual());
    }

    #[test]
    fn what_is_measured_is_found() {
        let twice = |term: Term| if term == Term::Frame { 0.0 } else { 2.0 * term.usual_ns() };
        let exact = observations(twice, 0.0);
        let weights = fit(&exact);
        for observation in &exact {
            let predicted = weights.sum(&observation.terms);
            assert!((predicted / observation.cost_ns - 1.0).abs() < 0.04, "{predicted} {}", observation.cost_ns);
        }
        assert!(weights.get(Term::Frame) < 0.1 * Term::Frame.usual_ns());
        assert!((weights.get(Term::Flow) / (2.0 * Term::Flow.usual_ns()) - 1.0).abs() < 0.1);
        assert!(cross_validated_error(&exact) < 0.04);
        assert!(Term::all().all(|term| weights.get(term) >= 0.0));
    }

    #[test]
    fn errors_are_those_of_pipelines_that_were_not_seen() {
        let noisy = observations(|term| 2.0 * term.usual_ns(), 0.2);
        let weights = fit(&noisy);
        let mut seen: Vec<f64> = noisy.iter().map(|one| (weights.sum(&one.terms) / one.cost_ns - 1.0).abs()).collect();
        seen.sort_by(f64::total_cmp);
        assert!(cross_validated_error(&noisy) > seen[seen.len() / 2]);
    }
}
