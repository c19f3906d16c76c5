//! `cato synth`: a synthetic capture and its labels.

use std::path::Path;

use cato_traffic::synth::{self, Profile};
use serde::Serialize;

use super::Outcome;
use super::context::Context;
use crate::cli::SynthArgs;

pub(super) fn run(args: &SynthArgs, context: &Context) -> anyhow::Result<Outcome> {
    let profile = Profile::open(&args.profile)?;
    let written = synth::write(&profile, args.flows as usize, args.seed, &args.out, &args.labels)?;
    let document = Document {
        capture: &args.out,
        labels: &args.labels,
        flows: args.flows,
        packets: written.packets,
        seed: args.seed,
    };
    let text = format!("{} flows, {} packets in {}\n", args.flows, written.packets, args.out.display());
    context.result(&document, text)?;
    Ok(Outcome::Done)
}

#[derive(Serialize)]
struct Document<'a> {
    capture: &'a Path,
    labels: &'a Path,
    flows: u32,
    packets: u64,
    seed: u64,
}
