// Made by cato 0.1.0 from spec.toml (blake3 249bdd1c426704fe) and
// model.json (blake3 80fb174aaac92125); do not edit.

//! A classifier of network flows, compiled: 27 features of the first 27 packets,
//! a random forest of 100 trees, 12 classes.
//!
//! The crate's README says how it is called from Rust and from C.
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

pub use pipeline::{Classifier, State};

// What PROVENANCE.toml says of the state. Where pointers have fewer bits, alignments may be smaller.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<State>() == 848);

// Nothing here panics; the linker wants to know what would happen.
#[cfg(all(feature = "panic-handler", target_os = "none"))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
