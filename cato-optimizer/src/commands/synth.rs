//! `cato synth`: a synthetic capture and its labels.

use std::path::Path;

use anyhow::{Context as _, bail};
use cato_traffic::synth::{self, Profile};
use serde::Serialize;

use super::Outcome;
use super::context::Context;
use crate::cli::SynthArgs;

pub(super) fn run(args: &SynthArgs, context: &Context) -> anyhow::Result<Outcome> {
    let profile = profile(&args.profile)?;
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

/// A built-in profile, or the one in a file.
pub(super) fn profile(name: &str) -> anyhow::Result<Profile> {
    if let Some(profile) = Profile::builtin(name) {
        return Ok(profile);
    }
    if !Path::new(name).exists() {
        bail!("there is no built-in profile `{name}` and no file of that name; built in: {}", Profile::BUILTIN.join(", "));
    }
    let text = std::fs::read_to_string(name).with_context(|| format!("cannot read {name}"))?;
    Profile::from_toml(&text).with_context(|| format!("profile {name}"))
}

#[derive(Serialize)]
struct Document<'a> {
    capture: &'a Path,
    labels: &'a Path,
    flows: u32,
    packets: u64,
    seed: u64,
}
