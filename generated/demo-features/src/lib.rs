// Made by cato 0.1.0 from spec.toml (blake3 080a2e1ba2e9c2c2); do not edit.

//! Features of network flows, compiled: 6 features of the first 10 packets.
//!
//! The crate's README says how it is called from Rust and from C.
//!
//! ```
//! use demo_features::Extractor;
//! use demo_features::rt::{Direction, Packet, PacketView, Pipeline};
//!
//! let mut state = Extractor::start();
//! // For each packet of the flow: 20 bytes of its IP and of its TCP header, its IP length.
//! let (ip, tcp) = ([0x45; 20], [0; 20]);
//! let view = PacketView::tcp(&ip, &tcp, 40);
//! Extractor::update(&mut state, &Packet { view, time_ns: 0, direction: Direction::Source });
//! // At the inference point:
//! let features = Extractor::extract(&state);
//! println!("{} = {}", Extractor::FEATURES[0], features[0]);
//! ```
#![no_std]
#![deny(unsafe_code)]

// A library for C has no Rust program around it to bring a panic handler.
#[cfg(all(feature = "capi", not(target_os = "none")))]
extern crate std;

// Written as cato formats it, and compared byte for byte by `cato vendor --check`.
#[cfg(feature = "capi")]
#[allow(unsafe_code)]
#[rustfmt::skip]
pub mod capi;
#[rustfmt::skip]
mod pipeline;
#[rustfmt::skip]
pub mod rt;

pub use pipeline::{Extractor, State};

// What PROVENANCE.toml says of the state. Where pointers have fewer bits, alignments may be smaller.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<State>() == 32);

// Nothing here panics; the linker wants to know what would happen.
#[cfg(all(feature = "panic-handler", target_os = "none"))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
