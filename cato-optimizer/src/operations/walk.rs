//! How far the trees of a model are walked.

use cato_codegen::model::{Model, Node, Tree};

/// Means over rows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Walks {
    /// Splits passed, in all trees together.
    pub(super) splits: f64,
    /// For each feature: the share of rows in which at least one split on the way reads it.
    pub(super) read: Vec<f64>,
}

impl Walks {
    /// Walks every row through every tree; no rows are no walks.
    pub(super) fn of<'a>(model: &Model, rows: impl Iterator<Item = &'a [f32]>) -> Self {
        let mut walks = Self { splits: 0.0, read: vec![0.0; model.features.len()] };
        let mut seen = vec![false; model.features.len()];
        let mut count = 0u32;
        for row in rows {
            count += 1;
            seen.fill(false);
            for tree in &model.trees {
                walks.splits += f64::from(walk(tree, row, &mut seen));
            }
            for (read, &seen) in walks.read.iter_mut().zip(&seen) {
                *read += f64::from(u8::from(seen));
            }
        }
        let count = f64::from(count.max(1));
        walks.splits /= count;
        walks.read.iter_mut().for_each(|read| *read /= count);
        walks
    }

    /// The share of rows for which each feature is finished where all features that any split reads are.
    pub(super) fn read_by_any(model: &Model) -> Vec<f64> {
        let mut read = vec![0.0; model.features.len()];
        for node in model.trees.iter().flatten() {
            if let Node::Split { feature, .. } = node {
                read[usize::from(*feature)] = 1.0;
            }
        }
        read
    }
}

/// Splits on the way of a row; the features that they read are marked.
fn walk(tree: &Tree, row: &[f32], seen: &mut [bool]) -> u32 {
    let (mut at, mut splits) = (0, 0);
    while let Some(&Node::Split { feature, threshold, right }) = tree.get(at) {
        let feature = usize::from(feature);
        seen[feature] = true;
        splits += 1;
        at = if row[feature] <= threshold { at + 1 } else { right as usize };
    }
    splits
}

#[cfg(test)]
mod tests {
    use cato_codegen::model::{Model, ModelKind, Node};

    use super::Walks;

    #[test]
    fn walks_are_means_over_rows() {
        let split = |feature, right| Node::Split { feature, threshold: 0.5, right };
        let leaf = Node::Leaf { leaf: 0 };
        let model = Model {
            kind: ModelKind::DecisionTree,
            features: ["a", "b", "c"].map(str::to_owned).to_vec(),
            classes: vec!["x".to_owned()],
            leaves: vec![vec![(0, u16::MAX)]],
            // Left of `a` is a leaf, right of it one more split.
            trees: vec![vec![split(0, 2), leaf, split(1, 4), leaf, leaf]],
        };
        let rows: [&[f32]; 4] = [&[0.0, 0.0, 0.0], &[1.0, 0.0, 0.0], &[1.0, 1.0, 0.0], &[1.0, 0.0, 9.0]];
        let walks = Walks::of(&model, rows.into_iter());
        assert_eq!(walks, Walks { splits: 1.75, read: vec![1.0, 0.75, 0.0] });
        assert_eq!(Walks::read_by_any(&model), [1.0, 1.0, 0.0]);
        assert_eq!(Walks::of(&model, std::iter::empty()).splits, 0.0);
    }
}
