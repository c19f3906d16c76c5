//! What each command does.

mod again;
mod baselines;
mod calibrate;
mod cascade;
mod classify;
mod compare;
mod context;
mod costing;
mod describe;
mod evaluate;
mod explain;
mod features;
mod finish;
mod front;
mod held_out;
mod input;
mod loadtest;
mod measure;
mod optimize;
mod played;
mod policies;
mod pool;
mod pooled;
mod search_bench;
mod serve;
mod settle;
mod simulate;
mod synth;
mod target;
mod train;
mod trials;
mod vendor;

use std::process::ExitCode;

use crate::cli::{Cli, Command};
use context::Context;

/// Bad input, or an environment in which the command cannot run.
const FAILED: u8 = 2;
/// A check that ran and found a difference.
const DIFFERENT: u8 = 1;

/// Runs a command: results on stdout, the rest on stderr; the status is 0, or 1 where a check found a difference, or 2
/// where there was an error.
#[must_use]
pub fn run(cli: &Cli) -> ExitCode {
    let context = Context::new(cli);
    let done = match &cli.command {
        Command::Synth(args) => synth::run(args, &context),
        Command::Features(args) => features::run(args, &context),
        Command::Train(args) => train::run(args, &context),
        Command::Optimize(args) => optimize::run(args, &context),
        Command::Evaluate(args) => evaluate::run(args, &context),
        Command::Front(args) => front::run(args, &context),
        Command::Compare(args) => compare::run(args, &context),
        Command::Cascade(args) => cascade::run(args, &context),
        Command::Pool(args) => pool::run(args, &context),
        Command::Simulate(args) => simulate::run(args, &context),
        Command::Loadtest(args) => loadtest::run(args, &context),
        Command::SearchBench(args) => search_bench::run(args, &context),
        Command::Measure(args) => measure::run(args, &context),
        Command::Explain(args) => explain::run(args, &context),
        Command::Classify(args) => classify::run(args, &context),
        Command::Serve(args) => serve::run(args, &context),
        Command::Vendor(args) => vendor::run(args, &context),
        Command::MeasureWorker => work(),
    };
    match done {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Different) => ExitCode::from(DIFFERENT),
        // A reader that had enough, such as `head`, is no mistake.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}

/// How a command ended where there was no error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    /// A check found files that are not as they would be written.
    Different,
}

/// The other side of a measurement: this process measures what another one sends it.
fn work() -> anyhow::Result<Outcome> {
    crate::measure::run_worker()?;
    Ok(Outcome::Done)
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
