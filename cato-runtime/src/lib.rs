//! The packet path of a cato pipeline.
//!
//! Everything between a captured frame and a verdict that is the same for all pipelines lives here: a frame is
//! decoded once into a [`PacketView`] and a [`FlowKey`], a [`Tracker`] follows flows in a table of fixed storage,
//! and a [`Driver`] hands batches of packets to a [`BatchPipeline`]. What differs from pipeline to pipeline, the
//! state of a flow and the operations on it, is generated code that implements [`Pipeline`] and calls the
//! accumulators in [`accumulate`].
//!
//! The crate is `no_std`, never allocates, and has no path that panics on any packet.
#![no_std]
#![warn(clippy::std_instead_of_core)]

pub mod accumulate;
pub mod math;

mod abi;
mod ageing;
mod batch;
mod decode;
mod decoded;
mod driver;
mod entry;
mod items;
mod key;
mod link;
mod packet;
mod pipeline;
mod plain;
mod select;
mod settings;
mod slots;
#[cfg(feature = "source")]
mod source;
mod table;
mod tracker;
mod wheel;

pub use abi::{ABI_VERSION, AbiHeader, MOST_EARLY, RawItems};
pub use ageing::Eviction;
pub use batch::{BatchPipeline, StaticPipeline};
pub use decode::decode;
pub use decoded::{Decoded, Skip};
pub use driver::{Driver, Finished, Frame};
pub use entry::{End, Entry, Observation, Point};
pub use items::{BATCH, Item};
pub use key::{Endpoint, FlowKey};
pub use link::LinkType;
pub use packet::{Direction, Packet, PacketView, TcpFlags};
pub use pipeline::{Depth, Pipeline, Verdict};
pub use settings::FlowSettings;
#[cfg(feature = "source")]
pub use source::SOURCE;
pub use table::{Bucket, FixedStorage, Storage};
pub use tracker::{Evicted, Tracker};
