//! Frames in memory, played over and over: with rising time, with addresses of their own in each pass, at a rate.
//!
//! A [`Replay`] holds the frames of captures and gives them out in batches. One capture played once is a *pass*; all
//! captures played once are a *loop*. Packet time goes on rising from pass to pass, and on request every pass has
//! addresses that no other has, so that no flow is seen twice. A [`Pacer`] says how many packets are due by now, at a
//! rate or as fast as the packets' own times ask for. A [`ring`] takes frames from the thread that plays them to the one
//! that drains them, and never waits: what does not fit is counted by whoever offers it.
//!
//! ```no_run
//! use cato_traffic::replay::{Due, Pace, Pacer, Replay, ReplayOptions};
//! use cato_traffic::{Inputs, Trace, TraceOptions};
//!
//! # fn play(mut sink: impl FnMut(&cato_runtime::Frame<'_>)) -> Result<(), cato_traffic::Error> {
//! let inputs = Inputs::collect(&["captures".into()])?;
//! let trace = Trace::collect(&inputs, &TraceOptions::default())?;
//! let options = ReplayOptions { loops: Some(10), vary_addresses: true, ..ReplayOptions::default() };
//! let mut replay = Replay::of_trace(&trace, &options);
//! let mut pacer = Pacer::start(Pace::Rate(1e6));
//! loop {
//!     match pacer.due(&replay, 64) {
//!         Due::Packets(due) => {
//!             let Some(batch) = replay.next_batch(due) else { break };
//!             // A driver takes `&batch.frames()`, at most `Batch::MOST` frames at a time.
//!             batch.frames().iter().for_each(&mut sink);
//!         }
//!         Due::In(time) => std::thread::sleep(time),
//!         Due::Never => break,
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What is played is as true as the captures are, but for two things: checksums do not fit addresses that were varied,
//! and a flow that a capture cuts off stays open until it is idle.

mod numbering;
mod pace;
mod player;
pub mod ring;
#[cfg(test)]
mod tests;

pub use pace::{Due, Pace, Pacer};
pub use player::{Batch, FrameBatch, Replay, ReplayOptions};
