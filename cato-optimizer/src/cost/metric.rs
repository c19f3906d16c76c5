//! The choice of what pipelines are compared by.

use std::fmt;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::{Latency, Throughput};

/// What pipelines are compared by, as a number of nanoseconds that a search minimises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum CostMetric {
    /// CPU time from raw packet bytes to verdict, per flow.
    #[default]
    ExecutionTime,
    /// Time from the first packet of a flow to its verdict: waiting for packets and execution, the mean over flows.
    ///
    /// The mean, as in the experiments of CATO's authors; it is also the only one of mean, median and percentiles of which
    /// the parts add up, so that waiting, extraction and prediction are what a front says they are.
    Latency,
    /// The highest rate of packets at which none is lost, on one core, as the time that a packet then takes: 10^9 over
    /// packets per second.
    ///
    /// For one trace, packets, bits and classifications per second are proportional, so they give one front.
    Throughput,
}

impl CostMetric {
    /// Whether it is the one that studies had before there was a choice.
    #[must_use]
    pub fn is_execution_time(&self) -> bool {
        *self == Self::ExecutionTime
    }

    /// The name in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ExecutionTime => "execution-time",
            Self::Latency => "latency",
            Self::Throughput => "throughput",
        }
    }

    /// The metric of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::ExecutionTime, Self::Latency, Self::Throughput].into_iter().find(|metric| metric.name() == name)
    }

    /// The figure of these three that it stands for; NaN where it was not measured.
    pub(crate) fn of(self, execution_time_ns: f64, latency: Option<&Latency>, throughput: Option<&Throughput>) -> f64 {
        match self {
            Self::ExecutionTime => execution_time_ns,
            Self::Latency => latency.map_or(f64::NAN, |latency| latency.total.mean_ns),
            Self::Throughput => throughput.map_or(f64::NAN, Throughput::packet_ns),
        }
    }
}

impl fmt::Display for CostMetric {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
