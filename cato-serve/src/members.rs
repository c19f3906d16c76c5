//! The pipelines of one worker, of which each flow has one.

use std::sync::Arc;
use std::time::Instant;

use cato_artifact::Loaded;
use cato_runtime::{BATCH, BatchPipeline, Decoded, Depth, Item, Point, Verdict};

use super::MemberCounts;
use super::admission::Buckets;
use super::assignment::{Assignment, Decision};
use super::meter::{EVERY, Meter, share_out};

/// Loaded pipelines with the states of their flows; a state has the same number in each.
#[derive(Debug)]
pub(crate) struct Members {
    places: Vec<Place>,
    assignment: Arc<Assignment>,
    /// What was decided last.
    decision: Decision,
    /// Flows that began, by bucket, and those of them that were admitted.
    offered: Vec<[u64; 2]>,
    /// The share of flows alike that were admitted with the one in a slot.
    shares: Vec<u32>,
    /// One member's share of a batch: its items, where they came from, and its verdicts.
    items: Vec<Item>,
    numbers: Vec<usize>,
    verdicts: [Verdict; BATCH],
    /// Calls until one is timed.
    untimed: u32,
    accounted: Accounted,
}

/// A place for a pipeline; its number is that by which flows are bound to it.
#[derive(Debug, Default)]
struct Place {
    /// `None` where there is no pipeline now; no flow is bound to the place then.
    loaded: Option<Loaded>,
    counts: MemberCounts,
    meter: Meter,
    /// Packets whose time has been accounted for.
    accounted: u64,
}

/// Up to where the time of the worker has been shared out.
#[derive(Debug, Default)]
struct Accounted {
    busy_ns: u64,
    packets: u64,
}

impl Members {
    /// Pipelines of fixed capacity, at places 0 and on; there is at least one.
    pub(crate) fn new(members: Vec<Loaded>, assignment: Arc<Assignment>) -> Self {
        let capacity = members.iter().map(BatchPipeline::capacity).min().unwrap_or(0);
        Self {
            places: members.into_iter().map(|loaded| Place { loaded: Some(loaded), ..Place::default() }).collect(),
            assignment,
            decision: Decision { member: None, bucket: 0, share: 0 },
            offered: vec![[0; 2]; Buckets::COUNT],
            shares: vec![Decision::WHOLE; capacity],
            items: Vec::with_capacity(BATCH),
            numbers: Vec::with_capacity(BATCH),
            verdicts: [Verdict::FEATURES_ONLY; BATCH],
            untimed: EVERY,
            accounted: Accounted::default(),
        }
    }

    /// Puts a pipeline at a place where there is none; it has the same capacity as the others.
    pub(crate) fn put(&mut self, number: u8, loaded: Loaded) {
        let number = usize::from(number);
        if self.places.len() <= number {
            self.places.resize_with(number + 1, Place::default);
        }
        if let Some(place) = self.places.get_mut(number) {
            place.loaded = Some(loaded);
            place.meter = Meter::default();
        }
    }

    /// Takes the pipeline away to which no flow is bound any more.
    pub(crate) fn take(&mut self, number: u8) -> Option<Loaded> {
        self.places.get_mut(usize::from(number))?.loaded.take()
    }

    /// Bytes of a state of each pipeline.
    pub(crate) fn state_bytes(&self) -> Vec<usize> {
        self.loaded().map(Loaded::state_bytes).collect()
    }

    /// What was done at each place up to now, but for its verdicts.
    pub(crate) fn counts(&self) -> impl Iterator<Item = &MemberCounts> {
        self.places.iter().map(|place| &place.counts)
    }

    /// Shares out what has been added to the time that the worker was busy and to the packets that it had; calls took so many
    /// times as long as they were found to take.
    pub(crate) fn account(&mut self, busy_ns: u64, packets: u64, slowdown: f64) {
        let busy = busy_ns.saturating_sub(self.accounted.busy_ns);
        let had = packets.saturating_sub(self.accounted.packets);
        let items = self.places.iter().map(|Place { counts, accounted, meter, .. }| {
            (counts.packets.saturating_sub(*accounted), slowdown * meter.item_ns())
        });
        let took = share_out(busy, had, items);
        for (place, took) in self.places.iter_mut().zip(took) {
            place.counts.busy_ns += took;
            place.accounted = place.counts.packets;
        }
        self.accounted = Accounted { busy_ns, packets };
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

    fn loaded(&self) -> impl Iterator<Item = &Loaded> {
        self.places.iter().filter_map(|place| place.loaded.as_ref())
    }

    /// A member's items out of a batch of several members'.
    fn part(&mut self, number: usize, items: &[Item], verdicts: &mut [Verdict], timed: bool) {
        let Some(place) = self.places.get_mut(number) else { return };
        self.items.clear();
        self.numbers.clear();
        for (at, item) in items.iter().enumerate().filter(|(_, item)| usize::from(item.member) == number) {
            self.items.push(*item);
            self.numbers.push(at);
        }
        let Some(said) = self.verdicts.get_mut(..self.items.len()) else { return };
        place.perform(&self.items, said, timed);
        for (at, verdict) in self.numbers.iter().zip(said) {
            if let Some(out) = verdicts.get_mut(*at) {
                *out = *verdict;
            }
        }
    }
}

impl Place {
    #[inline]
    fn perform(&mut self, items: &[Item], verdicts: &mut [Verdict], timed: bool) {
        let Some(loaded) = &mut self.loaded else { return verdicts.fill(Verdict::FEATURES_ONLY) };
        if !timed {
            return loaded.update_batch(items, verdicts);
        }
        let begun = Instant::now();
        loaded.update_batch(items, verdicts);
        self.meter.note(items.len(), begun.elapsed());
    }
}

impl BatchPipeline for Members {
    fn depth(&self) -> Depth {
        self.loaded().next().map_or(Depth::All, BatchPipeline::depth)
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
            && let Some(place) = self.places.get_mut(usize::from(member))
        {
            place.counts.flows += 1;
        }
        if let Some(share) = slot.and_then(|slot| self.shares.get_mut(slot as usize)) {
            *share = self.decision.share;
        }
    }

    fn point(&self, member: u8, stage: u8) -> Point {
        match self.places.get(usize::from(member)).and_then(|place| place.loaded.as_ref()) {
            Some(loaded) => loaded.point(0, stage),
            None => Point::last(Depth::All),
        }
    }

    fn capacity(&self) -> usize {
        self.loaded().map(BatchPipeline::capacity).min().unwrap_or(0)
    }

    fn reserve(&mut self, slots: usize) -> bool {
        self.places.iter_mut().filter_map(|place| place.loaded.as_mut()).all(|loaded| loaded.reserve(slots))
    }

    fn update_batch(&mut self, items: &[Item], verdicts: &mut [Verdict]) {
        let Some(first) = items.first() else { return };
        self.untimed = self.untimed.saturating_sub(1);
        let timed = self.untimed == 0;
        if timed {
            self.untimed = EVERY;
        }
        if let [only] = self.places.as_mut_slice() {
            only.counts.packets += items.len() as u64;
            return only.perform(items, verdicts, timed);
        }
        // A bit for each member, of which there are no more than `Pool::MOST`.
        let mut present = 0_u64;
        for item in items {
            if let Some(place) = self.places.get_mut(usize::from(item.member)) {
                place.counts.packets += 1;
            }
            present |= 1 << (item.member & 63);
        }
        if present.is_power_of_two() {
            if let Some(place) = self.places.get_mut(usize::from(first.member)) {
                place.perform(items, verdicts, timed);
            }
            return;
        }
        // More than a batch only where somebody else calls.
        for (items, verdicts) in items.chunks(BATCH).zip(verdicts.chunks_mut(BATCH)) {
            for number in 0..self.places.len() {
                if present >> (number & 63) & 1 == 1 {
                    self.part(number, items, verdicts, timed);
                }
            }
        }
    }

    fn features(&self, slot: u32, features: &mut [f32]) {
        if let Some(first) = self.loaded().next() {
            first.features(slot, features);
        }
    }
}
