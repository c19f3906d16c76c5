//! `cato front`: the front of a study.

use super::Outcome;
use super::context::Context;
use super::finish::Table;
use crate::cli::FrontArgs;
use crate::study::Study;

pub(super) fn run(args: &FrontArgs, context: &Context) -> anyhow::Result<Outcome> {
    let front = Study::open(&args.study)?.front()?;
    context.result(&front, Table(&front))?;
    Ok(Outcome::Done)
}
