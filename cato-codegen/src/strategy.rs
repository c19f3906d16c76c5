//! How a model's trees are written, and whether they can be.

use crate::diag::{Diagnostic, Diagnostics, Mistake, Subject};
use crate::ir::{Classifier, Emission};
use crate::model::{Model, Node};
use crate::spec::Strategy;

/// Up to so many nodes "auto" writes nested `if`. Beyond, compile time grows by 0.4 s for each 10,000 lines.
const AUTO_NODES: usize = 2_000;
/// The deepest tree that is written as nested `if`; the compilers of emitted code recurse over it.
const NESTED_DEPTH: usize = 48;
/// Node and leaf numbers of a table have 24 bits.
pub(crate) const TABLE_ENTRIES: usize = 1 << 24;

/// Settles how the model is written.
pub(crate) fn choose((model, strategy): (&Model, Strategy)) -> Result<Classifier, Diagnostics> {
    let nodes = model.nodes();
    let depth = model.trees.iter().map(|tree| depth(tree)).max().unwrap_or(0);
    let (emission, reason) = match strategy {
        Strategy::NestedIf => (Emission::NestedIf, "the spec says so".to_owned()),
        Strategy::ConstTable => (Emission::ConstTable, "the spec says so".to_owned()),
        Strategy::Auto if nodes > AUTO_NODES => {
            (Emission::ConstTable, format!("{nodes} nodes are more than {AUTO_NODES}"))
        }
        Strategy::Auto if depth > NESTED_DEPTH => {
            (Emission::ConstTable, format!("a tree of depth {depth} is deeper than {NESTED_DEPTH}"))
        }
        Strategy::Auto => (Emission::NestedIf, format!("{nodes} nodes are not more than {AUTO_NODES}")),
    };
    let mistake = match emission {
        Emission::NestedIf if depth > NESTED_DEPTH => Mistake::TreeTooDeep { found: depth, limit: NESTED_DEPTH },
        Emission::ConstTable if table_entries(model) > TABLE_ENTRIES => {
            Mistake::ModelTooLarge { found: table_entries(model), limit: TABLE_ENTRIES }
        }
        _ => return Ok(Classifier { model: model.clone(), emission, reason }),
    };
    Err(Diagnostic::new(mistake, Subject::Model).into())
}

/// The longer of the two tables that the model would take.
fn table_entries(model: &Model) -> usize {
    model.nodes().max(model.leaves.iter().map(Vec::len).sum())
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
