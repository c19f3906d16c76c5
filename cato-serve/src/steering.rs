//! The thread that tells workers which pipelines new flows are bound to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::WorkerCounts;
use super::admission::{Buckets, Budget, WorthTable, shares};
use super::assignment::{Assignment, admitted};
use super::policy::{MemberSignals, Policy, Signals};
use super::snapshot::Boards;

/// How often a policy is asked.
const INTERVAL: Duration = Duration::from_millis(10);
/// What an interval counts for in the estimate of how many flows of each bucket come; half of it is a third of a second old.
const WEIGHT: f64 = 0.02;
/// The share of every bucket that is admitted whatever it is worth.
const FLOOR: f64 = 0.02;

/// Asks a policy in every control interval, until it is told to stop.
pub(crate) struct Steering {
    pub(crate) policy: Box<dyn Policy>,
    pub(crate) assignment: Arc<Assignment>,
    pub(crate) worth: Option<WorthTable>,
    pub(crate) boards: Arc<Boards>,
    pub(crate) stop: Arc<AtomicBool>,
}

impl Steering {
    pub(crate) fn run(mut self) {
        let mut arriving = vec![0.0; Buckets::COUNT];
        let (mut before, mut since) = (self.boards.workers_counts(), Instant::now());
        while !self.stop.load(Ordering::Relaxed) {
            std::thread::park_timeout(INTERVAL.saturating_sub(since.elapsed()));
            if since.elapsed() < INTERVAL {
                continue;
            }
            let (now, elapsed) = (self.boards.workers_counts(), since.elapsed());
            since = Instant::now();
            let mix = self.policy.decide(&signals(&before, &now, elapsed));
            self.assignment.bind(mix);
            let affordable = admitted(mix);
            match &self.worth {
                None => self.assignment.admit(|_| affordable),
                Some(table) => {
                    note(&mut arriving, &before, &now);
                    let shares = shares(table, &arriving, Budget { affordable, floor: FLOOR });
                    self.assignment.admit(|bucket| shares.get(bucket).copied().unwrap_or(affordable));
                }
            }
            before = now;
        }
    }
}

/// Takes an interval into the estimate of how many flows of each bucket come in one.
fn note(arriving: &mut [f64], before: &[WorkerCounts], now: &[WorkerCounts]) {
    for (bucket, estimate) in arriving.iter_mut().enumerate() {
        let offered = |counts: &WorkerCounts| counts.offered.get(bucket).map_or(0, |[offered, _]| *offered);
        let came: u64 = before.iter().zip(now).map(|(before, now)| offered(now).saturating_sub(offered(before))).sum();
        *estimate += WEIGHT * (came as f64 - *estimate);
    }
}

/// What changed between two looks at the counts of each worker.
fn signals(before: &[WorkerCounts], now: &[WorkerCounts], elapsed: Duration) -> Signals {
    let interval_ns = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX).max(1);
    let mut signals = Signals { interval_ns, ..Signals::default() };
    for (before, now) in before.iter().zip(now) {
        let since = |number: fn(&WorkerCounts) -> u64| number(now).saturating_sub(number(before));
        let lost = since(|counts| counts.kernel_drops + counts.ring_drops);
        signals.lost_packets += lost;
        signals.offered_packets += since(|counts| counts.packets) + lost;
        signals.new_flows += since(|counts| counts.flows);
        let share = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
        signals.busy = signals.busy.max(share(since(|counts| counts.busy_ns), interval_ns).min(1.0));
        signals.ring_occupancy = signals.ring_occupancy.max(share(now.occupancy_ppm, 1_000_000));
        signals.table_occupancy = signals.table_occupancy.max(share(now.held, now.capacity));
        signals.members.resize(signals.members.len().max(now.members.len()), MemberSignals::default());
        for ((sum, before), now) in signals.members.iter_mut().zip(&before.members).zip(&now.members) {
            sum.flows += now.flows.saturating_sub(before.flows);
            sum.packets += now.packets.saturating_sub(before.packets);
        }
    }
    signals
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{MemberSignals, Signals, signals};
    use crate::{MemberCounts, WorkerCounts};

    #[test]
    fn an_interval_is_the_difference_of_counts() {
        let before = WorkerCounts { packets: 100, kernel_drops: 5, flows: 10, ..WorkerCounts::new(2, 2, 1) };
        let members = vec![MemberCounts::default(), MemberCounts { flows: 3, packets: 40, verdicts: 1 }];
        let after = WorkerCounts {
            packets: 150,
            kernel_drops: 6,
            ring_drops: 2,
            flows: 13,
            busy_ns: 5_000_000,
            held: 20,
            capacity: 80,
            occupancy_ppm: 250_000,
            members,
            ..before.clone()
        };
        let quiet = WorkerCounts { capacity: 80, ..WorkerCounts::new(2, 2, 1) };
        let found = signals(&[before, quiet.clone()], &[after, quiet], Duration::from_millis(20));
        let members = vec![MemberSignals::default(), MemberSignals { flows: 3, packets: 40, busy_ns: 0 }];
        let expected = Signals {
            interval_ns: 20_000_000,
            offered_packets: 53,
            new_flows: 3,
            lost_packets: 3,
            ring_occupancy: 0.25,
            busy: 0.25,
            table_occupancy: 0.25,
            members,
        };
        assert_eq!(found, expected);
    }
}
