//! The `cato` program.

use std::process::ExitCode;

use cato_optimizer::{cli, commands};

fn main() -> ExitCode {
    commands::run(&cli::parse())
}
