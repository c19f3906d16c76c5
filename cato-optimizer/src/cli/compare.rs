//! Arguments of `cato compare`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::{ModelArg, SourceArgs, SplitArg, TreeTrainerArg};

/// Arguments of `cato compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The study's folder.
    #[arg(value_name = "STUDY")]
    pub study: PathBuf,
    /// The labelled traffic that the study was made from.
    #[command(flatten)]
    pub source: SourceArgs,
    /// How often each pipeline is measured, in turn with the others; its cost is the median.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    pub rounds: u16,
    /// For a study of throughput: length of the longest trials.
    #[arg(long, default_value = "50ms", value_parser = humantime::parse_duration, value_name = "TIME")]
    pub trial: Duration,
    /// Settings of the study.
    #[command(flatten)]
    pub again: AgainArgs,
}

/// Settings that a study was made with, given again. Those left out are the study's; others than the study's are an error.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Settings of the study, which need not be given again")]
pub struct AgainArgs {
    /// Classes with fewer flows are dropped.
    #[arg(long, value_name = "N")]
    pub min_flows: Option<usize>,
    /// How the flows are parted.
    #[arg(long, value_name = "flow|capture")]
    pub split: Option<SplitArg>,
    /// Seed of split, training and search.
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// The model to train.
    #[arg(long, value_enum)]
    pub model: Option<ModelArg>,
    /// Who fits decision trees.
    #[arg(long, value_enum)]
    pub tree_trainer: Option<TreeTrainerArg>,
    /// A TCP flow starts only at a SYN.
    #[arg(long, value_name = "true|false")]
    pub require_syn: Option<bool>,
    /// Idle time-out of TCP flows, in packet time.
    #[arg(long, value_parser = humantime::parse_duration, value_name = "TIME")]
    pub tcp_timeout: Option<Duration>,
    /// Idle time-out of UDP flows, in packet time.
    #[arg(long, value_parser = humantime::parse_duration, value_name = "TIME")]
    pub udp_timeout: Option<Duration>,
    /// The files are parts of one capture, in order of their names.
    #[arg(long)]
    pub merge: bool,
}
