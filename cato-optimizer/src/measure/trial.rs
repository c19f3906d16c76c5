//! One trial: packets offered at a rate on one core, drained by the pipeline on the other.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cato_artifact::Loaded;
use cato_runtime::{Driver, Eviction, FlowSettings, Frame, Skip};
use cato_traffic::BoundedStorage;
use cato_traffic::replay::ring::{RingReader, RingWriter, ring};
use cato_traffic::replay::{Batch, Due, Pace, Pacer, Replay};

use super::clock::Clock;
use super::rate::{Outcome, System};
use super::starts::Starts;
use crate::affinity::{BeforeOthers, stay_on};

/// Slots of the ring: 8 MiB, as much as a mapped ring of a packet socket has at least.
pub(super) const SLOTS: usize = 1 << 16;

/// As many packets as the generator may owe, and the ring hold, without a trial being disturbed.
const SLACK: u64 = SLOTS as u64 / 4;

/// Share of the packets of a trial that may still wait in the ring when the last one was offered. More means that the ring
/// was filling up, and that a longer trial would have lost packets.
const BACKLOG: f64 = 0.005;

/// What a trial was, in packets and flows. What was scheduled is the sum of what was missed, refused and drained.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Counts {
    /// Packets that the schedule had.
    pub(super) scheduled: u64,
    /// Packets that the generator did not offer in time, as it had fallen behind.
    pub(super) missed: u64,
    /// Packets that found the ring full.
    pub(super) refused: u64,
    /// Packets that the pipeline was given.
    pub(super) drained: u64,
    /// Packets that waited in the ring when the last one was offered.
    pub(super) backlog: u64,
    /// Flows that start in the packets that were scheduled.
    pub(super) flows: u64,
    /// Flows that the flow table started.
    pub(super) started: u64,
    /// Flows, and packets of none, for which the flow table had no room.
    pub(super) evicted: u64,
    /// Verdicts that the pipeline gave, those at the end included.
    pub(super) verdicts: u64,
    /// From the first packet offered to the last, in seconds.
    pub(super) seconds: f64,
    /// As much of that as the pipeline's thread did not run, in seconds.
    pub(super) stolen: f64,
}

impl Counts {
    /// Packets and flows lost, at whatever place.
    pub(super) fn lost(&self) -> u64 {
        let in_ring = self.scheduled.saturating_sub(self.missed + self.refused + self.drained);
        // A flow of which packets were lost need not be lost itself, and one that lost its first packet is.
        let flows = self.flows.saturating_sub(self.started) + self.started.saturating_sub(self.verdicts);
        self.refused + in_ring + self.evicted + flows
    }

    /// What the trial says of its rate.
    pub(super) fn outcome(&self) -> Outcome {
        let offered = self.scheduled - self.missed.min(self.scheduled);
        let rate = self.scheduled as f64 / self.seconds.max(1e-9);
        let filling = self.backlog > (offered as f64 * BACKLOG) as u64 + Batch::MOST as u64;
        if self.missed > 0 {
            Outcome::Disturbed
        } else if self.lost() == 0 && !filling {
            Outcome::Kept
        } else if self.stolen * rate > SLACK as f64 {
            Outcome::Disturbed
        } else {
            Outcome::Lost
        }
    }
}

/// How a trial is paced.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Offer {
    /// Packets per second; what finds no room is lost.
    At(f64),
    /// As fast as there is room; nothing is lost.
    Waiting,
}

/// A pipeline with its flow table, a ring before it, and the traffic that goes in.
pub(super) struct Bed<'a> {
    driver: Driver<&'a mut Loaded, BoundedStorage>,
    traffic: &'a mut Traffic,
    /// The core of the generator.
    generator: usize,
    clock: Clock,
    length: Duration,
}

/// Packets to be offered, over and over, and the ring that they go through.
#[derive(Debug)]
pub(super) struct Traffic {
    replay: Replay,
    starts: Starts,
    writer: RingWriter,
    reader: RingReader,
}

impl Traffic {
    pub(super) fn new(replay: Replay, starts: Starts) -> Self {
        let (writer, reader) = ring(SLOTS);
        Self { replay, starts, writer, reader }
    }

    /// Packets per second that the generator can offer where nothing but the ring is in its way.
    pub(super) fn most(&mut self, generator: usize, length: Duration) -> f64 {
        let (offered, _) = self.run(Offer::Waiting, length, generator, Clock::Wall, |_| {});
        offered.offered as f64 / offered.seconds.max(1e-9)
    }

    /// Offers packets from the core `generator` while the calling thread drains them; what was offered, and for how long the
    /// calling thread did not run meanwhile.
    fn run(
        &mut self,
        how: Offer,
        length: Duration,
        generator: usize,
        clock: Clock,
        take: impl FnMut(&[Frame<'_>]),
    ) -> (Offered, Duration) {
        let Self { replay, writer, reader, .. } = self;
        let [placed, go, ended] = [const { AtomicBool::new(false) }; 3];
        thread::scope(|scope| {
            let offering = scope.spawn(|| {
                // Where the system refuses, the trial is as disturbed as it turns out to be.
                let _ = stay_on(generator);
                let _before_others = BeforeOthers::enter();
                placed.store(true, Ordering::Release);
                while !go.load(Ordering::Acquire) {
                    spin_loop();
                }
                offer(replay, writer, how, length, &ended)
            });
            // The other thread begins its life on this core, so it has to leave before this one keeps all others off.
            while !placed.load(Ordering::Acquire) {
                thread::yield_now();
            }
            let _before_others = BeforeOthers::enter();
            let (wall, cpu) = (Instant::now(), clock.now());
            go.store(true, Ordering::Release);
            drain(reader, &ended, take);
            let stolen = wall.elapsed().saturating_sub(clock.now().saturating_sub(cpu));
            (offering.join().unwrap_or_default(), stolen)
        })
    }

    /// One side of a trial alone.
    #[cfg(test)]
    pub(super) fn offer_at(&mut self, rate: f64, length: Duration, ended: &AtomicBool) -> Offered {
        offer(&mut self.replay, &mut self.writer, Offer::At(rate), length, ended)
    }

    /// The other side.
    #[cfg(test)]
    pub(super) fn drain(&mut self, ended: &AtomicBool, take: impl FnMut(&[Frame<'_>])) {
        drain(&mut self.reader, ended, take);
    }
}

impl<'a> Bed<'a> {
    /// A bed with a flow table for `keys` keys.
    pub(super) fn new(
        pipeline: &'a mut Loaded,
        settings: FlowSettings,
        keys: usize,
        traffic: &'a mut Traffic,
        generator: usize,
    ) -> Self {
        let driver = Driver::new(pipeline, settings, BoundedStorage::new(keys));
        Self { driver, traffic, generator, clock: Clock::choose(), length: Duration::ZERO }
    }

    /// Packets per second that the pipeline drains where there are always some, and how many flows found no room.
    pub(super) fn drain_rate(&mut self, length: Duration) -> (f64, u64) {
        self.length = length;
        let counts = self.run(Offer::Waiting);
        // What waits at the end is drained after it.
        let drained = counts.drained.saturating_sub(counts.backlog);
        (drained as f64 / counts.seconds.max(1e-9), counts.evicted)
    }

    fn run(&mut self, how: Offer) -> Counts {
        let Self { driver, traffic, generator, clock, length } = self;
        // A trial begins with a pass, so that it has no packets of flows that began before.
        traffic.replay.skip_pass();
        let (first, before) = (traffic.replay.next_place(), Tally::of(driver));
        let mut verdicts = 0;
        let (offered, stolen) = traffic.run(how, *length, *generator, *clock, |frames| {
            driver.run(frames, |_, _| verdicts += 1);
        });
        driver.end_input(|_, _| verdicts += 1);
        let after = Tally::of(driver);
        Counts {
            scheduled: offered.offered + offered.missed,
            missed: offered.missed,
            refused: offered.refused,
            drained: after.packets - before.packets,
            backlog: offered.backlog,
            flows: traffic.starts.within(first, offered.offered),
            started: after.flows - before.flows,
            evicted: after.evicted - before.evicted,
            verdicts,
            seconds: offered.seconds,
            stolen: stolen.as_secs_f64(),
        }
    }
}

impl System for Bed<'_> {
    fn trial(&mut self, rate: f64, length: Duration) -> Outcome {
        self.length = length;
        self.run(Offer::At(rate)).outcome()
    }
}

/// What a driver has counted.
struct Tally {
    packets: u64,
    flows: u64,
    evicted: u64,
}

impl Tally {
    fn of(driver: &Driver<&mut Loaded, BoundedStorage>) -> Self {
        let evicted: u64 = Eviction::ALL.iter().map(|reason| driver.evicted(*reason).flows).sum();
        Self { packets: driver.packets(), flows: driver.flows(), evicted: evicted + driver.skipped(Skip::TableFull) }
    }
}

/// What the generator did.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Offered {
    /// Packets offered, taken or refused.
    pub(super) offered: u64,
    /// See [`Counts`], as for the others.
    pub(super) missed: u64,
    pub(super) refused: u64,
    pub(super) backlog: u64,
    pub(super) seconds: f64,
}

/// The generator: offers packets for `length`, or until one was missed or refused, then says so.
fn offer(replay: &mut Replay, writer: &mut RingWriter, how: Offer, length: Duration, ended: &AtomicBool) -> Offered {
    let mut offered = Offered::default();
    let start = Instant::now();
    let mut pacer = Pacer::start(match how {
        Offer::At(rate) => Pace::Rate(rate),
        Offer::Waiting => Pace::Unpaced,
    });
    while start.elapsed() < length {
        let due = match pacer.due(replay, SLOTS) {
            Due::Packets(due) => due,
            Due::In(_) => {
                spin_loop();
                continue;
            }
            Due::Never => break,
        };
        if let Offer::At(_) = how
            && due as u64 > SLACK
        {
            offered.missed += pacer.forgive(replay);
            break;
        }
        let Some(batch) = replay.next_batch(due) else { break };
        offered.offered += batch.len() as u64;
        let mut taken = writer.offer(batch.iter());
        match how {
            Offer::At(_) if taken < batch.len() => {
                offered.refused += (batch.len() - taken) as u64;
                break;
            }
            Offer::At(_) => {}
            Offer::Waiting => {
                while taken < batch.len() {
                    spin_loop();
                    taken += writer.offer(batch.iter().skip(taken));
                }
            }
        }
    }
    offered.seconds = start.elapsed().as_secs_f64();
    offered.backlog = (SLOTS - writer.room()) as u64;
    ended.store(true, Ordering::Release);
    offered
}

/// Drains the ring until it is empty and nothing more comes.
fn drain(reader: &mut RingReader, ended: &AtomicBool, mut take: impl FnMut(&[Frame<'_>])) {
    loop {
        // Asked before the ring is, so that what was offered before the end is still seen.
        let last = ended.load(Ordering::Acquire);
        if reader.take(&mut take) == 0 {
            if last {
                return;
            }
            spin_loop();
        }
    }
}
