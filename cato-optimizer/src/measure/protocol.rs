//! What parent and child say to each other: one JSON document per line.

use std::path::PathBuf;

use cato_runtime::FlowSettings;
use serde::{Deserialize, Serialize};

use super::{Disagreement, RateOptions};
use crate::cost::Throughput;

/// The parent's first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Setup {
    /// The saved trace.
    pub(crate) trace: PathBuf,
    pub(crate) settings: Settings,
    /// The pipeline that is measured in turn with each other one.
    pub(crate) reference: Request,
    /// Folder for what Criterion writes.
    pub(crate) criterion: PathBuf,
    pub(crate) warm_up_ns: u64,
    pub(crate) measurement_ns: u64,
    /// The core to stay on.
    pub(crate) core: Option<usize>,
    /// Whether the parts of latency are timed.
    pub(crate) latency: bool,
    /// How the highest rate without loss is searched, where it is.
    pub(crate) rate: Option<RateSetup>,
}

/// What the search for a rate needs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct RateSetup {
    /// The core from which packets are offered.
    pub(crate) generator: usize,
    pub(crate) options: RateOptions,
}

/// [`FlowSettings`] as data.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Settings {
    require_syn: bool,
    tcp_timeout_ns: u64,
    udp_timeout_ns: u64,
}

impl From<FlowSettings> for Settings {
    fn from(FlowSettings { require_syn, tcp_timeout_ns, udp_timeout_ns }: FlowSettings) -> Self {
        Self { require_syn, tcp_timeout_ns, udp_timeout_ns }
    }
}

impl From<Settings> for FlowSettings {
    fn from(Settings { require_syn, tcp_timeout_ns, udp_timeout_ns }: Settings) -> Self {
        Self { require_syn, tcp_timeout_ns, udp_timeout_ns }
    }
}

/// Every other line of the parent: a pipeline to measure.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    /// Names the pipeline in what Criterion writes.
    pub(crate) id: String,
    pub(crate) library: PathBuf,
    /// Beside it are the models that it names.
    pub(crate) spec: PathBuf,
}

/// A line of the child: one for each of the parent's.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reply {
    /// To the set-up.
    Ready {
        /// Flows of the trace.
        flows: u64,
        /// Packets of the trace.
        packets: u64,
        /// Wall time of one run of the reference pipeline over the trace.
        run_ns: u64,
    },
    /// The pipeline agrees with the interpreter, and this is its cost.
    Measured(Figures),
    /// It does not agree.
    Disagrees(Disagreement),
    /// Something named in the request or the set-up cannot be used.
    Unusable(String),
}

/// Why no rate was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NoRate {
    /// The machine was busy, or the pipeline loses at any rate.
    Trials { trials: u32, disturbed: u32 },
    /// The flows of the trace do not fit into the largest table.
    Table { keys: u64 },
}

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figures {
    /// The whole trace.
    pub(crate) whole: Ratio,
    /// Where latency is asked for.
    pub(crate) answer: Option<Answer>,
    /// Where throughput is asked for.
    pub(crate) throughput: Option<Rate>,
}

/// What came of the search for a rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Rate {
    Found(Throughput),
    None(NoRate),
}

/// What runs up to the verdict of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// The inference point; none for the end of the flow.
    pub(crate) packets: Option<u16>,
    /// Median of the time of the packets up to the verdict over the reference pipeline's, sample by sample.
    pub(crate) ratio: f64,
    /// The same of the model alone; 0 where there is none.
    pub(crate) prediction_ratio: f64,
}

/// What was timed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ratio {
    /// Median of the candidate's time over the reference pipeline's, sample by sample.
    pub(crate) ratio: f64,
    /// 99th percentile of the same.
    pub(crate) p99_ratio: f64,
    /// Median time of the reference pipeline, in nanoseconds per flow.
    pub(crate) reference_ns: f64,
}
