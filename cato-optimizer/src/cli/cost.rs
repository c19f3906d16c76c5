//! Arguments that say what a candidate's cost is.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What a candidate's cost is.
#[derive(Clone, Debug, Args)]
pub struct CostArgs {
    /// What a candidate costs.
    #[arg(long, value_enum, default_value_t = CostModel::Measured)]
    pub cost_model: CostModel,
    /// With --cost-model operations: what each operation takes [default: as fitted to this machine once].
    #[arg(long, value_name = "FILE")]
    pub cost_weights: Option<PathBuf>,
}

/// Where costs come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CostModel {
    /// The time that the compiled pipeline takes, measured.
    Measured,
    /// Counted operations times what each takes: the same in every run, and not the truth. Nothing is built.
    Operations,
}
