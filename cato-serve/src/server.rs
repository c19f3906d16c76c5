//! All threads of a server, from start to end.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use cato_runtime::{Bucket, Driver, Entry, FlowSettings};
use cato_traffic::BoundedStorage;

use super::admission::{Admitter, WorthTable};
use super::assignment::Assignment;
use super::cores::Cores;
use super::counts::WorkerCounts;
use super::dispatch::Dispatcher;
use super::exchange::Exchange;
use super::http::Responder;
use super::members::Members;
use super::policy::Policy;
use super::queue::queue;
use super::replace::{Replacer, load};
use super::sink::{Outlet, Writer, WriterParts};
use super::snapshot::{Boards, kinds};
use super::steering::{Course, Steering};
use super::watch::Watch;
use super::worker::{Engine, SourceEnd, Worker};
use super::{Answer, Constraints, Control, Pool, Report, ServeError, SinkSpec, Snapshot, Source, Sources, metrics};

/// Verdicts that may wait for the writing thread, for each worker.
const QUEUE: usize = 1 << 16;
/// How long the writing thread may take nothing once all workers have ended. It gives up by itself before that; where it
/// does not, a call of the system holds it.
const STUCK: Duration = Duration::from_secs(3);
const NAP: Duration = Duration::from_millis(2);

/// Who is told of each answer, by the thread that writes, and of when the worker took the packets that it came with.
pub type Listener = Box<dyn FnMut(&Answer, Instant) + Send>;

/// What packets are served.
pub enum Input {
    /// A source for each worker.
    Each(Sources),
    /// One source, whose packets are shared out among so many workers, those of a flow to the same one.
    Shared(Box<dyn Source>, usize),
}

/// How packets are served.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// When flows start and end.
    pub settings: FlowSettings,
    /// The most keys that the flow table of a worker holds.
    pub table_capacity: usize,
    /// What flows are worth by their first packet; `None` admits all kinds alike where not all can be.
    pub worth: Option<WorthTable>,
    /// What is watched.
    pub constraints: Constraints,
    /// Where verdicts go.
    pub sink: SinkSpec,
    /// What lines call the capture; `None` for an interface.
    pub file: Option<String>,
    /// Where metrics are offered; port 0 stands for any that is free.
    pub metrics: Option<SocketAddr>,
    /// How many times as long as it takes the work on packets is made to take, by waiting while the core is held; 1 for a
    /// server as fast as it can be. For tests under loads that are more than could be played otherwise.
    pub slowdown: f64,
}

/// A server that runs.
pub struct Server {
    boards: Arc<Boards>,
    replacer: Replacer,
    cores: Cores,
    sources: Vec<JoinHandle<SourceEnd>>,
    writer: JoinHandle<()>,
    steering: JoinHandle<()>,
    stop_steering: Arc<AtomicBool>,
    responder: Option<Responder>,
    started: Instant,
}

impl Server {
    /// Loads the pipelines for each worker, takes all memory that the server will ever need, and begins to serve. Flows are
    /// bound to members of the pool as `policy` says.
    ///
    /// # Errors
    /// See [`ServeError`]; nothing has then been taken from the input.
    pub fn start(
        pool: &Pool,
        policy: Box<dyn Policy>,
        input: Input,
        options: &ServeOptions,
        control: &Control,
    ) -> Result<Self, ServeError> {
        Self::start_heard(pool, policy, input, options, control, None)
    }

    /// As [`start`](Self::start), with somebody who is told of every answer.
    ///
    /// # Errors
    /// As above.
    pub fn start_heard(
        pool: &Pool,
        policy: Box<dyn Policy>,
        input: Input,
        options: &ServeOptions,
        control: &Control,
        listener: Option<Listener>,
    ) -> Result<Self, ServeError> {
        let (dispatcher, inputs) = share_out(input, control)?;
        let workers = inputs.len();
        let buckets = options.worth.as_ref().map(|worth| worth.buckets().clone());
        let kinds = kinds(&buckets);
        let outlet = Outlet::open(options.sink.clone())
            .map_err(|source| ServeError::Sink { spec: options.sink.clone(), source })?;
        let secret = random_secret()?;
        let assignment = Arc::new(Assignment::new(policy.start(), options.worth.as_ref()));
        let boards = Arc::new(Boards::new(pool, Arc::clone(&assignment), buckets, workers));
        let (mut loaded, mut queues, mut orders) = (Vec::new(), Vec::new(), Vec::new());
        for (source, board) in inputs.into_iter().zip(boards.workers()) {
            let (outbox, out) = queue(QUEUE, source.can_wait());
            queues.push(out);
            let counts = WorkerCounts::new(pool.classes().len(), Pool::MOST, kinds);
            let counts = WorkerCounts { capacity: options.table_capacity as u64, ..counts };
            let driver = driver(pool, &assignment, options, secret)?;
            let (order, ordered) = channel();
            orders.push(order);
            let exchange = Exchange::new(ordered);
            let engine = Engine::new(driver, exchange, outbox, counts, Arc::clone(board), options);
            loaded.push(Worker { source, engine, control: control.clone() });
        }
        let bytes = loaded.first().map_or_else(Vec::new, |worker| worker.engine.state_bytes());
        let course = Arc::new(Mutex::new(begin(pool, policy, options.constraints, &boards, &bytes)));
        let responder = options.metrics.map(|address| respond(address, &boards)).transpose()?;
        let cores = Cores::allowed();
        let parts = WriterParts {
            outlet,
            queues,
            classes: pool.classes().to_vec(),
            file: options.file.clone(),
            control: control.clone(),
            listener,
            board: Arc::clone(boards.sink()),
        };
        let writer = spawn("writer", {
            let cores = cores.clone();
            move || {
                cores.leave_to_workers(workers);
                Writer::new(parts).run();
            }
        })?;
        let (home, left) = channel();
        let replacer = Replacer {
            orders,
            home,
            course: Arc::clone(&course),
            assignment: Arc::clone(&assignment),
            boards: Arc::clone(&boards),
            capacity: options.table_capacity,
            turn: Mutex::new(()),
        };
        let stop_steering = Arc::new(AtomicBool::new(false));
        let steering = Steering {
            course,
            assignment,
            admitter: options.worth.clone().map(Admitter::new),
            boards: Arc::clone(&boards),
            table_bytes: workers * table_bytes(options.table_capacity),
            states: workers * options.table_capacity,
            left,
            stop: Arc::clone(&stop_steering),
        };
        let steering = spawn("steering", {
            let cores = cores.clone();
            move || {
                cores.leave_to_workers(workers);
                steering.run();
            }
        })?;
        let started = Instant::now();
        let mut sources = Vec::new();
        for (number, worker) in loaded.into_iter().enumerate() {
            let cores = cores.clone();
            sources.push(spawn("worker", move || {
                cores.pin_worker(number, workers);
                worker.run()
            })?);
        }
        if let Some(dispatcher) = dispatcher {
            let cores = cores.clone();
            sources.push(spawn("dispatcher", move || {
                cores.leave_to_workers(workers);
                dispatcher.run()
            })?);
        }
        Ok(Self { boards, replacer, cores, sources, writer, steering, stop_steering, responder, started })
    }

    /// Has flows that begin from here on bound to members of another pool, as `policy` says; no packet is lost, and nothing
    /// waits but the caller. Flows that are bound already are answered by the pipelines that they were bound to; these go,
    /// and their memory, when no flow needs them any more. Pipelines that are in both pools stay as they are.
    ///
    /// # Errors
    /// Of [`ServeError`]: [`Classes`](ServeError::Classes), [`Load`](ServeError::Load), or [`NoPlace`](ServeError::NoPlace)
    /// where there would be more pipelines than [`Pool::MOST`], those included that have yet to go. Nothing has changed then.
    pub fn replace(&self, pool: &Pool, policy: Box<dyn Policy>, constraints: Constraints) -> Result<(), ServeError> {
        self.replacer.replace(pool, policy, constraints)?;
        self.steering.thread().unpark();
        Ok(())
    }

    /// Keeps the calling thread, and the processes that it starts, off the cores of the workers, where there are others.
    pub fn leave_cores_to_workers(&self) {
        self.cores.leave_to_workers(self.boards.workers().len());
    }

    /// What there was to say since this was asked last: constraints that are no longer kept to, or again.
    #[must_use]
    pub fn notices(&self) -> Vec<String> {
        self.boards.take_notices()
    }

    /// Where metrics are offered.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.responder.as_ref().map(Responder::address)
    }

    /// What has been counted up to now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.boards.snapshot()
    }

    /// Whether every source has ended, and every verdict has been given.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.sources.iter().all(JoinHandle::is_finished)
    }

    /// Waits for the end, until all verdicts are written or the sink has taken none for some seconds, and says what became
    /// of every packet and flow.
    #[must_use]
    pub fn finish(self) -> Report {
        let mut ends = Vec::new();
        let mut lost_threads = 0;
        for source in self.sources {
            match source.join() {
                Ok(end) => ends.push(end),
                Err(_) => lost_threads += 1,
            }
        }
        self.stop_steering.store(true, Ordering::Relaxed);
        self.steering.thread().unpark();
        lost_threads += usize::from(self.steering.join().is_err());
        wait_for_writer(&self.writer, &self.boards);
        if let Some(responder) = self.responder {
            responder.stop();
        }
        let mut report = Report::new(self.boards.snapshot(), ends, lost_threads, self.started);
        report.warnings.extend(self.boards.take_notices());
        report
    }
}

/// A source for each worker, and the thread's work that fills them where there is one.
fn share_out(input: Input, control: &Control) -> Result<(Option<Dispatcher>, Sources), ServeError> {
    match input {
        Input::Each(sources) if sources.is_empty() => Err(ServeError::NoWorker),
        Input::Shared(_, 0) => Err(ServeError::NoWorker),
        Input::Each(sources) => Ok((None, sources)),
        // A source that can wait is read by the worker itself; nothing is copied.
        Input::Shared(source, 1) if source.can_wait() => Ok((None, vec![source])),
        Input::Shared(source, workers) => {
            // A secret of its own: the flows of one worker would otherwise share bits of their hashes.
            let (dispatcher, sources) = Dispatcher::new(source, workers, random_secret()?, control.clone());
            Ok((Some(dispatcher), sources))
        }
    }
}

/// The members with the flow table and the states of one worker.
fn driver(
    pool: &Pool,
    assignment: &Arc<Assignment>,
    options: &ServeOptions,
    secret: [u64; 2],
) -> Result<Driver<Members, BoundedStorage>, ServeError> {
    let storage = BoundedStorage::new(options.table_capacity);
    let loaded = load(pool.members().iter(), options.table_capacity)?;
    let members = Members::new(loaded, Arc::clone(assignment));
    Ok(Driver::new(members, options.settings, storage).keyed(secret))
}

/// The first pool's members get their places, which are the first ones.
fn begin(pool: &Pool, policy: Box<dyn Policy>, constraints: Constraints, boards: &Boards, bytes: &[usize]) -> Course {
    let counts = boards.workers_counts();
    let mut roster = boards.roster();
    let members = pool.members().iter().zip(bytes);
    let places = members.filter_map(|(member, bytes)| roster.take(member, *bytes, &counts)).collect();
    let watch = Watch::new(constraints);
    let names = pool.members().iter().map(|member| member.name.clone()).collect();
    boards.begin_policy(policy.name(), names, policy.start());
    boards.judged(watch.state(), Vec::new());
    Course { policy, places, watch }
}

/// Memory of a worker's flow table, in bytes.
fn table_bytes(capacity: usize) -> usize {
    capacity * (size_of::<Entry>() + size_of::<u32>()) + (2 * capacity).next_power_of_two() * size_of::<Bucket>()
}

fn respond(address: SocketAddr, boards: &Arc<Boards>) -> Result<Responder, ServeError> {
    let boards = Arc::clone(boards);
    Responder::start(address, move || metrics::page(&boards.snapshot()))
        .map_err(|source| ServeError::Metrics { address, source })
}

/// Waits until the writing thread ends, or is stuck.
fn wait_for_writer(writer: &JoinHandle<()>, boards: &Boards) {
    let taken = || {
        let sink = boards.snapshot().sink;
        sink.written + sink.dropped.iter().sum::<u64>()
    };
    let (mut before, mut since) = (taken(), Instant::now());
    while !writer.is_finished() && since.elapsed() < STUCK {
        thread::sleep(NAP);
        let now = taken();
        if now != before {
            (before, since) = (now, Instant::now());
        }
    }
}

fn random_secret() -> Result<[u64; 2], ServeError> {
    let mut bytes = [[0; 8]; 2];
    for word in &mut bytes {
        rustix::rand::getrandom(word.as_mut_slice(), rustix::rand::GetRandomFlags::empty())
            .map_err(|error| ServeError::System { what: "no random number can be drawn", source: error.into() })?;
    }
    Ok(bytes.map(u64::from_ne_bytes))
}

fn spawn<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, ServeError> {
    let started: io::Result<_> = thread::Builder::new().name(name.to_owned()).spawn(work);
    started.map_err(|source| ServeError::System { what: "a thread cannot be started", source })
}
