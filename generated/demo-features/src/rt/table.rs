// From cato-runtime 0.1.0, src/table.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! The flow table: an open-addressing index over dense entries, in storage that its user provides.

use super::FlowKey;

/// Where one flow stands, as the table keeps it. Opaque but for its key; made with [`Entry::VACANT`].
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub(super) key: FlowKey,
    pub(super) hash: u32,
    /// Packets of the flow up to now.
    pub(super) packets: u64,
    /// Raw time of the flow's first packet.
    pub(super) start_ns: u64,
    /// Largest raw time of the flow's packets, or of those absorbed after its end.
    pub(super) last_ns: u64,
    /// Number of the flow in order of its start.
    pub(super) flow: u64,
    pub(super) phase: Phase,
    pub(super) source_is_first: bool,
    pub(super) fin_source: bool,
    pub(super) fin_destination: bool,
}

/// Where a flow is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// Packets are taken into the state.
    Open,
    /// The record was made; the flow goes on.
    Answered,
    /// The key is unknown, though its entry is kept.
    Vacant,
    /// The flow has ended; its key stays until the idle time-out.
    Ended,
}

impl Entry {
    /// An entry without a flow.
    pub const VACANT: Self = Self {
        key: FlowKey::EMPTY,
        hash: 0,
        packets: 0,
        start_ns: 0,
        last_ns: 0,
        flow: 0,
        phase: Phase::Vacant,
        source_is_first: true,
        fin_source: false,
        fin_destination: false,
    };
}

/// One cell of the index: the hash of a key and the number of its entry plus one; 0 is free.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bucket {
    hash: u32,
    entry_plus_one: u32,
}

/// Where the table's memory comes from.
pub trait Storage {
    /// The index; its length is a power of two and at least twice that of the entries.
    fn buckets(&mut self) -> &mut [Bucket];

    /// The entries; at most 2^31.
    fn entries(&mut self) -> &mut [Entry];

    /// Makes room for more entries, keeping those there are; `false` where the capacity is fixed. A `true` means that
    /// the entries grew and that every bucket is free.
    fn grow(&mut self) -> bool {
        false
    }
}

/// Storage of fixed size, in an appliance most often two statics.
#[derive(Debug)]
pub struct FixedStorage<'a> {
    buckets: &'a mut [Bucket],
    entries: &'a mut [Entry],
}

impl<'a> FixedStorage<'a> {
    /// Storage for as many flows as there are entries.
    ///
    /// # Panics
    /// Where the number of buckets is not a power of two or is smaller than twice the entries.
    #[must_use]
    pub fn new(buckets: &'a mut [Bucket], entries: &'a mut [Entry]) -> Self {
        match Self::checked(buckets, entries) {
            Some(storage) => storage,
            None => panic!("buckets must be a power of two, twice the entries or more"),
        }
    }

    /// The same without a panic: `None` where the numbers do not fit.
    #[must_use]
    pub fn checked(buckets: &'a mut [Bucket], entries: &'a mut [Entry]) -> Option<Self> {
        let fit = buckets.len().is_power_of_two() && buckets.len() / 2 >= entries.len();
        fit.then_some(Self { buckets, entries })
    }
}

impl Storage for FixedStorage<'_> {
    #[inline]
    fn buckets(&mut self) -> &mut [Bucket] {
        self.buckets
    }

    #[inline]
    fn entries(&mut self) -> &mut [Entry] {
        self.entries
    }
}

/// Keys to entries. Entries are handed out in order and only given back all at once, by [`Table::clear`].
#[derive(Debug)]
pub(super) struct Table<S> {
    storage: S,
    used: usize,
}

impl<S: Storage> Table<S> {
    pub(super) fn new(mut storage: S) -> Self {
        storage.buckets().fill(Bucket::default());
        Self { storage, used: 0 }
    }

    /// The key's entry where it is at the first place that the hash names, as most are.
    #[inline]
    pub(super) fn find_first(&mut self, key: &FlowKey, hash: u32) -> Option<(u32, &mut Entry)> {
        let buckets = self.storage.buckets();
        let bucket = buckets.get(hash as usize & buckets.len().wrapping_sub(1))?;
        // Where the bucket is free this is a number that no entry has.
        let number = bucket.entry_plus_one.wrapping_sub(1);
        let entry = self.storage.entries().get_mut(number as usize)?;
        (*key == entry.key).then_some((number, entry))
    }

    /// Where the key's entry is, or would be.
    #[inline]
    pub(super) fn find(&mut self, key: &FlowKey, hash: u32) -> Probe {
        let mask = self.storage.buckets().len().wrapping_sub(1);
        let mut cell = hash as usize & mask;
        loop {
            // The index is never empty and never more than half full, so a free cell ends the walk.
            let Some(&Bucket { hash: stored, entry_plus_one }) = self.storage.buckets().get(cell) else {
                return Probe::Free(cell);
            };
            if entry_plus_one == 0 {
                return Probe::Free(cell);
            }
            let number = entry_plus_one - 1;
            if stored == hash && self.storage.entries().get(number as usize).is_some_and(|entry| entry.key == *key) {
                return Probe::Found(number);
            }
            cell = (cell + 1) & mask;
        }
    }

    /// Gives the key a new, vacant entry at the free cell that [`find`](Self::find) gave; `None` where the table is full.
    #[inline]
    pub(super) fn insert(&mut self, key: &FlowKey, hash: u32, cell: usize) -> Option<u32> {
        let number = self.used;
        let cell = if number < self.storage.entries().len() { cell } else { self.grow(key, hash)? };
        *self.storage.entries().get_mut(number)? = Entry { key: *key, hash, ..Entry::VACANT };
        let number = u32::try_from(number).ok()?;
        *self.storage.buckets().get_mut(cell)? = Bucket { hash, entry_plus_one: number.checked_add(1)? };
        self.used += 1;
        Some(number)
    }

    #[inline]
    pub(super) fn entry(&mut self, number: u32) -> Option<&mut Entry> {
        self.storage.entries().get_mut(number as usize)
    }

    /// Entries in use, in the order in which their keys were inserted.
    pub(super) fn used(&mut self) -> &mut [Entry] {
        let used = self.used;
        self.storage.entries().get_mut(..used).unwrap_or(&mut [])
    }

    /// How many entries the storage holds.
    pub(super) fn capacity(&mut self) -> usize {
        self.storage.entries().len()
    }

    /// Forgets every key, in time proportional to their number.
    pub(super) fn clear(&mut self) {
        let used = core::mem::take(&mut self.used);
        let buckets = self.storage.buckets().len();
        if used * 8 > buckets {
            self.storage.buckets().fill(Bucket::default());
            return;
        }
        for number in 0..used {
            // Every cell of a probe sequence is freed up to the first free one, so no key can be left behind.
            let Some(hash) = self.storage.entries().get(number).map(|entry| entry.hash) else { return };
            let cells = self.storage.buckets();
            let mask = cells.len() - 1;
            let mut cell = hash as usize & mask;
            while let Some(bucket) = cells.get_mut(cell).filter(|bucket| bucket.entry_plus_one != 0) {
                *bucket = Bucket::default();
                cell = (cell + 1) & mask;
            }
        }
    }

    /// Grows the storage, indexes the entries again, and gives the cell for a new key.
    #[cold]
    fn grow(&mut self, key: &FlowKey, hash: u32) -> Option<usize> {
        if !self.storage.grow() {
            return None;
        }
        for number in 0..self.used {
            let entry = *self.storage.entries().get(number)?;
            if let Probe::Free(cell) = self.find(&entry.key, entry.hash) {
                *self.storage.buckets().get_mut(cell)? = Bucket { hash: entry.hash, entry_plus_one: number as u32 + 1 };
            }
        }
        match self.find(key, hash) {
            Probe::Free(cell) => Some(cell),
            Probe::Found(_) => None,
        }
    }
}

/// What a look-up finds.
pub(super) enum Probe {
    /// The number of the key's entry.
    Found(u32),
    /// The cell of the index where the key would stand.
    Free(usize),
}
