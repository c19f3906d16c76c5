//! The intermediate representation: what a pipeline keeps of a flow, and how that becomes its features.
//!
//! It comes in three types, because each stage takes something away that must not come back: [`Lowered`] has formulas
//! only, [`Closed`] has them together with all that they read and nothing else, [`Pipeline`] has it typed and laid out.

mod accumulator;
mod formula;
mod layout;

use std::collections::BTreeSet;

pub use accumulator::{Accumulator, Read};
pub use formula::{Arithmetic, Column, Condition, Formula, Operand};
pub use layout::{Slot, Width};

use crate::catalog::{FeatureId, Side};
use crate::model::Model;
use crate::spec::Depth;

/// Formulas only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lowered {
    /// The inference point.
    pub depth: Depth,
    /// The features in column order.
    pub columns: Vec<Column>,
}

/// Formulas, and exactly the accumulators that they need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The inference point.
    pub depth: Depth,
    /// The features in column order.
    pub columns: Vec<Column>,
    /// What is kept of a flow.
    pub accumulators: BTreeSet<Accumulator>,
}

/// How a model's trees are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emission {
    /// As nested `if`.
    NestedIf,
    /// As a table of nodes.
    ConstTable,
}

/// A model and how it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Classifier {
    /// The model; valid, and trained on the pipeline's features.
    pub model: Model,
    /// How its trees are written.
    pub emission: Emission,
    /// Why so, in words.
    pub reason: String,
}

/// A stage before the last.
#[derive(Clone, Debug, PartialEq)]
pub struct EarlyStage {
    /// The inference point in packets.
    pub depth: u16,
    /// Its model, which reads the pipeline's columns.
    pub classifier: Classifier,
    /// For each class the least vote with which the stage answers, in 65535ths; 65536 where none is enough.
    pub thresholds: Vec<u32>,
}

/// A compiled pipeline: all that emission writes down.
#[derive(Clone, Debug, PartialEq)]
pub struct Pipeline {
    pub(crate) depth: Depth,
    pub(crate) features: Vec<FeatureId>,
    pub(crate) columns: Vec<Column>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) classifier: Option<Classifier>,
    pub(crate) early: Vec<EarlyStage>,
}

impl Pipeline {
    /// The inference point, the last one where there are stages.
    #[must_use]
    pub fn depth(&self) -> Depth {
        self.depth
    }

    /// The features in column order.
    #[must_use]
    pub fn features(&self) -> &[FeatureId] {
        &self.features
    }

    /// The columns, in that order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The state of a flow, field by field.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The model, that of the last stage, and how it is written; `None` where the pipeline gives features only.
    #[must_use]
    pub fn classifier(&self) -> Option<&Classifier> {
        self.classifier.as_ref()
    }

    /// The stages before the last, by ascending depth.
    #[must_use]
    pub fn early(&self) -> &[EarlyStage] {
        &self.early
    }

    /// The slot of an accumulator.
    pub(crate) fn slot(&self, accumulator: Accumulator) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.accumulator == accumulator)
    }

    /// Whether what never changes in a flow is written with the first packet of either direction, and not with every
    /// packet: where both directions are counted.
    pub(crate) fn writes_once(&self) -> bool {
        Side::BOTH.into_iter().all(|side| self.slot(Accumulator::Packets(side)).is_some())
    }

    /// The largest value that an operand can have.
    pub(crate) fn max_of(&self, operand: Operand) -> u128 {
        self.slot(operand.holder()).map_or(u128::MAX, |slot| slot.max)
    }

    /// Size of one flow's state in bytes.
    #[must_use]
    pub fn state_bytes(&self) -> usize {
        let mut end = 0usize;
        for slot in self.slots.iter().filter(|slot| !slot.shared) {
            end = end.next_multiple_of(slot.width.bytes()) + slot.bytes();
        }
        end.next_multiple_of(self.state_align())
    }

    /// Alignment of one flow's state in bytes, on machines that align every integer to its size.
    #[must_use]
    pub fn state_align(&self) -> usize {
        self.slots.iter().filter(|slot| !slot.shared).map(|slot| slot.width.bytes()).max().unwrap_or(1)
    }
}
