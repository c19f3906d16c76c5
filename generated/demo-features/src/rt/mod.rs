// From cato-runtime 0.1.0, the parts that a vendored crate needs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! The packet path that all pipelines share.
//!
//! [`Pipeline`] is what the compiled pipeline of this crate implements, [`Tracker`] follows flows in a table of fixed
//! storage, and [`accumulate`] is what the pipeline's state is made of. With the feature `parse`, `decode` reads frames
//! and `Driver` goes all the way from frames to verdicts. Nothing here allocates, and no packet makes it panic.

pub mod accumulate;
// One intrinsic: the square root instruction, which `core` does not offer.
#[allow(unsafe_code)]
pub mod math;

mod ageing;
#[cfg(feature = "parse")]
mod batch;
#[cfg(feature = "parse")]
mod decode;
mod decoded;
#[cfg(feature = "parse")]
mod driver;
mod entry;
#[cfg(feature = "parse")]
mod items;
mod key;
#[cfg(feature = "parse")]
mod link;
mod packet;
mod pipeline;
#[cfg(feature = "parse")]
mod plain;
mod select;
mod settings;
mod slots;
mod table;
mod tracker;
mod wheel;

pub use ageing::Eviction;
#[cfg(feature = "parse")]
pub use batch::{BatchPipeline, StaticPipeline};
#[cfg(feature = "parse")]
pub use decode::decode;
pub use decoded::{Decoded, Skip};
#[cfg(feature = "parse")]
pub use driver::{Driver, Finished, Frame};
pub use entry::{End, Entry, Observation, Point};
#[cfg(feature = "parse")]
pub use items::{BATCH, Item};
pub use key::{Endpoint, FlowKey};
#[cfg(feature = "parse")]
pub use link::LinkType;
pub use packet::{Direction, Packet, PacketView, TcpFlags};
pub use pipeline::{Depth, Pipeline, Verdict};
pub use settings::FlowSettings;
pub use table::{Bucket, FixedStorage, Storage};
pub use tracker::{Evicted, Tracker};
