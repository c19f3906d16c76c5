//! What workers and the writing thread count.

use cato_runtime::{Eviction, Skip, Verdict};

use super::{Histogram, Refusal};

/// What became of the packets and flows of one worker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkerCounts {
    /// Packets that the worker was given.
    pub packets: u64,
    /// Their bytes on the wire.
    pub bytes: u64,
    /// Packets on which verdicts rest.
    pub classified: u64,
    /// Packets that came after their flow's inference point or end.
    pub absorbed: u64,
    /// Packets of flows that were not admitted.
    pub declined: u64,
    /// Packets passed over, by [`Skip::ALL`].
    pub skipped: [u64; Skip::ALL.len()],
    /// Packets of flows that had to leave the table before their inference point, by [`Eviction::ALL`].
    pub evicted_packets: [u64; Eviction::ALL.len()],
    /// Packets that the kernel dropped, which the worker was never given.
    pub kernel_drops: u64,
    /// Packets that a full queue dropped, which the worker was never given.
    pub ring_drops: u64,
    /// Flows begun.
    pub flows: u64,
    /// Those of them that were not admitted.
    pub declined_flows: u64,
    /// Flows that had to leave the table before their inference point, by [`Eviction::ALL`].
    pub evicted_flows: [u64; Eviction::ALL.len()],
    /// Keys that had to leave the table before their time-out, those of answered flows included, by [`Eviction::ALL`].
    pub evicted_keys: [u64; Eviction::ALL.len()],
    /// Flows that wait for their inference point now.
    pub open: u64,
    /// Keys in the table now.
    pub held: u64,
    /// The most keys that the table holds.
    pub capacity: u64,
    /// Verdicts that found no room in the queue to the writing thread.
    pub refused: u64,
    /// Time that the worker's thread has run, in nanoseconds.
    pub busy_ns: u64,
    /// How full the way to the worker is now, in millionths.
    pub occupancy_ppm: u64,
    /// Verdicts by class; the last place is that of verdicts without a class.
    pub verdicts: Vec<u64>,
    /// How many flows the verdicts of each class stand for, in thousandths: where only a share of flows alike is admitted,
    /// each of them counts for those that were not.
    pub represented: Vec<u64>,
    /// What each member of the pool did.
    pub members: Vec<MemberCounts>,
    /// Flows begun by bucket, and those of them that were admitted; all are in the first where kinds are not told apart.
    pub offered: Vec<[u64; 2]>,
}

/// What one member of a pool did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemberCounts {
    /// Flows that were bound to it.
    pub flows: u64,
    /// Packets that it saw, and flows of its own that ended without one.
    pub packets: u64,
    /// Verdicts that it gave.
    pub verdicts: u64,
    /// What it took of the workers' time, in nanoseconds: its own calls, a sample of which is timed, and its packets' share of
    /// what all packets take.
    pub busy_ns: u64,
}

impl MemberCounts {
    /// Adds what was done elsewhere.
    pub(crate) fn add(&mut self, mut other: Self) {
        for (sum, number) in self.numbers().into_iter().zip(other.numbers()) {
            *sum += *number;
        }
    }

    /// What was done after `before`.
    pub(crate) fn less(mut self, mut before: Self) -> Self {
        for (number, before) in self.numbers().into_iter().zip(before.numbers()) {
            *number = number.saturating_sub(*before);
        }
        self
    }

    /// Everything counted, in a fixed order.
    pub(crate) fn numbers(&mut self) -> [&mut u64; 4] {
        let Self { flows, packets, verdicts, busy_ns } = self;
        [flows, packets, verdicts, busy_ns]
    }
}

impl WorkerCounts {
    /// Nothing counted, for as many classes, members and kinds of flows.
    #[must_use]
    pub(crate) fn new(classes: usize, members: usize, buckets: usize) -> Self {
        Self {
            verdicts: vec![0; classes + 1],
            represented: vec![0; classes + 1],
            members: vec![MemberCounts::default(); members],
            offered: vec![[0; 2]; buckets],
            ..Self::default()
        }
    }

    /// Counts a verdict of a member, which stands for so many thousandths of flows.
    #[inline]
    pub(crate) fn count(&mut self, member: u8, verdict: Verdict, stands_for: u64) {
        if let Some(counts) = self.members.get_mut(usize::from(member)) {
            counts.verdicts += 1;
        }
        let without = self.verdicts.len().saturating_sub(1);
        let class = usize::from(verdict.class).min(without);
        if let (Some(count), Some(sum)) = (self.verdicts.get_mut(class), self.represented.get_mut(class)) {
            *count += 1;
            *sum += stands_for;
        }
    }

    /// Adds what another worker counted.
    pub(crate) fn add(&mut self, mut other: Self) {
        if self.verdicts.len() < other.verdicts.len() {
            self.verdicts.resize(other.verdicts.len(), 0);
            self.represented.resize(other.represented.len(), 0);
        }
        if self.members.len() < other.members.len() {
            self.members.resize(other.members.len(), MemberCounts::default());
        }
        if self.offered.len() < other.offered.len() {
            self.offered.resize(other.offered.len(), [0; 2]);
        }
        for (sum, number) in self.numbers().zip(other.numbers()) {
            *sum += *number;
        }
    }

    /// Everything counted, in a fixed order.
    pub(crate) fn numbers(&mut self) -> impl Iterator<Item = &mut u64> {
        let Self {
            packets,
            bytes,
            classified,
            absorbed,
            declined,
            skipped,
            evicted_packets,
            kernel_drops,
            ring_drops,
            flows,
            declined_flows,
            evicted_flows,
            evicted_keys,
            open,
            held,
            capacity,
            refused,
            busy_ns,
            occupancy_ppm,
            verdicts,
            represented,
            members,
            offered,
        } = self;
        let members = members.iter_mut().flat_map(MemberCounts::numbers);
        let lost = [kernel_drops, ring_drops, declined, declined_flows];
        let now = [open, held, capacity, busy_ns, occupancy_ppm];
        [packets, bytes, classified, absorbed, flows, refused]
            .into_iter()
            .chain(lost)
            .chain(now)
            .chain(skipped)
            .chain(evicted_packets)
            .chain(evicted_flows)
            .chain(evicted_keys)
            .chain(verdicts)
            .chain(represented)
            .chain(members)
            .chain(offered.iter_mut().flatten())
    }
}

/// What became of the verdicts that reached the writing thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SinkCounts {
    /// Verdicts written.
    pub written: u64,
    /// Verdicts not written, by [`Refusal::ALL`].
    pub dropped: [u64; Refusal::ALL.len()],
    /// How often the sink was opened again.
    pub reopened: u64,
    /// How often it could not be opened again, and the old one was kept.
    pub reopen_failed: u64,
    /// From the inference point until the verdict was written.
    pub latency: Histogram,
}

impl SinkCounts {
    /// Counts verdicts that are not written.
    pub(crate) fn drop(&mut self, reason: Refusal, verdicts: u64) {
        if let Some(count) = self.dropped.get_mut(reason as usize) {
            *count += verdicts;
        }
    }

    /// Everything counted, in a fixed order.
    pub(crate) fn numbers(&mut self) -> impl Iterator<Item = &mut u64> {
        let Self { written, dropped, reopened, reopen_failed, latency } = self;
        [written, reopened, reopen_failed].into_iter().chain(dropped).chain(latency.numbers())
    }
}

/// Copies published numbers to where they belong.
pub(crate) fn fill<'a>(places: impl Iterator<Item = &'a mut u64>, numbers: Vec<u64>) {
    for (place, number) in places.zip(numbers) {
        *place = number;
    }
}
