//! Arguments that say what a candidate's cost is.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::cost::CostMetric;

/// What a candidate's cost is.
#[derive(Clone, Debug, Args)]
pub struct CostArgs {
    /// What candidates are compared by.
    #[arg(long, value_enum, default_value_t = CostMetric::ExecutionTime)]
    pub cost: CostMetric,
    /// With --cost throughput: length of the longest trials.
    #[arg(long, default_value = "50ms", value_parser = humantime::parse_duration, value_name = "TIME")]
    pub trial: Duration,
    /// Where costs come from.
    #[arg(long, value_enum, default_value_t = CostModel::Measured)]
    pub cost_model: CostModel,
    /// With --cost-model operations: what each operation takes [default: as fitted to this machine once].
    #[arg(long, value_name = "FILE")]
    pub cost_weights: Option<PathBuf>,
}

/// Where costs come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CostModel {
    /// The compiled pipeline, measured.
    Measured,
    /// Counted operations times what each takes: the same in every run, and not the truth. Nothing is built.
    Operations,
}
