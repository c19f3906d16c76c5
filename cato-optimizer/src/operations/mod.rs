//! A cost that is counted and not measured, for comparisons that have to be repeatable.
//!
//! The compiler says which operations a pipeline runs with each packet and once in a flow, the records how many packets
//! a flow has reached at a depth, and the frozen model how far its trees are walked. Each of these counts is a [`Term`];
//! the cost is their sum, weighted with nanoseconds that were fitted once to measurements of a machine ([`fit`]).
//!
//! It is a stand-in. It knows no cache, no branch predictor and no compiler that merges two operations into one, and a
//! frame takes as long whether it lies in the cache or far away. So the level may be off by a factor of two on captures
//! that are much larger or smaller than those of the fit; candidates beside each other are off by some three per cent.
//! Two runs give the same number, on any machine, for as long as the weights are the same. What is served is measured.

mod counted;
mod design;
mod fit;
mod reach;
mod terms;
mod walk;
mod weights;

pub use counted::{Counted, CountedStage, OperationCost, seen};
pub use design::{Calibration, FOREST_SIZES, Sample, design};
pub(crate) use fit::non_negative;
pub use fit::{Observation, cross_validated_error, fit};
pub use reach::reach;
pub use terms::{Term, Terms};
pub use weights::{MachineWeights, WEIGHTS_VERSION, Weights, WeightsError};
