//! What the search has learnt of an objective: a random forest whose trees disagree where little is known.

use rafor::prelude::{CommonTrainerBuilder, MaxFeaturesPolicy};
use rafor::{CompactTree, dt};
use rand::{Rng, RngExt};

use crate::candidate::Candidate;
use crate::search::choice::Prediction;
use crate::search::space::CandidateSpace;

/// Trees of a forest.
const TREES: usize = 32;

/// A split chooses from one column in so many, so that trees differ.
const COLUMNS_PER_CHOICE: usize = 4;

/// A split chooses from no fewer columns than this, where there are as many.
const LEAST_CHOICES: usize = 8;

/// A forest for each of the two objectives.
#[derive(Debug)]
pub(super) struct Surrogates<'a> {
    encoder: Encoder<'a>,
    forests: [Forest; 2],
}

impl<'a> Surrogates<'a> {
    /// Fits what was measured: `losses` has two numbers for each candidate, and there is at least one.
    pub(super) fn fit(
        space: &'a CandidateSpace,
        candidates: &[Candidate],
        losses: &[[f64; 2]],
        rng: &mut impl Rng,
    ) -> Self {
        let encoder = Encoder { space };
        let rows: Vec<f32> = candidates.iter().flat_map(|candidate| encoder.encode(candidate)).collect();
        let forests = [0, 1].map(|objective| {
            let targets: Vec<f32> = losses.iter().map(|losses| losses[objective] as f32).collect();
            Forest::fit(&rows, encoder.columns(), &targets, rng)
        });
        Self { encoder, forests }
    }

    /// What both forests say of a candidate.
    pub(super) fn predict(&self, candidate: &Candidate) -> [Prediction; 2] {
        let row = self.encoder.encode(candidate);
        self.forests.each_ref().map(|forest| forest.predict(&row))
    }
}

/// Columns of a candidate: one of 0 or 1 per feature of the space, then the depth and the number of features, both as
/// shares of the largest.
///
/// The number of features follows from the other columns, but a tree would need a split for each of them to find it,
/// more than a few dozen evaluations can teach it.
#[derive(Debug)]
struct Encoder<'a> {
    space: &'a CandidateSpace,
}

impl Encoder<'_> {
    /// Number of columns.
    fn columns(&self) -> usize {
        self.space.features().len() + 2
    }

    /// The row of a candidate.
    fn encode(&self, candidate: &Candidate) -> Vec<f32> {
        let features = self.space.features();
        let depth = f32::from(self.space.packets(candidate.depth)) / f32::from(self.space.max_depth());
        let number = candidate.features.len() as f32 / features.len() as f32;
        let mut row = Vec::with_capacity(self.columns());
        row.extend(features.iter().map(|&feature| f32::from(u8::from(candidate.features.contains(feature)))));
        row.extend([depth, number]);
        row
    }
}

/// A forest of regression trees, each grown on its own bootstrap sample.
///
/// rafor's own forest gives the mean of its trees only; grown one by one they also give their spread.
#[derive(Debug)]
struct Forest {
    trees: Vec<dt::Regressor<CompactTree>>,
}

impl Forest {
    /// Fits `targets`, one per row of `rows`; there is at least one, and all rows have `columns` columns.
    fn fit(rows: &[f32], columns: usize, targets: &[f32], rng: &mut impl Rng) -> Self {
        let per_split = MaxFeaturesPolicy::NUMBER(columns.div_ceil(COLUMNS_PER_CHOICE).max(LEAST_CHOICES));
        let trees = (0..TREES).map(|_| {
            let mut weights = vec![0.0; targets.len()];
            for _ in 0..targets.len() {
                weights[rng.random_range(0..targets.len())] += 1.0;
            }
            let mut trainer = dt::Regressor::<CompactTree>::trainer();
            trainer.with_weights(&weights).with_max_features(per_split.clone()).with_seed(rng.random());
            trainer.train(rows, targets)
        });
        Self { trees: trees.collect() }
    }

    /// What the trees say of a row.
    fn predict(&self, row: &[f32]) -> Prediction {
        let (mut sum, mut squares) = (0.0, 0.0);
        for tree in &self.trees {
            let value = f64::from(tree.predict_one(row));
            sum += value;
            squares += value * value;
        }
        let mean = sum / self.trees.len() as f64;
        let variance = squares / self.trees.len() as f64 - mean * mean;
        Prediction { mean, deviation: variance.max(0.0).sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use cato_codegen::spec::Depth;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn space() -> CandidateSpace {
        CandidateSpace::new([2, 4, 6, 8].into_iter().collect(), 20).unwrap()
    }

    fn row(space: &CandidateSpace, features: &[usize], depth: u16) -> Vec<f32> {
        let candidate = Candidate { features: features.iter().copied().collect(), depth: Depth::Packets(depth) };
        Encoder { space }.encode(&candidate)
    }

    #[test]
    fn rows_hold_features_depth_and_their_number() {
        let space = space();
        assert_eq!(row(&space, &[4, 8], 5), [0.0, 1.0, 0.0, 1.0, 0.25, 0.5]);
        assert_eq!(Encoder { space: &space }.columns(), 6);
    }

    #[test]
    fn a_forest_learns_what_matters_and_is_unsure_elsewhere() {
        // Only feature 4 and the depth matter; depths 8 to 14 are not among what was seen.
        let space = space();
        let truth = |with: bool, depth: u16| f32::from(u8::from(with)) * 0.5 + f32::from(depth) / 40.0;
        let (mut rows, mut targets) = (Vec::new(), Vec::new());
        for depth in (1..=7).chain(15..=20) {
            for features in [&[2, 4][..], &[4], &[2], &[6, 8], &[4, 8]] {
                rows.extend(row(&space, features, depth));
                targets.push(truth(features.contains(&4), depth));
            }
        }
        let forest = Forest::fit(&rows, 6, &targets, &mut ChaCha8Rng::seed_from_u64(1));
        for (features, depth) in [(&[4, 6][..], 4), (&[2, 8], 18)] {
            let expected = f64::from(truth(features.contains(&4), depth));
            let prediction = forest.predict(&row(&space, features, depth));
            assert!((prediction.mean - expected).abs() < 0.06, "{features:?} {depth}: {prediction:?}, not {expected}");
        }
        let (seen, unseen) = (forest.predict(&row(&space, &[4], 4)), forest.predict(&row(&space, &[4], 11)));
        assert!(unseen.deviation > 2.0 * seen.deviation, "{unseen:?} {seen:?}");
    }

    #[test]
    fn the_same_randomness_gives_the_same_forest() {
        let space = space();
        let rows: Vec<f32> = (1..=20).flat_map(|depth| row(&space, &[2], depth)).collect();
        let targets: Vec<f32> = (1..=20).map(|depth| (depth as f32).sin()).collect();
        let predict = |seed| {
            let forest = Forest::fit(&rows, 6, &targets, &mut ChaCha8Rng::seed_from_u64(seed));
            forest.predict(&row(&space, &[2, 4], 9))
        };
        assert_eq!(predict(1), predict(1));
        assert_ne!(predict(1), predict(2));
    }

    #[test]
    fn one_row_is_enough() {
        let rows = row(&space(), &[2], 3);
        let forest = Forest::fit(&rows, 6, &[0.25], &mut ChaCha8Rng::seed_from_u64(1));
        assert_eq!(forest.predict(&row(&space(), &[8], 20)), Prediction { mean: 0.25, deviation: 0.0 });
    }
}
