//! The parent's side: starts the child, asks it, and starts another where one is lost.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use cato_artifact::Artifact;
use cato_codegen::spec::Depth;
use cato_runtime::FlowSettings;
use serde::Serialize;
use tracing::warn;

use super::protocol::{Figures, NoRate, Rate, RateSetup, Reply, Request, Setup};
use super::{MeasureFailure, RateOptions, WORKER_COMMAND, Waits};
use crate::affinity::{core_beside, last_core};
use crate::cost::{Cost, CostMetric, Latency, Throughput};

/// Reading a trace of many gigabytes and comparing the reference pipeline on it.
const SETUP_LIMIT: Duration = Duration::from_secs(900);
/// How many runs of the reference pipeline's length a measurement may take beyond [`MeterOptions::time_limit`]: some
/// twenty runs of a candidate twenty times as slow.
const RUNS_LIMIT: u32 = 400;

/// How to measure.
#[derive(Clone, Debug)]
pub struct MeterOptions {
    /// The flow rules of the search.
    pub settings: FlowSettings,
    /// Runs before anything counts.
    pub warm_up: Duration,
    /// How long the candidate and the reference are timed, together.
    pub measurement: Duration,
    /// How long a pipeline may take on a small trace before it counts as hanging; on a large one it is given more.
    pub time_limit: Duration,
    /// The core that the measuring process stays on; `None` lets it wander.
    pub core: Option<usize>,
    /// Execution time of the reference pipeline in nanoseconds per flow, as measured when a study began; `None` takes
    /// what the first measurement finds.
    pub baseline_ns: Option<f64>,
    /// Folder for Criterion's files and the measuring process's standard error.
    pub folder: PathBuf,
    /// The figure that pipelines are compared by. What it needs has to be asked for below.
    pub metric: CostMetric,
    /// Measures latency, of flows that wait as these do: those of the trace.
    pub latency: Option<Waits>,
    /// Searches the highest rate without loss. It needs [`core`](Self::core), and another core for the generator. Where none
    /// is found, that is a failure if pipelines are compared by it, and otherwise a warning.
    pub throughput: Option<RateOptions>,
}

impl MeterOptions {
    /// What a search uses: 0.02 s of warm-up, since comparing has warmed the caches, 0.3 s of measurement, a limit of
    /// 20 s, and the last core where there are several.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self {
            settings: FlowSettings::default(),
            warm_up: Duration::from_millis(20),
            measurement: Duration::from_millis(300),
            time_limit: Duration::from_secs(20),
            core: last_core(),
            baseline_ns: None,
            folder,
            metric: CostMetric::ExecutionTime,
            latency: None,
            throughput: None,
        }
    }
}

/// Measures pipelines on one trace, in a child process that it keeps alive.
///
/// A machine's speed drifts by more than what tells one candidate from the next. So each sample of a candidate is divided
/// by a sample of the reference pipeline taken right after it, and the cost is the median of these ratios times one
/// baseline: the reference's own time at the start of the study.
#[derive(Debug)]
pub struct Meter {
    program: PathBuf,
    setup: Setup,
    log: PathBuf,
    limit: Duration,
    flows: u64,
    packets: u64,
    baseline_ns: Option<f64>,
    metric: CostMetric,
    waits: Option<Waits>,
    worker: Option<Worker>,
}

/// Why nothing can be measured.
#[derive(Debug, thiserror::Error)]
pub enum MeterError {
    /// The folder for results cannot be used.
    #[error("{}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// Throughput takes two cores, of which one is known.
    #[error("throughput is measured on two cores: one offers packets, the other drains them; this process has one")]
    OneCore,
    /// The measuring process did not get ready.
    #[error("measuring cannot start: {0}")]
    Start(MeasureFailure),
}

impl Meter {
    /// Starts a measuring process: `program` with the argument [`WORKER_COMMAND`], which must call
    /// [`run_worker`](super::run_worker). It loads the saved `trace` and compares the reference pipeline with its
    /// interpretation.
    ///
    /// # Errors
    /// See [`MeterError`].
    pub fn start(
        program: &Path,
        trace: &Path,
        reference: &Artifact,
        options: &MeterOptions,
    ) -> Result<Self, MeterError> {
        let criterion = options.folder.join("criterion");
        fs::create_dir_all(&criterion).map_err(|source| MeterError::Folder { path: criterion.clone(), source })?;
        let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let rate = options.throughput.map(|rate| {
            let generator = options.core.and_then(core_beside).ok_or(MeterError::OneCore)?;
            Ok(RateSetup { generator, options: rate })
        });
        let setup = Setup {
            trace: trace.to_owned(),
            settings: options.settings.into(),
            reference: Request::new(reference),
            criterion,
            warm_up_ns: nanoseconds(options.warm_up),
            measurement_ns: nanoseconds(options.measurement),
            core: options.core,
            latency: options.latency.is_some(),
            rate: rate.transpose()?,
        };
        let log = options.folder.join("measure.log");
        let program = program.to_owned();
        let (limit, baseline_ns) = (options.time_limit, options.baseline_ns);
        let (metric, waits) = (options.metric, options.latency.clone());
        let mut meter =
            Self { program, setup, log, limit, flows: 0, packets: 0, baseline_ns, metric, waits, worker: None };
        let (worker, ready) = meter.start_worker().map_err(MeterError::Start)?;
        meter.worker = Some(worker);
        meter.flows = ready.flows;
        meter.packets = ready.packets;
        meter.limit += ready.run * RUNS_LIMIT;
        meter.limit += options.throughput.map_or(Duration::ZERO, |rate| rate.most());
        Ok(meter)
    }

    /// Flows of the trace.
    #[must_use]
    pub fn flows(&self) -> u64 {
        self.flows
    }

    /// Packets of the trace.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Whether measuring keeps both cores busy, so that nothing else should run meanwhile.
    #[must_use]
    pub fn takes_two_cores(&self) -> bool {
        self.setup.rate.is_some()
    }

    /// Compares an artifact with its spec and model, then times it.
    ///
    /// # Errors
    /// See [`MeasureFailure`]; the next call finds the meter ready again.
    pub fn measure(&mut self, artifact: &Artifact) -> Result<Cost, MeasureFailure> {
        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => self.start_worker()?.0,
        };
        let reply = worker.ask(&Request::new(artifact), self.limit, &self.log)?;
        self.worker = Some(worker);
        match reply {
            Reply::Measured(figures) => {
                let throughput = match figures.throughput {
                    None => None,
                    Some(Rate::Found(throughput)) => Some(throughput),
                    Some(Rate::None(none)) if self.metric == CostMetric::Throughput => return Err(none.into()),
                    Some(Rate::None(none)) => {
                        warn!("no throughput: {}", MeasureFailure::from(none));
                        None
                    }
                };
                Ok(self.cost(artifact, &figures, throughput))
            }
            Reply::Disagrees(disagreement) => Err(MeasureFailure::Disagrees(disagreement)),
            Reply::Unusable(reason) => Err(MeasureFailure::Unusable(reason)),
            Reply::Ready { .. } => Err(MeasureFailure::Worker("an answer to another question".to_owned())),
        }
    }

    fn cost(&mut self, artifact: &Artifact, figures: &Figures, throughput: Option<Throughput>) -> Cost {
        let Figures { whole, answer, .. } = figures;
        let baseline_ns = *self.baseline_ns.get_or_insert(whole.reference_ns);
        let execution_time_ns = whole.ratio * baseline_ns;
        let latency = answer.zip(self.waits.as_ref()).map(|(answer, waits)| {
            let prediction_ns = answer.prediction_ratio * baseline_ns;
            // The model alone runs with its data at hand; where nothing else is to be seen beside it, nothing is left.
            let extraction_ns = (answer.ratio * baseline_ns - prediction_ns).max(0.0);
            let depth = answer.packets.map_or(Depth::All, Depth::Packets);
            Latency::of(&waits.at(depth), extraction_ns, prediction_ns)
        });
        Cost {
            execution_time_ns,
            per_packet_ns: execution_time_ns * self.flows as f64 / self.packets as f64,
            p99_ns: whole.p99_ratio * baseline_ns,
            baseline_ns,
            reference_ns: whole.reference_ns,
            state_bytes: artifact.state_bytes,
            code_bytes: artifact.code_bytes,
            metric: self.metric,
            latency,
            throughput,
        }
    }

    fn start_worker(&self) -> Result<(Worker, Ready), MeasureFailure> {
        let mut worker = Worker::spawn(&self.program, &self.setup.criterion, &self.log)
            .map_err(|error| MeasureFailure::Worker(format!("{}: {error}", self.program.display())))?;
        match worker.ask(&self.setup, SETUP_LIMIT, &self.log)? {
            Reply::Ready { flows, packets, run_ns } => {
                Ok((worker, Ready { flows, packets, run: Duration::from_nanos(run_ns) }))
            }
            Reply::Disagrees(disagreement) => Err(MeasureFailure::Disagrees(disagreement)),
            Reply::Unusable(reason) => Err(MeasureFailure::Unusable(reason)),
            Reply::Measured(_) => Err(MeasureFailure::Worker("an answer to another question".to_owned())),
        }
    }
}

impl From<NoRate> for MeasureFailure {
    fn from(none: NoRate) -> Self {
        match none {
            NoRate::Trials { trials, disturbed } => Self::NoRate { trials, disturbed },
            NoRate::Table { keys } => Self::TableTooSmall { keys },
        }
    }
}

impl Request {
    fn new(artifact: &Artifact) -> Self {
        let Artifact { id, library, spec, .. } = artifact.clone();
        Self { id, library, spec }
    }
}

struct Ready {
    flows: u64,
    packets: u64,
    run: Duration,
}

/// The child process; killed when dropped.
#[derive(Debug)]
struct Worker {
    child: Child,
    requests: ChildStdin,
    replies: Receiver<String>,
}

impl Worker {
    fn spawn(program: &Path, criterion: &Path, log: &Path) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.arg(WORKER_COMMAND);
        // Without it Criterion asks cargo for a folder; with these it would write to another program, or more.
        command.env("CRITERION_HOME", criterion).env_remove("CARGO_CRITERION_PORT").env_remove("CRITERION_DEBUG");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(File::create(log)?);
        let mut child = command.spawn()?;
        let (Some(requests), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("the child has no pipes"));
        };
        let (sender, replies) = mpsc::channel();
        // Ends with the child, whose end closes the pipe.
        thread::spawn(move || {
            BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Ok(Self { child, requests, replies })
    }

    /// Sends a line and waits for one. Where none comes the child is gone, and the caller drops this.
    fn ask(&mut self, question: &impl Serialize, limit: Duration, log: &Path) -> Result<Reply, MeasureFailure> {
        let failed = |error: &dyn std::fmt::Display| MeasureFailure::Worker(error.to_string());
        let mut line = serde_json::to_vec(question).map_err(|error| failed(&error))?;
        line.push(b'\n');
        // Where the child is gone already, its end is found below.
        let _ = self.requests.write_all(&line);
        match self.replies.recv_timeout(limit) {
            Ok(line) => serde_json::from_str(&line).map_err(|error| failed(&error)),
            Err(RecvTimeoutError::Timeout) => Err(MeasureFailure::TimedOut { limit }),
            Err(RecvTimeoutError::Disconnected) => {
                let status = self.child.wait().map_err(|error| failed(&error))?;
                Err(MeasureFailure::Crashed { status: describe(status), said: gist(&read_log(log)).to_owned() })
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Both fail only where the child has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn describe(status: ExitStatus) -> String {
    const SIGNALS: [(i32, &str); 7] =
        [(4, "SIGILL"), (5, "SIGTRAP"), (6, "SIGABRT"), (7, "SIGBUS"), (8, "SIGFPE"), (9, "SIGKILL"), (11, "SIGSEGV")];
    match status.signal() {
        Some(signal) => match SIGNALS.iter().find(|(number, _)| *number == signal) {
            Some((_, name)) => (*name).to_owned(),
            None => format!("signal {signal}"),
        },
        None => status.to_string(),
    }
}

/// What the child wrote to its standard error before it ended.
fn read_log(log: &Path) -> String {
    fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// The line that says why: the message of a panic, otherwise the last line that is not empty. Criterion begins each of its
/// lines of progress with a carriage return and an escape sequence.
fn gist(said: &str) -> &str {
    let mut lines = said.lines().map(|line| line.rsplit(['\r', '\u{1b}']).next().unwrap_or_default().trim());
    let panic = lines.clone().skip_while(|line| !line.contains("panicked at")).nth(1);
    panic.or_else(|| lines.rfind(|line| !line.is_empty())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::gist;

    #[test]
    fn the_gist_is_the_reason() {
        assert_eq!(gist(""), "");
        assert_eq!(gist("one\nError: two\n\n"), "Error: two");
        let panic = "thread 'main' (1) panicked at a.rs:1:2:\nno such packet\nnote: run with a backtrace\n";
        assert_eq!(gist(panic), "no such packet");
        assert_eq!(gist("\r\u{1b}[KBenchmarking\rCollecting\n"), "Collecting");
    }
}
