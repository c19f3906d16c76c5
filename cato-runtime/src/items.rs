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
    /// The pipeline is asked.
    pub finishes: bool,
    /// The flow has ended, so that the pipeline has to answer.
    pub ended: bool,
    /// Which of several pipelines the flow is bound to.
    pub member: u8,
    /// At which stage the pipeline is asked.
    pub stage: u8,
}

impl Item {
    const NOTHING: Self = Self {
        packet: Packet { view: PacketView::udp(&[0; 20], &[0; 8], 0), time_ns: 0, direction: Direction::Source },
        slot: 0,
        starts: false,
        updates: false,
        finishes: false,
        ended: false,
        member: 0,
        stage: 0,
    };

    /// A flow ends without a packet.
    #[inline]
    pub(super) fn end(entry: &Entry) -> Self {
        let (slot, member, stage) = (entry.slot, entry.member(), entry.stage());
        Self { slot, finishes: true, ended: true, member, stage, ..Self::NOTHING }
    }
}

/// A flow at an inference point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<E> {
    /// As the table sees it.
    pub(super) entry: E,
    /// Why.
    pub(super) end: End,
    /// Its number in the table, where the pipeline may want to see more packets.
    pub(super) early: Option<u32>,
}

/// Items that a pipeline has yet to perform, and the verdicts that will then be given.
#[derive(Debug)]
pub(super) struct Due {
    items: [Item; BATCH],
    verdicts: [Verdict; BATCH],
    len: usize,
    asked: [(usize, Asked<Entry>); BATCH],
    asking: usize,
    /// Flows that were asked early: their numbers, and whether they were answered.
    decided: [(u32, bool); BATCH],
    deciding: usize,
    /// Whether one of `asked` was asked early.
    open: bool,
    limit: usize,
    classified: u64,
}

impl Due {
    pub(super) fn new() -> Self {
        let nobody = Asked { entry: Entry::VACANT, end: End::Input, early: None };
        Self {
            items: [Item::NOTHING; BATCH],
            verdicts: [Verdict::FEATURES_ONLY; BATCH],
            len: 0,
            asked: [(0, nobody); BATCH],
            asking: 0,
            decided: [(0, false); BATCH],
            deciding: 0,
            open: false,
            limit: BATCH,
            classified: 0,
        }
    }

    /// Items are no longer gathered, so that the state of a finished flow can still be read when its verdict is delivered.
    pub(super) fn one_by_one(&mut self) {
        self.limit = 1;
    }

    /// Packets on which the verdicts up to now rest.
    pub(super) fn classified(&self) -> u64 {
        self.classified
    }

    /// Whether a flow was asked early of which it is not known whether it was answered.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Performs an item at once where the pipeline asks for that, otherwise when there are enough of them; whether flows
    /// that were asked early have been [decided](Self::decided).
    #[inline(always)]
    pub(super) fn push<P: BatchPipeline>(
        &mut self,
        item: Item,
        asked: Option<Asked<&Entry>>,
        pipeline: &mut P,
        sink: &mut impl FnMut(&Finished<'_>, &P),
    ) -> bool {
        if P::IMMEDIATE {
            let verdict = pipeline.perform(&item);
            let Some(Asked { entry, end, early }) = asked else { return false };
            let finished = Finished { slot: item.slot, entry, end, verdict };
            let answered = deliver(&finished, early, &mut self.classified, pipeline, sink);
            let (Some(number), [first, ..]) = (early, &mut self.decided) else { return false };
            *first = (number, answered);
            self.deciding = 1;
            return true;
        }
        let Some(place) = self.items.get_mut(self.len) else { return false };
        *place = item;
        if let Some(Asked { entry, end, early }) = asked
            && let Some(place) = self.asked.get_mut(self.asking)
        {
            *place = (self.len, Asked { entry: *entry, end, early });
            self.asking += 1;
            self.open |= early.is_some();
        }
        self.len += 1;
        if self.len < self.limit {
            return false;
        }
        self.flush(pipeline, sink);
        self.deciding > 0
    }

    /// Performs what has been gathered and delivers its verdicts.
    #[inline]
    pub(super) fn flush<P: BatchPipeline>(&mut self, pipeline: &mut P, sink: &mut impl FnMut(&Finished<'_>, &P)) {
        let Self { items, verdicts, asked, decided, classified, .. } = self;
        let (Some(items), Some(verdicts)) = (items.get(..self.len), verdicts.get_mut(..self.len)) else { return };
        if items.is_empty() {
            return;
        }
        pipeline.update_batch(items, verdicts);
        for (item, Asked { entry, end, early }) in asked.iter().take(self.asking) {
            let verdict = verdicts.get(*item).copied().unwrap_or(Verdict::FEATURES_ONLY);
            let slot = items.get(*item).map_or(0, |item| item.slot);
            let answered = deliver(&Finished { slot, entry, end: *end, verdict }, *early, classified, pipeline, sink);
            if let Some(number) = *early
                && let Some(place) = decided.get_mut(self.deciding)
            {
                *place = (number, answered);
                self.deciding += 1;
            }
        }
        self.len = 0;
        self.asking = 0;
    }

    /// Takes the flows that were asked early and have been decided, each with whether it was answered.
    pub(super) fn decided(&mut self, mut each: impl FnMut(u32, bool)) {
        for &(number, answered) in self.decided.iter().take(self.deciding) {
            each(number, answered);
        }
        self.deciding = 0;
        self.open = false;
    }
}

/// Gives a verdict to the sink, unless the pipeline was asked early and wants to see more packets; whether it answered.
#[inline(always)]
fn deliver<P>(
    finished: &Finished<'_>,
    early: Option<u32>,
    classified: &mut u64,
    pipeline: &P,
    sink: &mut impl FnMut(&Finished<'_>, &P),
) -> bool {
    let answered = early.is_none() || finished.verdict != Verdict::UNDECIDED;
    if answered {
        *classified += u64::from(finished.entry.packets());
        sink(finished, pipeline);
    }
    answered
}
