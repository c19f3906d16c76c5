//! A server of a pool, simulated: packets wait in a ring, take the time that they were measured to take, and are lost where
//! the ring is full.
//!
//! What is simulated is one worker. Each packet is an event; what it costs depends on the member that its flow was bound to
//! and on how far the flow is; every [`CONTROL_NS`] the policy is asked, as the server asks it. A flow of which packets were
//! lost gets the verdict that its member gives on what was seen. Flows end by their last packet or by time, as the runtime
//! has it. Left out are the bounds of the flow table and the thread that writes. The same seed gives the same result.

mod admission;
mod flow;
mod lots;
mod member;
mod oracle;
mod outcome;
mod server;
mod tally;
#[cfg(test)]
mod tests;

pub use admission::Admission;
pub use member::SimMember;
pub use oracle::Oracle;
pub use outcome::{Moment, Outcome};
pub use server::{Simulation, simulate};
pub use tally::{Tally, Verdict};

/// How often a policy is asked, in nanoseconds.
pub const CONTROL_NS: u64 = 10_000_000;
