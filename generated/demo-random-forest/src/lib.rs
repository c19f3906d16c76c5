// Made by cato 0.1.0 from spec.toml (blake3 ac4e43a2b82ff514) and
// model.json (blake3 a47077ddfc71e90d); do not edit.

//! A classifier of network flows, compiled: 41 features of the first 17 packets,
//! a random forest of 100 trees, 12 classes.
//!
//! The crate's README says how it was made, how good it is and what it costs.
//!
//! ```
//! use demo_random_forest::Classifier;
//! use demo_random_forest::rt::{Direction, Packet, PacketView, Pipeline};
//!
//! let mut state = Classifier::start();
//! // For each packet of the flow: 20 bytes of its IP and of its TCP header, its IP length.
//! let (ip, tcp) = ([0x45; 20], [0; 20]);
//! let view = PacketView::tcp(&ip, &tcp, 40);
//! Classifier::update(&mut state, &Packet { view, time_ns: 0, direction: Direction::Source });
//! // At the inference point:
//! let verdict = Classifier::classify(&state);
//! println!("{}", Classifier::CLASSES[usize::from(verdict.class)]);
//! ```
#![no_std]
#![deny(unsafe_code)]

// Written as cato formats it, and compared byte for byte by `cato vendor --check`.
#[rustfmt::skip]
mod pipeline;
#[rustfmt::skip]
pub mod rt;

pub use pipeline::Classifier;
