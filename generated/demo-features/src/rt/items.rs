// From cato-runtime 0.1.0, src/items.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! What a driver asks of a pipeline, step by step or gathered.

use super::{BatchPipeline, Direction, End, Entry, Finished, Packet, PacketView, Verdict};

/// Steps that are gathered before a pipeline performs them.
pub const BATCH: usize = 32;

/// One step on the state of one flow. The parts happen in the order start, update, finish.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// The packet; meaningless where `updates` is false.
    pub packet: Packet,
    /// Under which number the flow's state is kept.
    pub slot: u32,
    /// The flow is new: its state is made afresh.
    pub starts: bool,
    /// The packet is taken into the state.
    pub updates: bool,
    /// The verdict is due.
    pub finishes: bool,
}

impl Item {
    const NOTHING: Self = Self {
        packet: Packet { view: PacketView::udp(&[0; 20], &[0; 8], 0), time_ns: 0, direction: Direction::Source },
        slot: 0,
        starts: false,
        updates: false,
        finishes: false,
    };

    /// The verdict of the flow in `slot` is due without a packet.
    #[inline]
    pub(super) fn finish(slot: u32) -> Self {
        Self { slot, finishes: true, ..Self::NOTHING }
    }
}

/// Items that a pipeline has yet to perform, and the records they will make.
#[derive(Debug)]
pub(super) struct Due {
    items: [Item; BATCH],
    verdicts: [Verdict; BATCH],
    len: usize,
    records: [Record; BATCH],
    recorded: usize,
    limit: usize,
}

/// A verdict that will fall: of which item, and the flow as the table saw it then.
#[derive(Clone, Copy, Debug)]
struct Record {
    item: usize,
    entry: Entry,
    end: End,
}

impl Due {
    pub(super) fn new() -> Self {
        Self {
            items: [Item::NOTHING; BATCH],
            verdicts: [Verdict::FEATURES_ONLY; BATCH],
            len: 0,
            records: [Record { item: 0, entry: Entry::VACANT, end: End::Input }; BATCH],
            recorded: 0,
            limit: BATCH,
        }
    }

    /// Items are no longer gathered, so that the state of a finished flow can still be read when its verdict is delivered.
    pub(super) fn one_by_one(&mut self) {
        self.limit = 1;
    }

    /// Performs an item at once where the pipeline asks for that, otherwise when there are enough of them.
    #[inline(always)]
    pub(super) fn push<P: BatchPipeline>(
        &mut self,
        item: Item,
        record: Option<(&Entry, End)>,
        pipeline: &mut P,
        sink: &mut impl FnMut(&Finished<'_>, &P),
    ) {
        if P::IMMEDIATE {
            let verdict = pipeline.perform(&item);
            if let Some((entry, end)) = record {
                sink(&Finished { slot: item.slot, entry, end, verdict }, pipeline);
            }
            return;
        }
        let Some(place) = self.items.get_mut(self.len) else { return };
        *place = item;
        if let Some((entry, end)) = record
            && let Some(place) = self.records.get_mut(self.recorded)
        {
            *place = Record { item: self.len, entry: *entry, end };
            self.recorded += 1;
        }
        self.len += 1;
        if self.len >= self.limit {
            self.flush(pipeline, sink);
        }
    }

    /// Performs what has been gathered and delivers its verdicts.
    #[inline]
    pub(super) fn flush<P: BatchPipeline>(&mut self, pipeline: &mut P, sink: &mut impl FnMut(&Finished<'_>, &P)) {
        let Self { items, verdicts, records, len, recorded, .. } = self;
        let (Some(items), Some(verdicts)) = (items.get(..*len), verdicts.get_mut(..*len)) else { return };
        if items.is_empty() {
            return;
        }
        pipeline.update_batch(items, verdicts);
        for Record { item, entry, end } in records.iter().take(*recorded) {
            let verdict = verdicts.get(*item).copied().unwrap_or(Verdict::FEATURES_ONLY);
            let slot = items.get(*item).map_or(0, |item| item.slot);
            sink(&Finished { slot, entry, end: *end, verdict }, pipeline);
        }
        *len = 0;
        *recorded = 0;
    }
}
