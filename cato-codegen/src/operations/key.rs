//! What two candidates have in common when their pipelines are the same code.

use super::checked;
use crate::catalog::FeatureId;
use crate::ir::{Column, Condition, Formula, Pipeline};
use crate::lower::lower;
use crate::passes::{fold, share};
use crate::spec::Depth;

/// What a pipeline computes, without names and without its model: two pipelines with equal keys keep the same of a flow
/// and finish the same values, whatever constants stand between these.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeKey {
    depth: Depth,
    /// Ascending, each once.
    values: Vec<(Formula, Vec<Condition>)>,
}

impl CodeKey {
    /// The key of a compiled pipeline.
    #[must_use]
    pub fn of(pipeline: &Pipeline) -> Self {
        Self::new(pipeline.depth(), pipeline.columns().iter().cloned())
    }

    /// Whether nothing is computed of a flow: every feature is a constant at this depth.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.values.is_empty()
    }

    fn new(depth: Depth, columns: impl Iterator<Item = Column>) -> Self {
        let computed = columns.filter(|column| !column.is_constant());
        let mut values: Vec<_> = computed.map(|column| (column.formula, column.conditions)).collect();
        values.sort_unstable();
        values.dedup();
        Self { depth, values }
    }
}

/// The key of the pipeline of these features, in any order, at this depth. A feature that is a constant at the depth, such
/// as the gap between packets at depth 1, adds nothing to it.
#[must_use]
pub fn code_key(features: &[FeatureId], depth: Depth) -> CodeKey {
    // The later passes add nothing that does not follow from these columns.
    let shared = share(fold(lower(&checked(features, depth))));
    CodeKey::new(shared.depth, shared.columns.into_iter())
}
