//! The entry points of a pipeline that is loaded at run time.
//!
//! A candidate's shared object exports one static, [`SYMBOL`](AbiHeader::SYMBOL), of type [`AbiHeader`]. Both sides are
//! compiled from the same source of this crate by the same rustc, which is the business of whoever keeps artifacts; the
//! header's magic number and version keep out what was never meant to be loaded.

use super::batch::perform_all;
use super::{Depth, Item, Pipeline, Point, Verdict};

/// Changes whenever the layout of [`AbiHeader`] or the meaning of a function in it does.
pub const ABI_VERSION: u32 = 3;

/// The most stages before the last.
pub const MOST_EARLY: usize = 7;

const MAGIC: u64 = u64::from_be_bytes(*b"catopipe");

/// Items by address and count, as they pass the boundary.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct RawItems {
    /// The first item.
    pub items: *const Item,
    /// Where the verdict of the first item goes; as many follow as there are items.
    pub verdicts: *mut Verdict,
    /// How many items there are.
    pub len: usize,
}

/// What a shared object says of its pipeline, and how to call it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct AbiHeader {
    magic: u64,
    version: u32,
    /// Packets up to the last inference point; 0 for "all".
    depth: u32,
    /// Packets up to those before it; 0 behind the last of them.
    early: [u32; MOST_EARLY],
    /// Size of one flow's state in bytes.
    pub state_bytes: usize,
    /// Alignment of a state in bytes.
    pub state_align: usize,
    /// Number of features.
    pub features: usize,
    /// Number of classes; 0 where there is no model.
    pub classes: usize,
    /// Performs items on an array of states of the given length.
    ///
    /// # Safety
    /// `states` points to `slots` states, aligned and exclusively borrowed, each of them made by a `start` item before
    /// any other item touches it, or all bytes zero; `raw` names `len` readable items and writable verdicts.
    pub update_batch: unsafe extern "C" fn(states: *mut u8, slots: usize, raw: &RawItems),
    /// Writes the features of one state to `out`.
    ///
    /// # Safety
    /// `state` points to a state as above, `out` to room for as many `f32` as there are features.
    pub extract: unsafe extern "C" fn(state: *const u8, out: *mut f32),
    /// Applies the model to features.
    ///
    /// # Safety
    /// `features` points to as many `f32` as there are features.
    pub predict: unsafe extern "C" fn(features: *const f32) -> Verdict,
}

impl AbiHeader {
    /// The name under which a shared object exports its header.
    pub const SYMBOL: &'static str = "CATO_PIPELINE";

    /// The header of `P`.
    #[must_use]
    pub const fn of<P: Pipeline>() -> Self {
        Self {
            magic: MAGIC,
            version: ABI_VERSION,
            depth: match P::DEPTH {
                Depth::Packets(packets) => packets,
                Depth::All => 0,
            },
            early: early(P::EARLY),
            state_bytes: size_of::<P::State>(),
            state_align: align_of::<P::State>(),
            features: P::FEATURES.len(),
            classes: P::CLASSES.len(),
            update_batch: update_batch::<P>,
            extract: extract::<P>,
            predict: predict::<P>,
        }
    }

    /// Whether the header is one that this version of the crate can call.
    #[must_use]
    pub const fn is_compatible(&self) -> bool {
        self.magic == MAGIC && self.version == ABI_VERSION
    }

    /// The inference point, the last one where there are stages.
    #[must_use]
    pub const fn depth(&self) -> Depth {
        if self.depth == 0 { Depth::All } else { Depth::Packets(self.depth) }
    }

    /// The inference point at `stage`; the last one for any stage behind that.
    #[must_use]
    pub fn point(&self, stage: u8) -> Point {
        match self.early.get(usize::from(stage)) {
            Some(&packets) if packets > 0 => Point { depth: Depth::Packets(packets), early: true },
            _ => Point::last(self.depth()),
        }
    }
}

/// As many places as there are, filled from the front.
const fn early(depths: &[u32]) -> [u32; MOST_EARLY] {
    assert!(depths.len() <= MOST_EARLY, "a pipeline has too many stages");
    let mut places = [0; MOST_EARLY];
    let mut at = 0;
    while at < depths.len() {
        places[at] = depths[at];
        at += 1;
    }
    places
}

unsafe extern "C" fn update_batch<P: Pipeline>(states: *mut u8, slots: usize, raw: &RawItems) {
    // SAFETY: the caller promises `slots` aligned, exclusively borrowed states that are initialised before use, and
    // `len` items and verdicts; see `AbiHeader::update_batch`.
    let (states, items, verdicts) = unsafe {
        (
            core::slice::from_raw_parts_mut(states.cast::<P::State>(), slots),
            core::slice::from_raw_parts(raw.items, raw.len),
            core::slice::from_raw_parts_mut(raw.verdicts, raw.len),
        )
    };
    perform_all::<P>(states, items, verdicts);
}

unsafe extern "C" fn extract<P: Pipeline>(state: *const u8, out: *mut f32) {
    // SAFETY: the caller promises one aligned, initialised state and room for every feature; see `AbiHeader::extract`.
    let (state, out) = unsafe { (&*state.cast::<P::State>(), core::slice::from_raw_parts_mut(out, P::FEATURES.len())) };
    for (place, value) in out.iter_mut().zip(P::extract(state).as_ref()) {
        *place = *value;
    }
}

unsafe extern "C" fn predict<P: Pipeline>(features: *const f32) -> Verdict {
    // SAFETY: the caller promises as many values as there are features; see `AbiHeader::predict`.
    let values = unsafe { core::slice::from_raw_parts(features, P::FEATURES.len()) };
    let mut features = P::extract(&P::start());
    for (place, value) in features.as_mut().iter_mut().zip(values) {
        *place = *value;
    }
    P::predict(&features)
}
