//! What the benches share: synthetic traffic in memory, the reference pipelines, and the counting of instructions.

pub mod instructions;
pub mod reference;

pub mod prediction;

use cato_traffic::synth::{Profile, generate};

/// A frame and its capture time in nanoseconds.
pub struct TimedFrame {
    /// Nanoseconds since the unix epoch.
    pub time_ns: u64,
    /// Ethernet II, whole.
    pub data: Vec<u8>,
}

/// Frames of `flows` flows of the built-in profile, in order of time; always the same.
///
/// # Panics
/// Where the built-in profile cannot make as many flows.
#[must_use]
pub fn traffic(flows: usize) -> Vec<TimedFrame> {
    let profile = Profile::builtin("demo").expect("the built-in profile is there");
    let mut synthesis = generate(&profile, flows, 1).expect("the profile has room for as many flows");
    let mut frames = Vec::new();
    while let Some(frame) = synthesis.next_frame() {
        frames.push(TimedFrame { time_ns: frame.time_ns, data: frame.data.to_vec() });
    }
    frames
}
