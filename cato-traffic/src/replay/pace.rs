//! When packets are due.

use std::time::{Duration, Instant};

use super::Replay;

/// How fast packets are played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// As fast as they are taken.
    Unpaced,
    /// So many packets in a second, evenly.
    Rate(f64),
    /// As far apart as their packet times, which run this many times as fast as the clock: 1 is real time.
    PacketTime(f64),
}

/// What is to be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// So many packets, at least one.
    Packets(usize),
    /// None; the next one is due this much later.
    In(Duration),
    /// None, ever: all was played.
    Never,
}

/// Says how many packets of a [`Replay`] are due, by the monotonic clock.
///
/// A pacer does not wait, and what is late is due at once. Who cannot catch up may give the debt up by
/// [`forgive`](Self::forgive), which counts it.
#[derive(Clone, Copy, Debug)]
pub struct Pacer {
    pace: Pace,
    start: Instant,
    /// Of the packets played before the start, or given up since.
    origin: Option<Origin>,
}

/// Where the schedule begins.
#[derive(Clone, Copy, Debug)]
struct Origin {
    /// Packets played when it began.
    played: u64,
    /// Packet time of the first one.
    first_ns: u64,
}

impl Pacer {
    /// A schedule that begins now, with whichever packet is the next.
    #[must_use]
    pub fn start(pace: Pace) -> Self {
        Self { pace, start: Instant::now(), origin: None }
    }

    /// How many of the next packets are due, at most `most`.
    pub fn due(&mut self, replay: &Replay, most: usize) -> Due {
        self.due_after(self.start.elapsed(), replay, most)
    }

    /// How late the next packet is; zero where it is not.
    pub fn late(&mut self, replay: &Replay) -> Duration {
        let elapsed = self.start.elapsed();
        self.next_due(replay).map_or(Duration::ZERO, |due| elapsed.saturating_sub(due))
    }

    /// Begins the schedule anew with the next packet, and says how many packets would have been due by now. Only at a
    /// rate is this a number of packets that were missed; it is 0 otherwise.
    pub fn forgive(&mut self, replay: &Replay) -> u64 {
        let now = Instant::now();
        let missed = match (self.pace, self.origin) {
            (Pace::Rate(rate), Some(origin)) => {
                due_at(rate, now.saturating_duration_since(self.start)).saturating_sub(replay.played() - origin.played)
            }
            _ => 0,
        };
        (self.start, self.origin) = (now, None);
        missed
    }

    fn due_after(&mut self, elapsed: Duration, replay: &Replay, most: usize) -> Due {
        let Some(due) = self.next_due(replay) else { return Due::Never };
        if due > elapsed {
            return Due::In(due - elapsed);
        }
        match (self.pace, self.origin) {
            (Pace::Rate(rate), Some(origin)) => {
                let owed = due_at(rate, elapsed).saturating_sub(replay.played() - origin.played);
                Due::Packets(usize::try_from(owed).unwrap_or(usize::MAX).clamp(1, most.max(1)))
            }
            (Pace::PacketTime(speed), Some(origin)) => {
                let reached = origin.first_ns.saturating_add(scaled(elapsed.as_nanos() as f64 * speed));
                Due::Packets(replay.upcoming(reached, most).max(1))
            }
            _ => Due::Packets(most.max(1)),
        }
    }

    /// When the next packet is due, after the start.
    fn next_due(&mut self, replay: &Replay) -> Option<Duration> {
        let next_ns = replay.next_ns()?;
        let origin = *self.origin.get_or_insert(Origin { played: replay.played(), first_ns: next_ns });
        let due_ns = match self.pace {
            Pace::Unpaced => 0.0,
            Pace::Rate(rate) => (replay.played() - origin.played) as f64 * 1e9 / rate,
            // Where times run backwards the packet goes with the one before it.
            Pace::PacketTime(speed) => next_ns.saturating_sub(origin.first_ns) as f64 / speed,
        };
        Some(Duration::from_nanos(scaled(due_ns)))
    }
}

/// How many packets are due at a rate when so much time has passed: the first at once.
fn due_at(rate: f64, elapsed: Duration) -> u64 {
    scaled(elapsed.as_nanos() as f64 * rate / 1e9).saturating_add(1)
}

/// A whole number from one that is not negative; casts saturate.
fn scaled(value: f64) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests {
    use cato_runtime::Frame;

    use super::super::ReplayOptions;
    use super::*;

    fn replay(times: &[u64]) -> Replay {
        let frames: Vec<_> =
            times.iter().map(|&time_ns| Frame { link: None, wire_len: 60, time_ns, data: &[0; 4] }).collect();
        Replay::new(std::iter::once(frames.as_slice()), &ReplayOptions::default())
    }

    fn micros(micros: u64) -> Duration {
        Duration::from_micros(micros)
    }

    #[test]
    fn at_a_rate_packets_are_evenly_apart() {
        let mut replay = replay(&[0; 50]);
        let mut pacer = Pacer::start(Pace::Rate(1e5));
        assert_eq!(pacer.due_after(micros(0), &replay, 64), Due::Packets(1));
        replay.next_batch(1);
        assert_eq!(pacer.due_after(micros(4), &replay, 64), Due::In(micros(6)));
        assert_eq!(pacer.due_after(micros(10), &replay, 64), Due::Packets(1));
        assert_eq!(pacer.due_after(micros(259), &replay, 64), Due::Packets(25));
        assert_eq!(pacer.due_after(micros(259), &replay, 8), Due::Packets(8));
        replay.next_batch(49);
        assert_eq!(pacer.due_after(micros(500), &replay, 8), Due::Never);
    }

    #[test]
    fn in_packet_time_packets_are_as_far_apart_as_they_were() {
        // The third packet's clock ran backwards.
        let mut replay = replay(&[7_000, 27_000, 20_000, 107_000]);
        let mut pacer = Pacer::start(Pace::PacketTime(2.0));
        assert_eq!(pacer.due_after(micros(0), &replay, 64), Due::Packets(1));
        replay.next_batch(1);
        assert_eq!(pacer.due_after(micros(3), &replay, 64), Due::In(micros(7)));
        assert_eq!(pacer.due_after(micros(10), &replay, 64), Due::Packets(2));
        replay.next_batch(2);
        assert_eq!(pacer.due_after(micros(10), &replay, 64), Due::In(micros(40)));
        assert_eq!(pacer.due_after(micros(50), &replay, 64), Due::Packets(1));
    }

    #[test]
    fn without_a_pace_all_is_due() {
        let mut replay = replay(&[0, 1 << 60]);
        let mut pacer = Pacer::start(Pace::Unpaced);
        assert_eq!(pacer.due_after(micros(0), &replay, 64), Due::Packets(64));
        replay.next_batch(64);
        assert_eq!(pacer.due_after(micros(0), &replay, 64), Due::Never);
    }

    #[test]
    fn debts_that_are_given_up_are_counted() {
        let mut replay = replay(&[0; 50]);
        let mut pacer = Pacer::start(Pace::Rate(1e9));
        assert_eq!(pacer.due_after(micros(0), &replay, 1), Due::Packets(1));
        replay.next_batch(1);
        std::thread::sleep(micros(10));
        assert!(pacer.late(&replay) > Duration::ZERO);
        // A packet each nanosecond: some thousands at least were due.
        assert!(pacer.forgive(&replay) >= 10_000);
        assert_eq!(pacer.due_after(micros(0), &replay, 64), Due::Packets(1), "and the next one is due at once");
    }
}
