//! `cato serve`: a pipeline over packets, for as long as they come.

use std::path::Path;
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use cato_artifact::Kit;
use cato_serve::{
    CaptureSource, Control, Input, InterfaceSource, ReplaySource, ServeOptions, Server, SinkSpec, Source,
};
use cato_traffic::live::{LiveOptions, drop_privileges};
use cato_traffic::replay::Pace;
use tracing::warn;

use super::context::Context;
use super::pooled::Pooled;
use super::{Outcome, input, pooled};
use crate::cli::{PacketArgs, ServeArgs};
use crate::progress::ServeProgress;

/// How often it is looked whether the server has ended.
const LOOK: Duration = Duration::from_millis(10);

pub(super) fn run(args: &ServeArgs, context: &Context) -> anyhow::Result<Outcome> {
    let sink = sink(args, context)?;
    let kit = Kit::prepare(&context.cache()?)?;
    let Pooled { pool, policy, constraints, worth, left_out } = pooled::read(args, &kit)?;
    left_out.iter().for_each(|why| warn!("{why}"));
    let (input, file) = packets(&args.packets, usize::from(args.workers.get()))?;
    let options = ServeOptions {
        settings: input::rules(&args.rules),
        table_capacity: args.table_capacity as usize,
        worth,
        constraints,
        sink,
        file,
        metrics: args.metrics,
        slowdown: 1.0,
    };
    let control = Control::new();
    control.listen().context("signals cannot be listened to")?;
    let server = Server::start(&pool, policy, input, &options, &control)?;
    if let Some(address) = server.metrics_address() {
        context.say(format_args!("metrics at http://{address}/metrics"));
    }
    attend(&server, args, &kit, &control, context);
    let report = server.finish();
    if options.sink == SinkSpec::Stdout {
        context.say(&report);
    } else {
        context.result(&report, format_args!("{report}\n"))?;
    }
    ensure!(report.errors.is_empty(), "{}", report.errors.join("; "));
    if let Some(imbalance) = report.imbalance() {
        bail!("the counts do not add up: {imbalance}");
    }
    Ok(Outcome::Done)
}

/// Until the server ends: shows how it goes, says what it says, and reads the pool again when that is asked for.
fn attend(server: &Server, args: &ServeArgs, kit: &Kit, control: &Control, context: &Context) {
    let progress = ServeProgress::new(context.quiet);
    let mut shown = Instant::now();
    thread::scope(|scope| {
        let mut reading: Option<ScopedJoinHandle<'_, ()>> = None;
        while !server.is_finished() {
            thread::sleep(LOOK);
            server.notices().iter().for_each(|notice| warn!("{notice}"));
            if reading.as_ref().is_none_or(ScopedJoinHandle::is_finished)
                && let Some(path) = &args.pool
                && control.takes_reload()
            {
                reading = Some(scope.spawn(move || match read_again(server, args, kit) {
                    Ok(members) => context.say(format_args!("{} read again: {members} serve", path.display())),
                    Err(error) => warn!("the old pool goes on: {error:#}"),
                }));
            }
            if shown.elapsed() >= ServeProgress::EVERY {
                progress.update(&server.snapshot());
                shown = Instant::now();
            }
        }
    });
    progress.finish();
}

/// Reads the pool again, builds what is new in it, and hands it over; the ids of its members.
fn read_again(server: &Server, args: &ServeArgs, kit: &Kit) -> anyhow::Result<String> {
    server.leave_cores_to_workers();
    let Pooled { pool, policy, constraints, left_out, .. } = pooled::read(args, kit)?;
    server.replace(&pool, policy, constraints)?;
    left_out.iter().for_each(|why| warn!("{why}"));
    let ids: Vec<&str> = pool.members().iter().map(|member| member.name.as_str()).collect();
    Ok(ids.join(", "))
}

/// Where verdicts go.
fn sink(args: &ServeArgs, context: &Context) -> anyhow::Result<SinkSpec> {
    let sink = args.sink.clone().unwrap_or(if context.json { SinkSpec::Null } else { SinkSpec::Stdout });
    ensure!(!context.json || sink != SinkSpec::Stdout, "with --json stdout is for one document: name another --sink");
    Ok(sink)
}

/// The packets that were asked for, and what lines call the capture.
fn packets(args: &PacketArgs, workers: usize) -> anyhow::Result<(Input, Option<String>)> {
    let Some(path) = &args.pcap else {
        let interface = args.interface.as_deref().context("name an --interface or a --pcap")?;
        let sources = InterfaceSource::open(&LiveOptions::new(interface), workers)?;
        // Nothing but the open sockets is needed from here on.
        drop_privileges()?;
        return Ok((Input::Each(sources.into_iter().map(|source| Box::new(source) as _).collect()), None));
    };
    let name = path.file_name().map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy()).into_owned();
    let source = capture(args, path, &name)?;
    Ok((Input::Shared(source, workers), Some(name)))
}

fn capture(args: &PacketArgs, path: &Path, name: &str) -> anyhow::Result<Box<dyn Source>> {
    let pace = match args.rate {
        Some(rate) => Pace::Rate(rate),
        None if args.realtime => Pace::PacketTime(1.0),
        None => Pace::Unpaced,
    };
    if pace == Pace::Unpaced && args.loops.get() == 1 {
        return Ok(Box::new(CaptureSource::open(path, name)?));
    }
    Ok(Box::new(ReplaySource::open(path, name, pace, args.loops.get())?))
}
