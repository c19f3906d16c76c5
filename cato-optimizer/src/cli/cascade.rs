//! Arguments of `cato cascade`.

use std::path::PathBuf;

use clap::Args;

use super::{AgainArgs, SourceArgs};
use crate::pick::Pick;

/// Arguments of `cato cascade`.
#[derive(Debug, Args)]
pub struct CascadeArgs {
    /// The study's folder.
    #[arg(value_name = "STUDY")]
    pub study: PathBuf,
    /// The labelled traffic that the study was made from.
    #[command(flatten)]
    pub source: SourceArgs,
    /// Which evaluation of the study's front is the last stage.
    #[arg(long, default_value = "best", value_name = "knee|best|fastest|min-quality=Q|ID")]
    pub pick: Pick,
    /// Which evaluations may be early stages [default: all of smaller depth, and models fitted for it at the first packets].
    #[arg(long, value_delimiter = ',', value_name = "ID,ID,...")]
    pub early: Vec<String>,
    /// Largest number of early stages.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=2), value_name = "1|2")]
    pub most_early: u8,
    /// How far macro-F1 may fall below that of the last stage alone.
    #[arg(long, default_value = "0.005", value_parser = share, value_name = "F1")]
    pub tolerance: f64,
    /// The share of the flows that the first stage should answer.
    #[arg(long, default_value = "0.5", value_parser = share, value_name = "SHARE")]
    pub answered: f64,
    /// The median wait for a verdict that is aimed at, as a share of the last stage's.
    #[arg(long, default_value = "0.2", value_parser = share, value_name = "SHARE")]
    pub latency: f64,
    /// Says how good it is, and does not add it to the study.
    #[arg(long)]
    pub dry_run: bool,
    /// Writes spec.toml and the models into this folder as well.
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Settings of the study.
    #[command(flatten)]
    pub again: AgainArgs,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("this is a number from 0 to 1".to_owned()),
    }
}
