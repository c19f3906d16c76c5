//! What a pipeline costs, as measured.

use serde::{Deserialize, Serialize};

/// The measured cost of one pipeline on one trace.
///
/// Times are what the pipeline took in relation to a reference pipeline measured in turn with it, sample by sample, times
/// the reference's time when the study began. So costs of one study compare even where the machine became faster or
/// slower between two measurements.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// CPU time from raw packet bytes to verdict, in nanoseconds per flow: the median of the samples.
    pub execution_time_ns: f64,
    /// The same in nanoseconds per packet of the trace.
    pub per_packet_ns: f64,
    /// 99th percentile of the samples, in nanoseconds per flow.
    pub p99_ns: f64,
    /// Execution time of the reference pipeline that the figures above refer to, in nanoseconds per flow.
    pub baseline_ns: f64,
    /// Execution time of the reference pipeline while this one was measured, in nanoseconds per flow.
    pub reference_ns: f64,
    /// State of one flow in bytes.
    pub state_bytes: u64,
    /// Machine code and constant data of the pipeline in bytes.
    pub code_bytes: u64,
}
