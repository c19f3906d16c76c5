// From cato-runtime 0.1.0, src/table.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! The flow table: an open-addressing index over dense entries, in storage that its user provides.

use super::slots::Slots;
use super::wheel::Entries;
use super::{Entry, FlowKey};

/// One cell of the index: the hash of a key and the number of its entry plus one; 0 is free.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bucket {
    hash: u32,
    entry_plus_one: u32,
}

/// Where the table's memory comes from.
pub trait Storage {
    /// Whether there never is more room than at first. Keys then leave by packet time, and others make room for new ones;
    /// otherwise all of them stay until the end of the input.
    const BOUNDED: bool;

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
    const BOUNDED: bool = true;

    #[inline]
    fn buckets(&mut self) -> &mut [Bucket] {
        self.buckets
    }

    #[inline]
    fn entries(&mut self) -> &mut [Entry] {
        self.entries
    }
}

/// Keys to entries, and open flows to the slots of their states.
#[derive(Debug)]
pub(super) struct Table<S> {
    storage: S,
    secret: [u64; 2],
    /// Entries that were ever given out.
    used: usize,
    /// The last entry given back, plus one; the others follow it.
    free: u32,
    held: usize,
    slots: Slots,
}

impl<S: Storage> Table<S> {
    pub(super) fn new(mut storage: S, secret: [u64; 2]) -> Self {
        storage.buckets().fill(Bucket::default());
        Self { storage, secret, used: 0, free: 0, held: 0, slots: Slots::new(usize::MAX) }
    }

    /// Keys are hashed under `secret` from here on; only for a table without keys.
    pub(super) fn set_secret(&mut self, secret: [u64; 2]) {
        self.secret = secret;
    }

    /// At most `limit` slots are given out; only for a table without keys.
    pub(super) fn set_slots(&mut self, limit: usize) {
        self.slots = Slots::new(limit);
    }

    #[inline]
    pub(super) fn hash(&self, key: &FlowKey) -> u32 {
        key.hash(self.secret)
    }

    /// The key's entry.
    #[inline(always)]
    pub(super) fn get(&mut self, key: &FlowKey, hash: u32) -> Option<(u32, &mut Entry)> {
        let buckets = self.storage.buckets();
        let mask = buckets.len().wrapping_sub(1);
        let mut cell = hash as usize & mask;
        // Keys of equal hash are as good as none, so the first cell with the hash is the key's own or there is none; a walk
        // that would go on is left to `find`.
        let number = loop {
            let Bucket { hash: stored, entry_plus_one } = *buckets.get(cell)?;
            if stored == hash {
                // Where the bucket is free this is a number that no entry has.
                break entry_plus_one.wrapping_sub(1);
            }
            if entry_plus_one == 0 {
                return None;
            }
            cell = (cell + 1) & mask;
        };
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

    /// Gives the key a vacant entry at the free cell that [`find`](Self::find) gave; `None` where the table is full.
    pub(super) fn insert(&mut self, key: &FlowKey, hash: u32, cell: usize) -> Option<u32> {
        let (number, cell) = match self.free.checked_sub(1) {
            Some(number) => {
                self.free = self.entry(number)?.next;
                (number, cell)
            }
            None => {
                let number = self.used;
                let cell = if number < self.storage.entries().len() { cell } else { self.grow(key, hash)? };
                self.used += 1;
                (u32::try_from(number).ok()?, cell)
            }
        };
        let entry = self.storage.entries().get_mut(number as usize)?;
        entry.vacate(*key);
        *self.storage.buckets().get_mut(cell)? = Bucket { hash, entry_plus_one: number.checked_add(1)? };
        self.held += 1;
        Some(number)
    }

    /// Forgets the key of an entry that is in no list, and gives the entry back.
    pub(super) fn remove(&mut self, number: u32) {
        self.forget(number);
        let free = self.free;
        if let Some(entry) = self.storage.entries().get_mut(number as usize) {
            entry.vacate(FlowKey::EMPTY);
            entry.next = free;
            self.free = number + 1;
            self.held -= 1;
        }
    }

    /// Forgets the key of an entry, which stays where it is in its list.
    pub(super) fn forget(&mut self, number: u32) {
        let Some(key) = self.entry(number).map(|entry| entry.key) else { return };
        let hash = self.hash(&key);
        let cells = self.storage.buckets();
        let mask = cells.len().wrapping_sub(1);
        let at = |cells: &[Bucket], cell: usize| cells.get(cell).copied().unwrap_or_default();
        let mut cell = hash as usize & mask;
        while at(cells, cell).entry_plus_one != number + 1 {
            // An entry whose key was forgotten before.
            if at(cells, cell).entry_plus_one == 0 {
                return;
            }
            cell = (cell + 1) & mask;
        }
        // What stands behind moves up, unless it would come to stand before its first place.
        let mut behind = cell;
        loop {
            behind = (behind + 1) & mask;
            let bucket = at(cells, behind);
            if bucket.entry_plus_one == 0 {
                break;
            }
            let gone = behind.wrapping_sub(bucket.hash as usize) & mask;
            if gone >= behind.wrapping_sub(cell) & mask {
                if let Some(place) = cells.get_mut(cell) {
                    *place = bucket;
                }
                cell = behind;
            }
        }
        if let Some(place) = cells.get_mut(cell) {
            *place = Bucket::default();
        }
        if let Some(entry) = self.entry(number) {
            entry.key = FlowKey::EMPTY;
        }
    }

    /// A slot for the state of a flow that opens; `None` where all are taken.
    pub(super) fn take_slot(&mut self) -> Option<u32> {
        self.slots.take(self.storage.entries())
    }

    /// Gives the slot of an open flow back.
    #[inline]
    pub(super) fn give_slot(&mut self, slot: u32) {
        self.slots.give(self.storage.entries(), slot);
    }

    #[inline]
    pub(super) fn entry(&mut self, number: u32) -> Option<&mut Entry> {
        self.storage.entries().get_mut(number as usize)
    }

    /// Entries that were ever given out since the last [`clear`](Self::clear).
    pub(super) fn used(&mut self) -> &mut [Entry] {
        let used = self.used;
        self.storage.entries().get_mut(..used).unwrap_or(&mut [])
    }

    /// Whether there is no entry left to give out without growing.
    pub(super) fn is_full(&mut self) -> bool {
        self.free == 0 && self.used >= self.storage.entries().len()
    }

    /// How many entries are given out.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// How many slots are taken.
    pub(super) fn open(&self) -> usize {
        self.slots.taken()
    }

    /// How many entries the storage holds.
    pub(super) fn capacity(&mut self) -> usize {
        self.storage.entries().len()
    }

    /// Forgets every key, in time proportional to their number.
    pub(super) fn clear(&mut self) {
        let used = core::mem::take(&mut self.used);
        (self.free, self.held) = (0, 0);
        self.slots.clear();
        let buckets = self.storage.buckets().len();
        if used * 8 > buckets {
            self.storage.buckets().fill(Bucket::default());
            return;
        }
        for number in 0..used {
            // Every cell of a probe sequence is freed up to the first free one, so no key can be left behind.
            let Some(key) = self.storage.entries().get(number).map(|entry| entry.key) else { return };
            let hash = self.hash(&key);
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
            let key = self.storage.entries().get(number)?.key;
            let hash = self.hash(&key);
            if let Probe::Free(cell) = self.find(&key, hash) {
                *self.storage.buckets().get_mut(cell)? = Bucket { hash, entry_plus_one: number as u32 + 1 };
            }
        }
        match self.find(key, hash) {
            Probe::Free(cell) => Some(cell),
            Probe::Found(_) => None,
        }
    }
}

impl<S: Storage> Entries for Table<S> {
    fn start_ns(&mut self, number: u32) -> u64 {
        self.entry(number).map_or(0, |entry| entry.start_ns())
    }

    fn last_ns(&mut self, number: u32) -> u64 {
        self.entry(number).map_or(0, |entry| entry.last_ns)
    }

    fn next(&mut self, number: u32) -> u32 {
        self.entry(number).map_or(0, |entry| entry.next)
    }

    fn set_next(&mut self, number: u32, next: u32) {
        if let Some(entry) = self.entry(number) {
            entry.next = next;
        }
    }
}

/// What a look-up finds.
#[derive(Clone, Copy)]
pub(super) enum Probe {
    /// The number of the key's entry.
    Found(u32),
    /// The cell of the index where the key would stand.
    Free(usize),
}
