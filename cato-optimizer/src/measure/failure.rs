//! Why a pipeline has no cost.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Why a pipeline could not be measured. The search goes on in each case.
#[derive(Debug, thiserror::Error)]
pub enum MeasureFailure {
    /// The measuring process ended while it ran the pipeline.
    #[error("the pipeline crashed ({status}){}", after_colon(.said))]
    Crashed {
        /// The signal or exit status.
        status: String,
        /// What the process wrote to its standard error about it, in one line; empty where there is nothing.
        said: String,
    },
    /// The pipeline was still running at the time limit.
    #[error("the pipeline did not end within {:.1} s", .limit.as_secs_f64())]
    TimedOut {
        /// The limit.
        limit: Duration,
    },
    /// The pipeline computes something else than the interpreter or the frozen model.
    #[error("the pipeline disagrees with the interpreter: {0}")]
    Disagrees(Disagreement),
    /// The pipeline loses packets at any rate, or the machine was too busy for any trial to say otherwise.
    #[error("no rate without loss was found in {trials} trials, of which other programs disturbed {disturbed}")]
    NoRate {
        /// Trials.
        trials: u32,
        /// Trials that say nothing.
        disturbed: u32,
    },
    /// So many flows are open at once that the largest table cannot hold them, at any rate.
    #[error("a flow table of {keys} keys is too small for the flows of this trace")]
    TableTooSmall {
        /// What the table holds.
        keys: u64,
    },
    /// The shared object, the spec or the model cannot be used.
    #[error("the pipeline cannot be used: {0}")]
    Unusable(String),
    /// The measuring process could not be started or spoken to.
    #[error("the measuring process failed: {0}")]
    Worker(String),
}

fn after_colon(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(": {said}") }
}

/// The first difference between a compiled pipeline and its interpretation. Flows are numbered from 0 in order of start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disagreement {
    /// The number of features, of classes or the depth differ.
    Shape {
        /// What was counted.
        what: String,
        /// As the spec has it.
        interpreted: String,
        /// As the shared object has it.
        emitted: String,
    },
    /// A feature differs.
    Feature {
        /// The flow.
        flow: u64,
        /// The feature's name.
        feature: String,
        /// Bits of the interpreter's `f32`.
        interpreted: u32,
        /// Bits of the pipeline's `f32`.
        emitted: u32,
    },
    /// A verdict differs; class index and confidence in 65535ths.
    Verdict {
        /// The flow.
        flow: u64,
        /// What the frozen model says.
        interpreted: (u16, u16),
        /// What the pipeline says.
        emitted: (u16, u16),
    },
    /// A flow got no verdict, or more than one, or one that the records do not know.
    Verdicts {
        /// The flow.
        flow: u64,
        /// How many verdicts the pipeline gave.
        given: u64,
    },
}

impl fmt::Display for Disagreement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape { what, interpreted, emitted } => {
                write!(formatter, "{what}: {interpreted} in the spec, {emitted} in the shared object")
            }
            Self::Feature { flow, feature, interpreted, emitted } => {
                let (interpreted, emitted) = (f32::from_bits(*interpreted), f32::from_bits(*emitted));
                write!(formatter, "{feature} of flow {flow}: {interpreted:?} interpreted, {emitted:?} emitted")
            }
            Self::Verdict { flow, interpreted, emitted } => write!(
                formatter,
                "verdict of flow {flow}: class {} at {} from the model, class {} at {} emitted",
                interpreted.0, interpreted.1, emitted.0, emitted.1
            ),
            Self::Verdicts { flow, given } => write!(formatter, "flow {flow} got {given} verdicts instead of one"),
        }
    }
}
