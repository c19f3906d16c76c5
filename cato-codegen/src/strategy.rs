//! How a model's trees are written, and whether they can be.

use crate::diag::{Diagnostic, Diagnostics, Mistake, Subject};
use crate::emit::MOST_NODES;
use crate::ir::{Classifier, Emission};
use crate::model::{Model, ModelKind, Node};
use crate::spec::Strategy;

/// Up to so many nodes "auto" writes a decision tree as nested `if`, which then answers in nine tenths of the time that a
/// table takes. Each 5,000 nodes take a second to compile; those of a table take nothing.
///
/// A forest it always writes as a table, whose trees are walked side by side: that is faster at any size. The
/// measurements are in `benches/prediction.md`.
const NESTED_NODES: usize = 6_000;
/// The deepest tree that is written as nested `if`; the compilers of emitted code recurse over it.
const NESTED_DEPTH: usize = 48;

/// Settles how the model is written; where it cannot be, that is said of `subject`.
pub(crate) fn choose(model: &Model, strategy: Strategy, subject: Subject) -> Result<Classifier, Diagnostics> {
    let nodes = model.nodes();
    let depth = model.trees.iter().map(|tree| depth(tree)).max().unwrap_or(0);
    let (emission, reason) = match strategy {
        Strategy::NestedIf => (Emission::NestedIf, "the spec says so".to_owned()),
        Strategy::ConstTable => (Emission::ConstTable, "the spec says so".to_owned()),
        Strategy::Auto if matches!(model.kind, ModelKind::RandomForest { .. }) => {
            (Emission::ConstTable, "trees are walked side by side".to_owned())
        }
        Strategy::Auto if nodes > NESTED_NODES => {
            (Emission::ConstTable, format!("{nodes} nodes are more than {NESTED_NODES}"))
        }
        Strategy::Auto if depth > NESTED_DEPTH => {
            (Emission::ConstTable, format!("a tree of depth {depth} is deeper than {NESTED_DEPTH}"))
        }
        Strategy::Auto => (Emission::NestedIf, format!("{nodes} nodes are not more than {NESTED_NODES}")),
    };
    let mistake = match emission {
        Emission::NestedIf if depth > NESTED_DEPTH => Mistake::TreeTooDeep { found: depth, limit: NESTED_DEPTH },
        Emission::ConstTable if nodes > MOST_NODES => Mistake::ModelTooLarge { found: nodes, limit: MOST_NODES },
        _ => return Ok(Classifier { model: model.clone(), emission, reason }),
    };
    Err(Diagnostic::new(mistake, subject).into())
}

/// Splits on the longest way from the root to a leaf.
fn depth(tree: &[Node]) -> usize {
    let mut deepest = 0;
    let mut current = 0usize;
    // Depths of the splits whose right child is still to come.
    let mut open = Vec::new();
    for node in tree {
        match node {
            Node::Split { .. } => {
                current += 1;
                open.push(current);
                deepest = deepest.max(current);
            }
            Node::Leaf { .. } => current = open.pop().unwrap_or(0),
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::{NESTED_DEPTH, NESTED_NODES, choose};
    use crate::diag::{Mistake, Subject};
    use crate::ir::Emission;
    use crate::model::{Model, ModelKind, Node, Tree, Vote};
    use crate::spec::Strategy;

    /// A tree of the given depth that is as deep and narrow as can be.
    fn vine(depth: usize) -> Tree {
        let mut tree = vec![];
        for level in 0..depth {
            tree.push(Node::Split { feature: 0, threshold: level as f32, right: (2 * depth - level) as u32 });
        }
        tree.resize(2 * depth + 1, Node::Leaf { leaf: 0 });
        tree
    }

    fn model(kind: ModelKind, trees: Vec<Tree>) -> Model {
        let model = Model {
            kind,
            features: vec!["dur".to_owned()],
            classes: vec!["a".to_owned()],
            leaves: vec![vec![(0, 65_535)]],
            trees,
        };
        model.validate().unwrap();
        model
    }

    fn tree(depth: usize) -> Model {
        model(ModelKind::DecisionTree, vec![vine(depth)])
    }

    fn emission(model: &Model, strategy: Strategy) -> Emission {
        choose(model, strategy, Subject::Model).unwrap().emission
    }

    /// A tree of the given depth with a leaf for each of its ways.
    fn bush(depth: u32) -> Tree {
        let mut tree = vec![];
        grow(&mut tree, depth);
        tree
    }

    fn grow(tree: &mut Tree, depth: u32) {
        if depth == 0 {
            return tree.push(Node::Leaf { leaf: 0 });
        }
        let right = tree.len() as u32 + (1 << depth);
        tree.push(Node::Split { feature: 0, threshold: depth as f32, right });
        grow(tree, depth - 1);
        grow(tree, depth - 1);
    }

    #[test]
    fn auto_goes_by_kind_and_size_and_depth() {
        assert_eq!(emission(&tree(NESTED_DEPTH), Strategy::Auto), Emission::NestedIf);
        assert_eq!(emission(&tree(NESTED_DEPTH + 1), Strategy::Auto), Emission::ConstTable);
        let tree_of = |depth| model(ModelKind::DecisionTree, vec![bush(depth)]);
        assert!((tree_of(11).nodes()..tree_of(12).nodes()).contains(&NESTED_NODES));
        assert_eq!(emission(&tree_of(11), Strategy::Auto), Emission::NestedIf);
        assert_eq!(emission(&tree_of(12), Strategy::Auto), Emission::ConstTable);
        let forest = model(ModelKind::RandomForest { vote: Vote::Soft }, vec![vine(1); 2]);
        assert_eq!(emission(&forest, Strategy::Auto), Emission::ConstTable);
        assert_eq!(emission(&forest, Strategy::NestedIf), Emission::NestedIf);
    }

    #[test]
    fn what_the_spec_says_is_done_or_refused() {
        assert_eq!(emission(&tree(3), Strategy::ConstTable), Emission::ConstTable);
        assert_eq!(emission(&tree(3), Strategy::NestedIf), Emission::NestedIf);
        let mistakes = choose(&tree(NESTED_DEPTH + 1), Strategy::NestedIf, Subject::Model).unwrap_err();
        let mistakes: Vec<_> = mistakes.iter().map(|diagnostic| diagnostic.mistake.clone()).collect();
        assert_eq!(mistakes, [Mistake::TreeTooDeep { found: NESTED_DEPTH + 1, limit: NESTED_DEPTH }]);
    }
}
