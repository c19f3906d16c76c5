//! What models say of rows of the train part that they were not fitted on.

use cato_codegen::model::Prediction;

use super::dataset::Dataset;
use super::error::TrainError;
use super::fit::{ModelSize, TrainOptions, fit};
use super::matrix::Matrix;
use super::split::{FOLDS, Part, Split};

/// What a model that has not seen a row says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldOut {
    /// The fold that the row is in, below [`FOLDS`].
    pub fold: u8,
    /// What the model says that was fitted on the other folds.
    pub answer: Prediction,
}

/// For each row of the train part, in the order of [`Split::rows`], the answer of a model that was fitted on the folds
/// which do not hold the row; none where there was nothing to fit on.
///
/// The folds are those by which the depth of trees is chosen: stratified by class, and by capture where the split is.
///
/// # Errors
///
/// When matrix, dataset and split have different numbers of rows, and when a trainer fails.
pub fn out_of_fold(
    matrix: &Matrix,
    dataset: &Dataset,
    split: &Split,
    options: &TrainOptions,
    size: ModelSize,
) -> Result<Vec<Option<Prediction>>, TrainError> {
    let answers = held_out(matrix, dataset, split, options, size)?;
    Ok(answers.into_iter().map(|row| row.map(|row| row.answer)).collect())
}

/// The same with the fold of each row.
///
/// # Errors
///
/// As for [`out_of_fold`].
pub fn held_out(
    matrix: &Matrix,
    dataset: &Dataset,
    split: &Split,
    options: &TrainOptions,
    size: ModelSize,
) -> Result<Vec<Option<HeldOut>>, TrainError> {
    let (rows, flows, parts) = (matrix.rows(), dataset.len(), split.parts().len());
    if rows != flows || parts != flows {
        return Err(TrainError::Shape { rows, flows, parts });
    }
    let train = split.rows(Part::Train);
    let folds = &split.folds(dataset, options.seed);
    let mut answers = vec![None; train.len()];
    for fold in 0..FOLDS {
        let places = |held: bool| (0..train.len()).filter(move |&place| held == (folds[place] == fold));
        let fitted: Vec<usize> = places(false).map(|place| train[place]).collect();
        if fitted.is_empty() {
            continue;
        }
        let model = fit(matrix, dataset, &fitted, options, size)?;
        for place in places(true) {
            let answer = model.predict(matrix.row(train[place]));
            answers[place] = Some(HeldOut { fold: fold as u8, answer });
        }
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::super::fit::{ModelChoice, TreeTrainer};
    use super::super::{example, split::SplitBy};
    use super::*;
    use crate::quality::Quality;

    const OPTIONS: TrainOptions =
        TrainOptions { choice: ModelChoice::DecisionTree(TreeTrainer::Rafor), seed: 1, threads: 1 };
    const SIZE: ModelSize = ModelSize { max_depth: 20, trees: 1 };

    #[test]
    fn no_row_is_answered_by_a_model_that_has_seen_it() {
        let (matrix, dataset) = example::data(3);
        let split = Split::new(&dataset, Some(SplitBy::Capture), 1).unwrap();
        let rows = split.rows(Part::Train);
        let answers = out_of_fold(&matrix, &dataset, &split, &OPTIONS, SIZE).unwrap();
        let truth: Vec<u16> = rows.iter().map(|&row| dataset.classes()[row]).collect();
        let held_out: Vec<u16> = answers.iter().map(|answer| answer.unwrap().class).collect();
        let model = fit(&matrix, &dataset, &rows, &OPTIONS, SIZE).unwrap();
        let seen: Vec<u16> = rows.iter().map(|&row| model.predict(matrix.row(row)).class).collect();
        let accuracy = |answers: &[u16]| Quality::of(&truth, answers, dataset.labels()).accuracy;
        assert_eq!(accuracy(&seen), 1.0, "a deep tree knows its own rows");
        assert!((0.3..0.95).contains(&accuracy(&held_out)), "{}", accuracy(&held_out));
    }

    #[test]
    fn other_parts_have_no_influence() {
        let (matrix, dataset) = example::data(4);
        let split = Split::new(&dataset, Some(SplitBy::Flow), 1).unwrap();
        let train = split.rows(Part::Train);
        let values = (0..matrix.rows()).flat_map(|row| {
            let changed = if train.binary_search(&row).is_ok() { 0.0 } else { 1e6 };
            matrix.row(row).iter().map(move |value| value + changed)
        });
        let other = Matrix::new(matrix.columns().to_vec(), values.collect());
        let [one, two] = [&matrix, &other].map(|matrix| out_of_fold(matrix, &dataset, &split, &OPTIONS, SIZE).unwrap());
        assert_eq!(one, two);
    }
}
