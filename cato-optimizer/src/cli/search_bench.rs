//! Arguments of `cato search-bench`.

use std::path::PathBuf;

use clap::Args;

use crate::search::AlgorithmName;

/// Arguments of `cato search-bench`.
#[derive(Debug, Args)]
pub struct SearchBenchArgs {
    /// An exhaustive table: a CSV with the columns feature_set (a,b,c), depth, f1, cost and, where there is one,
    /// proxy_f1. May be given several times.
    #[arg(long, required = true, value_name = "FILE")]
    pub table: Vec<PathBuf>,
    /// What is known before a search: mutual information and mean packets at each depth, as JSON; for each table in
    /// order [default: the file beside the table that ends in .meta.json, where there is one].
    #[arg(long, value_name = "FILE")]
    pub meta: Vec<PathBuf>,
    /// The search algorithm; several are separated by commas.
    #[arg(long, default_value = "mobo", value_delimiter = ',', value_name = "NAME")]
    pub algorithm: Vec<AlgorithmName>,
    /// Evaluations of each search.
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub evaluations: usize,
    /// Searches for each table: with the seeds 1 to K.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=1_000_000), value_name = "K")]
    pub seeds: u64,
    /// The cheap estimates of quality in the table may not be read.
    #[arg(long)]
    pub no_proxy: bool,
    /// Evaluations that a choice does not wait for; `optimize` works with 2.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub lookahead: usize,
}
