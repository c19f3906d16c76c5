// From cato-runtime 0.1.0, src/slots.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! Places for the states of open flows.

use super::Entry;

/// Numbers of slots, given out and taken back, the last one first, since its memory is the warmest.
///
/// Slots that came back are noted in the spare number of the entries, from the first on: there are never more of them than
/// entries, and so no memory is needed for them.
#[derive(Debug)]
pub(super) struct Slots {
    limit: usize,
    /// Slots that were ever given out.
    used: usize,
    /// Of these, how many came back.
    free: usize,
}

impl Slots {
    /// At most `limit` slots.
    pub(super) const fn new(limit: usize) -> Self {
        Self { limit, used: 0, free: 0 }
    }

    /// A slot that is not in use; `None` where there is none.
    pub(super) fn take(&mut self, entries: &mut [Entry]) -> Option<u32> {
        if let Some(top) = self.free.checked_sub(1) {
            self.free = top;
            return entries.get(top).map(|entry| entry.spare);
        }
        if self.used >= self.limit {
            return None;
        }
        let slot = u32::try_from(self.used).ok()?;
        self.used += 1;
        Some(slot)
    }

    /// Takes a slot back.
    #[inline]
    pub(super) fn give(&mut self, entries: &mut [Entry], slot: u32) {
        if let Some(entry) = entries.get_mut(self.free) {
            entry.spare = slot;
            self.free += 1;
        }
    }

    /// How many slots are in use.
    pub(super) fn taken(&self) -> usize {
        self.used - self.free
    }

    /// Takes all slots back.
    pub(super) fn clear(&mut self) {
        (self.used, self.free) = (0, 0);
    }
}
