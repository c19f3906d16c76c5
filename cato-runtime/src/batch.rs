//! Pipelines together with the states of their flows.

use super::{Decoded, Depth, Item, Pipeline, Point, Verdict};

/// A pipeline together with the states of its flows.
pub trait BatchPipeline {
    /// Whether each item is performed as it comes, as is best where the pipeline is compiled together with the driver.
    /// Otherwise items are gathered, so that a call costs little.
    const IMMEDIATE: bool = false;

    /// The inference point, the last one where there are stages.
    fn depth(&self) -> Depth;

    /// Which of several pipelines the flow is to be bound to that starts if this is a first packet; `None` does not admit
    /// it. `hash` is that of its key.
    #[inline]
    fn choose(&mut self, first: &Decoded, hash: u32) -> Option<u8> {
        let _ = (first, hash);
        Some(0)
    }

    /// The flow for which a member was [chosen](Self::choose) last has started, with its state in `slot` where it was
    /// admitted.
    #[inline]
    fn started(&mut self, slot: Option<u32>) {
        let _ = slot;
    }

    /// The inference point of the pipeline `member` at `stage`; the last one for any stage behind that.
    #[inline]
    fn point(&self, member: u8, stage: u8) -> Point {
        let _ = (member, stage);
        Point::last(self.depth())
    }

    /// The most states that there can be; `usize::MAX` where their number grows.
    fn capacity(&self) -> usize;

    /// Makes sure that states are there for slots 0 to `slots`; `false` where there is no room.
    fn reserve(&mut self, slots: usize) -> bool;

    /// Performs `items` in order. `verdicts` is as long as `items`; those of items that finish are written, with
    /// [`Verdict::UNDECIDED`] where an early stage is not sure.
    fn update_batch(&mut self, items: &[Item], verdicts: &mut [Verdict]);

    /// Performs one item; the verdict means something where it finishes.
    #[inline]
    fn perform(&mut self, item: &Item) -> Verdict {
        let mut verdict = Verdict::FEATURES_ONLY;
        self.update_batch(core::slice::from_ref(item), core::slice::from_mut(&mut verdict));
        verdict
    }

    /// Writes the features of the flow in `slot`, as many as there is room for in `features`.
    fn features(&self, slot: u32, features: &mut [f32]);
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
    const IMMEDIATE: bool = true;

    #[inline]
    fn depth(&self) -> Depth {
        P::DEPTH
    }

    #[inline]
    fn point(&self, _: u8, stage: u8) -> Point {
        match P::EARLY.get(usize::from(stage)) {
            Some(&packets) => Point { depth: Depth::Packets(packets), early: true },
            None => Point::last(P::DEPTH),
        }
    }

    #[inline]
    fn capacity(&self) -> usize {
        self.states.as_ref().len()
    }

    #[inline]
    fn reserve(&mut self, slots: usize) -> bool {
        slots <= self.states.as_ref().len()
    }

    #[inline]
    fn update_batch(&mut self, items: &[Item], verdicts: &mut [Verdict]) {
        perform_all::<P>(self.states.as_mut(), items, verdicts);
    }

    #[inline(always)]
    fn perform(&mut self, item: &Item) -> Verdict {
        perform::<P>(self.states.as_mut(), item)
    }

    fn features(&self, slot: u32, features: &mut [f32]) {
        if let Some(state) = self.states.as_ref().get(slot as usize) {
            for (place, value) in features.iter_mut().zip(P::extract(state).as_ref()) {
                *place = *value;
            }
        }
    }
}

/// Performs `items` on `states`, in order.
#[inline]
pub(super) fn perform_all<P: Pipeline>(states: &mut [P::State], items: &[Item], verdicts: &mut [Verdict]) {
    for (item, verdict) in items.iter().zip(verdicts) {
        let said = perform::<P>(states, item);
        if item.finishes {
            *verdict = said;
        }
    }
}

/// Performs one item; what every pipeline shares.
#[inline(always)]
fn perform<P: Pipeline>(states: &mut [P::State], item: &Item) -> Verdict {
    let Some(state) = states.get_mut(item.slot as usize) else { return Verdict::FEATURES_ONLY };
    if item.starts {
        P::reset(state);
    }
    if item.updates {
        P::update(state, &item.packet);
    }
    if item.finishes { finish::<P>(state, item.stage, item.ended) } else { Verdict::FEATURES_ONLY }
}

/// Out of line, since it happens once at a stage and is the largest part.
#[inline(never)]
fn finish<P: Pipeline>(state: &P::State, stage: u8, ended: bool) -> Verdict {
    if P::EARLY.is_empty() {
        return P::classify(state);
    }
    P::decide(state, stage, ended).unwrap_or(Verdict::UNDECIDED)
}
