//! From packets to written verdicts, for as long as packets come.
//!
//! A [`Server`] has a worker for each [`Source`] of packets, with a flow table and a pipeline of its own. What the workers
//! say goes through bounded queues to one thread that writes it, so that no disk and no reader ever holds a worker up:
//! where the sink is too slow, verdicts are dropped and counted. All memory is taken at the start. Counts can be asked for
//! while the server runs, as a [`Snapshot`] or as a page of metrics, and in the end they add up to a [`Report`].

pub mod admission;
mod answer;
mod assignment;
mod board;
mod capture;
mod control;
mod cores;
mod counts;
mod dispatch;
mod error;
mod exchange;
mod families;
mod histogram;
mod http;
mod interface;
mod line;
mod members;
mod meter;
mod metrics;
mod parcel;
pub mod policy;
mod pool;
mod pool_file;
mod queue;
mod replace;
mod replayed;
mod report;
mod roster;
mod server;
mod sink;
mod snapshot;
mod source;
mod steering;
mod watch;
mod worker;

pub use answer::Answer;
pub use capture::CaptureSource;
pub use control::Control;
pub use counts::{MemberCounts, SinkCounts, WorkerCounts};
pub use error::ServeError;
pub use histogram::Histogram;
pub use interface::InterfaceSource;
pub use line::Line;
pub use pool::{Member, Pool};
pub use pool_file::{Constraints, PoolFile, PoolFileError, PoolMember};
pub use replayed::ReplaySource;
pub use report::Report;
pub use server::{Input, Listener, ServeOptions, Server};
pub use sink::{Refusal, SinkSpec};
pub use snapshot::{PolicyState, Snapshot};
pub use source::{Source, SourceError, SourceStats, Sources, State};
pub use watch::Watched;
