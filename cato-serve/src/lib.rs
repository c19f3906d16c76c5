//! From packets to written verdicts, for as long as packets come.
//!
//! A [`Source`] gives packets to a worker.

mod source;

pub use source::{Source, SourceError, SourceStats, State};
