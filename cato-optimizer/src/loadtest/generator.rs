//! The thread that plays arrivals in real time, whether or not anybody keeps up.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::ring::Sender;
use crate::load::{Arrivals, Frames, Population};
use crate::simulate::Tally;

/// Packets that are made between two looks at the clock.
const TOGETHER: usize = 32;
/// A packet that comes later than this after its time is late.
const LATE: Duration = Duration::from_millis(1);
/// Where more packets than this share of them are late, the load was not that of the profile.
const TOLERATED: f64 = 0.01;

/// How well the generator kept to its times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Punctuality {
    /// The share of the packets that came more than a millisecond late.
    pub late: f64,
    /// The most that a packet was late, in milliseconds.
    pub latest_ms: f64,
}

impl Punctuality {
    /// Whether the load was that of the profile.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.late <= TOLERATED
    }
}

/// Sends each packet when its time has come after `start`, and counts which were lost.
pub(super) fn play(
    population: &Population,
    arrivals: &Arrivals,
    speed: f64,
    start: Instant,
    mut sender: Sender,
    tally: &mut Tally,
) -> Punctuality {
    let mut frames = Frames::default();
    let (mut late, mut latest) = (0_usize, Duration::ZERO);
    let mut events = arrivals.events.as_slice();
    while let Some(next) = events.first() {
        let now = start.elapsed();
        let now_ns = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        if next.time_ns > now_ns {
            // Whoever else has to run on this core runs now.
            std::thread::yield_now();
            continue;
        }
        let due = events.iter().take(TOGETHER).take_while(|event| event.time_ns <= now_ns).count();
        let (due, rest) = events.split_at(due);
        events = rest;
        let behind = now.saturating_sub(Duration::from_nanos(next.time_ns));
        latest = latest.max(behind);
        late += due.iter().filter(|event| now_ns - event.time_ns > LATE.as_nanos() as u64).count();
        frames.clear();
        due.iter().for_each(|event| frames.push(population, &arrivals.flows, event, speed));
        for (frame, event) in frames.all().iter().zip(due) {
            tally.packet(event.time_ns, !sender.send(frame));
        }
    }
    Punctuality { late: late as f64 / arrivals.events.len().max(1) as f64, latest_ms: latest.as_secs_f64() * 1e3 }
}
