//! What pipelines take of a worker's time, from a sample of their calls.

use std::time::Duration;

/// One call in so many is timed: a prime, so that it keeps step with nothing. Reading the clock twice takes some 50 ns, and a
/// call with packets enough some microseconds.
pub(crate) const EVERY: u32 = 17;
/// Weight of a call in the running mean.
const WEIGHT: f64 = 1.0 / 64.0;
/// A call that took so many times the mean was interrupted, and counts for no more.
const MOST: f64 = 8.0;
/// So many nanoseconds of a call are believed whatever the mean is.
const BELIEVED_NS: f64 = 2_000.0;

/// The running mean of what an item takes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Meter {
    items: f64,
    ns: f64,
}

impl Meter {
    /// Takes in a call with so many items.
    pub(crate) fn note(&mut self, items: usize, took: Duration) {
        let (items, ns) = (items as f64, took.as_nanos() as f64);
        let most = if self.items > 0.0 { MOST * items * self.item_ns() + BELIEVED_NS } else { f64::INFINITY };
        self.items += items - WEIGHT * self.items;
        self.ns += ns.min(most) - WEIGHT * self.ns;
    }

    /// What an item takes, in nanoseconds; 0 before the first call.
    pub(crate) fn item_ns(&self) -> f64 {
        if self.items > 0.0 { self.ns / self.items } else { 0.0 }
    }
}

/// Shares out the time that a worker was busy with `packets` packets, in nanoseconds: to each member what its own items took
/// (their number, and what one takes), and of what is left, which is decoding and finding flows, what falls on as many
/// packets as there are items.
pub(crate) fn share_out(busy_ns: u64, packets: u64, members: impl Iterator<Item = (u64, f64)> + Clone) -> Vec<u64> {
    let own: f64 = members.clone().map(|(items, item_ns)| items as f64 * item_ns).sum();
    // What was timed may be more than what the thread ran, as other threads have the core in between.
    let scale = if own > busy_ns as f64 { busy_ns as f64 / own } else { 1.0 };
    let rest = (busy_ns as f64 - own).max(0.0) / packets.max(1) as f64;
    // Neither negative nor more than was shared out, but for items without a packet.
    members.map(|(items, item_ns)| (items as f64 * (item_ns * scale + rest)) as u64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_follows_and_interruptions_do_not_count() {
        let mut meter = Meter::default();
        for _ in 0..100 {
            meter.note(32, Duration::from_nanos(3_200));
            meter.note(1, Duration::from_nanos(100));
        }
        assert!((meter.item_ns() - 100.0).abs() < 1.0, "{meter:?}");
        meter.note(32, Duration::from_millis(10));
        assert!(meter.item_ns() < 150.0, "{meter:?}");
        (0..1_000).for_each(|_| meter.note(32, Duration::from_micros(320)));
        assert!((meter.item_ns() - 10_000.0).abs() < 1.0, "a true change is learnt: {meter:?}");
    }

    #[test]
    fn all_of_the_time_is_shared_out() {
        let members = [(100, 50.0), (300, 10.0), (0, 700.0)];
        // 8,000 ns are the members' own; 16,000 ns are of 800 packets, of which 400 were absorbed.
        assert_eq!(share_out(24_000, 800, members.into_iter()), [7_000, 9_000, 0]);
        assert_eq!(share_out(4_000, 800, members.into_iter()), [2_500, 1_500, 0]);
        assert_eq!(share_out(0, 0, members.into_iter()), [0, 0, 0]);
    }
}
