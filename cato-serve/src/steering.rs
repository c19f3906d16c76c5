//! The thread that tells workers which pipelines new flows are bound to, and sees whether constraints are kept to.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::admission::{Admitter, Buckets};
use super::assignment::{Assignment, admitted};
use super::counts::SinkCounts;
use super::exchange::Left;
use super::policy::{MemberSignals, Mix, Policy, Signals};
use super::snapshot::Boards;
use super::watch::{Seen, WINDOW, Watch};
use super::{MemberCounts, WorkerCounts};

/// How often a policy is asked.
const INTERVAL: Duration = Duration::from_millis(10);
/// Asks a policy in every control interval, until it is told to stop.
pub(crate) struct Steering {
    pub(crate) course: Arc<Mutex<Course>>,
    pub(crate) assignment: Arc<Assignment>,
    pub(crate) admitter: Option<Admitter>,
    pub(crate) boards: Arc<Boards>,
    /// Memory of the flow tables of all workers, and how many states of each pipeline there are.
    pub(crate) table_bytes: usize,
    pub(crate) states: usize,
    /// Pipelines that workers need no longer.
    pub(crate) left: Receiver<Left>,
    pub(crate) stop: Arc<AtomicBool>,
}

/// What is steered by.
pub(crate) struct Course {
    pub(crate) policy: Box<dyn Policy>,
    /// The place of each member that the policy knows by number.
    pub(crate) places: Vec<u8>,
    pub(crate) watch: Watch,
}

impl Course {
    /// From now on flows are bound as `mix` says, whose members are by number.
    pub(crate) fn bind(&self, mix: Mix, assignment: &Assignment) {
        let place = |member: u8| self.places.get(usize::from(member)).copied().unwrap_or(0);
        assignment.bind(Mix { lower: place(mix.lower), upper: place(mix.upper), ..mix });
    }
}

/// What was published at a time.
struct Look {
    at: Instant,
    workers: Vec<WorkerCounts>,
}

impl Steering {
    pub(crate) fn run(mut self) {
        let mut before = self.look();
        let (mut window, mut sink) = (self.look(), self.boards.sink_counts());
        loop {
            let stopped = self.stop.load(Ordering::Relaxed);
            let course = Arc::clone(&self.course);
            let mut course = course.lock().unwrap_or_else(PoisonError::into_inner);
            // Short runs are judged too, at their end.
            if window.at.elapsed() >= WINDOW || stopped {
                (window, sink) = self.judge(&window, &sink, &mut course);
            }
            if stopped {
                return;
            }
            let wait = if course.policy.is_constant() {
                WINDOW.saturating_sub(window.at.elapsed())
            } else {
                if before.at.elapsed() >= INTERVAL {
                    before = self.decide(&before, &mut course);
                }
                INTERVAL.saturating_sub(before.at.elapsed())
            };
            drop(course);
            // Frees the memory of pipelines, here where it holds nobody up.
            while self.left.try_recv().is_ok() {}
            std::thread::park_timeout(wait);
        }
    }

    fn look(&self) -> Look {
        Look { workers: self.boards.workers_counts(), at: Instant::now() }
    }

    /// Asks the policy, and has what it says done.
    fn decide(&mut self, before: &Look, course: &mut Course) -> Look {
        let now = self.look();
        let elapsed = now.at.saturating_duration_since(before.at);
        let mix = course.policy.decide(&signals(&before.workers, &now.workers, elapsed, &course.places));
        course.bind(mix, &self.assignment);
        self.boards.decided(mix);
        let affordable = admitted(mix);
        match &mut self.admitter {
            None => self.assignment.admit(|_| affordable),
            Some(admitter) => {
                let shares = admitter.shares(&came(&before.workers, &now.workers), affordable);
                self.assignment.admit(|bucket| shares.get(bucket).copied().unwrap_or(affordable));
            }
        }
        now
    }

    /// Compares what was seen since `before` with what is asked for.
    fn judge(&self, before: &Look, sink_before: &SinkCounts, course: &mut Course) -> (Look, SinkCounts) {
        let (now, sink) = (self.look(), self.boards.sink_counts());
        if !course.watch.is_empty() {
            let lost = |counts: &WorkerCounts| counts.kernel_drops + counts.ring_drops;
            let sum = |look: &Look, number: &dyn Fn(&WorkerCounts) -> u64| look.workers.iter().map(number).sum::<u64>();
            let since = |number: &dyn Fn(&WorkerCounts) -> u64| sum(&now, number).saturating_sub(sum(before, number));
            let memory = self.table_bytes + self.states * self.boards.roster().state_bytes();
            let said = course.watch.look(&Seen {
                elapsed: now.at.saturating_duration_since(before.at),
                packets: since(&|counts| counts.packets + lost(counts)),
                lost: since(&lost),
                latency: sink.latency.since(&sink_before.latency),
                memory_bytes: memory as u64,
            });
            self.boards.judged(course.watch.state(), said);
        }
        (now, sink)
    }
}

/// How many flows of each bucket began between two looks.
fn came(before: &[WorkerCounts], now: &[WorkerCounts]) -> Vec<u64> {
    let offered = |counts: &WorkerCounts, bucket: usize| counts.offered.get(bucket).map_or(0, |[offered, _]| *offered);
    let of_worker = |bucket: usize| {
        move |(before, now): (&WorkerCounts, &WorkerCounts)| {
            offered(now, bucket).saturating_sub(offered(before, bucket))
        }
    };
    (0..Buckets::COUNT).map(|bucket| before.iter().zip(now).map(of_worker(bucket)).sum()).collect()
}

/// What changed between two looks at the counts of each worker, for members at these places.
fn signals(before: &[WorkerCounts], now: &[WorkerCounts], elapsed: Duration, places: &[u8]) -> Signals {
    let interval_ns = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX).max(1);
    let members = vec![MemberSignals::default(); places.len()];
    let mut signals = Signals { interval_ns, members, ..Signals::default() };
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
        let at = |counts: &WorkerCounts, place: u8| counts.members.get(usize::from(place)).copied();
        for (sum, place) in signals.members.iter_mut().zip(places) {
            let (Some(before), Some(now)) = (at(before, *place), at(now, *place)) else { continue };
            let MemberCounts { flows, packets, verdicts, busy_ns } = now.less(before);
            sum.flows += flows;
            sum.packets += packets;
            sum.verdicts += verdicts;
            sum.busy_ns += busy_ns;
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
        let second = MemberCounts { flows: 3, packets: 40, verdicts: 1, busy_ns: 900 };
        let after = WorkerCounts {
            packets: 150,
            kernel_drops: 6,
            ring_drops: 2,
            flows: 13,
            busy_ns: 5_000_000,
            held: 20,
            capacity: 80,
            occupancy_ppm: 250_000,
            members: vec![MemberCounts::default(), second],
            ..before.clone()
        };
        let quiet = WorkerCounts { capacity: 80, ..WorkerCounts::new(2, 2, 1) };
        // What the policy calls member 0 has place 1.
        let found = signals(&[before, quiet.clone()], &[after, quiet], Duration::from_millis(20), &[1, 0]);
        let members =
            vec![MemberSignals { flows: 3, packets: 40, verdicts: 1, busy_ns: 900 }, MemberSignals::default()];
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
