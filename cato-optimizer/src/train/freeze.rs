//! From fitted trees to a frozen model.

use cato_codegen::model::{Model, ModelKind};

use super::leaves::Leaves;
use super::tree::CountedTree;

/// Freezes trees cut at `depth`.
pub(super) fn freeze(
    kind: ModelKind,
    trees: &[CountedTree],
    depth: usize,
    features: &[String],
    classes: &[String],
) -> Model {
    let mut leaves = Leaves::default();
    let trees = trees.iter().map(|tree| tree.freeze(depth, &mut leaves)).collect();
    Model { kind, features: features.to_vec(), classes: classes.to_vec(), leaves: leaves.into_vec(), trees }
}
