//! `cato classify`: the verdict on every flow of some captures.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};

use anyhow::Context as _;
use cato_artifact::{Kit, Loaded};
use cato_codegen::spec::Depth;
use cato_runtime::{Driver, FlowSettings, Skip};
use cato_serve::{Answer, Line};
use cato_traffic::{CaptureReader, FrameBuffer, GrowingStorage, Inputs};
use serde::Serialize;
use serde_json::json;

use super::context::Context;
use super::target::Target;
use super::{Outcome, input};
use crate::atomic;
use crate::cli::ClassifyArgs;

/// Frames that are read before they are driven through the pipeline together.
const FRAMES: usize = 4096;

pub(super) fn run(args: &ClassifyArgs, context: &Context) -> anyhow::Result<Outcome> {
    let target = Target::one(&args.target)?;
    let inputs = input::inputs(&args.pcap, &args.flow)?;
    let labels = match input::label_source(&args.label)? {
        // Labels are known by flow; only the start of each flow is needed for that.
        Some(_) => input::labels(&args.label, &input::records(&inputs, &args.flow, Depth::Packets(1), context)?)?,
        None => None,
    };
    let kit = Kit::prepare(&context.cache()?)?;
    let artifact = kit.build(&target.spec, &target.models())?;
    let lines = Lines {
        classes: target.model.as_ref().map_or(&[], |model| &model.classes),
        labels: labels.as_deref(),
        inputs: &inputs,
        starts: Vec::new(),
        verdicts: 0,
    };
    let driver = Driver::new(Loaded::open(&artifact.library)?, input::settings(&args.flow), GrowingStorage::new());
    let run = Run { driver, lines, settings: input::settings(&args.flow), merge: args.flow.merge, latest_ns: 0 };
    match &args.out {
        Some(path) => {
            let mut counts = None;
            atomic::write(path, |out| {
                counts = Some(run.over(out).map_err(io::Error::other)?);
                Ok(())
            })?;
            let counts = counts.context("nothing was written")?;
            context.result(&counts, format_args!("{counts}\n"))?;
        }
        None if context.json => {
            let mut lines = Vec::new();
            let counts = run.over(&mut lines)?;
            let flows: Vec<serde_json::Value> =
                serde_json::Deserializer::from_slice(&lines).into_iter().collect::<Result<_, _>>()?;
            context.result(&json!({ "flows": flows, "counts": counts }), "")?;
        }
        None => {
            let counts = run.over(&mut io::BufWriter::new(io::stdout().lock()))?;
            context.say(&counts);
        }
    }
    Ok(Outcome::Done)
}

struct Run<'a> {
    driver: Driver<Loaded, GrowingStorage>,
    lines: Lines<'a>,
    settings: FlowSettings,
    merge: bool,
    /// The latest packet time of the input that has not ended yet.
    latest_ns: u64,
}

impl Run<'_> {
    /// Drives every file through the pipeline and writes one line for each flow, in the order of their verdicts.
    fn over(mut self, out: &mut dyn Write) -> anyhow::Result<Counts> {
        let mut buffer = FrameBuffer::default();
        let mut unread = Vec::new();
        for file in self.lines.inputs.files() {
            self.lines.starts.push(self.driver.flows());
            let mut capture = match CaptureReader::open_as(&file.path, &file.name) {
                Ok(capture) => capture,
                Err(error) if file.given => return Err(error.into()),
                Err(error) => {
                    unread.push(error.to_string());
                    continue;
                }
            };
            let mut more = true;
            while more {
                more = buffer.fill(&mut capture, FRAMES)?;
                let mut done = Vec::new();
                let frames = buffer.frames();
                self.latest_ns = frames.iter().map(|frame| frame.time_ns).fold(self.latest_ns, u64::max);
                self.driver.run(&frames, |finished, _| done.push(Answer::of(finished)));
                self.lines.write(&done, out)?;
            }
            unread.extend(capture.warnings().iter().map(ToString::to_string));
            if !self.merge {
                self.end_input(out)?;
            }
        }
        self.end_input(out)?;
        out.flush()?;
        let skipped = Skip::ALL
            .into_iter()
            .map(|reason| (reason.name(), self.driver.skipped(reason)))
            .filter(|&(_, count)| count > 0)
            .collect();
        Ok(Counts {
            packets: self.driver.packets(),
            flows: self.lines.verdicts,
            absorbed: self.driver.absorbed(),
            skipped,
            unread,
        })
    }

    fn end_input(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let mut done = Vec::new();
        let (latest_ns, settings) = (std::mem::take(&mut self.latest_ns), self.settings);
        self.driver.end_input(|finished, _| done.push(Answer::of(finished).at_end(latest_ns, &settings)));
        self.lines.write(&done, out)
    }
}

/// Verdicts as lines.
struct Lines<'a> {
    classes: &'a [String],
    labels: Option<&'a [Option<String>]>,
    inputs: &'a Inputs,
    /// For each file begun, how many flows had started before it.
    starts: Vec<u64>,
    verdicts: u64,
}

impl Lines<'_> {
    fn write(&mut self, done: &[Answer], out: &mut dyn Write) -> io::Result<()> {
        for answer in done {
            self.verdicts += 1;
            self.line(answer).write(&mut *out)?;
        }
        Ok(())
    }

    fn line(&self, answer: &Answer) -> Line<'_> {
        // Files that hold no flow share their start with the one behind them, so the last that fits is meant.
        let file = self.starts.partition_point(|&start| start <= answer.flow).checked_sub(1);
        let mut line = Line::of(answer, self.classes);
        line.file = file.and_then(|file| self.inputs.files().get(file)).map(|file| file.name.as_str());
        line.label = usize::try_from(answer.flow).ok().and_then(|flow| self.labels?.get(flow)?.as_deref());
        line
    }
}

/// What became of every packet.
#[derive(Serialize)]
struct Counts {
    packets: u64,
    flows: u64,
    absorbed: u64,
    skipped: BTreeMap<&'static str, u64>,
    unread: Vec<String>,
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} flows, {} packets, {} absorbed", self.flows, self.packets, self.absorbed)?;
        for (reason, count) in &self.skipped {
            write!(formatter, ", {count} {reason}")?;
        }
        for warning in &self.unread {
            write!(formatter, "\nwarning: {warning}")?;
        }
        Ok(())
    }
}
