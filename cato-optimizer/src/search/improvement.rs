//! Expected hypervolume improvement: how much a candidate is expected to add to the whole front.

use super::choice::Prediction;

/// The least standard deviation, in units of the axes: a surrogate that is sure may still be wrong.
const LEAST_DEVIATION: f64 = 1e-3;

/// The part of the plane that is dominated already, as strips of cost.
#[derive(Debug)]
pub(in crate::search) struct Staircase {
    /// Upper end of each strip on the cost axis and the lowest quality loss reached left of it.
    strips: Vec<(f64, f64)>,
}

impl Staircase {
    /// The staircase of points `[quality loss, cost loss]` below a reference point; points beyond it dominate nothing.
    pub(in crate::search) fn new(mut points: Vec<[f64; 2]>, reference: [f64; 2]) -> Self {
        points.sort_by(|a, b| a[1].total_cmp(&b[1]).then(a[0].total_cmp(&b[0])));
        let mut level = reference[0];
        let mut strips = Vec::new();
        for [loss, cost] in points {
            if loss < level && cost < reference[1] {
                strips.push((cost, level));
                level = loss;
            }
        }
        strips.push((reference[1], level));
        Self { strips }
    }

    /// The area by which a point is expected to enlarge what is dominated, where its two losses are independent and
    /// normally distributed.
    ///
    /// The area is a sum over strips of cost: within one, a point gains the height by which its quality loss is below
    /// the strip's level, over the width by which its cost is left of the strip's end. Height and width are independent.
    pub(in crate::search) fn expected_improvement(&self, loss: Prediction, cost: Prediction) -> f64 {
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
    fn a_sure_point_gains_the_area_it_adds() {
        let stairs = Staircase::new(vec![[0.2, 0.8], [0.6, 0.3], [0.7, 0.9]], [1.1; 2]);
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
        let stairs = Staircase::new(vec![[0.2, 0.8], [0.6, 0.3]], [1.1; 2]);
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
