// From cato-runtime 0.1.0, src/driver.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! The one way from frames to verdicts, for measuring, classifying and serving alike.

use super::items::{Asked, Due};
use super::{
    BatchPipeline, Decoded, End, Entry, Evicted, Eviction, FlowSettings, Item, LinkType, Observation, Packet, Skip,
    Storage, Tracker, Verdict, decode, plain,
};

/// One captured frame.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// How it begins; `None` for a link layer that cato does not read.
    pub link: Option<LinkType>,
    /// Length on the wire, in bytes; never smaller than that of `data`.
    pub wire_len: u32,
    /// Capture time in nanoseconds since any fixed origin, below 2^63.
    pub time_ns: u64,
    /// The captured bytes.
    pub data: &'a [u8],
}

/// A flow whose verdict was given.
#[derive(Clone, Copy, Debug)]
pub struct Finished<'a> {
    /// Under which number its state was kept; it is still there where the driver goes [step by step](Driver::stepwise).
    pub slot: u32,
    /// The flow as the table saw it at the inference point: key, packets used, first and last time.
    pub entry: &'a Entry,
    /// Why the record was made.
    pub end: End,
    /// What the pipeline says.
    pub verdict: Verdict,
}

/// Decodes frames, follows flows and asks the pipeline.
#[derive(Debug)]
pub struct Driver<P, S> {
    pipeline: P,
    tracker: Tracker<S>,
    due: Due,
    skipped: [u64; Skip::ALL.len()],
    packets: u64,
    absorbed: u64,
    declined: u64,
}

impl<P: BatchPipeline, S: Storage> Driver<P, S> {
    /// A driver without flows.
    pub fn new(pipeline: P, settings: FlowSettings, storage: S) -> Self {
        let mut tracker = Tracker::new(settings, pipeline.depth(), storage).with_slots(pipeline.capacity());
        tracker.bind(0, pipeline.point(0, 0));
        let skipped = [0; Skip::ALL.len()];
        Self { pipeline, tracker, due: Due::new(), skipped, packets: 0, absorbed: 0, declined: 0 }
    }

    /// Hashes flow keys under a secret of your own, see [`Tracker::keyed`]. For a driver that has seen no frame.
    #[must_use]
    pub fn keyed(mut self, secret: [u64; 2]) -> Self {
        self.tracker = self.tracker.keyed(secret);
        self
    }

    /// Hands items to the pipeline one by one, so that the state of a finished flow can still be read when its verdict
    /// is delivered.
    #[must_use]
    pub fn stepwise(mut self) -> Self {
        self.due.one_by_one();
        self
    }

    /// Takes frames in order of arrival; `sink` is given each verdict as it falls due, in that order, and all of them
    /// before this returns.
    #[inline]
    pub fn run(&mut self, frames: &[Frame<'_>], mut sink: impl FnMut(&Finished<'_>, &P)) {
        self.packets += frames.len() as u64;
        for frame in frames {
            match plain::tcp_in_ipv4_in_ethernet(frame.data) {
                Some(packet) if frame.link == Some(LinkType::Ethernet) => {
                    let hash = self.tracker.hash(&packet.key);
                    match self.tracker.observe_within(&packet, hash, frame.time_ns) {
                        Some(seen) => self.perform(&packet, &seen, &mut sink),
                        None => self.step(packet, hash, frame.time_ns, &mut sink),
                    }
                }
                _ => self.decode_and_step(frame, &mut sink),
            }
        }
        self.settle(&mut sink);
    }

    /// Lets flows end by time where no packet comes, as [`Tracker::advance_to`] says; each open one gets its verdict.
    pub fn advance_to(&mut self, now_ns: u64, mut sink: impl FnMut(&Finished<'_>, &P)) {
        self.settle(&mut sink);
        let Self { tracker, pipeline, due, .. } = self;
        tracker.advance_to(now_ns, |_, entry| {
            due.push(Item::end(entry), Some(Asked { entry, end: End::Idle, early: None }), pipeline, &mut sink);
        });
        due.flush(pipeline, &mut sink);
    }

    /// Ends the input: every open flow gets its verdict, and all keys are forgotten.
    pub fn end_input(&mut self, mut sink: impl FnMut(&Finished<'_>, &P)) {
        self.settle(&mut sink);
        let Self { tracker, pipeline, due, .. } = self;
        tracker.end_input(|_, entry| {
            due.push(Item::end(entry), Some(Asked { entry, end: End::Input, early: None }), pipeline, &mut sink);
        });
        due.flush(pipeline, &mut sink);
    }

    /// Packets seen. Each of them is [classified](Self::classified), [absorbed](Self::absorbed), of a flow that was
    /// [declined](Self::declined), [passed over](Self::skipped), in a flow that was [evicted](Self::evicted), or in one that
    /// is still [open](Self::open), of which there are none after the end of the input.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Packets on which verdicts rest.
    #[must_use]
    pub fn classified(&self) -> u64 {
        self.due.classified()
    }

    /// Packets that came after their flow's inference point or end.
    #[must_use]
    pub fn absorbed(&self) -> u64 {
        self.absorbed
    }

    /// Packets of flows that were not admitted.
    #[must_use]
    pub fn declined(&self) -> u64 {
        self.declined
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

    /// Those of them that were not admitted.
    #[must_use]
    pub fn declined_flows(&self) -> u64 {
        self.tracker.declined()
    }

    /// Flows that are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.tracker.open()
    }

    /// Keys in the flow table: those of open flows, of answered ones, and of ended ones whose time-out is not over.
    #[must_use]
    pub fn held(&self) -> usize {
        self.tracker.held()
    }

    /// What had to leave the flow table before its time for `reason`.
    #[must_use]
    pub fn evicted(&self, reason: Eviction) -> Evicted {
        self.tracker.evicted(reason)
    }

    /// The pipeline and its states.
    pub fn pipeline(&self) -> &P {
        &self.pipeline
    }

    /// The same, to be changed between two calls. What it has said of members with open flows must go on to hold.
    pub fn pipeline_mut(&mut self) -> &mut P {
        &mut self.pipeline
    }

    /// An entry of the flow table by its number, which are counted from 0; `None` behind the last of the storage. A flow keeps
    /// its entry for as long as it is [open](Entry::is_open).
    pub fn entry(&mut self, number: u32) -> Option<&Entry> {
        self.tracker.entry(number)
    }

    /// A frame of any kind.
    #[inline(never)]
    fn decode_and_step(&mut self, frame: &Frame<'_>, sink: &mut impl FnMut(&Finished<'_>, &P)) {
        match frame.link.ok_or(Skip::UnknownLink).and_then(|link| decode(link, frame.data, frame.wire_len)) {
            Ok(packet) => {
                let hash = self.tracker.hash(&packet.key);
                match self.tracker.observe_within(&packet, hash, frame.time_ns) {
                    Some(seen) => self.perform(&packet, &seen, sink),
                    None => self.step(packet, hash, frame.time_ns, sink),
                }
            }
            Err(reason) => self.skip(reason),
        }
    }

    /// A packet of any kind; out of line, so that plain packets within flows have the loop to themselves. By value, so that
    /// those never lie in memory.
    #[inline(never)]
    fn step(&mut self, packet: Decoded, hash: u32, now_ns: u64, sink: &mut impl FnMut(&Finished<'_>, &P)) {
        // What happens to flows here may depend on whether they were answered.
        if self.due.is_open() {
            self.settle(sink);
        }
        let Self { tracker, pipeline, due, .. } = self;
        match pipeline.choose(&packet, hash) {
            Some(member) => tracker.bind(member, pipeline.point(member, 0)),
            None => tracker.decline(),
        }
        let seen = tracker.observe_any(&packet, hash, now_ns, |_, entry| {
            due.push(Item::end(entry), Some(Asked { entry, end: End::Idle, early: None }), pipeline, sink);
        });
        match seen {
            Ok(seen) if seen.starts && seen.updates && !pipeline.reserve(seen.slot as usize + 1) => {
                tracker.abandon(seen.entry);
                self.skip(Skip::TableFull);
            }
            Ok(seen) => {
                if seen.starts {
                    pipeline.started(seen.updates.then_some(seen.slot));
                }
                self.perform(&packet, &seen, sink);
            }
            Err(reason) => self.skip(reason),
        }
    }

    /// What an observed packet means for the pipeline.
    #[inline(always)]
    fn perform(&mut self, packet: &Decoded, seen: &Observation, sink: &mut impl FnMut(&Finished<'_>, &P)) {
        if !seen.updates {
            *(if seen.declined { &mut self.declined } else { &mut self.absorbed }) += 1;
            return;
        }
        let mut item = Item {
            packet: Packet { view: packet.view, time_ns: seen.time_ns, direction: seen.direction },
            slot: seen.slot,
            starts: seen.starts,
            updates: true,
            finishes: false,
            ended: false,
            member: seen.member,
            stage: 0,
        };
        let Self { tracker, pipeline, due, .. } = self;
        let asked = match seen.finishes {
            Some(end) => tracker.entry(seen.entry).map(|entry| {
                (item.finishes, item.ended, item.stage) = (true, !seen.early, entry.stage());
                Asked { entry, end, early: seen.early.then_some(seen.entry) }
            }),
            None => None,
        };
        if due.push(item, asked, pipeline, sink) {
            self.settle(sink);
        }
    }

    /// Performs what has been gathered, and tells the tracker which flows that were asked early go on.
    fn settle(&mut self, sink: &mut impl FnMut(&Finished<'_>, &P)) {
        let Self { tracker, pipeline, due, .. } = self;
        due.flush(pipeline, sink);
        due.decided(|number, answered| {
            if answered {
                tracker.answered(number);
            } else if let Some((member, stage)) = tracker.entry(number).map(|entry| (entry.member(), entry.stage())) {
                tracker.go_on(number, pipeline.point(member, stage.saturating_add(1)));
            }
        });
    }

    #[cold]
    fn skip(&mut self, reason: Skip) {
        if let Some(count) = self.skipped.get_mut(reason as usize) {
            *count += 1;
        }
    }
}
