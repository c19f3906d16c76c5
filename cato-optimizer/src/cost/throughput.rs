//! The highest rate without loss.

use serde::{Deserialize, Serialize};

/// The highest rate at which a pipeline lost no packet and no flow, on one core: see
/// [`crate::measure`](crate::measure#throughput) for how it is found. Rates are medians of repeated searches.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Throughput {
    /// Packets per second.
    pub packets_per_s: f64,
    /// Bits per second, of frames as they are on the wire, without preamble, check sequence and gaps.
    pub bits_per_s: f64,
    /// Verdicts per second.
    pub classifications_per_s: f64,
    /// The lowest and the highest rate that a search found, in packets per second.
    pub spread_packets_per_s: [f64; 2],
    /// How often the rate was searched.
    pub searches: u32,
    /// Trials, of all lengths.
    pub trials: u32,
    /// Trials that say nothing, as the machine took the core from the generator or the pipeline for too long.
    pub disturbed: u32,
    /// The generator offered no more: the pipeline does at least this.
    pub generator_bound: bool,
}

impl Throughput {
    /// What a packet takes at that rate, in nanoseconds.
    #[must_use]
    pub fn packet_ns(&self) -> f64 {
        1e9 / self.packets_per_s
    }
}
