//! An artifact in this process.

use std::path::{Path, PathBuf};

use cato_runtime::{AbiHeader, BatchPipeline, Depth, Item, Point, RawItems, Verdict};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

/// A pipeline loaded from a shared object, with the states of its flows.
///
/// The shared object stays loaded for as long as this lives.
#[derive(Debug)]
pub struct Loaded {
    header: AbiHeader,
    states: States,
    /// Last, so that what points into it is gone before it.
    _library: Library,
}

/// Why a shared object is not a pipeline that can be called.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It cannot be loaded, or does not export a header.
    #[error("{}: {source}", path.display())]
    Library {
        /// The shared object.
        path: PathBuf,
        /// What the loader said.
        source: libloading::Error,
    },
    /// It exports a header of another version, or something else under that name.
    #[error("{}: not a pipeline of this version of cato", path.display())]
    Incompatible {
        /// The shared object.
        path: PathBuf,
    },
    /// Its states need a larger alignment than this program gives.
    #[error("{}: states aligned to {align} bytes; at most {} are supported", path.display(), align_of::<Chunk>())]
    Alignment {
        /// The shared object.
        path: PathBuf,
        /// What its header asks for, in bytes.
        align: usize,
    },
    /// There is no room for as many states as were asked for.
    #[error("no memory for the states of {flows} flows of {state_bytes} bytes each")]
    Memory {
        /// How many states.
        flows: usize,
        /// The size of one.
        state_bytes: usize,
    },
}

impl Loaded {
    /// Loads a shared object and checks its header before anything in it is called.
    ///
    /// # Errors
    /// See [`LoadError`].
    pub fn open(path: &Path) -> Result<Self, LoadError> {
        let failed = |source| LoadError::Library { path: path.to_owned(), source };
        // Every symbol is bound now, so that one which is missing is an error here and not the end of the process later.
        // SAFETY: loading runs no code of a candidate: it is `no_std` and has no initialisers. That `path` is a candidate
        // cannot be proved here; it is what callers ask for when they name a file to load.
        let library = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map_err(failed)?;
        // SAFETY: under this name a candidate exports a static of this type, whose address is what is taken here. A
        // header is plain data; `is_compatible` looks at magic number and version, which no other symbol has.
        let header = unsafe { **library.get::<*const AbiHeader>(AbiHeader::SYMBOL).map_err(failed)? };
        if !header.is_compatible() {
            return Err(LoadError::Incompatible { path: path.to_owned() });
        }
        if header.state_align > align_of::<Chunk>() {
            return Err(LoadError::Alignment { path: path.to_owned(), align: header.state_align });
        }
        Ok(Self { header, states: States::new(header.state_bytes), _library: library })
    }

    /// Makes room for the states of `flows` open flows, and for no more from here on: memory is taken now, and touched.
    ///
    /// # Errors
    /// [`LoadError::Memory`].
    pub fn with_capacity(mut self, flows: usize) -> Result<Self, LoadError> {
        if !self.states.fix(flows) {
            return Err(LoadError::Memory { flows, state_bytes: self.header.state_bytes });
        }
        Ok(self)
    }

    /// State of one flow in bytes.
    #[must_use]
    pub fn state_bytes(&self) -> usize {
        self.header.state_bytes
    }

    /// Number of features.
    #[must_use]
    pub fn feature_count(&self) -> usize {
        self.header.features
    }

    /// Number of classes; 0 where there is no model.
    #[must_use]
    pub fn class_count(&self) -> usize {
        self.header.classes
    }

    /// Applies the model to the features of one flow, in column order.
    ///
    /// # Panics
    /// Where `features` are not as many as [`feature_count`](Self::feature_count) says.
    #[must_use]
    pub fn predict(&self, features: &[f32]) -> Verdict {
        assert_eq!(features.len(), self.header.features, "one value for each feature");
        // SAFETY: the header is compatible, and as many values are there as it asks for.
        unsafe { (self.header.predict)(features.as_ptr()) }
    }
}

impl BatchPipeline for Loaded {
    fn depth(&self) -> Depth {
        self.header.depth()
    }

    fn point(&self, _: u8, stage: u8) -> Point {
        self.header.point(stage)
    }

    fn capacity(&self) -> usize {
        self.states.limit
    }

    fn reserve(&mut self, slots: usize) -> bool {
        self.states.reserve(slots)
    }

    #[inline]
    fn update_batch(&mut self, items: &[Item], verdicts: &mut [Verdict]) {
        let len = items.len().min(verdicts.len());
        let raw = RawItems { items: items.as_ptr(), verdicts: verdicts.as_mut_ptr(), len };
        // SAFETY: the header is compatible; `states` has `slots` states, aligned as the header asks, borrowed exclusively
        // and zeroed before their first use; `len` items can be read and as many verdicts written.
        unsafe { (self.header.update_batch)(self.states.as_mut_ptr(), self.states.slots, &raw) }
    }

    fn features(&self, slot: u32, features: &mut [f32]) {
        let Some(state) = self.states.get(slot as usize) else { return };
        if features.len() >= self.header.features {
            // SAFETY: `state` is one of the aligned, initialised states, and `features` has room for all.
            return unsafe { (self.header.extract)(state, features.as_mut_ptr()) };
        }
        let mut all = vec![0.0; self.header.features];
        // SAFETY: as above; `all` has room for all.
        unsafe { (self.header.extract)(state, all.as_mut_ptr()) };
        features.copy_from_slice(&all[..features.len()]);
    }
}

/// Lends the pipeline to a driver, so that one loaded pipeline can be driven more than once.
impl BatchPipeline for &mut Loaded {
    fn depth(&self) -> Depth {
        (**self).depth()
    }

    fn point(&self, member: u8, stage: u8) -> Point {
        (**self).point(member, stage)
    }

    fn capacity(&self) -> usize {
        (**self).capacity()
    }

    fn reserve(&mut self, slots: usize) -> bool {
        (**self).reserve(slots)
    }

    #[inline]
    fn update_batch(&mut self, items: &[Item], verdicts: &mut [Verdict]) {
        (**self).update_batch(items, verdicts);
    }

    fn features(&self, slot: u32, features: &mut [f32]) {
        (**self).features(slot, features);
    }
}

/// A cache line: no state needs a larger alignment.
#[repr(C, align(64))]
#[derive(Clone, Copy, Debug)]
struct Chunk([u8; 64]);

/// States of flows without a type: `slots` times `state_bytes` bytes, zeroed at first.
#[derive(Debug)]
struct States {
    memory: Vec<Chunk>,
    state_bytes: usize,
    slots: usize,
    /// The most slots.
    limit: usize,
}

impl States {
    fn new(state_bytes: usize) -> Self {
        Self { memory: Vec::new(), state_bytes, slots: 0, limit: usize::MAX }
    }

    /// Makes room for `slots` states, keeping those there are; `false` where memory is short.
    fn reserve(&mut self, slots: usize) -> bool {
        if slots <= self.slots {
            return true;
        }
        // Twice the room at least, so that states are seldom moved.
        slots <= self.limit && self.resize(slots.max(self.slots.saturating_mul(2)).max(64))
    }

    /// Makes room for `slots` slots, and for no more from here on.
    fn fix(&mut self, slots: usize) -> bool {
        self.limit = slots;
        slots <= self.slots || self.resize(slots)
    }

    /// Makes room for `slots` slots, more than there are. Moving the others is sound: they are plain data.
    fn resize(&mut self, slots: usize) -> bool {
        let Some(bytes) = slots.checked_mul(self.state_bytes) else { return false };
        let chunks = bytes.div_ceil(size_of::<Chunk>());
        if self.memory.try_reserve_exact(chunks.saturating_sub(self.memory.len())).is_err() {
            return false;
        }
        self.memory.resize(chunks, Chunk([0; 64]));
        self.slots = slots;
        true
    }

    fn as_mut_ptr(&mut self) -> *mut u8 {
        self.memory.as_mut_ptr().cast()
    }

    fn get(&self, slot: usize) -> Option<*const u8> {
        let state = self.memory.as_ptr().cast::<u8>();
        // In bounds, as `slots` states are there; for a state of no size the pointer stays where it is.
        (slot < self.slots).then(|| state.wrapping_add(slot * self.state_bytes))
    }
}
