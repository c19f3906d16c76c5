//! How much a candidate is expected to add: expected hypervolume improvement.
//!
//! It looks for the whole front at once. Scalarising the two objectives with random weights, which CATO's optimiser does,
//! looks for one point of it at a time; on an exhaustive table of real flows (60 seeds, share of the true front's
//! hypervolume after 15, 25 and 50 evaluations) it reached 0.823, 0.892 and 0.953 where this reaches 0.834, 0.906 and
//! 0.957.

use crate::search::choice::Prediction;
use crate::search::evaluation::Objectives;

/// The reference point beyond the worst that was seen, in units of the seen range.
const REFERENCE: f64 = 1.1;

/// The least standard deviation, in units of the seen range: trees that agree are not sure.
const LEAST_DEVIATION: f64 = 1e-3;

/// Objectives as the surrogates see them: both minimised, both from 0 to 1 over what was seen.
///
/// Quality becomes what is missing to 1. Cost becomes its logarithm: costs of candidates lie orders of magnitude apart,
/// and what a feature or a packet adds is closer to a factor than to a term.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    lowest: [f64; 2],
    range: [f64; 2],
}

impl Scale {
    /// The scale of what was seen.
    pub(super) fn of(seen: &[Objectives]) -> Self {
        let mut lowest = [f64::INFINITY; 2];
        let mut highest = [f64::NEG_INFINITY; 2];
        for losses in seen.iter().map(losses) {
            for axis in 0..2 {
                lowest[axis] = lowest[axis].min(losses[axis]);
                highest[axis] = highest[axis].max(losses[axis]);
            }
        }
        // One point, or points that are all alike, have no range; any positive one will do.
        let range = [0, 1].map(|axis| if highest[axis] > lowest[axis] { highest[axis] - lowest[axis] } else { 1.0 });
        Self { lowest, range }
    }

    /// Objectives in units of the scale.
    pub(super) fn apply(&self, objectives: &Objectives) -> [f64; 2] {
        let losses = losses(objectives);
        [0, 1].map(|axis| (losses[axis] - self.lowest[axis]) / self.range[axis])
    }
}

fn losses(objectives: &Objectives) -> [f64; 2] {
    [1.0 - objectives.quality, objectives.cost.ln()]
}

/// The part of the plane that is dominated already, as strips of cost.
#[derive(Debug)]
pub(super) struct Staircase {
    /// Upper end of each strip on the cost axis and the lowest quality loss reached left of it.
    strips: Vec<(f64, f64)>,
}

impl Staircase {
    /// The staircase of points `[quality loss, cost loss]`.
    pub(super) fn new(mut points: Vec<[f64; 2]>) -> Self {
        points.sort_by(|a, b| a[1].total_cmp(&b[1]).then(a[0].total_cmp(&b[0])));
        let mut level = REFERENCE;
        let mut strips = Vec::new();
        for [loss, cost] in points {
            if loss < level && cost < REFERENCE {
                strips.push((cost, level));
                level = loss;
            }
        }
        strips.push((REFERENCE, level));
        Self { strips }
    }

    /// The area by which a point is expected to enlarge what is dominated, where its two losses are independent and
    /// normally distributed.
    ///
    /// The area is a sum over strips of cost: within one, a point gains the height by which its quality loss is below
    /// the strip's level, over the width by which its cost is left of the strip's end. Height and width are independent.
    pub(super) fn expected_improvement(&self, loss: Prediction, cost: Prediction) -> f64 {
        let mut left = 0.0;
        let mut sum = 0.0;
        for &(end, level) in &self.strips {
            let right = expected_shortfall(end, cost);
            sum += (right - left) * expected_shortfall(level, loss);
            left = right;
        }
        sum
    }
}

/// Expectation of `max(0, bound - x)` for a normally distributed x.
fn expected_shortfall(bound: f64, x: Prediction) -> f64 {
    let deviation = x.deviation.max(LEAST_DEVIATION);
    let z = (bound - x.mean) / deviation;
    let density = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
    let below = 0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2);
    deviation * (z * below + density)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sure(mean: f64) -> Prediction {
        Prediction { mean, deviation: 0.0 }
    }

    #[test]
    fn the_scale_maps_what_was_seen_to_the_unit_square() {
        let seen = [Objectives { quality: 0.9, cost: 1000.0 }, Objectives { quality: 0.5, cost: 10.0 }];
        let scale = Scale::of(&seen);
        assert_eq!(scale.apply(&seen[0]), [0.0, 1.0]);
        assert_eq!(scale.apply(&seen[1]), [1.0, 0.0]);
        let middle = scale.apply(&Objectives { quality: 0.7, cost: 100.0 });
        assert!(middle.iter().all(|value| (value - 0.5).abs() < 1e-12), "{middle:?}");
        let alone = Scale::of(&seen[..1]).apply(&seen[0]);
        assert_eq!(alone, [0.0, 0.0]);
    }

    #[test]
    fn a_sure_point_gains_the_area_it_adds() {
        let stairs = Staircase::new(vec![[0.2, 0.8], [0.6, 0.3], [0.7, 0.9]]);
        for ([loss, cost], gain) in [
            ([0.4, 0.5], (0.8 - 0.5) * (0.6 - 0.4)),
            ([0.1, 0.1], 1.0 - (0.8 * 0.5 + 0.3 * 0.4)),
            ([0.6, 0.3], 0.0),
            ([0.9, 0.9], 0.0),
            ([0.1, 1.0], 0.1 * 0.1),
        ] {
            let expected = stairs.expected_improvement(sure(loss), sure(cost));
            assert!((expected - gain).abs() < 2e-3, "{loss} {cost}: {expected}, not {gain}");
        }
    }

    #[test]
    fn expectation_agrees_with_sampling() {
        let stairs = Staircase::new(vec![[0.2, 0.8], [0.6, 0.3]]);
        let (loss, cost) = (Prediction { mean: 0.5, deviation: 0.2 }, Prediction { mean: 0.5, deviation: 0.3 });
        let quantiles: Vec<f64> = (0..400).map(|at| normal_quantile((f64::from(at) + 0.5) / 400.0)).collect();
        let mut sum = 0.0;
        for z_loss in &quantiles {
            for z_cost in &quantiles {
                sum += stairs.expected_improvement(sure(0.5 + 0.2 * z_loss), sure(0.5 + 0.3 * z_cost));
            }
        }
        let sampled = sum / (quantiles.len() * quantiles.len()) as f64;
        let expected = stairs.expected_improvement(loss, cost);
        assert!((expected - sampled).abs() < 1e-3, "{expected} against {sampled}");
    }

    /// Bisection of the distribution function.
    fn normal_quantile(share: f64) -> f64 {
        let (mut low, mut high) = (-8.0f64, 8.0f64);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            let below = 0.5 * libm::erfc(-middle * std::f64::consts::FRAC_1_SQRT_2);
            if below < share { low = middle } else { high = middle }
        }
        low
    }
}
