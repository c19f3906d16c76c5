//! The pipelines of one worker, of which each flow has one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cato_artifact::Loaded;
use cato_runtime::{BATCH, BatchPipeline, Decoded, Depth, Item, Point, Verdict};

use super::MemberCounts;
use super::policy::Mix;

/// Which member the flows that begin now are bound to, said by one thread and read by the workers.
#[derive(Debug)]
pub(crate) struct Assignment(AtomicU64);

/// Bits of a share.
const SHARE: u32 = 24;
const WHOLE: u64 = 1 << SHARE;

impl Assignment {
    /// Starts with `mix`.
    pub(crate) fn new(mix: Mix) -> Self {
        Self(AtomicU64::new(packed(mix)))
    }

    /// From now on flows are bound as `mix` says.
    pub(crate) fn set(&self, mix: Mix) {
        self.0.store(packed(mix), Ordering::Relaxed);
    }

    /// The member of the flow whose key has this hash; `None` where it is not admitted.
    #[inline]
    fn of(&self, hash: u32) -> Option<u8> {
        let packed = self.0.load(Ordering::Relaxed);
        let [lower, upper, ..] = packed.to_le_bytes();
        let (upper_share, declined_share) = (packed >> 16 & (WHOLE - 1), packed >> (16 + SHARE));
        // The table uses the lowest bits of the hash; these two draws share none of what they compare.
        let draw = |factor: u64| (u64::from(hash).wrapping_mul(factor) >> 32) & (WHOLE - 1);
        if draw(0x9e37_79b9_7f4a_7c15) < declined_share {
            return None;
        }
        Some(if draw(0xd6e8_feb8_6659_fd93) < upper_share { upper } else { lower })
    }
}

/// One word: both members in a byte each, then the share of the upper one and that of flows that are not admitted, in 24
/// bits each, of which all ones stand for nearly all.
fn packed(Mix { lower, upper, upper_share, admitted_share }: Mix) -> u64 {
    let share = |of_2_32: u32| u64::from(of_2_32 >> (32 - SHARE));
    // Where all flows are to be the upper one's, none may be left to the lower.
    let lower = if upper_share == u32::MAX { upper } else { lower };
    u64::from(lower) | u64::from(upper) << 8 | share(upper_share) << 16 | share(!admitted_share) << (16 + SHARE)
}

/// Loaded pipelines with the states of their flows; a state has the same number in each.
#[derive(Debug)]
pub(crate) struct Members {
    members: Vec<Loaded>,
    counts: Vec<MemberCounts>,
    assignment: Arc<Assignment>,
    /// One member's share of a batch: its items, where they came from, and its verdicts.
    items: Vec<Item>,
    places: Vec<usize>,
    verdicts: [Verdict; BATCH],
}

impl Members {
    /// Pipelines of fixed capacity; there is at least one.
    pub(crate) fn new(members: Vec<Loaded>, assignment: Arc<Assignment>) -> Self {
        let counts = vec![MemberCounts::default(); members.len()];
        Self {
            members,
            counts,
            assignment,
            items: Vec::with_capacity(BATCH),
            places: Vec::with_capacity(BATCH),
            verdicts: [Verdict::FEATURES_ONLY; BATCH],
        }
    }

    /// What each has done up to now, but for its verdicts.
    pub(crate) fn counts(&self) -> &[MemberCounts] {
        &self.counts
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
    fn choose(&self, _: &Decoded, hash: u32) -> Option<u8> {
        self.assignment.of(hash)
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
        let mut present = [0_u64; 4];
        for item in items {
            if let Some(counts) = self.counts.get_mut(usize::from(item.member)) {
                counts.flows += u64::from(item.starts);
                counts.packets += u64::from(item.updates);
            }
            present[usize::from(item.member >> 6)] |= 1 << (item.member & 63);
        }
        let several = present.iter().map(|word| word.count_ones()).sum::<u32>() > 1;
        if !several {
            if let Some(member) = self.members.get_mut(usize::from(first.member)) {
                member.update_batch(items, verdicts);
            }
            return;
        }
        // More than a batch only where somebody else calls.
        for (items, verdicts) in items.chunks(BATCH).zip(verdicts.chunks_mut(BATCH)) {
            for number in 0..self.members.len() {
                if present[number >> 6 & 3] >> (number & 63) & 1 == 1 {
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
