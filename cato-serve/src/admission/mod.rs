//! Which flows are admitted where not all can be.
//!
//! A flow is put into a [bucket](Buckets) by what its first packet shows, addresses left aside. A [table](WorthTable) that was
//! learnt beforehand says what an answer on a flow of a bucket is worth and what it costs, and [`shares`] spends what there
//! is where it brings most; an [`Admitter`] does so again and again, for what comes. Some of every bucket is always admitted,
//! so that no kind of flow drops out of sight.

mod admitter;
mod bucket;
mod shares;
mod worth;

pub use admitter::Admitter;
pub use bucket::Buckets;
pub use shares::{Budget, shares};
pub use worth::{Observed, WorthError, WorthTable};
