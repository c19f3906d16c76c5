//! What a pipeline costs: loaded in a child process, compared with the interpreter, then timed.
//!
//! A [`Meter`] keeps one child process alive that holds a trace in memory. For each artifact the child drives the
//! loaded pipeline over the whole trace and compares every feature and every verdict with what the interpreter and the
//! frozen model say; only then it times whole runs, in turn with a reference pipeline, with Criterion as a library. A
//! candidate that crashes or hangs takes the child with it, never the search: the next measurement starts another.
//!
//! # Latency
//!
//! [`Waits`] are read off the trace; the execution up to the verdict is timed as whole runs over the packets up to each
//! flow's verdict, and the model alone over the features of all flows. See [`Latency`](crate::cost::Latency).
//!
//! # Throughput
//!
//! A generator plays the trace from memory on one core, packet after packet at a rate, each pass with rising time and
//! addresses of its own, so that no flow is seen twice. It puts frames into a bounded ring; the pipeline drains that on
//! another core, with a flow table of fixed size. A rate holds when every packet went in and came out, every flow was
//! started and got its verdict, and the ring was not filling up. Packets that the generator could not offer in time, and
//! losses while the system kept the core from the pipeline, make a trial say nothing. How rates are chosen is told in
//! `rate`.
//!
//! Nothing here compiles, trains or chooses.

mod answer;
mod bench;
mod clock;
mod failure;
mod meter;
mod oracle;
mod protocol;
mod rate;
mod starts;
#[cfg(test)]
mod tests;
mod throughput;
mod trial;
mod waits;
mod worker;

pub(crate) use clock::Clock;
pub use failure::{Disagreement, MeasureFailure};
pub use meter::{Meter, MeterError, MeterOptions};
pub use throughput::RateOptions;
pub use waits::Waits;
pub use worker::{WORKER_COMMAND, WorkerError, run as run_worker};
