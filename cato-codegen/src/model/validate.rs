//! The rules that a model keeps.

use std::collections::BTreeSet;

use super::{Model, ModelError, ModelKind, Node};

/// The largest number of trees: their votes add up within 32 bits.
const MAX_TREES: usize = 65_535;
/// The largest number of classes: a class index is 16 bits, and the highest means "no class".
const MAX_CLASSES: usize = 65_535;

impl Model {
    /// Checks every rule that the types leave open.
    ///
    /// Features, classes, leaves and trees are there and not more than can be numbered; classes ascend bytewise; leaves
    /// name classes in ascending order with shares above 0; trees are complete preorders whose thresholds are finite
    /// and whose indices exist.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn validate(&self) -> Result<(), ModelError> {
        self.check_sizes().and_then(|()| self.check_leaves()).and_then(|()| self.check_trees())
    }

    /// Nodes of all trees together.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.trees.iter().map(Vec::len).sum()
    }

    /// The features that some split reads, by their number.
    pub(crate) fn features_read(&self) -> BTreeSet<u16> {
        let nodes = self.trees.iter().flatten();
        nodes.filter_map(|node| if let Node::Split { feature, .. } = node { Some(*feature) } else { None }).collect()
    }

    fn check_sizes(&self) -> Result<(), ModelError> {
        if self.features.is_empty() {
            return invalid("it has no features");
        }
        if self.classes.is_empty() || self.classes.len() > MAX_CLASSES {
            return invalid(format!("it has {} classes, and needs 1 to {MAX_CLASSES}", self.classes.len()));
        }
        if let Some(pair) = self.classes.windows(2).find(|pair| pair[0].as_bytes() >= pair[1].as_bytes()) {
            return invalid(format!("class {:?} stands before {:?}", pair[0], pair[1]));
        }
        match self.kind {
            ModelKind::DecisionTree if self.trees.len() != 1 => {
                invalid(format!("a decision tree is one tree, and here are {}", self.trees.len()))
            }
            ModelKind::RandomForest { .. } if self.trees.is_empty() || self.trees.len() > MAX_TREES => {
                invalid(format!("it has {} trees, and needs 1 to {MAX_TREES}", self.trees.len()))
            }
            _ => Ok(()),
        }
    }

    fn check_leaves(&self) -> Result<(), ModelError> {
        for (number, leaf) in self.leaves.iter().enumerate() {
            if leaf.is_empty() {
                return invalid(format!("leaf {number} has no class"));
            }
            if !leaf.is_sorted_by(|earlier, later| earlier.0 < later.0) {
                return invalid(format!("leaf {number} does not name its classes in ascending order"));
            }
            if let Some((class, _)) = leaf.iter().find(|&&(class, _)| usize::from(class) >= self.classes.len()) {
                return invalid(format!("leaf {number} names class {class}, which there is not"));
            }
            if let Some((class, _)) = leaf.iter().find(|&&(_, share)| share == 0) {
                return invalid(format!("leaf {number} gives class {class} a share of 0"));
            }
        }
        Ok(())
    }

    fn check_trees(&self) -> Result<(), ModelError> {
        let mut open = Vec::new();
        for (number, tree) in self.trees.iter().enumerate() {
            open.clear();
            for (at, node) in tree.iter().enumerate() {
                // After a leaf, the walk goes on at the right child of the last split that still waits for it.
                let expected = match tree.get(at.wrapping_sub(1)) {
                    Some(Node::Leaf { .. }) => open.pop(),
                    _ => Some(at),
                };
                if expected != Some(at) {
                    return invalid(format!("tree {number}: node {at} is nobody's child"));
                }
                match *node {
                    Node::Split { feature, threshold, right } => {
                        if usize::from(feature) >= self.features.len() {
                            return invalid(format!(
                                "tree {number}: node {at} reads feature {feature}, which there is not"
                            ));
                        }
                        if !threshold.is_finite() {
                            return invalid(format!("tree {number}: node {at} compares with {threshold}"));
                        }
                        open.push(right as usize);
                    }
                    Node::Leaf { leaf } => {
                        if leaf as usize >= self.leaves.len() {
                            return invalid(format!("tree {number}: node {at} is leaf {leaf}, which there is not"));
                        }
                    }
                }
            }
            if !open.is_empty() || tree.is_empty() {
                return invalid(format!("tree {number}: nodes are missing at its end"));
            }
        }
        Ok(())
    }
}

fn invalid<T>(reason: impl Into<String>) -> Result<T, ModelError> {
    Err(ModelError::Invalid { reason: reason.into() })
}

#[cfg(test)]
mod tests {
    use super::{Model, ModelKind, Node};
    use crate::model::Vote;

    fn model() -> Model {
        Model {
            kind: ModelKind::RandomForest { vote: Vote::Soft },
            features: vec!["dur".to_owned()],
            classes: vec!["a".to_owned(), "b".to_owned()],
            leaves: vec![vec![(0, 1)], vec![(0, 1), (1, 2)]],
            trees: vec![vec![
                Node::Split { feature: 0, threshold: 0.0, right: 2 },
                Node::Leaf { leaf: 0 },
                Node::Leaf { leaf: 1 },
            ]],
        }
    }

    #[test]
    fn broken_rules_are_named() {
        assert_eq!(model().validate(), Ok(()));
        type Case = (fn(&mut Model), &'static str);
        let cases: [Case; 15] = [
            (|model| model.features.clear(), "no features"),
            (|model| model.classes.clear(), "0 classes"),
            (|model| model.classes.reverse(), "stands before"),
            (|model| model.classes[1] = "a".to_owned(), "stands before"),
            (|model| model.trees.clear(), "0 trees"),
            (|model| (model.kind, model.trees) = (ModelKind::DecisionTree, vec![vec![]; 2]), "one tree"),
            (|model| model.leaves[0].clear(), "no class"),
            (|model| model.leaves[1].reverse(), "ascending"),
            (|model| model.leaves[1][1].0 = 2, "class 2"),
            (|model| model.leaves[0][0].1 = 0, "share of 0"),
            (|model| model.trees[0][0] = Node::Split { feature: 1, threshold: 0.0, right: 2 }, "feature 1"),
            (|model| model.trees[0][0] = Node::Split { feature: 0, threshold: f32::NAN, right: 2 }, "NaN"),
            (|model| model.trees[0][0] = Node::Split { feature: 0, threshold: 0.0, right: 1 }, "nobody's child"),
            (|model| model.trees[0][2] = Node::Leaf { leaf: 2 }, "leaf 2"),
            (|model| model.trees[0].truncate(2), "missing at its end"),
        ];
        for (number, (damage, part)) in cases.into_iter().enumerate() {
            let mut model = model();
            damage(&mut model);
            let error = model.validate().expect_err("damaged").to_string();
            assert!(error.contains(part), "case {number}: {error}");
        }
    }
}
