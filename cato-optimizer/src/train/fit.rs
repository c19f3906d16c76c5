//! Training: the depth by cross-validation inside the train part, then the model, then its score.

use std::time::{Duration, Instant};

use cato_codegen::model::{Model, ModelKind, Vote};

use super::dataset::Dataset;
use super::error::TrainError;
use super::freeze::freeze;
use super::matrix::Matrix;
use super::random::{Purpose, generator};
use super::sample::Sample;
use super::split::{FOLDS, Part, Split};
use super::tree::CountedTree;
use super::{grow_linfa, grow_rafor};
use crate::parallel;
use crate::quality::Quality;

/// The depths of trees that cross-validation chooses from, ascending.
pub const MAX_DEPTHS: [usize; 5] = [3, 5, 10, 15, 20];

/// Trees in a random forest.
pub const FOREST_TREES: usize = 100;

/// What to train.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModelChoice {
    /// One tree that looks at every feature at every split.
    DecisionTree(TreeTrainer),
    /// [`FOREST_TREES`] trees over bootstrap samples, with the square root of the number of features at every split,
    /// and a soft vote.
    RandomForest,
}

/// Who fits a decision tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TreeTrainer {
    /// `rafor`: the same tree for the same data.
    #[default]
    Rafor,
    /// `linfa-trees`: splits that are nearly as good as each other win by chance.
    Linfa,
}

/// How to train.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrainOptions {
    /// What to train.
    pub choice: ModelChoice,
    /// Gives the folds, the bootstrap samples and the features looked at.
    pub seed: u64,
    /// Fits side by side, at least one; the result is the same.
    pub threads: usize,
}

/// A trained model and how it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// The model, fitted on the train part and frozen.
    pub model: Model,
    /// The depth that its trees are cut at, one of [`MAX_DEPTHS`].
    pub max_depth: usize,
    /// Its score on the validation part.
    pub validation: Quality,
    /// For each of [`MAX_DEPTHS`]: mean macro-F1 over the folds of the train part.
    pub cross_validation: [f64; MAX_DEPTHS.len()],
    /// Time that the training took.
    pub elapsed: Duration,
}

/// Trains on the train part, with the depth chosen by cross-validation inside it, and scores on the validation part.
///
/// Rows of other parts have no influence on the model. The depth is the one of [`MAX_DEPTHS`] with the largest mean
/// macro-F1 over the folds, the smaller one on a tie. The same arguments give the same model, byte for byte, on any
/// number of threads; only [`TreeTrainer::Linfa`] cannot promise that.
///
/// # Errors
///
/// When matrix, dataset and split have different numbers of rows, and when a trainer fails.
pub fn train(matrix: &Matrix, dataset: &Dataset, split: &Split, options: &TrainOptions) -> Result<Trained, TrainError> {
    let start = Instant::now();
    let (rows, flows, parts) = (matrix.rows(), dataset.len(), split.parts().len());
    if rows != flows || parts != flows {
        return Err(TrainError::Shape { rows, flows, parts });
    }
    let train_rows = split.rows(Part::Train);
    let folds = split.folds(dataset, options.seed);
    let learner = Learner { matrix, dataset, options };

    // The last fit is the one on the whole train part.
    let fits = parallel::map(FOLDS + 1, options.threads, |fit| {
        let number = fit as u16;
        if fit < FOLDS {
            let (held_out, fitted) = partition(&train_rows, |place| folds[place] == fit);
            learner.cross_validate(&fitted, &held_out, number).map(Fit::Fold)
        } else {
            learner.grow(&train_rows, number).map(Fit::Trees)
        }
    });

    let (mut scores, mut trees) = (Vec::new(), Vec::new());
    for fit in fits {
        match fit? {
            Fit::Fold(score) => scores.extend(score),
            Fit::Trees(grown) => trees = grown,
        }
    }
    let cross_validation = mean(&scores);
    let max_depth = MAX_DEPTHS[best(&cross_validation)];
    let model = freeze(options.choice.kind(), &trees, max_depth, matrix.columns(), dataset.labels());
    let validation = score(&model, matrix, dataset, &split.rows(Part::Validation));
    Ok(Trained { model, max_depth, validation, cross_validation, elapsed: start.elapsed() })
}

/// How large a model may grow whose size is not chosen by cross-validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelSize {
    /// The depth that trees are cut at.
    pub max_depth: usize,
    /// Trees of a forest; a decision tree is one.
    pub trees: u16,
}

/// Fits a model of a given size on some rows of a dataset, without a split and without cross-validation.
///
/// # Errors
///
/// When matrix and dataset have different numbers of rows, when one of `rows` is not among them, and when a trainer
/// fails.
pub fn fit(
    matrix: &Matrix,
    dataset: &Dataset,
    rows: &[usize],
    options: &TrainOptions,
    size: ModelSize,
) -> Result<Model, TrainError> {
    let known = matrix.rows().min(dataset.len());
    if matrix.rows() != dataset.len() || rows.iter().any(|&row| row >= known) {
        return Err(TrainError::Shape { rows: matrix.rows(), flows: dataset.len(), parts: rows.len() });
    }
    let sample = Sample::new(matrix, dataset, rows);
    let trees = parallel::map(usize::from(options.choice.trees(size.trees)), options.threads, |tree| {
        grow_tree(&sample, options, size.max_depth, Purpose::Tree { fit: 0, tree: tree as u16 })
    });
    let trees = trees.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(freeze(options.choice.kind(), &trees, size.max_depth, matrix.columns(), dataset.labels()))
}

/// The quality of a model's answers for some rows of a dataset.
///
/// # Panics
///
/// When there is no such row in the matrix or the dataset.
#[must_use]
pub fn score(model: &Model, matrix: &Matrix, dataset: &Dataset, rows: &[usize]) -> Quality {
    let truth: Vec<u16> = rows.iter().map(|&row| dataset.classes()[row]).collect();
    let answers: Vec<u16> = rows.iter().map(|&row| model.predict(matrix.row(row)).class).collect();
    Quality::of(&truth, &answers, dataset.labels())
}

impl ModelChoice {
    fn kind(self) -> ModelKind {
        match self {
            Self::DecisionTree(_) => ModelKind::DecisionTree,
            Self::RandomForest => ModelKind::RandomForest { vote: Vote::Soft },
        }
    }

    /// How many trees it takes, where a forest has `forest` of them.
    fn trees(self, forest: u16) -> u16 {
        match self {
            Self::DecisionTree(_) => 1,
            Self::RandomForest => forest,
        }
    }
}

/// The tree of a model that `purpose` names.
fn grow_tree(
    sample: &Sample,
    options: &TrainOptions,
    max_depth: usize,
    purpose: Purpose,
) -> Result<CountedTree, TrainError> {
    match options.choice {
        ModelChoice::DecisionTree(TreeTrainer::Rafor) => grow_rafor::tree(sample, max_depth),
        ModelChoice::DecisionTree(TreeTrainer::Linfa) => grow_linfa::tree(sample, max_depth),
        ModelChoice::RandomForest => grow_rafor::forest_tree(sample, max_depth, generator(options.seed, purpose)),
    }
}

enum Fit {
    /// Macro-F1 at each depth; none where there was nothing to fit on or nothing held out.
    Fold(Option<[f64; MAX_DEPTHS.len()]>),
    Trees(Vec<CountedTree>),
}

struct Learner<'a> {
    matrix: &'a Matrix,
    dataset: &'a Dataset,
    options: &'a TrainOptions,
}

impl Learner<'_> {
    /// Fits at the largest depth; `fit` tells the fits of one training apart.
    fn grow(&self, rows: &[usize], fit: u16) -> Result<Vec<CountedTree>, TrainError> {
        let sample = Sample::new(self.matrix, self.dataset, rows);
        let max_depth = MAX_DEPTHS[MAX_DEPTHS.len() - 1];
        (0..self.options.choice.trees(FOREST_TREES as u16))
            .map(|tree| grow_tree(&sample, self.options, max_depth, Purpose::Tree { fit, tree }))
            .collect()
    }

    /// Macro-F1 of the trees cut at each depth, on rows that they were not fitted on.
    fn cross_validate(
        &self,
        fitted: &[usize],
        held_out: &[usize],
        fit: u16,
    ) -> Result<Option<[f64; MAX_DEPTHS.len()]>, TrainError> {
        if fitted.is_empty() || held_out.is_empty() {
            return Ok(None);
        }
        let trees = self.grow(fitted, fit)?;
        let answers: Vec<_> = held_out.iter().map(|&row| self.answers(&trees, self.matrix.row(row))).collect();
        let truth: Vec<u16> = held_out.iter().map(|&row| self.dataset.classes()[row]).collect();
        Ok(Some(std::array::from_fn(|depth| {
            let answers: Vec<u16> = answers.iter().map(|answers| answers[depth]).collect();
            Quality::of(&truth, &answers, self.dataset.labels()).macro_f1
        })))
    }

    /// What the trees cut at each depth and frozen would say of a row: the largest sum of shares, and the lowest class
    /// on a tie.
    fn answers(&self, trees: &[CountedTree], row: &[f32]) -> [u16; MAX_DEPTHS.len()] {
        let classes = self.dataset.labels().len();
        let mut sums = vec![0u32; MAX_DEPTHS.len() * classes];
        for tree in trees {
            tree.vote(row, &MAX_DEPTHS, |depth, shares| {
                for &(class, share) in shares {
                    sums[depth * classes + usize::from(class)] += u32::from(share);
                }
            });
        }
        std::array::from_fn(|depth| best(&sums[depth * classes..][..classes]) as u16)
    }
}

/// Splits rows into those whose place is chosen and the others.
fn partition(rows: &[usize], chosen: impl Fn(usize) -> bool) -> (Vec<usize>, Vec<usize>) {
    let (chosen, others): (Vec<_>, Vec<_>) = rows.iter().enumerate().partition(|&(place, _)| chosen(place));
    let rows = |pairs: Vec<(usize, &usize)>| pairs.into_iter().map(|(_, &row)| row).collect();
    (rows(chosen), rows(others))
}

/// Means by depth; 0 without scores.
fn mean(scores: &[[f64; MAX_DEPTHS.len()]]) -> [f64; MAX_DEPTHS.len()] {
    std::array::from_fn(|depth| scores.iter().map(|score| score[depth]).sum::<f64>() / scores.len().max(1) as f64)
}

/// The place of the largest value, the first one on a tie.
fn best<T: PartialOrd>(values: &[T]) -> usize {
    (1..values.len()).fold(0, |best, place| if values[place] > values[best] { place } else { best })
}

#[cfg(test)]
mod tests {
    use cato_codegen::model::{Model, Node, Tree};

    use super::{
        FOREST_TREES, Learner, MAX_DEPTHS, Matrix, ModelChoice, ModelSize, TrainError, TrainOptions, TreeTrainer, best,
        fit, freeze, score, train,
    };
    use crate::train::example;
    use crate::train::split::{Part, Split, SplitBy};

    const TREE: ModelChoice = ModelChoice::DecisionTree(TreeTrainer::Rafor);

    const fn options(choice: ModelChoice, threads: usize) -> TrainOptions {
        TrainOptions { choice, seed: 5, threads }
    }

    fn depth(tree: &Tree, node: usize) -> usize {
        match tree[node] {
            Node::Split { right, .. } => 1 + depth(tree, node + 1).max(depth(tree, right as usize)),
            Node::Leaf { .. } => 0,
        }
    }

    #[test]
    fn a_seed_gives_one_model_whatever_the_number_of_threads() {
        let (matrix, dataset) = example::data(1);
        let split = Split::new(&dataset, None, 1).unwrap();
        assert_eq!(split.by(), SplitBy::Capture);
        for choice in [TREE, ModelChoice::RandomForest] {
            let model = |options| train(&matrix, &dataset, &split, &options).unwrap().model;
            let once = model(options(choice, 1));
            assert_eq!(once, model(options(choice, 1)));
            assert_eq!(once, model(options(choice, 2)));
            assert_eq!(once, model(options(choice, 9)));
        }
        let seeded = |seed| TrainOptions { choice: ModelChoice::RandomForest, seed, threads: 2 };
        let model = |seed| train(&matrix, &dataset, &split, &seeded(seed)).unwrap().model;
        assert_ne!(model(5), model(6));
    }

    #[test]
    fn a_model_of_given_size_has_it() {
        let (matrix, dataset) = example::data(1);
        let rows: Vec<usize> = (0..dataset.len()).step_by(2).collect();
        for (choice, trees) in [(TREE, 1), (ModelChoice::RandomForest, 7)] {
            let size = ModelSize { max_depth: 4, trees: 7 };
            let model = fit(&matrix, &dataset, &rows, &options(choice, 2), size).unwrap();
            assert_eq!(model.trees.len(), trees);
            assert_eq!(model.trees.iter().map(|tree| depth(tree, 0)).max(), Some(4));
            assert_eq!(model, fit(&matrix, &dataset, &rows, &options(choice, 1), size).unwrap());
            let beyond = fit(&matrix, &dataset, &[dataset.len()], &options(choice, 1), size);
            assert!(matches!(beyond, Err(TrainError::Shape { .. })));
        }
    }

    #[test]
    fn only_the_train_part_makes_the_model() {
        let (matrix, dataset) = example::data(2);
        let split = Split::new(&dataset, None, 1).unwrap();
        let poisoned = split.parts().iter().enumerate().flat_map(|(row, &part)| {
            let kept = matrix.row(row).to_vec();
            if part == Part::Train { kept } else { kept.into_iter().map(|value| -1000.0 - value).collect() }
        });
        let poisoned = Matrix::new(matrix.columns().to_vec(), poisoned.collect());
        for choice in [TREE, ModelChoice::RandomForest] {
            let clean = train(&matrix, &dataset, &split, &options(choice, 2)).unwrap();
            let other = train(&poisoned, &dataset, &split, &options(choice, 2)).unwrap();
            assert_eq!(clean.model, other.model);
            assert_eq!(clean.cross_validation, other.cross_validation);
            assert_ne!(clean.validation, other.validation);
        }
    }

    #[test]
    fn models_are_well_formed_and_better_than_chance() {
        let (matrix, dataset) = example::data(3);
        let split = Split::new(&dataset, Some(SplitBy::Flow), 1).unwrap();
        for (choice, trees, floor) in [(TREE, 1, 0.45), (ModelChoice::RandomForest, FOREST_TREES, 0.5)] {
            let trained = train(&matrix, &dataset, &split, &options(choice, 2)).unwrap();
            let Model { trees: grown, features, classes, .. } = &trained.model;
            assert_eq!(grown.len(), trees);
            assert_eq!((features.as_slice(), classes.as_slice()), (matrix.columns(), dataset.labels()));
            assert!(grown.iter().all(|tree| depth(tree, 0) <= trained.max_depth));
            assert!(grown.iter().flatten().all(|node| !matches!(node, Node::Split { feature: 3, .. })));
            assert!(trained.validation.macro_f1 > floor, "{choice:?}: {}", trained.validation.macro_f1);
            let test = score(&trained.model, &matrix, &dataset, &split.rows(Part::Test));
            assert!(test.macro_f1 > floor, "{choice:?}: {}", test.macro_f1);
            assert_eq!(trained.max_depth, MAX_DEPTHS[best(&trained.cross_validation)]);
        }
    }

    #[test]
    fn cross_validation_asks_what_the_frozen_model_would_answer() {
        let (matrix, dataset) = example::data(4);
        let rows: Vec<usize> = (0..dataset.len()).step_by(2).collect();
        for choice in [TREE, ModelChoice::RandomForest] {
            let options = options(choice, 1);
            let learner = Learner { matrix: &matrix, dataset: &dataset, options: &options };
            let trees = learner.grow(&rows, 0).unwrap();
            for (place, &depth) in MAX_DEPTHS.iter().enumerate() {
                let model = freeze(choice.kind(), &trees, depth, matrix.columns(), dataset.labels());
                for row in 0..matrix.rows() {
                    let row = matrix.row(row);
                    assert_eq!(learner.answers(&trees, row)[place], model.predict(row).class);
                }
            }
        }
    }

    #[test]
    fn a_deeper_cut_fits_the_rows_no_worse() {
        let (matrix, dataset) = example::data(5);
        let rows: Vec<usize> = (0..dataset.len()).collect();
        let options = options(TREE, 1);
        let learner = Learner { matrix: &matrix, dataset: &dataset, options: &options };
        let trees = learner.grow(&rows, 0).unwrap();
        let accuracies = MAX_DEPTHS.map(|depth| {
            let model = freeze(TREE.kind(), &trees, depth, matrix.columns(), dataset.labels());
            score(&model, &matrix, &dataset, &rows).accuracy
        });
        assert!(accuracies.is_sorted(), "{accuracies:?}");
        assert_eq!(accuracies[4], 1.0);
    }

    #[test]
    fn both_tree_trainers_are_about_as_good() {
        let mean = |trainer| {
            let scores = (0..8).map(|seed| {
                let (matrix, dataset) = example::data(seed);
                let split = Split::new(&dataset, Some(SplitBy::Flow), seed).unwrap();
                let options = options(ModelChoice::DecisionTree(trainer), 2);
                train(&matrix, &dataset, &split, &options).unwrap().validation.macro_f1
            });
            scores.sum::<f64>() / 8.0
        };
        let (rafor, linfa) = (mean(TreeTrainer::Rafor), mean(TreeTrainer::Linfa));
        assert!((rafor - linfa).abs() < 0.05, "rafor {rafor}, linfa {linfa}");
    }

    #[test]
    fn values_of_another_dataset_are_refused() {
        let (matrix, dataset) = example::data(6);
        let split = Split::new(&dataset, None, 1).unwrap();
        let short = Matrix::new(matrix.columns().to_vec(), matrix.row(0).to_vec());
        let error = train(&short, &dataset, &split, &options(TREE, 1)).unwrap_err();
        assert!(matches!(error, TrainError::Shape { rows: 1, flows, parts } if flows == parts));
    }
}
