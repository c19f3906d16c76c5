//! Arguments of `cato evaluate`.

use std::path::PathBuf;

use clap::Args;

use super::{CostArgs, FeatureChoice, FlowArgs, LearnArgs, SourceArgs};

/// Arguments of `cato evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// Labelled traffic.
    #[command(flatten)]
    pub source: SourceArgs,
    /// Candidate features: all, a named set (mini, pc, pcpt, pcpttc) or a list.
    #[arg(long, default_value = "all", value_name = "all|a,b,c")]
    pub features: FeatureChoice,
    /// Largest packet depth that may be asked for.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    pub max_depth: u16,
    /// Answer each line `{"features": [...], "depth": n}` with a line of its macro-F1 and cost.
    #[arg(long, required_unless_present = "describe")]
    pub jsonl: bool,
    /// Print what is known before any candidate is evaluated, as one JSON document, and evaluate none.
    #[arg(long, conflicts_with_all = ["jsonl", "input"])]
    pub describe: bool,
    /// Read candidates from this file [default: stdin].
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Cost.
    #[command(flatten)]
    pub cost: CostArgs,
    /// Learning.
    #[command(flatten)]
    pub learn: LearnArgs,
    /// Flow rules.
    #[command(flatten)]
    pub flow: FlowArgs,
}
