//! The program `cato`, for those tests of this crate that start it.

use std::process::ExitCode;

use cato_optimizer::{cli, commands};

fn main() -> ExitCode {
    commands::run(&cli::parse())
}
