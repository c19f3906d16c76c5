//! Where labelled traffic comes from.

use std::path::PathBuf;

use clap::Args;

use super::LabelArgs;

/// Labelled captures, or the demonstration's synthetic traffic.
#[derive(Clone, Debug, Args)]
pub struct SourceArgs {
    /// Synthetic traffic, made on the spot.
    #[arg(long, conflicts_with_all = ["pcap", "labels", "label_by"], required_unless_present = "pcap")]
    pub demo: bool,
    /// Capture files and folders.
    #[arg(long, num_args = 1.., value_name = "PATH")]
    pub pcap: Vec<PathBuf>,
    /// Labels.
    #[command(flatten)]
    pub label: LabelArgs,
}
