//! Arguments of `cato pool`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use super::{AgainArgs, SourceArgs};

/// Arguments of `cato pool`.
#[derive(Debug, Args)]
pub struct PoolArgs {
    /// The study's folder.
    #[arg(value_name = "STUDY")]
    pub study: PathBuf,
    /// The labelled traffic that the study was made from.
    #[command(flatten)]
    pub source: SourceArgs,
    /// Which members of the study's front: those that span it, eight at most, or these.
    #[arg(long, default_value = "auto", value_name = "auto|ID,ID,...")]
    pub members: PoolMembers,
    /// The file that is written.
    #[arg(long, value_name = "POOL.TOML")]
    pub out: PathBuf,
    /// The largest share of packets that may be lost.
    #[arg(long, value_name = "SHARE")]
    pub loss: Option<f64>,
    /// The longest time to a verdict that 99 of 100 flows keep to, in milliseconds.
    #[arg(long, value_name = "MS")]
    pub latency_p99_ms: Option<f64>,
    /// Memory for flows and their states, in 10^6 bytes.
    #[arg(long, value_name = "MB")]
    pub memory_mb: Option<f64>,
    /// The lowest macro-F1 of a member on the validation part.
    #[arg(long, value_name = "F1")]
    pub lowest_quality: Option<f64>,
    /// Settings of the study.
    #[command(flatten)]
    pub again: AgainArgs,
}

/// Which members a pool is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PoolMembers {
    /// Those that span the front.
    Auto,
    /// Those with these ids.
    Ids(Vec<String>),
}

impl FromStr for PoolMembers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        let ids: Vec<String> = text.split(',').map(|id| id.trim().to_owned()).collect();
        if ids.iter().any(String::is_empty) {
            return Err("members are auto, or ids with commas between them".to_owned());
        }
        Ok(Self::Ids(ids))
    }
}
