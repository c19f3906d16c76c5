//! What a pipeline costs, as measured.

mod latency;
mod metric;
mod throughput;

use serde::{Deserialize, Serialize};

pub use latency::{Latency, Spread};
pub use metric::CostMetric;
pub use throughput::Throughput;

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
    /// Which figure pipelines are compared by.
    #[serde(default, skip_serializing_if = "CostMetric::is_execution_time")]
    pub metric: CostMetric,
    /// From the first packet of a flow to its verdict, where that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
    /// The highest rate without loss, where that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throughput: Option<Throughput>,
}

impl Cost {
    /// The figure by which pipelines are compared, in nanoseconds, lower being better; see [`CostMetric`]. NaN where it
    /// was not measured.
    #[must_use]
    pub fn objective(&self) -> f64 {
        self.metric.of(self.execution_time_ns, self.latency.as_ref(), self.throughput.as_ref())
    }

    /// As much of the objective as another measurement may give otherwise: all of it but the waiting, which is a property
    /// of the trace.
    #[must_use]
    pub fn uncertain(&self) -> f64 {
        match (self.metric, &self.latency) {
            (CostMetric::Latency, Some(latency)) => latency.execution_ns(),
            _ => self.objective(),
        }
    }
}
