//! `cato measure`: the cost of pipelines on captures.

use std::fmt;

use anyhow::Context as _;
use cato_artifact::Kit;
use cato_traffic::{Trace, TraceOptions};
use serde::Serialize;

use super::context::Context;
use super::optimize::reference_spec;
use super::target::Target;
use super::{Outcome, input};
use crate::affinity::OffLastCore;
use crate::cli::MeasureArgs;
use crate::cost::Cost;
use crate::measure::{Meter, MeterOptions};

pub(super) fn run(args: &MeasureArgs, context: &Context) -> anyhow::Result<Outcome> {
    let targets = Target::all(&args.target)?;
    let inputs = input::inputs(&args.pcap, &args.flow)?;
    let trace = Trace::collect(&inputs, &TraceOptions { merge: args.flow.merge, ..TraceOptions::default() })?;
    let kit = Kit::prepare(&context.cache()?)?;
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let path = folder.path().join("trace.bin");
    trace.save(&path)?;
    let program = std::env::current_exe().context("where this program lies is not known")?;
    let options = MeterOptions { settings: input::settings(&args.flow), ..MeterOptions::new(folder.path().to_owned()) };
    let reference = kit.build(&reference_spec(), None)?;
    let _off_last_core = OffLastCore::enter();
    let mut meter = Meter::start(&program, &path, &reference, &options)?;
    context.say(format_args!("{} flows, {} packets", meter.flows(), meter.packets()));
    let mut costs = Vec::new();
    for target in targets {
        let artifact = kit.build(&target.spec, target.model.as_ref())?;
        let cost = meter.measure(&artifact).with_context(|| target.name.clone())?;
        costs.push(Measured { pipeline: target.name, cost });
    }
    context.result(&costs, Lines(&costs))?;
    Ok(Outcome::Done)
}

#[derive(Serialize)]
struct Measured {
    pipeline: String,
    #[serde(flatten)]
    cost: Cost,
}

struct Lines<'a>(&'a [Measured]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Measured { pipeline, cost } in self.0 {
            writeln!(
                formatter,
                "{pipeline}: {:.1} ns per flow, {:.1} per packet, p99 {:.1}, {:.2} times the reference; state {} B, code {} B",
                cost.execution_time_ns,
                cost.per_packet_ns,
                cost.p99_ns,
                cost.execution_time_ns / cost.baseline_ns,
                cost.state_bytes,
                cost.code_bytes,
            )?;
        }
        Ok(())
    }
}
