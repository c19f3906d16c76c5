//! Memory of flow tables: one that grows, and one that does not.

use cato_runtime::{Bucket, Entry, Storage};

const FIRST_ENTRIES: usize = 1024;

/// Storage for a [`cato_runtime::Tracker`] that doubles whenever it is full, up to 2^31 flows.
#[derive(Debug)]
pub struct GrowingStorage {
    buckets: Vec<Bucket>,
    entries: Vec<Entry>,
}

impl GrowingStorage {
    /// The most entries that a table can number.
    const MOST_ENTRIES: usize = 1 << 31;

    /// Room for the first thousand flows.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(FIRST_ENTRIES)
    }

    /// Room for `flows` flows, rounded up to a power of two.
    #[must_use]
    pub fn with_capacity(flows: usize) -> Self {
        let entries = flows.clamp(1, Self::MOST_ENTRIES).next_power_of_two();
        Self { buckets: vec![Bucket::default(); 2 * entries], entries: vec![Entry::VACANT; entries] }
    }
}

impl Default for GrowingStorage {
    fn default() -> Self {
        Self::new()
    }
}

impl Storage for GrowingStorage {
    const BOUNDED: bool = false;

    #[inline]
    fn buckets(&mut self) -> &mut [Bucket] {
        &mut self.buckets
    }

    #[inline]
    fn entries(&mut self) -> &mut [Entry] {
        &mut self.entries
    }

    fn grow(&mut self) -> bool {
        let entries = 2 * self.entries.len();
        if entries > Self::MOST_ENTRIES {
            return false;
        }
        self.entries.resize(entries, Entry::VACANT);
        self.buckets.clear();
        self.buckets.resize(2 * entries, Bucket::default());
        true
    }
}

/// Storage for a [`cato_runtime::Tracker`] with room for a fixed number of keys, all of it touched when it is made.
#[derive(Debug)]
pub struct BoundedStorage {
    buckets: Vec<Bucket>,
    entries: Vec<Entry>,
}

impl BoundedStorage {
    /// Room for `keys` keys, one at least and 2^30 at most: for each 96 bytes and, with the index, 16 to 32 more.
    #[must_use]
    pub fn new(keys: usize) -> Self {
        let keys = keys.clamp(1, 1 << 30);
        let mut buckets = Vec::new();
        // Written one by one: memory that is asked for as zeros would be the process's own only when it is first used.
        buckets.resize_with((2 * keys).next_power_of_two(), || std::hint::black_box(Bucket::default()));
        Self { buckets, entries: vec![Entry::VACANT; keys] }
    }
}

impl Storage for BoundedStorage {
    const BOUNDED: bool = true;

    #[inline]
    fn buckets(&mut self) -> &mut [Bucket] {
        &mut self.buckets
    }

    #[inline]
    fn entries(&mut self) -> &mut [Entry] {
        &mut self.entries
    }
}
