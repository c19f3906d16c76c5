//! What the search has learnt of an objective: a random forest whose trees disagree where little is known.

use rafor::prelude::{CommonTrainerBuilder, MaxFeaturesPolicy};
use rafor::{CompactTree, dt};
use rand::{Rng, RngExt};

use super::space::CandidateSpace;
use crate::candidate::Candidate;

/// Trees of a forest.
const TREES: usize = 50;

/// Share of the columns that a split may choose from.
const COLUMNS_PER_SPLIT: f64 = 1.0;

/// Columns of a candidate: one of 0 or 1 per feature of the space, then the depth and the number of features, both as
/// shares of the largest.
///
/// The number of features follows from the other columns, but a tree would need a split for each of them to find it,
/// more than a few dozen evaluations can teach it.
#[derive(Debug)]
pub(super) struct Encoder<'a> {
    space: &'a CandidateSpace,
}

impl<'a> Encoder<'a> {
    pub(super) fn new(space: &'a CandidateSpace) -> Self {
        Self { space }
    }

    /// Number of columns.
    pub(super) fn columns(&self) -> usize {
        self.space.features().len() + 2
    }

    /// Appends the row of a candidate.
    pub(super) fn encode(&self, candidate: &Candidate, row: &mut Vec<f32>) {
        let features = self.space.features();
        row.extend(features.iter().map(|&feature| f32::from(u8::from(candidate.features.contains(feature)))));
        let depth = f32::from(self.space.packets(candidate.depth)) / f32::from(self.space.max_depth());
        row.extend([depth, candidate.features.len() as f32 / features.len() as f32]);
    }
}

/// Mean and standard deviation of what the trees of a forest say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Prediction {
    pub(super) mean: f64,
    pub(super) deviation: f64,
}

/// A forest of regression trees, each grown on its own bootstrap sample.
///
/// rafor's own forest gives the mean of its trees only; grown one by one they also give their spread.
#[derive(Debug)]
pub(super) struct Forest {
    trees: Vec<dt::Regressor<CompactTree>>,
}

impl Forest {
    /// Fits `targets`, one per row of `rows`; there is at least one, and all rows have `columns` columns.
    pub(super) fn fit(rows: &[f32], columns: usize, targets: &[f32], rng: &mut impl Rng) -> Self {
        let per_split = MaxFeaturesPolicy::NUMBER((columns as f64 * COLUMNS_PER_SPLIT).ceil() as usize);
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
    pub(super) fn predict(&self, row: &[f32]) -> Prediction {
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
