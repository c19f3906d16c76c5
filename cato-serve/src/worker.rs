//! A worker: one source, one flow table, one pipeline with its states.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cato_runtime::{Driver, Eviction, Finished, FlowSettings, Frame, Skip};
use cato_traffic::BoundedStorage;

use super::board::Board;
use super::counts::WorkerCounts;
use super::exchange::Exchange;
use super::members::Members;
use super::queue::{Due, Outbox};
use super::{Answer, Control, MemberCounts, ServeOptions, Source, SourceError, State};

/// How long a worker waits for packets before it looks whether flows have ended by time, and whether it is to stop.
const WAIT: Duration = Duration::from_millis(20);
/// How often counts are published.
const PUBLISH: Duration = Duration::from_millis(5);
/// How long packets that wait in the source are still taken after the request to stop.
const DRAIN: Duration = Duration::from_secs(2);

/// Takes packets from a source to verdicts.
pub(crate) struct Worker {
    pub(crate) source: Box<dyn Source>,
    pub(crate) engine: Engine,
    pub(crate) control: Control,
}

/// How a source ended.
#[derive(Debug)]
pub(crate) struct SourceEnd {
    /// Why the source gave nothing more, where that was an error.
    pub(crate) error: Option<SourceError>,
    /// What was wrong with the input.
    pub(crate) warnings: Vec<String>,
    /// When its last packet had been worked on.
    pub(crate) at: Instant,
}

impl Worker {
    /// Works until the source ends or fails, or stopping is asked for; then every open flow gets its verdict.
    pub(crate) fn run(mut self) -> SourceEnd {
        let mut stopping: Option<Instant> = None;
        let error = loop {
            if self.control.is_stopping() && stopping.is_none() {
                self.source.stop();
                stopping = Some(Instant::now());
            }
            if stopping.is_some_and(|since| since.elapsed() > DRAIN) {
                break None;
            }
            let mut silent = true;
            let engine = &mut self.engine;
            let state = self.source.next(WAIT, &mut |frames| {
                silent = false;
                engine.take(frames);
            });
            if silent {
                self.engine.idle(&*self.source);
            }
            self.engine.publish_if_due(&*self.source);
            self.engine.tend(&*self.source);
            match state {
                Ok(State::Open) => {}
                Ok(State::Ended) => break None,
                Err(error) => break Some(error),
            }
        };
        self.engine.answers.outbox.can_wait_now();
        self.engine.idle(&*self.source);
        self.engine.end();
        self.engine.publish(&*self.source);
        SourceEnd { error, warnings: self.source.warnings(), at: Instant::now() }
    }
}

/// What is between a worker's source and the queue to the writing thread.
pub(crate) struct Engine {
    driver: Driver<Members, BoundedStorage>,
    exchange: Exchange,
    answers: Answers,
    board: Arc<Board>,
    settings: FlowSettings,
    /// See [`ServeOptions::slowdown`]; `None` where that is 1.
    slowdown: Option<f64>,
    /// The latest packet time.
    latest_ns: u64,
    published: Instant,
}

/// Where verdicts go to, and what is counted on the way.
struct Answers {
    outbox: Outbox,
    counts: WorkerCounts,
}

impl Engine {
    pub(crate) fn new(
        driver: Driver<Members, BoundedStorage>,
        exchange: Exchange,
        outbox: Outbox,
        counts: WorkerCounts,
        board: Arc<Board>,
        options: &ServeOptions,
    ) -> Self {
        let answers = Answers { outbox, counts };
        let (settings, slowdown) = (options.settings, Some(options.slowdown).filter(|slowdown| *slowdown > 1.0));
        Self { driver, exchange, answers, board, settings, slowdown, latest_ns: 0, published: Instant::now() }
    }

    /// Bytes of a state of each pipeline.
    pub(crate) fn state_bytes(&self) -> Vec<usize> {
        self.driver.pipeline().state_bytes()
    }

    fn take(&mut self, frames: &[Frame<'_>]) {
        let Some(slowdown) = self.slowdown else { return self.work(frames) };
        let begun = thread_time_ns();
        self.work(frames);
        let took = thread_time_ns().saturating_sub(begun);
        let until = begun.saturating_add((took as f64 * slowdown) as u64);
        while thread_time_ns() < until {
            std::hint::spin_loop();
        }
    }

    fn work(&mut self, frames: &[Frame<'_>]) {
        let Self { driver, answers, .. } = self;
        // Once for all packets that came together: their verdicts fall due from here on.
        let now = Instant::now();
        for frame in frames {
            answers.counts.bytes += u64::from(frame.wire_len);
            self.latest_ns = self.latest_ns.max(frame.time_ns);
        }
        driver.run(frames, |finished, members| {
            answers.send(finished, members, Answer::of(finished), now);
        });
    }

    /// Flows end by time where no packet comes.
    fn idle(&mut self, source: &dyn Source) {
        let Self { driver, answers, .. } = self;
        if let Some(now_ns) = source.clock_ns() {
            self.latest_ns = self.latest_ns.max(now_ns);
            let now = Instant::now();
            driver.advance_to(now_ns, |finished, members| {
                answers.send(finished, members, Answer::of(finished), now);
            });
        }
    }

    fn end(&mut self) {
        let Self { driver, answers, settings, latest_ns, .. } = self;
        let now = Instant::now();
        driver.end_input(|finished, members| {
            answers.send(finished, members, Answer::of(finished).at_end(*latest_ns, settings), now);
        });
    }

    /// Lets pipelines come and go.
    fn tend(&mut self, source: &dyn Source) {
        if self.exchange.tend(&mut self.driver) {
            // The counts of those that go are the last at their places.
            self.publish(source);
            self.exchange.let_go(&mut self.driver);
        }
    }

    fn publish_if_due(&mut self, source: &dyn Source) {
        if self.published.elapsed() >= PUBLISH {
            self.publish(source);
        }
    }

    fn publish(&mut self, source: &dyn Source) {
        let Self { driver, answers: Answers { outbox, counts }, .. } = self;
        counts.packets = driver.packets();
        counts.classified = driver.classified();
        counts.absorbed = driver.absorbed();
        counts.declined = driver.declined();
        counts.declined_flows = driver.declined_flows();
        counts.skipped = Skip::ALL.map(|reason| driver.skipped(reason));
        let evicted = Eviction::ALL.map(|reason| driver.evicted(reason));
        counts.evicted_keys = evicted.map(|evicted| evicted.keys);
        counts.evicted_flows = evicted.map(|evicted| evicted.flows);
        counts.evicted_packets = evicted.map(|evicted| evicted.packets);
        counts.flows = driver.flows();
        counts.open = driver.open() as u64;
        counts.held = driver.held() as u64;
        counts.refused = outbox.refused();
        counts.busy_ns = thread_time_ns();
        driver.pipeline_mut().account(counts.busy_ns, counts.packets, self.slowdown.unwrap_or(1.0));
        for (counts, seen) in counts.members.iter_mut().zip(driver.pipeline().counts()) {
            *counts = MemberCounts { verdicts: counts.verdicts, ..*seen };
        }
        for (place, offered) in counts.offered.iter_mut().zip(driver.pipeline().offered()) {
            *place = *offered;
        }
        counts.occupancy_ppm = (source.occupancy() * 1e6) as u64;
        let lost = source.stats();
        (counts.kernel_drops, counts.ring_drops) = (lost.kernel_drops, lost.ring_drops);
        self.board.publish(counts.numbers());
        self.published = Instant::now();
    }
}

impl Answers {
    #[inline]
    fn send(&mut self, finished: &Finished<'_>, members: &Members, answer: Answer, at: Instant) {
        self.counts.count(finished.entry.member(), answer.verdict, members.stands_for(finished.slot));
        self.outbox.send(Due { answer, at });
    }
}

/// How long the calling thread has run, in nanoseconds.
fn thread_time_ns() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    // Neither is ever below zero.
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}
