//! The operations that a pipeline runs, counted before any code is written: what a packet of either end does, and what
//! is done once in a flow.
//!
//! Counts are of the pipeline without a model. A decision tree finishes only the features on its path, so what is counted
//! at the inference point is the most that it may do.

mod count;
mod key;
mod kind;

pub use key::{CodeKey, code_key};
pub use kind::{Kind, Scope};

use std::collections::BTreeSet;

use crate::catalog::FeatureId;
use crate::check::Checked;
use crate::compile::plan;
use crate::ir::Pipeline;
use crate::spec::Depth;

/// A sort of operation and how often it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operation {
    /// What it does.
    pub kind: Kind,
    /// When it does it.
    pub scope: Scope,
}

impl Operation {
    /// Number of operations.
    pub const COUNT: usize = Kind::ALL.len() * Scope::ALL.len();

    /// Every operation, by kind and then by scope. No pipeline has some of them, such as a division with each packet.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        Kind::ALL.iter().flat_map(|&kind| Scope::ALL.into_iter().map(move |scope| Self { kind, scope }))
    }

    /// Its place among [`Operation::all`], from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self.kind as usize * Scope::ALL.len() + self.scope as usize
    }
}

/// How many operations of each sort a pipeline has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operations([u8; Operation::COUNT]);

impl Operations {
    /// The operations of a compiled pipeline, its model left out.
    #[must_use]
    pub fn of(pipeline: &Pipeline) -> Self {
        let mut operations = Self::keeping(pipeline);
        count::finish(pipeline, &pipeline.columns, &mut operations);
        operations
    }

    /// Those among them that keep the state of a flow, from its start up to the inference point.
    #[must_use]
    pub fn keeping(pipeline: &Pipeline) -> Self {
        count::keep(pipeline)
    }

    /// Those that finish one feature alone, by its place in the column order; none where there is no such place.
    #[must_use]
    pub fn finishing(pipeline: &Pipeline, place: usize) -> Self {
        let mut operations = Self::none();
        count::finish(pipeline, pipeline.columns.get(place..=place).unwrap_or(&[]), &mut operations);
        operations
    }

    /// How many operations there are of one sort.
    #[must_use]
    pub fn count(&self, operation: Operation) -> u32 {
        u32::from(self.0[operation.index()])
    }

    /// The operations that there are, each with its number, in the order of [`Operation::all`].
    pub fn iter(&self) -> impl Iterator<Item = (Operation, u32)> + Clone + '_ {
        Operation::all().zip(self.0).filter(|(_, count)| *count > 0).map(|(operation, count)| (operation, count.into()))
    }

    /// How many operations of each kind run in a flow of so many packets from either end up to the inference point, in the
    /// order of [`Kind::ALL`]. Means over flows give means.
    #[must_use]
    pub fn runs(&self, source_packets: f64, destination_packets: f64) -> Vec<f64> {
        let mut runs = vec![0.0; Kind::ALL.len()];
        for (operation, count) in self.iter() {
            runs[operation.kind as usize] +=
                f64::from(count) * operation.scope.reached(source_packets, destination_packets);
        }
        runs
    }

    fn none() -> Self {
        Self([0; Operation::COUNT])
    }

    fn add(&mut self, kind: Kind, scope: Scope, more: usize) {
        let count = &mut self.0[Operation { kind, scope }.index()];
        *count = count.saturating_add(u8::try_from(more).unwrap_or(u8::MAX));
    }
}

/// The operations of the pipeline of these features at this depth, in any order and each counted once. A depth of no
/// packets, which no spec may have, counts as 1.
#[must_use]
pub fn operations(features: &[FeatureId], depth: Depth) -> Operations {
    Operations::of(&plan(&checked(features, depth)))
}

/// The pipeline as it would come out of checking, without going through names.
fn checked(features: &[FeatureId], depth: Depth) -> Checked<'static> {
    let features: BTreeSet<FeatureId> = features.iter().copied().collect();
    let depth = if depth == Depth::Packets(0) { Depth::Packets(1) } else { depth };
    Checked { depth, features: features.into_iter().collect(), model: None, early: Vec::new() }
}

#[cfg(test)]
mod tests;
