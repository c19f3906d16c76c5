//! The pipelines of one worker, of which each flow has one.

use std::sync::Arc;

use cato_artifact::Loaded;
use cato_runtime::{BATCH, BatchPipeline, Decoded, Depth, Item, Point, Verdict};

use super::MemberCounts;
use super::admission::Buckets;
use super::assignment::{Assignment, Decision};

/// Loaded pipelines with the states of their flows; a state has the same number in each.
#[derive(Debug)]
pub(crate) struct Members {
    members: Vec<Loaded>,
    counts: Vec<MemberCounts>,
    assignment: Arc<Assignment>,
    /// What was decided last.
    decision: Decision,
    /// Flows that began, by bucket, and those of them that were admitted.
    offered: Vec<[u64; 2]>,
    /// The share of flows alike that were admitted with the one in a slot.
    shares: Vec<u32>,
    /// One member's share of a batch: its items, where they came from, and its verdicts.
    items: Vec<Item>,
    places: Vec<usize>,
    verdicts: [Verdict; BATCH],
}

impl Members {
    /// Pipelines of fixed capacity; there is at least one.
    pub(crate) fn new(members: Vec<Loaded>, assignment: Arc<Assignment>) -> Self {
        let counts = vec![MemberCounts::default(); members.len()];
        let capacity = members.iter().map(BatchPipeline::capacity).min().unwrap_or(0);
        Self {
            members,
            counts,
            assignment,
            decision: Decision { member: None, bucket: 0, share: 0 },
            offered: vec![[0; 2]; Buckets::COUNT],
            shares: vec![Decision::WHOLE; capacity],
            items: Vec::with_capacity(BATCH),
            places: Vec::with_capacity(BATCH),
            verdicts: [Verdict::FEATURES_ONLY; BATCH],
        }
    }

    /// What each has done up to now, but for its verdicts.
    pub(crate) fn counts(&self) -> &[MemberCounts] {
        &self.counts
    }

    /// How many flows began in each bucket, and how many of them were admitted.
    pub(crate) fn offered(&self) -> &[[u64; 2]] {
        &self.offered
    }

    /// For how many flows the one in `slot` stands, itself included, in thousandths.
    #[inline]
    pub(crate) fn stands_for(&self, slot: u32) -> u64 {
        match self.shares.get(slot as usize) {
            Some(&share) if share < Decision::WHOLE => 1_000 * u64::from(Decision::WHOLE) / u64::from(share.max(1)),
            _ => 1_000,
        }
    }

    /// A member's items out of a batch of several members'.
    fn part(&mut self, number: usize, items: &[Item], verdicts: &mut [Verdict]) {
        let Some(member) = self.members.get_mut(number) else { return };
        self.items.clear();
        self.places.clear();
        for (place, item) in items.iter().enumerate().filter(|(_, item)| usize::from(item.member) == number) {
            self.items.push(*item);
            self.places.push(place);
        }
        let Some(said) = self.verdicts.get_mut(..self.items.len()) else { return };
        member.update_batch(&self.items, said);
        for (place, verdict) in self.places.iter().zip(said) {
            if let Some(out) = verdicts.get_mut(*place) {
                *out = *verdict;
            }
        }
    }
}

impl BatchPipeline for Members {
    fn depth(&self) -> Depth {
        self.members.first().map_or(Depth::All, BatchPipeline::depth)
    }

    #[inline]
    fn choose(&mut self, first: &Decoded, hash: u32) -> Option<u8> {
        self.decision = self.assignment.of(&first.view, hash);
        self.decision.member
    }

    fn started(&mut self, slot: Option<u32>) {
        if let Some([offered, admitted]) = self.offered.get_mut(self.decision.bucket) {
            *offered += 1;
            *admitted += u64::from(slot.is_some());
        }
        if let (Some(_), Some(member)) = (slot, self.decision.member)
            && let Some(counts) = self.counts.get_mut(usize::from(member))
        {
            counts.flows += 1;
        }
        if let Some(share) = slot.and_then(|slot| self.shares.get_mut(slot as usize)) {
            *share = self.decision.share;
        }
    }

    fn point(&self, member: u8, stage: u8) -> Point {
        match self.members.get(usize::from(member)) {
            Some(loaded) => loaded.point(0, stage),
            None => Point::last(Depth::All),
        }
    }

    fn capacity(&self) -> usize {
        self.members.iter().map(BatchPipeline::capacity).min().unwrap_or(0)
    }

    fn reserve(&mut self, slots: usize) -> bool {
        self.members.iter_mut().all(|member| member.reserve(slots))
    }

    fn update_batch(&mut self, items: &[Item], verdicts: &mut [Verdict]) {
        let Some(first) = items.first() else { return };
        if let ([only], [counts, ..]) = (self.members.as_mut_slice(), self.counts.as_mut_slice()) {
            counts.packets += items.len() as u64;
            return only.update_batch(items, verdicts);
        }
        // A bit for each member, of which there are no more than `Pool::MOST`.
        let mut present = 0_u64;
        for item in items {
            if let Some(counts) = self.counts.get_mut(usize::from(item.member)) {
                counts.packets += 1;
            }
            present |= 1 << (item.member & 63);
        }
        if present.is_power_of_two() {
            if let Some(member) = self.members.get_mut(usize::from(first.member)) {
                member.update_batch(items, verdicts);
            }
            return;
        }
        // More than a batch only where somebody else calls.
        for (items, verdicts) in items.chunks(BATCH).zip(verdicts.chunks_mut(BATCH)) {
            for number in 0..self.members.len() {
                if present >> (number & 63) & 1 == 1 {
                    self.part(number, items, verdicts);
                }
            }
        }
    }

    fn features(&self, slot: u32, features: &mut [f32]) {
        if let Some(first) = self.members.first() {
            first.features(slot, features);
        }
    }
}
