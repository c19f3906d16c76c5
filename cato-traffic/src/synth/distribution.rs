//! Random quantities: sizes, times, counts.

use super::random::FlowRandom;

const HOUR_NS: u64 = 3_600_000_000_000;

/// A random quantity that is never negative, and cut to the range that its profile gives.
///
/// Logarithm, exponential and cosine come from `libm`, whose results are the same on every machine; those of the
/// standard library are the platform's.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Distribution {
    pub(super) shape: Shape,
    pub(super) min: f64,
    pub(super) max: f64,
}

/// The law of a [`Distribution`] before the cut.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Constant(f64),
    Uniform { low: f64, high: f64 },
    Exponential { mean: f64 },
    Normal { mean: f64, deviation: f64 },
    LogNormal { median: f64, sigma: f64 },
    Pareto { smallest: f64, shape: f64 },
    Values(Weighted<f64>),
}

impl Distribution {
    pub(super) const fn constant(value: f64) -> Self {
        Self { shape: Shape::Constant(value), min: 0.0, max: f64::MAX }
    }

    pub(super) fn sample(&self, random: &mut FlowRandom) -> f64 {
        let value = match &self.shape {
            Shape::Constant(value) => *value,
            Shape::Uniform { low, high } => low + (high - low) * random.unit(),
            Shape::Exponential { mean } => -mean * libm::log(random.positive_unit()),
            Shape::Normal { mean, deviation } => mean + deviation * normal(random),
            Shape::LogNormal { median, sigma } => median * libm::exp(sigma * normal(random)),
            Shape::Pareto { smallest, shape } => smallest * libm::exp(-libm::log(random.positive_unit()) / shape),
            Shape::Values(values) => *values.pick(random),
        };
        value.clamp(self.min, self.max)
    }

    /// No draw is smaller.
    pub(super) fn least(&self) -> f64 {
        let least = match &self.shape {
            Shape::Constant(value) => *value,
            Shape::Uniform { low, .. } => *low,
            Shape::Pareto { smallest, .. } => *smallest,
            Shape::Values(values) => values.iter().copied().fold(f64::MAX, f64::min),
            Shape::Exponential { .. } | Shape::Normal { .. } | Shape::LogNormal { .. } => 0.0,
        };
        least.clamp(self.min, self.max)
    }

    /// A draw rounded to the nearest integer.
    pub(super) fn count(&self, random: &mut FlowRandom) -> u64 {
        // The cast saturates.
        libm::round(self.sample(random)) as u64
    }

    /// A draw of milliseconds, in nanoseconds; an hour at most.
    pub(super) fn milliseconds(&self, random: &mut FlowRandom) -> u64 {
        ((self.sample(random) * 1e6) as u64).min(HOUR_NS)
    }
}

/// A draw from the standard normal law (Box and Muller's transformation, one of its two values).
fn normal(random: &mut FlowRandom) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(random.positive_unit()));
    radius * libm::cos(2.0 * core::f64::consts::PI * random.unit())
}

/// Things to choose from, each with the share in which it comes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Weighted<T> {
    /// Each thing with the sum of the weights up to and including its own.
    items: Vec<(f64, T)>,
}

impl<T> Weighted<T> {
    /// `None` where there is nothing to choose, or a weight is negative or not finite, or all are 0.
    pub(super) fn new(items: impl IntoIterator<Item = (f64, T)>) -> Option<Self> {
        let mut total = 0.0;
        let mut sums = Vec::new();
        for (weight, item) in items {
            if !(0.0..f64::MAX).contains(&weight) {
                return None;
            }
            total += weight;
            sums.push((total, item));
        }
        (total > 0.0).then_some(Self { items: sums })
    }

    pub(super) fn pick(&self, random: &mut FlowRandom) -> &T {
        let total = self.items.last().map_or(0.0, |(sum, _)| *sum);
        let point = random.unit() * total;
        // Rounding may put the point on the total itself, past every sum: the last thing with a weight is meant.
        let place = self.items.partition_point(|(sum, _)| *sum <= point);
        let place = if place < self.items.len() { place } else { self.items.partition_point(|(sum, _)| *sum < total) };
        &self.items[place].1
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.iter().map(|(_, item)| item)
    }
}

#[cfg(test)]
mod tests {
    use super::{Distribution, Shape, Weighted};
    use crate::synth::random::FlowRandom;

    fn draws(shape: Shape) -> Vec<f64> {
        let distribution = Distribution { shape, min: 0.0, max: f64::MAX };
        let mut random = FlowRandom::new(11, 0);
        let mut draws: Vec<_> = (0..20_001).map(|_| distribution.sample(&mut random)).collect();
        draws.sort_by(f64::total_cmp);
        draws
    }

    fn near(value: f64, expected: f64) {
        assert!((value / expected - 1.0).abs() < 0.05, "{value} is not near {expected}");
    }

    #[test]
    fn medians_are_those_of_the_laws() {
        let median = |shape| draws(shape)[10_000];
        near(median(Shape::Uniform { low: 2.0, high: 4.0 }), 3.0);
        near(median(Shape::Exponential { mean: 10.0 }), 10.0 * std::f64::consts::LN_2);
        near(median(Shape::Normal { mean: 50.0, deviation: 5.0 }), 50.0);
        near(median(Shape::LogNormal { median: 300.0, sigma: 1.0 }), 300.0);
        near(median(Shape::Pareto { smallest: 10.0, shape: 1.0 }), 20.0);
    }

    #[test]
    fn spreads_are_those_of_the_laws() {
        // The quantile at one standard deviation above the median.
        let above = |shape| draws(shape)[16_827];
        near(above(Shape::Normal { mean: 50.0, deviation: 5.0 }), 55.0);
        near(above(Shape::LogNormal { median: 300.0, sigma: 1.0 }), 300.0 * std::f64::consts::E);
    }

    #[test]
    fn draws_are_cut_to_the_range() {
        let distribution = Distribution { shape: Shape::Exponential { mean: 1e9 }, min: 5.0, max: 6.0 };
        let mut random = FlowRandom::new(1, 1);
        assert!((0..100).all(|_| (5.0..=6.0).contains(&distribution.sample(&mut random))));
        assert_eq!(distribution.least(), 5.0);
    }

    #[test]
    fn weights_are_shares() {
        let weighted = Weighted::new([(1.0, 'a'), (0.0, 'b'), (3.0, 'c'), (0.0, 'd')]).expect("weights are fine");
        let mut random = FlowRandom::new(1, 2);
        let picks: Vec<_> = (0..10_000).map(|_| *weighted.pick(&mut random)).collect();
        let count = |wanted| picks.iter().filter(|&&pick| pick == wanted).count();
        assert_eq!(count('b') + count('d'), 0);
        near(count('c') as f64, 7_500.0);
        assert!(Weighted::<u8>::new([]).is_none());
        assert!(Weighted::new([(0.0, 1)]).is_none());
        assert!(Weighted::new([(f64::NAN, 1)]).is_none());
    }
}
