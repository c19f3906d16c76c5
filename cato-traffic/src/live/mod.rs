//! Frames from a network interface (Linux).
//!
//! A [`LiveSource`] is an `AF_PACKET` socket whose frames the kernel writes into a ring of blocks that is mapped into
//! this process (`TPACKET_V3`), and from which they are handed out without a copy. A block is handed over when it is full
//! or [`block_timeout`](LiveOptions::block_timeout) after its first frame, so that no packet waits for others. Several
//! workers share an interface by [`LiveSource::open_workers`]: the kernel gives all packets of a flow, both directions
//! alike, to one of them.
//!
//! Frames are as on the wire: a VLAN tag that the card or the kernel took off is put back. Of each frame the first
//! [`snap_length`](LiveOptions::snap_length) bytes are kept. What is not seen here: packets that the card drops by itself
//! (`ip -s link`), and the borders of packets that the card or the kernel has put together before (`ethtool -K IF gro off
//! lro off` keeps them apart).
//!
//! Opening needs the capability `CAP_NET_RAW`, capturing needs none: [`drop_privileges`] gives up all of them.

mod block;
mod error;
mod kernel;
mod options;
mod privileges;
mod socket;
mod source;
mod statistics;

pub use error::LiveError;
pub use options::LiveOptions;
pub use privileges::drop_privileges;
pub use source::{LiveSource, Polled};
pub use statistics::LiveStatistics;

/// The most frames that are handed out together.
pub const LIVE_BATCH: usize = block::BATCH;
