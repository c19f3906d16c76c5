//! What is believed of candidates before any is measured.

use cato_codegen::spec::Depth;
use rand::{Rng, RngExt};

use super::space::{CandidateSpace, SpaceError};
use crate::candidate::{Candidate, FeatureSet};

/// How far the feature priors are drawn towards one half, so that no feature is sure to be in or out.
pub const DAMPING: f64 = 0.4;

/// The prior of every feature and of the depth.
///
/// A feature is in a set with the probability `(1 - d) I / Imax + d / 2`, where `I` is its mutual information with the
/// class and `d` is [`DAMPING`]. The depth follows Beta(1, 2) over the depths from 1 to the largest, a density that
/// falls linearly to zero; a depth of `n` packets out of `N` has the probability `(2 (N - n) + 1) / N^2`.
#[derive(Clone, Debug, PartialEq)]
pub struct Priors {
    space: CandidateSpace,
    probabilities: Vec<f64>,
}

impl Priors {
    /// The priors over the features among `features` that have mutual information, at depths up to `max_depth` packets.
    ///
    /// `mutual_information` has one value per feature of the catalogue, at its place; what is not a positive number
    /// counts as zero. Features without any are dropped: they are not in [`Priors::space`].
    ///
    /// # Errors
    /// Where no feature is left or `max_depth` is 0.
    pub fn new(features: FeatureSet, mutual_information: &[f64], max_depth: u16) -> Result<Self, SpaceError> {
        let information = |feature: usize| mutual_information.get(feature).copied().unwrap_or(0.0);
        let kept: FeatureSet = features.iter().filter(|&feature| information(feature) > 0.0).collect();
        let space = CandidateSpace::new(kept, max_depth)?;
        let most = kept.iter().map(information).fold(0.0, f64::max);
        let prior = |feature| (1.0 - DAMPING) * (information(feature) / most) + DAMPING / 2.0;
        let probabilities = kept.iter().map(prior).collect();
        Ok(Self { space, probabilities })
    }

    /// The candidates that have a prior.
    #[must_use]
    pub fn space(&self) -> &CandidateSpace {
        &self.space
    }

    /// The probability of each feature of the space, in its order.
    #[must_use]
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// A random candidate by the priors.
    pub(super) fn draw(&self, rng: &mut impl Rng) -> Candidate {
        Candidate { features: self.draw_features(rng), depth: Depth::Packets(self.draw_depth(rng)) }
    }

    /// A random set by the priors; an empty one is drawn again.
    pub(super) fn draw_features(&self, rng: &mut impl Rng) -> FeatureSet {
        loop {
            let drawn = self.space.features().iter().zip(&self.probabilities);
            let set: FeatureSet = drawn.filter(|&(_, &prior)| rng.random_bool(prior)).map(|(&f, _)| f).collect();
            if !set.is_empty() {
                return set;
            }
        }
    }

    /// A random depth by the prior: the lower of two uniform draws has the distribution Beta(1, 2).
    pub(super) fn draw_depth(&self, rng: &mut impl Rng) -> u16 {
        let depths = 1..=self.space.max_depth();
        rng.random_range(depths.clone()).min(rng.random_range(depths))
    }

    /// Natural logarithm of the probability of a feature set, the empty one not taken out.
    pub(super) fn log_features(&self, features: FeatureSet) -> f64 {
        let priors = self.space.features().iter().zip(&self.probabilities);
        priors.map(|(&feature, &prior)| if features.contains(feature) { prior.ln() } else { (-prior).ln_1p() }).sum()
    }

    /// Natural logarithm of the probability of a depth.
    pub(super) fn log_depth(&self, depth: Depth) -> f64 {
        let (depth, max) = (f64::from(self.space.packets(depth)), f64::from(self.space.max_depth()));
        ((2.0 * (max - depth) + 1.0) / (max * max)).ln()
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn priors() -> Priors {
        Priors::new((0..4).collect(), &[0.5, 0.0, 2.0, 1.0, 9.0], 10).unwrap()
    }

    #[test]
    fn mutual_information_makes_the_priors() {
        let priors = priors();
        assert_eq!(priors.space().features(), [0, 2, 3], "without information or not asked for");
        let expected = [0.35, 0.8, 0.5];
        assert!(priors.probabilities().iter().zip(expected).all(|(have, want)| (have - want).abs() < 1e-12));
    }

    #[test]
    fn information_that_is_no_number_is_none() {
        let priors = Priors::new((0..3).collect(), &[f64::NAN, 1.0, -1.0], 5).unwrap();
        assert_eq!(priors.space().features(), [1]);
        assert_eq!(Priors::new((0..2).collect(), &[0.0, 0.0], 5), Err(SpaceError::NoFeatures));
        assert_eq!(Priors::new((0..2).collect(), &[], 5), Err(SpaceError::NoFeatures));
    }

    #[test]
    fn probabilities_of_all_candidates_sum_to_one_without_the_empty_sets() {
        let priors = priors();
        let log_probability =
            |candidate: Candidate| priors.log_features(candidate.features) + priors.log_depth(candidate.depth);
        let sum: f64 = priors.space().iter().map(|candidate| log_probability(candidate).exp()).sum();
        let empty: f64 = priors.probabilities().iter().map(|prior| 1.0 - prior).product();
        assert!((sum + empty - 1.0).abs() < 1e-9, "{sum} {empty}");
    }

    #[test]
    fn draws_follow_the_probabilities() {
        let priors = priors();
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let draws = 20_000;
        let (mut depths, mut with) = ([0.0; 10], [0.0; 3]);
        for _ in 0..draws {
            let candidate = priors.draw(&mut rng);
            depths[usize::from(priors.space().packets(candidate.depth)) - 1] += 1.0 / f64::from(draws);
            for (share, &feature) in with.iter_mut().zip(priors.space().features()) {
                *share += f64::from(u8::from(candidate.features.contains(feature))) / f64::from(draws);
            }
        }
        for (n, share) in (1..).zip(depths) {
            let expected = (2.0 * (10.0 - f64::from(n)) + 1.0) / 100.0;
            assert!((share - expected).abs() < 0.015, "depth {n}: {share}, not {expected}");
        }
        let not_empty = 1.0 - priors.probabilities().iter().map(|prior| 1.0 - prior).product::<f64>();
        for (share, prior) in with.iter().zip(priors.probabilities()) {
            assert!((share - prior / not_empty).abs() < 0.015, "{share}, not {prior} / {not_empty}");
        }
    }
}
