//! Features chosen by what they do for a model, or by what they tell alone.

use std::cmp::Ordering;

use crate::train::{
    Dataset, Matrix, ModelSize, TrainError, TrainOptions, fit, impurity_importance, mutual_information,
};

/// The places of the `count` columns that recursive elimination leaves, ascending.
///
/// A model of size `size` is fitted to `rows` and the column with the smallest [`impurity_importance`] is taken away, the
/// last one on a tie, until `count` are left: scikit-learn's RFE with a step of 1.
///
/// # Errors
///
/// Those of the trainer.
pub fn eliminate(
    matrix: &Matrix,
    dataset: &Dataset,
    rows: &[usize],
    options: &TrainOptions,
    size: ModelSize,
    count: usize,
) -> Result<Vec<usize>, TrainError> {
    let mut left: Vec<usize> = (0..matrix.columns().len()).collect();
    while left.len() > count.max(1) {
        let narrowed = matrix.select(&left);
        let model = fit(&narrowed, dataset, rows, options, size)?;
        let importance = impurity_importance(&model, &narrowed, dataset, rows);
        // Of equal ones `min_by` gives the first, so the order is turned round.
        let least = (0..left.len()).rev().min_by(|&a, &b| importance[a].total_cmp(&importance[b]));
        left.remove(least.unwrap_or_default());
    }
    Ok(left)
}

/// The places of the `count` columns with the largest mutual information with the class over `rows`, ascending; of equal
/// ones the first.
#[must_use]
pub fn most_informative(matrix: &Matrix, dataset: &Dataset, rows: &[usize], seed: u64, count: usize) -> Vec<usize> {
    let information = mutual_information(matrix, dataset, rows, seed);
    let mut columns: Vec<usize> = (0..information.len()).collect();
    let more = |&a: &usize, &b: &usize| -> Ordering { information[b].total_cmp(&information[a]) };
    columns.sort_by(more);
    columns.truncate(count);
    columns.sort_unstable();
    columns
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::train::{ModelChoice, TreeTrainer};

    const SIZE: ModelSize = ModelSize { max_depth: 6, trees: 20 };

    /// Four classes of 150 rows. Columns 1 and 4 tell a bit of the class each and all of it together, 6 is 1 with noise;
    /// the others are noise, and one is constant.
    fn data() -> (Matrix, Dataset) {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let dataset = Dataset::new((0..600u32).map(|row| (0, Some((row % 4).to_string()))), 20).unwrap();
        let values = dataset.classes().iter().flat_map(|&class| {
            let [high, low] = [f32::from(class / 2), f32::from(class % 2)];
            let mut noise = || rng.random::<f32>();
            let [high, low] = [high + 0.9 * noise(), low + 0.9 * noise()];
            [noise(), high, noise(), 5.0, low, noise(), high + noise()]
        });
        let values = values.collect();
        (Matrix::new((0..7).map(|column| format!("c{column}")).collect(), values), dataset)
    }

    #[test]
    fn elimination_drops_what_is_useless_or_said_twice() {
        let (matrix, dataset) = data();
        let rows: Vec<usize> = (0..dataset.len()).collect();
        for choice in [ModelChoice::DecisionTree(TreeTrainer::Rafor), ModelChoice::RandomForest] {
            let options = TrainOptions { choice, seed: 3, threads: 2 };
            let left = |count| eliminate(&matrix, &dataset, &rows, &options, SIZE, count).unwrap();
            assert_eq!(left(2), [1, 4], "{choice:?}");
            assert_eq!(left(9), [0, 1, 2, 3, 4, 5, 6]);
            assert_eq!(left(0).len(), 1, "a model needs a feature");
        }
        // A forest makes some use of noise and of what is said twice, but none of the constant.
        let options = TrainOptions { choice: ModelChoice::RandomForest, seed: 3, threads: 2 };
        let left = |count| eliminate(&matrix, &dataset, &rows, &options, SIZE, count).unwrap();
        assert_eq!(left(6), [0, 1, 2, 4, 5, 6]);
        assert_eq!(left(3), [1, 4, 6]);
    }

    #[test]
    fn information_looks_at_each_column_alone() {
        let (matrix, dataset) = data();
        let rows: Vec<usize> = (0..dataset.len()).collect();
        assert_eq!(most_informative(&matrix, &dataset, &rows, 1, 2), [1, 4]);
        assert_eq!(most_informative(&matrix, &dataset, &rows, 1, 3), [1, 4, 6]);
        assert_eq!(most_informative(&matrix, &dataset, &rows, 1, 99).len(), 7);
    }
}
