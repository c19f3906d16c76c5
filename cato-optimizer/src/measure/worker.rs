//! The child process: loads a trace once, then compares and times one pipeline after the other.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use cato_artifact::Loaded;
use cato_codegen::interp::Decider;
use cato_codegen::model::Model;
use cato_codegen::spec::Spec;
use cato_runtime::{BatchPipeline, Depth, FlowSettings, Frame};
use cato_traffic::Trace;

use super::answer::{self, Rows};
use super::bench::{Bench, Plain, Runner};
use super::clock::Clock;
use super::oracle::Oracle;
use super::protocol::{Answer, Figures, Rate, Reply, Request, Setup};
use super::throughput::Link;
use crate::affinity::stay_on;

/// The subcommand under which a program offers [`run`] to the [`Meter`](super::Meter).
pub const WORKER_COMMAND: &str = "measure-worker";

/// Why the measuring process cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The parent cannot be spoken to.
    #[error("the parent cannot be spoken to: {0}")]
    Channel(#[from] io::Error),
    /// The parent said something that this version does not understand.
    #[error("the parent's line cannot be read: {0}")]
    Protocol(#[from] serde_json::Error),
}

/// Serves a [`Meter`](super::Meter) over standard input and output until the input ends, then ends the process. Meant
/// for the hidden subcommand [`WORKER_COMMAND`] alone.
///
/// # Errors
/// See [`WorkerError`].
pub fn run() -> Result<(), WorkerError> {
    let mut replies = take_stdout()?;
    let requests = listen();
    let Ok(setup) = requests.recv() else { return Ok(()) };
    let setup: Setup = serde_json::from_str(&setup)?;
    if let Some(core) = setup.core
        && let Err(error) = stay_on(core)
    {
        eprintln!("cannot stay on core {core}: {error}");
    }
    let loaded = Trace::load(&setup.trace).map_err(|error| error.to_string());
    let trace = match loaded {
        Ok(trace) => trace,
        Err(message) => return reply(&mut replies, &Reply::Unusable(message)),
    };
    let frames = trace.frames();
    let segments: Vec<&[Frame<'_>]> = frames.segments().collect();
    let settings = setup.settings.into();
    let mut worker = Worker {
        link: setup.rate.map(|rate| Link::new(&segments, settings, rate.generator, rate.options)),
        oracle: Oracle::new(&trace, settings),
        settings,
        segments: &segments,
        clock: Clock::choose(),
        setup: &setup,
    };
    let ready = worker.ready();
    reply(&mut replies, &ready)?;
    while let Ok(line) = requests.recv() {
        let request: Request = serde_json::from_str(&line)?;
        reply(&mut replies, &worker.measure(&request))?;
    }
    Ok(())
}

/// Lines of the standard input. Where it ends the parent is gone, and so is this process, whatever a candidate is doing
/// in another thread.
fn listen() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
        std::process::exit(0);
    });
    lines
}

/// Takes the standard output for replies. Criterion prints to it; that goes to the standard error from here on.
fn take_stdout() -> io::Result<File> {
    let replies = rustix::io::fcntl_dupfd_cloexec(io::stdout(), 0)?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok(replies.into())
}

fn reply(replies: &mut File, reply: &Reply) -> Result<(), WorkerError> {
    let mut line = serde_json::to_vec(reply)?;
    line.push(b'\n');
    replies.write_all(&line)?;
    Ok(())
}

struct Worker<'a> {
    /// Where throughput is asked for.
    link: Option<Link>,
    oracle: Oracle,
    settings: FlowSettings,
    segments: &'a [&'a [Frame<'a>]],
    clock: Clock,
    setup: &'a Setup,
}

impl Worker<'_> {
    fn ready(&self) -> Reply {
        if self.oracle.flows() == 0 {
            return Reply::Unusable(format!("{}: no flow starts in this trace", self.setup.trace.display()));
        }
        match self.checked(&self.setup.reference) {
            Ok(mut reference) => {
                let run = Runner::new(&mut reference, self.settings, self.segments).wall_time();
                let packets = self.segments.iter().map(|segment| segment.len() as u64).sum();
                Reply::Ready { flows: self.oracle.flows(), packets, run_ns: nanoseconds(run) }
            }
            Err(refusal) => refusal,
        }
    }

    fn measure(&mut self, request: &Request) -> Reply {
        self.figures(request).map_or_else(|refusal| refusal, Reply::Measured)
    }

    fn figures(&mut self, request: &Request) -> Result<Figures, Reply> {
        let mut candidate = self.checked(request)?;
        let mut reference = load(&self.setup.reference.library)?;
        let mut reference = Runner::new(&mut reference, self.settings, self.segments);
        let bench = self.bench();
        let whole = {
            let mut candidate = Runner::new(&mut candidate, self.settings, self.segments);
            bench.measure(&request.id, &mut candidate, &mut reference, self.oracle.flows())
        };
        let answer =
            if self.setup.latency { Some(self.answer(request, &mut candidate, &mut reference)?) } else { None };
        let throughput = self.link.as_mut().map(|link| match link.throughput(&mut candidate, self.settings) {
            Ok(throughput) => Rate::Found(throughput),
            Err(none) => Rate::None(none),
        });
        Ok(Figures { whole, answer, throughput })
    }

    /// Times what runs up to the verdict of a flow.
    fn answer(&self, request: &Request, candidate: &mut Loaded, reference: &mut Runner<'_>) -> Result<Answer, Reply> {
        let (bench, flows) = (self.bench(), self.oracle.flows());
        let depth = candidate.depth();
        let frames = answer::frames(self.segments, depth, self.settings);
        let ratio = {
            let segments: Vec<&[Frame<'_>]> = frames.iter().map(Vec::as_slice).collect();
            let mut candidate = Runner::new(candidate, self.settings, &segments);
            bench.measure(&format!("{}-answer", request.id), &mut candidate, reference, flows).ratio
        };
        let prediction_ratio = if candidate.class_count() == 0 {
            0.0
        } else {
            let rows = Rows::new(candidate, self.settings, self.segments);
            let mut model = Plain::new(|| {
                black_box(rows.predict());
            });
            bench.measure(&format!("{}-model", request.id), &mut model, reference, flows).ratio
        };
        let packets = match depth {
            // Checked against the spec, of which the depth has 16 bits.
            Depth::Packets(packets) => u16::try_from(packets).ok(),
            Depth::All => None,
        };
        Ok(Answer { packets, ratio, prediction_ratio })
    }

    fn bench(&self) -> Bench<'_> {
        Bench {
            clock: self.clock,
            warm_up: Duration::from_nanos(self.setup.warm_up_ns),
            measurement: Duration::from_nanos(self.setup.measurement_ns),
            folder: &self.setup.criterion,
        }
    }

    /// A pipeline that agrees with its interpretation over the whole trace.
    fn checked(&self, request: &Request) -> Result<Loaded, Reply> {
        let spec = read(&request.spec, Spec::from_toml)?;
        let models = spec.models().map(|named| read(&request.spec.with_file_name(&named.file), Model::from_json));
        let models = models.collect::<Result<Vec<Model>, Reply>>()?;
        let models: Vec<&Model> = models.iter().collect();
        let plan = cato_codegen::compile(&spec, &models).map_err(|errors| Reply::Unusable(errors.to_string()))?;
        let mut pipeline = load(&request.library)?;
        let decider = match models.as_slice() {
            [] => None,
            models => Some(Decider::new(&spec, models).map_err(|errors| Reply::Unusable(errors.to_string()))?),
        };
        self.oracle.check(&mut pipeline, &plan, decider.as_ref(), self.segments).map_err(Reply::Disagrees)?;
        Ok(pipeline)
    }
}

fn load(library: &Path) -> Result<Loaded, Reply> {
    Loaded::open(library).map_err(|error| Reply::Unusable(error.to_string()))
}

fn read<T, E: std::fmt::Display>(path: &Path, parse: impl FnOnce(&str) -> Result<T, E>) -> Result<T, Reply> {
    let unusable = |reason: String| Reply::Unusable(format!("{}: {reason}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    parse(&text).map_err(|error| unusable(error.to_string()))
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
