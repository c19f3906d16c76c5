//! The surrogate of quality.
//!
//! Macro-F1 is mostly a sum: what a set says at any depth, what a depth says with any set, and less that is particular to
//! both. Over that lie spikes of a few depths, which sets that are alike share. A proxy, where there is one, is the mean,
//! with a slope that is learnt: it shares the spikes of its few flows with nothing, so its rough part counts little.
//!
//! The process runs in angles, `asin(sqrt(F1))`, in which shares vary alike whether they are near 0 or not.

use super::process::{Kernel, Mixture, VariancePrior};
use super::relation::Relation;
use super::view::ProxyView;
use crate::search::choice::Prediction;

const VARIANCE: VariancePrior = VariancePrior { variance: 0.02, observations: 3.0 };

/// Variance of the overall mean, which is hardly known beforehand.
const MEAN_VARIANCE: f64 = 4.0;

/// Variance of the slope of each trend.
const TREND_VARIANCE: f64 = 0.5;

/// How much of the proxy's rough part is believed.
const ROUGH_SLOPE: f64 = 0.15;

/// How much of a spike belongs to a depth with all sets.
const SPIKE_OF_DEPTH: f64 = 0.25;

/// How much of a spike belongs to one candidate alone.
const SPIKE_ALONE: f64 = 0.3;

/// Natural logarithm of the odds that a proxy says nothing.
const NO_PROXY: f64 = -2.0;

/// A setting of the process.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// Shares of the depth alone, of the set alone, and of both together.
    shares: [f64; 3],
    /// Which range of [`Relation`] sets have, depths have alone, and depths have with sets.
    ranges: [usize; 3],
    /// Variance of spikes.
    spike: f64,
    /// The slope on the proxy that is expected, and its variance.
    slope: f64,
    slope_variance: f64,
}

const SHARES: [[f64; 3]; 4] = [[0.3, 0.5, 0.2], [0.1, 0.7, 0.2], [0.15, 0.35, 0.5], [0.5, 0.2, 0.3]];
const SPIKES: [f64; 2] = [0.01, 0.05];
const SLOPES: [[f64; 2]; 3] = [[0.0, 0.0], [1.0, 3.0], [1.0, 20.0]];

fn settings(proxy: bool) -> impl Iterator<Item = Setting> {
    let slopes = if proxy { &SLOPES[..] } else { &SLOPES[..1] };
    slopes.iter().flat_map(|&[slope, slope_variance]| {
        SHARES.into_iter().flat_map(move |shares| {
            SPIKES.into_iter().flat_map(move |spike| {
                (0..8).map(move |bits| {
                    let ranges = [bits & 1, bits >> 1 & 1, bits >> 2 & 1];
                    Setting { shares, ranges, spike, slope, slope_variance }
                })
            })
        })
    })
}

impl Setting {
    fn mean(&self, proxy: ProxyView, centre: f64) -> f64 {
        self.slope * (proxy.smooth - centre + ROUGH_SLOPE * proxy.rough)
    }
}

impl Kernel for Setting {
    type Relation = Relation;

    fn covariance(&self, relation: &Relation) -> f64 {
        let [of_depth, of_set, of_both] = self.shares;
        let [set, depth, inner] = self.ranges;
        let sets = relation.sets[set];
        let spike = relation.spike * (SPIKE_OF_DEPTH + (1.0 - SPIKE_OF_DEPTH) * relation.sets[0]);
        of_depth * relation.depths[depth]
            + of_set * sets
            + of_both * sets * relation.depths[inner]
            + self.spike * spike
            + self.slope_variance * (relation.smooth + ROUGH_SLOPE * ROUGH_SLOPE * relation.rough)
            + TREND_VARIANCE * relation.trend
            + MEAN_VARIANCE
    }

    fn noise(&self) -> f64 {
        SPIKE_ALONE * self.spike
    }

    fn log_prior(&self) -> f64 {
        if self.slope == 0.0 { NO_PROXY } else { 0.0 }
    }
}

/// What was learnt of quality.
#[derive(Debug)]
pub(super) struct QualityModel {
    process: Mixture<Setting>,
    /// Mean of the observed angles.
    mean: f64,
    /// Mean of the proxy where it was observed.
    centre: f64,
}

impl QualityModel {
    /// Learns from observed macro-F1: with `proxies` of the observed candidates, around their mean `centre`.
    pub(super) fn fit(
        relations: &[Vec<Relation>],
        observed: &[f64],
        proxies: &[ProxyView],
        centre: f64,
        proxy: bool,
    ) -> Self {
        let angles: Vec<f64> = observed.iter().copied().map(angle).collect();
        let mean = angles.iter().sum::<f64>() / angles.len().max(1) as f64;
        let process = Mixture::fit(settings(proxy), relations, above(&angles, mean, proxies, centre), VARIANCE);
        Self { process, mean, centre }
    }

    /// Learns more without choosing settings anew.
    pub(super) fn refit(&self, relations: &[Vec<Relation>], observed: &[f64], proxies: &[ProxyView]) -> Self {
        let angles: Vec<f64> = observed.iter().copied().map(angle).collect();
        let process = self.process.refit(relations, above(&angles, self.mean, proxies, self.centre), VARIANCE);
        Self { process, ..*self }
    }

    /// Macro-F1 that is expected of a candidate, by the likeliest `members` settings.
    pub(super) fn predict(
        &self,
        relations: &[Relation],
        own: &Relation,
        proxy: ProxyView,
        members: usize,
    ) -> Prediction {
        let Prediction { mean, deviation } =
            self.process.predict(relations, own, |setting| setting.mean(proxy, self.centre), members);
        share(self.mean + mean, deviation)
    }
}

/// What each angle is above the mean of a setting.
fn above<'a>(
    angles: &'a [f64],
    mean: f64,
    proxies: &'a [ProxyView],
    centre: f64,
) -> impl Fn(&Setting) -> Vec<f64> + 'a {
    move |setting| {
        angles.iter().zip(proxies).map(|(angle, &proxy)| angle - mean - setting.mean(proxy, centre)).collect()
    }
}

/// The angle of a share.
pub(super) fn angle(share: f64) -> f64 {
    libm::asin(share.clamp(0.0, 1.0).sqrt())
}

/// Mean and standard deviation of the share whose angle is normally distributed: exact, by the moments of a cosine.
fn share(angle: f64, deviation: f64) -> Prediction {
    let angle = angle.clamp(0.0, std::f64::consts::FRAC_PI_2);
    let variance = deviation * deviation;
    let cosine = libm::cos(2.0 * angle) * libm::exp(-2.0 * variance);
    let square = 0.5 * (1.0 + libm::cos(4.0 * angle) * libm::exp(-8.0 * variance));
    let spread = 0.5 * (square - cosine * cosine).max(0.0).sqrt();
    Prediction { mean: 0.5 * (1.0 - cosine), deviation: spread }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_angles_are_each_others_inverse() {
        for value in [0.0, 0.013, 0.3, 0.5, 0.97, 1.0] {
            let back = share(angle(value), 0.0);
            assert!((back.mean - value).abs() < 1e-12 && back.deviation < 1e-7, "{value}: {back:?}");
        }
    }

    #[test]
    fn moments_agree_with_sampling() {
        let (centre, deviation) = (0.8, 0.2);
        let samples = 20_001;
        let (mut total, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for at in 0..samples {
            let z = 6.0 * (2.0 * f64::from(at) / f64::from(samples - 1) - 1.0);
            let (weight, value) = ((-0.5 * z * z).exp(), (centre + deviation * z).sin().powi(2));
            total += weight;
            sum += weight * value;
            squares += weight * value * value;
        }
        let mean: f64 = sum / total;
        let expected = (squares / total - mean * mean).sqrt();
        let found = share(centre, deviation);
        assert!((found.mean - mean).abs() < 1e-6 && (found.deviation - expected).abs() < 1e-6, "{found:?}");
    }
}
