//! One source for several workers: the packets of a flow, both directions, go to the same one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use cato_runtime::{Frame, decode};

use super::parcel::Parcel;
use super::worker::SourceEnd;
use super::{Control, Source, SourceError, SourceStats, Sources, State};

/// Parcels that may wait for one worker.
const WAITING: usize = 64;
/// How long the dispatcher waits for packets before it looks whether it is to stop.
const WAIT: Duration = Duration::from_millis(20);
/// How long packets that wait in the source are still taken after the request to stop.
const DRAIN: Duration = Duration::from_secs(2);

/// Takes the packets of a source to the workers.
pub(crate) struct Dispatcher {
    source: Box<dyn Source>,
    lanes: Vec<Lane>,
    secret: [u64; 2],
    shared: Arc<Shared>,
    control: Control,
}

/// What the dispatcher tells of its source.
#[derive(Debug, Default)]
struct Shared {
    kernel_drops: AtomicU64,
    ring_drops: AtomicU64,
    /// The latest packet time among those that have been handed to all lanes.
    latest_ns: AtomicU64,
}

/// The way to one worker.
struct Lane {
    parcel: Parcel,
    full: SyncSender<Parcel>,
    empty: Receiver<Parcel>,
    lost: Arc<AtomicU64>,
    /// Parcels sent and not yet taken.
    waiting: Arc<AtomicU64>,
}

impl Dispatcher {
    /// A dispatcher of `source`, and a source for each of `workers` workers. `secret` has to differ from that of their
    /// tables.
    pub(crate) fn new(source: Box<dyn Source>, workers: usize, secret: [u64; 2], control: Control) -> (Self, Sources) {
        let shared = Arc::new(Shared::default());
        let can_wait = source.can_wait();
        let (mut lanes, mut sources) = (Vec::new(), Sources::new());
        for worker in 0..workers {
            let (full, arriving) = sync_channel(WAITING);
            let (back, empty) = sync_channel(WAITING + 2);
            for _ in 0..=WAITING {
                // There is room for all of them.
                let _ = back.try_send(Parcel::new());
            }
            let [lost, waiting] = [(); 2].map(|()| Arc::new(AtomicU64::new(0)));
            let of_lane =
                Lane { parcel: Parcel::new(), full, empty, lost: Arc::clone(&lost), waiting: Arc::clone(&waiting) };
            lanes.push(of_lane);
            let shared = Arc::clone(&shared);
            let is_first = worker == 0;
            sources.push(Box::new(LaneSource {
                arriving,
                back,
                lost,
                waiting,
                shared,
                reached_ns: 0,
                is_first,
                can_wait,
            }));
        }
        (Self { source, lanes, secret, shared, control }, sources)
    }

    /// Works until the source ends or fails, or stopping is asked for.
    pub(crate) fn run(mut self) -> SourceEnd {
        let can_wait = self.source.can_wait();
        let mut stopping: Option<Instant> = None;
        let mut latest_ns = 0;
        let error = loop {
            if self.control.is_stopping() && stopping.is_none() {
                self.source.stop();
                stopping = Some(Instant::now());
            }
            if stopping.is_some_and(|since| since.elapsed() > DRAIN) {
                break None;
            }
            let Self { source, lanes, secret, shared, .. } = &mut self;
            let state = source.next(WAIT, &mut |frames| {
                for frame in frames {
                    latest_ns = latest_ns.max(frame.time_ns);
                    let lane = lane_of(frame, *secret, lanes.len());
                    if let Some(lane) = lanes.get_mut(lane) {
                        lane.push(frame, can_wait);
                    }
                }
                let waiting = lanes.iter_mut().map(|lane| lane.flush(false)).filter(|flushed| !flushed).count();
                if waiting == 0 {
                    shared.latest_ns.store(latest_ns, Ordering::Release);
                }
            });
            self.publish();
            match state {
                Ok(State::Open) => {}
                Ok(State::Ended) => break None,
                Err(error) => break Some(error),
            }
        };
        self.publish();
        for lane in &mut self.lanes {
            lane.flush(true);
        }
        // Before the lanes close, so that every worker knows when the input ended.
        self.shared.latest_ns.store(latest_ns, Ordering::Release);
        SourceEnd { error, warnings: self.source.warnings(), at: Instant::now() }
    }

    fn publish(&self) {
        let SourceStats { kernel_drops, ring_drops } = self.source.stats();
        self.shared.kernel_drops.store(kernel_drops, Ordering::Relaxed);
        self.shared.ring_drops.store(ring_drops, Ordering::Relaxed);
    }
}

/// Where a frame goes. What belongs to no flow goes to the first worker, which counts why.
fn lane_of(frame: &Frame<'_>, secret: [u64; 2], lanes: usize) -> usize {
    let packet = frame.link.and_then(|link| decode(link, frame.data, frame.wire_len).ok());
    packet.map_or(0, |packet| ((u64::from(packet.key.hash(secret)) * lanes as u64) >> 32) as usize)
}

impl Lane {
    /// Adds a frame; where the worker is that far behind, it is lost, unless the source can wait.
    fn push(&mut self, frame: &Frame<'_>, can_wait: bool) {
        if self.parcel.is_full() && !self.flush(can_wait) {
            self.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.parcel.push(frame);
    }

    /// Sends what there is; whether that is now nothing. Where the worker is behind it waits if `wait`, or else leaves
    /// the frames where they are.
    fn flush(&mut self, wait: bool) -> bool {
        if self.parcel.is_empty() {
            return true;
        }
        // There are two more parcels than wait, so one is here whenever there is room for one there.
        let next = if wait { self.empty.recv().ok() } else { self.empty.try_recv().ok() };
        let Some(next) = next else { return false };
        self.waiting.fetch_add(1, Ordering::Relaxed);
        match self.full.try_send(std::mem::replace(&mut self.parcel, next)) {
            Ok(()) => true,
            Err(TrySendError::Full(parcel)) if wait => self.full.send(parcel).is_ok(),
            Err(TrySendError::Full(parcel) | TrySendError::Disconnected(parcel)) => {
                self.waiting.fetch_sub(1, Ordering::Relaxed);
                self.parcel = parcel;
                false
            }
        }
    }
}

/// A worker's share of the packets.
struct LaneSource {
    arriving: Receiver<Parcel>,
    back: SyncSender<Parcel>,
    lost: Arc<AtomicU64>,
    waiting: Arc<AtomicU64>,
    shared: Arc<Shared>,
    /// The packet time up to which this worker has all packets; 0 before the first.
    reached_ns: u64,
    /// The first one answers for the shared source.
    is_first: bool,
    can_wait: bool,
}

impl Source for LaneSource {
    fn next(&mut self, wait: Duration, take: &mut dyn FnMut(&[Frame<'_>])) -> Result<State, SourceError> {
        // Asked first: where nothing has arrived after that, all that came up to then has been taken.
        let latest_ns = self.shared.latest_ns.load(Ordering::Acquire);
        match self.arriving.recv_timeout(wait) {
            Ok(mut parcel) => {
                self.waiting.fetch_sub(1, Ordering::Relaxed);
                parcel.each(take);
                parcel.clear();
                // There is room for all parcels that there are; a dispatcher that has ended needs none.
                let _ = self.back.try_send(parcel);
                Ok(State::Open)
            }
            Err(RecvTimeoutError::Timeout) => {
                self.reached_ns = latest_ns;
                Ok(State::Open)
            }
            Err(RecvTimeoutError::Disconnected) => {
                self.reached_ns = self.shared.latest_ns.load(Ordering::Acquire);
                Ok(State::Ended)
            }
        }
    }

    /// The dispatcher stops, and what waits here is taken to the end.
    fn stop(&mut self) {}

    fn stats(&self) -> SourceStats {
        let of_source = |count: &AtomicU64| if self.is_first { count.load(Ordering::Relaxed) } else { 0 };
        SourceStats {
            kernel_drops: of_source(&self.shared.kernel_drops),
            ring_drops: of_source(&self.shared.ring_drops) + self.lost.load(Ordering::Relaxed),
        }
    }

    fn occupancy(&self) -> f64 {
        self.waiting.load(Ordering::Relaxed) as f64 / WAITING as f64
    }

    fn clock_ns(&self) -> Option<u64> {
        Some(self.reached_ns).filter(|&reached_ns| reached_ns > 0)
    }

    fn can_wait(&self) -> bool {
        self.can_wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives the same frames over and over, of which a lane without a worker takes only so many.
    struct Endless {
        rounds: usize,
        can_wait: bool,
    }

    impl Source for Endless {
        fn next(&mut self, _: Duration, take: &mut dyn FnMut(&[Frame<'_>])) -> Result<State, SourceError> {
            let frame = Frame { link: None, wire_len: 60, time_ns: 7, data: &[0; 60] };
            take(&[frame; 64]);
            self.rounds -= 1;
            Ok(if self.rounds == 0 { State::Ended } else { State::Open })
        }

        fn stop(&mut self) {}

        fn stats(&self) -> SourceStats {
            SourceStats { kernel_drops: 5, ring_drops: 3 }
        }

        fn can_wait(&self) -> bool {
            self.can_wait
        }
    }

    fn drained(source: &mut dyn Source) -> usize {
        let mut frames = 0;
        while source.next(Duration::from_secs(10), &mut |some| frames += some.len()).unwrap() == State::Open {}
        frames
    }

    #[test]
    fn what_a_worker_cannot_take_is_counted() {
        let endless = Box::new(Endless { rounds: 3_000, can_wait: false });
        let (dispatcher, mut sources) = Dispatcher::new(endless, 2, [1, 2], Control::new());
        let dispatcher = std::thread::spawn(move || dispatcher.run());
        while sources[0].stats().ring_drops < 100_000 {
            std::thread::sleep(Duration::from_millis(1));
        }
        let frames = drained(&mut *sources[0]);
        assert!(dispatcher.join().unwrap().error.is_none());
        let SourceStats { kernel_drops, ring_drops } = sources[0].stats();
        assert_eq!((kernel_drops, frames as u64 + ring_drops - 3), (5, 3_000 * 64));
        assert_eq!((drained(&mut *sources[1]), sources[1].stats()), (0, SourceStats::default()));
        assert_eq!(sources[1].clock_ns(), Some(7));
    }

    #[test]
    fn a_source_that_can_wait_loses_nothing() {
        let endless = Box::new(Endless { rounds: 3_000, can_wait: true });
        let (dispatcher, mut sources) = Dispatcher::new(endless, 2, [1, 2], Control::new());
        let dispatcher = std::thread::spawn(move || dispatcher.run());
        assert_eq!((drained(&mut *sources[0]), sources[0].stats().ring_drops), (3_000 * 64, 3));
        dispatcher.join().unwrap();
    }
}
