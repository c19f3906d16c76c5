//! `cato measure`: the cost of pipelines on captures.

use std::fmt;

use anyhow::Context as _;
use cato_artifact::Kit;
use cato_traffic::{FlowRecords, Trace, TraceOptions};
use serde::Serialize;

use super::context::Context;
use super::optimize::reference_spec;
use super::target::Target;
use super::{Outcome, input};
use crate::affinity::{OffLastCore, core_beside, last_core};
use crate::cli::MeasureArgs;
use crate::cost::{Cost, Latency, Throughput};
use crate::measure::{Meter, MeterOptions, RateOptions, Waits};
use crate::report::{nanoseconds, rate};

pub(super) fn run(args: &MeasureArgs, context: &Context) -> anyhow::Result<Outcome> {
    let targets = Target::all(&args.target)?;
    let inputs = input::inputs(&args.pcap, &args.flow)?;
    let trace = Trace::collect(&inputs, &TraceOptions { merge: args.flow.merge, ..TraceOptions::default() })?;
    let kit = Kit::prepare(&context.cache()?)?;
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let path = folder.path().join("trace.bin");
    trace.save(&path)?;
    let program = std::env::current_exe().context("where this program lies is not known")?;
    let settings = input::settings(&args.flow);
    let two_cores = last_core().and_then(core_beside).is_some();
    if !two_cores {
        context.say("throughput is not measured: it takes two cores");
    }
    let options = MeterOptions {
        settings,
        latency: Some(Waits::of(&FlowRecords::of_trace(&trace, settings))),
        throughput: two_cores.then(|| RateOptions::thorough(args.trial, args.searches)),
        ..MeterOptions::new(folder.path().to_owned())
    };
    let reference = kit.build(&reference_spec(), &[])?;
    // Before this thread leaves a core, so that the measuring process finds both.
    let mut meter = Meter::start(&program, &path, &reference, &options)?;
    let _off_last_core = OffLastCore::enter();
    context.say(format_args!("{} flows, {} packets", meter.flows(), meter.packets()));
    let mut costs = Vec::new();
    for target in targets {
        let artifact = kit.build(&target.spec, &target.models())?;
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
                "{pipeline}: state {} B, code {} B\n  execution time  {:.1} ns per flow, {:.1} per packet, p99 {:.1}, {:.2} times \
                 the reference",
                cost.state_bytes,
                cost.code_bytes,
                cost.execution_time_ns,
                cost.per_packet_ns,
                cost.p99_ns,
                cost.execution_time_ns / cost.baseline_ns,
            )?;
            if let Some(cost) = &cost.latency {
                latency(formatter, cost)?;
            }
            if let Some(cost) = &cost.throughput {
                throughput(formatter, cost)?;
            }
        }
        Ok(())
    }
}

fn latency(formatter: &mut fmt::Formatter<'_>, latency: &Latency) -> fmt::Result {
    let Latency { waiting, extraction, prediction_ns, total } = latency;
    for (name, spread) in [("latency", total), ("  waiting", waiting), ("  extraction", extraction)] {
        let [mean, median, p99] = [spread.mean_ns, spread.median_ns, spread.p99_ns].map(nanoseconds);
        writeln!(formatter, "  {name:14}  {mean} per flow, median {median}, p99 {p99}")?;
    }
    writeln!(formatter, "  {:14}  {} per flow", "  prediction", nanoseconds(*prediction_ns))
}

fn throughput(formatter: &mut fmt::Formatter<'_>, throughput: &Throughput) -> fmt::Result {
    let [low, high] = throughput.spread_packets_per_s.map(rate);
    writeln!(
        formatter,
        "  throughput      {}{} packets without loss, {low} to {high} in {} searches; {} bits, {} verdicts; {} of {} trials \
         disturbed",
        if throughput.generator_bound { "generator-bound: at least " } else { "" },
        rate(throughput.packets_per_s),
        throughput.searches,
        rate(throughput.bits_per_s),
        rate(throughput.classifications_per_s),
        throughput.disturbed,
        throughput.trials,
    )
}
