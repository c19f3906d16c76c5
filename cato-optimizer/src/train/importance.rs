//! How much each feature does for a model.

use cato_codegen::model::{Model, Node, Tree};

use super::dataset::Dataset;
use super::matrix::Matrix;

/// The mean decrease in impurity of each column of `matrix`, as shares that add up to 1; all 0 for a model without a
/// split.
///
/// `rows` are those that the model was fitted on. Each is sent down every tree; a split's decrease is the Gini impurity
/// at it less that of its two sides, each times the rows there. The decreases of a tree are scaled to add up to 1 before
/// trees are averaged, as scikit-learn does; rows count once in every tree, also where a forest drew a sample of them.
///
/// # Panics
///
/// When there is no such row in the matrix or the dataset, and when the model is of other columns.
#[must_use]
pub fn impurity_importance(model: &Model, matrix: &Matrix, dataset: &Dataset, rows: &[usize]) -> Vec<f64> {
    let mut importance = vec![0.0; matrix.columns().len()];
    for tree in &model.trees {
        let decreases = decreases(tree, matrix, dataset, rows);
        let total: f64 = decreases.iter().sum();
        if total > 0.0 {
            importance.iter_mut().zip(&decreases).for_each(|(sum, decrease)| *sum += decrease / total);
        }
    }
    let total: f64 = importance.iter().sum();
    if total > 0.0 {
        importance.iter_mut().for_each(|share| *share /= total);
    }
    importance
}

/// By column: what the splits of one tree take from the impurity.
fn decreases(tree: &Tree, matrix: &Matrix, dataset: &Dataset, rows: &[usize]) -> Vec<f64> {
    let classes = dataset.labels().len();
    let mut counts = vec![0u32; tree.len() * classes];
    for &row in rows {
        let (values, class) = (matrix.row(row), usize::from(dataset.classes()[row]));
        let mut at = 0;
        loop {
            counts[at * classes + class] += 1;
            match tree[at] {
                Node::Split { feature, threshold, right } => {
                    at = if values[usize::from(feature)] <= threshold { at + 1 } else { right as usize };
                }
                Node::Leaf { .. } => break,
            }
        }
    }
    let impurity = |node: usize| weighted_gini(&counts[node * classes..][..classes]);
    let mut decreases = vec![0.0; matrix.columns().len()];
    for (node, split) in tree.iter().enumerate() {
        if let Node::Split { feature, right, .. } = *split {
            let decrease = impurity(node) - impurity(node + 1) - impurity(right as usize);
            decreases[usize::from(feature)] += decrease.max(0.0);
        }
    }
    decreases
}

/// Gini impurity times the number of rows.
fn weighted_gini(counts: &[u32]) -> f64 {
    let rows: f64 = counts.iter().map(|&count| f64::from(count)).sum();
    let squares: f64 = counts.iter().map(|&count| f64::from(count).powi(2)).sum();
    if rows > 0.0 { rows - squares / rows } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::super::{ModelChoice, ModelSize, TrainOptions, TreeTrainer, fit};
    use super::*;

    #[test]
    fn a_split_gets_what_it_takes_from_the_impurity() {
        // Six rows of three classes; column 0 parts class 0 from the others, column 1 parts these, column 2 nothing.
        let dataset =
            Dataset::new([0, 0, 0, 1, 1, 1, 2, 2, 2].map(|class| (0u32, Some(class.to_string()))), 3).unwrap();
        let values = dataset.classes().iter().flat_map(|&class| [f32::from(class.min(1)), f32::from(class), 7.0]);
        let matrix = Matrix::new(["a", "b", "c"].map(str::to_owned).to_vec(), values.collect());
        let model = Model {
            kind: cato_codegen::model::ModelKind::DecisionTree,
            features: matrix.columns().to_vec(),
            classes: dataset.labels().to_vec(),
            leaves: vec![vec![(0, u16::MAX)], vec![(1, u16::MAX)], vec![(2, u16::MAX)]],
            trees: vec![vec![
                Node::Split { feature: 0, threshold: 0.5, right: 2 },
                Node::Leaf { leaf: 0 },
                Node::Split { feature: 1, threshold: 1.5, right: 4 },
                Node::Leaf { leaf: 1 },
                Node::Leaf { leaf: 2 },
            ]],
        };
        let rows: Vec<usize> = (0..dataset.len()).collect();
        // 9 - 27 / 9 = 6 rows' worth at the root, 3 below it: each split takes 3.
        assert_eq!(impurity_importance(&model, &matrix, &dataset, &rows), [0.5, 0.5, 0.0]);
        let stump = Model { trees: vec![vec![Node::Leaf { leaf: 0 }]], ..model };
        assert_eq!(impurity_importance(&stump, &matrix, &dataset, &rows), [0.0; 3]);
    }

    #[test]
    fn what_tells_of_the_class_matters_more_than_noise() {
        let (matrix, dataset) = example::data(4);
        let rows: Vec<usize> = (0..dataset.len()).collect();
        for choice in [ModelChoice::DecisionTree(TreeTrainer::Rafor), ModelChoice::RandomForest] {
            let options = TrainOptions { choice, seed: 1, threads: 2 };
            let size = ModelSize { max_depth: 5, trees: 20 };
            let model = fit(&matrix, &dataset, &rows, &options, size).unwrap();
            let importance = impurity_importance(&model, &matrix, &dataset, &rows);
            assert!((importance.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let [up, down, _, constant, noise, few] = importance[..] else { panic!("{importance:?}") };
            assert_eq!(constant, 0.0);
            assert!(up.min(down) > 2.0 * noise.max(few), "{choice:?}: {importance:?}");
        }
    }
}
