// From cato-runtime 0.1.0, src/driver.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! The one way from frames to verdicts, for measuring, classifying and serving alike.

use super::{
    Decoded, Depth, Direction, End, Entry, FlowSettings, LinkType, Packet, PacketView, Pipeline, Skip, Storage,
    Tracker, Verdict, decode,
};

/// Frames that are decoded and looked up together.
pub const BATCH: usize = 32;

/// A packet may first end an idle flow and then start another.
const ITEMS: usize = 2 * BATCH;

/// One captured frame.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// How it begins; `None` for a link layer that cato does not read.
    pub link: Option<LinkType>,
    /// Length on the wire, in bytes; never smaller than that of `data`.
    pub wire_len: u32,
    /// Capture time in nanoseconds since any fixed origin.
    pub time_ns: u64,
    /// The captured bytes.
    pub data: &'a [u8],
}

/// One step on the state of one flow. The parts happen in the order start, update, finish.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The packet; meaningless where `updates` is false.
    pub packet: Packet<'a>,
    /// Under which number the flow's state is kept.
    pub slot: u32,
    /// The flow is new: its state is made afresh.
    pub starts: bool,
    /// The packet is taken into the state.
    pub updates: bool,
    /// The verdict is due.
    pub finishes: bool,
}

impl Item<'static> {
    const NOTHING: Self = Self {
        packet: Packet { view: PacketView::udp(&[0; 20], &[0; 8], 0), time_ns: 0, direction: Direction::Source },
        slot: 0,
        starts: false,
        updates: false,
        finishes: false,
    };
}

/// A pipeline together with the states of its flows.
pub trait BatchPipeline {
    /// The inference point.
    fn depth(&self) -> Depth;

    /// Makes sure that states are there for slots 0 to `slots`; `false` where there is no room.
    fn reserve(&mut self, slots: usize) -> bool;

    /// Performs `items` in order. `verdicts` is as long as `items`; those of items that finish are written.
    fn update_batch(&mut self, items: &[Item<'_>], verdicts: &mut [Verdict]);

    /// Writes the features of the flow in `slot`, as many as there is room for in `features`.
    fn features(&self, slot: u32, features: &mut [f32]);
}

/// A flow whose verdict was given.
#[derive(Clone, Copy, Debug)]
pub struct Finished {
    /// Under which number its state is kept, until the slot's next flow starts.
    pub slot: u32,
    /// The flow as the table saw it at the inference point: key, packets used, first and last time.
    pub entry: Entry,
    /// Why the record was made.
    pub end: End,
    /// What the pipeline says.
    pub verdict: Verdict,
}

/// Decodes frames, follows flows and asks the pipeline, a batch at a time.
#[derive(Debug)]
pub struct Driver<P, S> {
    pipeline: P,
    tracker: Tracker<S>,
    skipped: [u64; Skip::ALL.len()],
    packets: u64,
    absorbed: u64,
    stepwise: bool,
}

impl<P: BatchPipeline, S: Storage> Driver<P, S> {
    /// A driver without flows.
    pub fn new(pipeline: P, settings: FlowSettings, storage: S) -> Self {
        let tracker = Tracker::new(settings, pipeline.depth(), storage);
        Self { pipeline, tracker, skipped: [0; Skip::ALL.len()], packets: 0, absorbed: 0, stepwise: false }
    }

    /// Hands items to the pipeline one by one, so that the state of a finished flow can still be read when its verdict
    /// is delivered.
    #[must_use]
    pub fn stepwise(mut self) -> Self {
        self.stepwise = true;
        self
    }

    /// Takes frames in order of arrival; `sink` is given each verdict as it falls due, in that order.
    #[inline]
    pub fn run(&mut self, frames: &[Frame<'_>], mut sink: impl FnMut(&Finished, &P)) {
        for batch in frames.chunks(BATCH) {
            self.run_batch(batch, &mut sink);
        }
    }

    /// Ends the input: every open flow gets its verdict, and all keys are forgotten.
    pub fn end_input(&mut self, mut sink: impl FnMut(&Finished, &P)) {
        let mut due = Due::new(self.stepwise);
        let Self { tracker, pipeline, .. } = self;
        tracker.end_input(|slot, entry| {
            due.push(Item { slot, finishes: true, ..Item::NOTHING }, Some((entry, End::Input)), pipeline, &mut sink);
        });
        due.flush(pipeline, &mut sink);
    }

    /// Packets seen.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Packets that came after their flow's inference point or end.
    #[must_use]
    pub fn absorbed(&self) -> u64 {
        self.absorbed
    }

    /// Packets passed over for `reason`.
    #[must_use]
    pub fn skipped(&self, reason: Skip) -> u64 {
        self.skipped.get(reason as usize).copied().unwrap_or(0)
    }

    /// Flows started.
    #[must_use]
    pub fn flows(&self) -> u64 {
        self.tracker.flows()
    }

    /// The pipeline and its states.
    pub fn pipeline(&self) -> &P {
        &self.pipeline
    }

    #[inline]
    fn run_batch(&mut self, frames: &[Frame<'_>], sink: &mut impl FnMut(&Finished, &P)) {
        let mut decoded: [Option<(Decoded<'_>, u32)>; BATCH] = [None; BATCH];
        for (place, frame) in decoded.iter_mut().zip(frames) {
            self.packets += 1;
            match frame.link.ok_or(Skip::UnknownLink).and_then(|link| decode(link, frame.data, frame.wire_len)) {
                Ok(packet) => *place = Some((packet, self.tracker.hash(&packet.key))),
                Err(reason) => self.skip(reason),
            }
        }
        let mut due = Due::new(self.stepwise);
        for (packet, frame) in decoded.iter().zip(frames) {
            if let Some((packet, hash)) = packet {
                self.step(packet, *hash, frame.time_ns, &mut due, sink);
            }
        }
        due.flush(&mut self.pipeline, sink);
    }

    #[inline]
    fn step<'a>(
        &mut self,
        packet: &Decoded<'a>,
        hash: u32,
        now_ns: u64,
        due: &mut Due<'a>,
        sink: &mut impl FnMut(&Finished, &P),
    ) {
        let Self { tracker, pipeline, .. } = self;
        let observed = tracker.observe(packet, hash, now_ns, |slot, entry| {
            due.push(Item { slot, finishes: true, ..Item::NOTHING }, Some((entry, End::Idle)), pipeline, sink);
        });
        let seen = match observed {
            Ok(seen) => seen,
            Err(reason) => return self.skip(reason),
        };
        if seen.starts && !self.pipeline.reserve(seen.slot as usize + 1) {
            return self.skip(Skip::TableFull);
        }
        if !seen.updates {
            self.absorbed += 1;
            return;
        }
        let item = Item {
            packet: Packet { view: packet.view, time_ns: seen.time_ns, direction: seen.direction },
            slot: seen.slot,
            starts: seen.starts,
            updates: true,
            finishes: seen.finishes.is_some(),
        };
        let record = seen.finishes.and_then(|end| self.tracker.entry(seen.slot).map(|entry| (entry, end)));
        due.push(item, record, &mut self.pipeline, sink);
    }

    #[inline]
    fn skip(&mut self, reason: Skip) {
        if let Some(count) = self.skipped.get_mut(reason as usize) {
            *count += 1;
        }
    }
}

/// Items that the pipeline has yet to perform, and the records they will make.
struct Due<'a> {
    items: [Item<'a>; ITEMS],
    len: usize,
    records: [(usize, Entry, End); ITEMS],
    recorded: usize,
    limit: usize,
}

impl<'a> Due<'a> {
    #[inline]
    fn new(stepwise: bool) -> Self {
        Self {
            items: [Item::NOTHING; ITEMS],
            len: 0,
            records: [(0, Entry::VACANT, End::Input); ITEMS],
            recorded: 0,
            limit: if stepwise { 1 } else { ITEMS },
        }
    }

    #[inline]
    fn push<P: BatchPipeline>(
        &mut self,
        item: Item<'a>,
        record: Option<(&Entry, End)>,
        pipeline: &mut P,
        sink: &mut impl FnMut(&Finished, &P),
    ) {
        let Some(place) = self.items.get_mut(self.len) else { return };
        *place = item;
        if let Some((entry, end)) = record
            && let Some(place) = self.records.get_mut(self.recorded)
        {
            *place = (self.len, *entry, end);
            self.recorded += 1;
        }
        self.len += 1;
        if self.len >= self.limit {
            self.flush(pipeline, sink);
        }
    }

    #[inline]
    fn flush<P: BatchPipeline>(&mut self, pipeline: &mut P, sink: &mut impl FnMut(&Finished, &P)) {
        let mut verdicts = [Verdict::FEATURES_ONLY; ITEMS];
        let (Some(items), Some(verdicts)) = (self.items.get(..self.len), verdicts.get_mut(..self.len)) else { return };
        pipeline.update_batch(items, verdicts);
        for &(at, entry, end) in self.records.iter().take(self.recorded) {
            let verdict = verdicts.get(at).copied().unwrap_or(Verdict::FEATURES_ONLY);
            sink(&Finished { slot: items.get(at).map_or(0, |item| item.slot), entry, end, verdict }, pipeline);
        }
        self.len = 0;
        self.recorded = 0;
    }
}

/// A pipeline known at compile time, with the states of its flows in `M`.
#[derive(Debug)]
pub struct StaticPipeline<P: Pipeline, M> {
    states: M,
    pipeline: core::marker::PhantomData<P>,
}

impl<P: Pipeline, M: AsMut<[P::State]>> StaticPipeline<P, M> {
    /// A pipeline over `states`, one for each flow that the table can hold.
    #[must_use]
    pub fn new(states: M) -> Self {
        Self { states, pipeline: core::marker::PhantomData }
    }
}

impl<P: Pipeline, M: AsRef<[P::State]> + AsMut<[P::State]>> BatchPipeline for StaticPipeline<P, M> {
    #[inline]
    fn depth(&self) -> Depth {
        P::DEPTH
    }

    #[inline]
    fn reserve(&mut self, slots: usize) -> bool {
        slots <= self.states.as_ref().len()
    }

    #[inline]
    fn update_batch(&mut self, items: &[Item<'_>], verdicts: &mut [Verdict]) {
        perform::<P>(self.states.as_mut(), items, verdicts);
    }

    fn features(&self, slot: u32, features: &mut [f32]) {
        if let Some(state) = self.states.as_ref().get(slot as usize) {
            for (place, value) in features.iter_mut().zip(P::extract(state).as_ref()) {
                *place = *value;
            }
        }
    }
}

/// Performs `items` on `states`; the loop that every pipeline shares.
#[inline]
pub(super) fn perform<P: Pipeline>(states: &mut [P::State], items: &[Item<'_>], verdicts: &mut [Verdict]) {
    for (item, verdict) in items.iter().zip(verdicts) {
        let Some(state) = states.get_mut(item.slot as usize) else { continue };
        if item.starts {
            *state = P::start();
        }
        if item.updates {
            P::update(state, &item.packet);
        }
        if item.finishes {
            *verdict = P::classify(state);
        }
    }
}
