//! What the benches share: synthetic traffic in memory, the reference pipelines, and the counting of instructions.

pub mod flows;
pub mod instructions;
pub mod pipelines;
pub mod reference;

pub mod prediction;

use cato_runtime::{Frame, LinkType};
use cato_traffic::synth::{Profile, generate};

/// A frame and its capture time in nanoseconds.
pub struct TimedFrame {
    /// Nanoseconds since the unix epoch.
    pub time_ns: u64,
    /// Ethernet II, whole.
    pub data: Vec<u8>,
}

impl TimedFrame {
    /// As a driver takes it.
    #[must_use]
    pub fn as_frame(&self) -> Frame<'_> {
        let wire_len = u32::try_from(self.data.len()).unwrap_or(u32::MAX);
        Frame { link: Some(LinkType::Ethernet), wire_len, time_ns: self.time_ns, data: &self.data }
    }
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
