//! Arguments of `cato simulate`.

use std::num::NonZero;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use super::{AgainArgs, PolicyName, SourceArgs};
use crate::load::Profile;

/// Arguments of `cato simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// The pool.
    #[arg(long, value_name = "POOL.TOML")]
    pub pool: PathBuf,
    /// The study that it was made from; traffic is made of the flows of its test part.
    #[arg(long, value_name = "DIR")]
    pub study: PathBuf,
    /// The labelled traffic that the study was made from.
    #[command(flatten)]
    pub source: SourceArgs,
    /// What is played, and how often.
    #[command(flatten)]
    pub trials: TrialArgs,
    /// How many times as long everything takes as was measured, in a ring that is as much smaller: with fewer packets, runs
    /// are shorter, and chance plays a larger part.
    #[arg(long, default_value = "32", value_parser = factor, value_name = "X")]
    pub slowdown: f64,
    /// Packets that may wait for the worker.
    #[arg(long, default_value_t = 65_536, value_parser = clap::value_parser!(u32).range(1..), value_name = "N")]
    pub ring: u32,
    /// Writes a page with the course of every policy, by its first seed, into this file.
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Settings of the study.
    #[command(flatten)]
    pub again: AgainArgs,
}

/// What is played, under which policies, and how often.
#[derive(Clone, Debug, Args)]
pub struct TrialArgs {
    /// The load: a named profile, recorded:FILE with lines of `second,load`, or a file that ends in .toml.
    #[arg(
        long,
        required = true,
        value_delimiter = ',',
        value_name = "constant:X|diurnal|bursts|flash-crowd|syn-flood|..."
    )]
    pub load: Vec<LoadName>,
    /// How flows are treated. Behind any of them may stand how flows are chosen where not all can be admitted: by their worth
    /// (+worth), by worths given to others (+shuffled), or by whether they will be answered rightly (+oracle).
    #[arg(
        long,
        required = true,
        value_delimiter = ',',
        value_name = "static:ID|threshold|adaptive|sample:ID|oracle[+worth|+shuffled|+oracle]"
    )]
    pub policy: Vec<TrialPolicy>,
    /// How many runs there are of each, with the seeds 1, 2, ...
    #[arg(long, default_value = "5", value_name = "K")]
    pub seeds: NonZero<u16>,
    /// The member whose capacity is the unit of load: the one of best quality, the one whose flows cost least, or any.
    #[arg(long, default_value = "best", value_name = "best|cheapest|ID")]
    pub unit: String,
}

/// A load as it is typed.
#[derive(Clone, Debug, PartialEq)]
pub enum LoadName {
    /// A profile that has a name.
    Named(Profile),
    /// A profile in a file.
    File(PathBuf),
    /// A recording.
    Recorded(PathBuf),
}

impl FromStr for LoadName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(file) = text.strip_prefix("recorded:") {
            return Ok(Self::Recorded(file.into()));
        }
        if text.ends_with(".toml") {
            return Ok(Self::File(text.into()));
        }
        text.parse().map(Self::Named).map_err(|error: crate::load::ProfileError| error.to_string())
    }
}

/// A policy of a trial as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialPolicy {
    /// As typed.
    pub name: String,
    /// The policy; `None` for the one that knows the load to come.
    pub policy: Option<PolicyName>,
    /// How flows are chosen where not all can be admitted.
    pub admission: AdmissionName,
}

/// How flows are chosen where not all can be admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdmissionName {
    /// All alike.
    Uniform,
    /// By their worth.
    Worth,
    /// By the worth of others.
    Shuffled,
    /// By what they will be answered.
    Oracle,
}

impl FromStr for TrialPolicy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (policy, admission) = match text.split_once('+') {
            None => (text, AdmissionName::Uniform),
            Some((policy, "worth")) => (policy, AdmissionName::Worth),
            Some((policy, "shuffled")) => (policy, AdmissionName::Shuffled),
            Some((policy, "oracle")) => (policy, AdmissionName::Oracle),
            Some((_, other)) => {
                return Err(format!("flows are chosen by +worth, +shuffled or +oracle, not by +{other}"));
            }
        };
        let policy = match policy {
            "oracle" => None,
            named => Some(named.parse().map_err(|_| {
                "a policy is static:ID, threshold, adaptive, sample:ID or, simulated, oracle".to_owned()
            })?),
        };
        Ok(Self { name: text.to_owned(), policy, admission })
    }
}

fn factor(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if factor.is_finite() && factor > 0.0 => Ok(factor),
        _ => Err("a factor is a number above 0".to_owned()),
    }
}
