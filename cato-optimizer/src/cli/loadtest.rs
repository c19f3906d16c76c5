//! Arguments of `cato loadtest`.

use std::path::PathBuf;

use clap::Args;

use super::{AgainArgs, SourceArgs, TrialArgs};

/// Arguments of `cato loadtest`.
#[derive(Debug, Args)]
pub struct LoadtestArgs {
    /// The pool.
    #[arg(long, value_name = "POOL.TOML")]
    pub pool: PathBuf,
    /// The study that it was made from; traffic is made of the flows of its test part.
    #[arg(long, value_name = "DIR")]
    pub study: PathBuf,
    /// The labelled traffic that the study was made from.
    #[command(flatten)]
    pub source: SourceArgs,
    /// What is played, and how often; what can only be simulated is refused.
    #[command(flatten)]
    pub trials: TrialArgs,
    /// Plays every profile in so many seconds, instead of its own time.
    #[arg(long, value_parser = seconds, value_name = "S")]
    pub seconds: Option<f64>,
    /// How many times as long as it takes the server's work is made to take, in a ring that is as much smaller, so that one core
    /// can play what is too much for another; 1 for a server as fast as it can be. Compare with simulations of the same.
    #[arg(long, default_value = "8", value_parser = slowdown, value_name = "X")]
    pub slowdown: f64,
    /// Packets that may wait for the worker.
    #[arg(long, default_value_t = 65_536, value_parser = clap::value_parser!(u32).range(1..=1 << 24), value_name = "N")]
    pub ring: u32,
    /// The most flows that the worker remembers, as many times fewer as the server is slower.
    #[arg(long, default_value_t = 1 << 20, value_parser = clap::value_parser!(u32).range(1..=1 << 30), value_name = "N")]
    pub table_capacity: u32,
    /// Flows a second that are load 1 for a server that is not slowed down, instead of those that the pool's costs give.
    #[arg(long, value_parser = rate, value_name = "R")]
    pub capacity: Option<f64>,
    /// Settings of the study.
    #[command(flatten)]
    pub again: AgainArgs,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= 3_600.0 => Ok(seconds),
        _ => Err("a time is a number of seconds above 0, and an hour at most".to_owned()),
    }
}

fn slowdown(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(slowdown) if slowdown.is_finite() && slowdown >= 1.0 => Ok(slowdown),
        _ => Err("a slowdown is a number from 1".to_owned()),
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        _ => Err("a rate is a number of flows a second above 0".to_owned()),
    }
}
