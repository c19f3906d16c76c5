//! Trees fitted by `rafor`.

use rafor::Predictor;
use rafor::dt::Classifier;
use rafor::prelude::{CommonTrainerBuilder, MaxFeaturesPolicy};
use rafor::tree_classifier::Trainer;
use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;

use super::error::TrainError;
use super::sample::Sample;
use super::tree::{CountedTree, GrownNode};

mod extract;
mod grown;

use grown::Grown;

/// One tree over all rows, which looks at every feature at every split: nothing is drawn.
pub(super) fn tree(sample: &Sample, max_depth: usize) -> Result<CountedTree, TrainError> {
    let nodes = grow(&tree_trainer(max_depth), sample)?;
    Ok(CountedTree::new(nodes, sample, std::iter::repeat(1)))
}

/// A tree of a random forest: over a bootstrap sample of the rows, with the square root of the number of features,
/// rounded down, looked at for a split (and more as long as none is found).
///
/// rafor's own forest hides its bootstrap samples, without which the classes at inner nodes cannot be counted.
pub(super) fn forest_tree(sample: &Sample, max_depth: usize, rng: ChaCha8Rng) -> Result<CountedTree, TrainError> {
    let (trainer, weights) = forest_trainer(sample, max_depth, rng);
    Ok(CountedTree::new(grow(&trainer, sample)?, sample, weights))
}

fn tree_trainer<P: Predictor>(max_depth: usize) -> Trainer<P> {
    let mut trainer = Classifier::trainer();
    trainer.with_max_depth(max_depth);
    trainer
}

/// The trainer of a forest's tree, and how often its bootstrap sample has each row.
fn forest_trainer<P: Predictor>(sample: &Sample, max_depth: usize, mut rng: ChaCha8Rng) -> (Trainer<P>, Vec<u32>) {
    let mut weights = vec![0u32; sample.classes.len()];
    for _ in 0..weights.len() {
        let row = rng.random_range(0..weights.len());
        weights[row] += 1;
    }
    let mut trainer = tree_trainer(max_depth);
    trainer
        .with_max_features(MaxFeaturesPolicy::SQRT)
        .with_seed(rng.next_u64())
        .with_weights(&weights.iter().map(|&weight| weight as f32).collect::<Vec<_>>());
    (trainer, weights)
}

fn grow(trainer: &Trainer<Grown>, sample: &Sample) -> Result<Vec<GrownNode>, TrainError> {
    extract::nodes(&trainer.train(&sample.values, &labels(sample))).ok_or(TrainError::NoTree)
}

fn labels(sample: &Sample) -> Vec<i64> {
    sample.classes.iter().map(|&class| class.into()).collect()
}

#[cfg(test)]
mod tests {
    use cato_codegen::model::{Model, ModelKind};
    use rafor::BlockTree;
    use rafor::tree_classifier::Trainer;
    use rand_chacha::ChaCha8Rng;

    use super::{forest_trainer, forest_tree, labels, tree, tree_trainer};
    use crate::train::freeze::freeze;
    use crate::train::random::{Purpose, generator};
    use crate::train::sample::Sample;
    use crate::train::tree::CountedTree;
    use crate::train::{MAX_DEPTHS, example};

    fn rng(tree: u16) -> ChaCha8Rng {
        generator(3, Purpose::Tree { fit: 0, tree })
    }

    fn sample() -> Sample {
        let (matrix, dataset) = example::data(1);
        Sample::new(&matrix, &dataset, &(0..dataset.len()).collect::<Vec<_>>())
    }

    fn frozen(tree: CountedTree, depth: usize) -> Model {
        let names = |count: usize| (0..count).map(|name| name.to_string()).collect::<Vec<_>>();
        freeze(ModelKind::DecisionTree, &[tree], depth, &names(6), &names(5))
    }

    /// The frozen tree has rafor's probabilities at every row, to the precision of the frozen ones, and its answer
    /// wherever that is not a tie.
    fn assert_agree(frozen: &Model, trainer: &Trainer<BlockTree>, sample: &Sample) {
        let classifier = trainer.train(&sample.values, &labels(sample));
        for row in sample.rows() {
            let (probabilities, prediction) = (classifier.proba(row), frozen.predict(row));
            let best = probabilities.iter().copied().fold(0.0, f32::max);
            assert!((f32::from(prediction.confidence) / 65535.0 - best).abs() <= 1.0 / 65535.0);
            if probabilities.iter().filter(|&&probability| probability == best).count() == 1 {
                assert_eq!(i64::from(prediction.class), classifier.predict_one(row));
            }
        }
    }

    #[test]
    fn a_frozen_tree_answers_like_the_one_of_rafor() {
        let sample = sample();
        assert_agree(&frozen(tree(&sample, 20).unwrap(), 20), &tree_trainer(20), &sample);
        for number in 0..5 {
            let (trainer, _) = forest_trainer(&sample, 20, rng(number));
            assert_agree(&frozen(forest_tree(&sample, 20, rng(number)).unwrap(), 20), &trainer, &sample);
        }
    }

    #[test]
    fn a_tree_cut_at_a_depth_is_the_tree_fitted_to_that_depth() {
        let sample = sample();
        for depth in MAX_DEPTHS {
            assert_agree(&frozen(tree(&sample, 20).unwrap(), depth), &tree_trainer(depth), &sample);
        }
    }

    #[test]
    fn a_bootstrap_sample_is_as_large_as_what_it_is_drawn_from() {
        let sample = sample();
        let (_, weights) = forest_trainer::<BlockTree>(&sample, 20, rng(0));
        assert_eq!(weights.iter().sum::<u32>() as usize, weights.len());
        let left_out = weights.iter().filter(|&&weight| weight == 0).count() as f64 / weights.len() as f64;
        assert!((left_out - 0.37).abs() < 0.06, "{left_out}");
    }

    #[test]
    fn neighbouring_values_and_a_single_class_are_no_obstacle() {
        let (low, high) = (1.0f32.next_down(), 1.0f32);
        let sample =
            Sample { values: vec![low, high, low, high], classes: vec![0, 1, 0, 1], columns: 1, class_count: 2 };
        let grown = frozen(tree(&sample, 20).unwrap(), 20);
        assert!(sample.rows().all(|row| grown.predict(row).class <= 1));
        let sample = Sample { values: vec![1.0, 2.0], classes: vec![3, 3], columns: 1, class_count: 5 };
        assert_eq!(frozen(tree(&sample, 20).unwrap(), 20).predict(&[1.5]).class, 3);
    }
}
