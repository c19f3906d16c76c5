//! A flow table that grows.

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
