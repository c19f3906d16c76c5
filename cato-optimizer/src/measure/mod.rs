//! What a pipeline costs: loaded in a child process, compared with the interpreter, then timed.
//!
//! A [`Meter`] keeps one child process alive that holds a trace in memory. For each artifact the child drives the
//! loaded pipeline over the whole trace and compares every feature and every verdict with what the interpreter and the
//! frozen model say; only then it times whole runs, in turn with a reference pipeline, with Criterion as a library. A
//! candidate that crashes or hangs takes the child with it, never the search: the next measurement starts another.
//!
//! Nothing here compiles, trains or chooses.

mod bench;
mod clock;
mod failure;
mod meter;
mod oracle;
mod protocol;
mod worker;

pub use failure::{Disagreement, MeasureFailure};
pub use meter::{Meter, MeterError, MeterOptions};
pub use worker::{WORKER_COMMAND, WorkerError, run as run_worker};
