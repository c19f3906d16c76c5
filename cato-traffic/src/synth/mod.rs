//! The traffic synthesiser: labelled captures of flows that never were.
//!
//! A [`Profile`] says what traffic is like: kinds of flows with the scripts that their applications follow, the stacks
//! of their ends, the ways between them. [`generate`] plays it: each flow is two applications that exchange messages
//! over TCP, which opens, segments, acknowledges, loses, repairs and closes, or over UDP, and a capture point near the
//! client sees the frames. Frames are whole, their lengths and checksums hold, and sequence and acknowledgment
//! numbers add up, because both ends keep them.
//!
//! Equal profile, number of flows and seed give equal bytes on every machine: a flow draws from a stream of random
//! numbers of its own, and mathematical functions come from `libm`.
//!
//! Payloads look encrypted. There are no checksum errors, reordering, fragments, tunnels or VLAN tags.

mod address;
mod distribution;
mod error;
mod flow;
mod frame;
mod output;
mod packet;
mod payload;
mod profile;
mod random;
mod script;
mod synthesis;
mod tcp;
mod udp;
mod wire;

#[cfg(test)]
mod tests;

pub use error::{Error, ProfileError, ProfileErrors};
pub use output::{Summary, write};
pub use profile::Profile;
pub use synthesis::{LabelRow, Synthesis, SyntheticFrame, generate};
