//! What a pipeline costs, as measured.

use serde::{Deserialize, Serialize};

/// The measured cost of one pipeline on one trace.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// CPU time from raw packet bytes to verdict, in nanoseconds per flow: the median of the samples.
    pub execution_time_ns: f64,
    /// The same in nanoseconds per packet of the trace.
    pub per_packet_ns: f64,
    /// 99th percentile of the samples, in nanoseconds per flow.
    pub p99_ns: f64,
    /// Execution time of the reference pipeline, measured in turn with this one, in nanoseconds per flow.
    pub reference_ns: f64,
    /// State of one flow in bytes.
    pub state_bytes: u64,
    /// Machine code and constant data of the pipeline in bytes.
    pub code_bytes: u64,
}
