// From cato-runtime 0.1.0, src/wheel.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! Flows in order of their latest packet, without a step for each packet.
//!
//! A hierarchical timing wheel (Varghese and Lauck, SOSP 1987, scheme 7) of two levels. A flow lies where its latest
//! packet belonged when it was put there; packets since then have not moved it. Only when its list comes to be the oldest
//! is that looked at, and the flow put where it belongs by now. So a packet costs nothing here, and a flow is looked at as
//! often as its packets made that worth while.

use core::num::NonZeroU64;

/// What is linked into lists: entries by number.
pub(super) trait Entries {
    /// Time of the entry's first packet, in nanoseconds.
    fn start_ns(&mut self, number: u32) -> u64;

    /// Latest time seen of an entry, in nanoseconds; never below that of its first packet.
    fn last_ns(&mut self, number: u32) -> u64;

    /// What [`set_next`](Self::set_next) was last given.
    fn next(&mut self, number: u32) -> u32;

    /// Keeps the number of the entry behind this one plus one, or 0.
    fn set_next(&mut self, number: u32, next: u32);
}

/// Lists in one level.
const LISTS: u64 = 64;
const LEVEL: u32 = 6;

/// Lists of entries by the time of their latest packet, in ticks of a fixed length; linked through [`Entries`].
#[derive(Debug)]
pub(super) struct Wheel {
    /// Never 0 by its type, so that dividing has no way to fail.
    tick_ns: NonZeroU64,
    /// No entry is kept for a tick before this one, and none may be for a group of ticks before its own.
    cursor: u64,
    /// Of the group of ticks in which the cursor is, one list each.
    fine: Level,
    /// Of each later group of ticks one list.
    coarse: Level,
}

impl Wheel {
    /// A wheel for times that are at most `span_ns` apart; older ones are told apart to a 4032nd of that.
    pub(super) const fn new(span_ns: u64) -> Self {
        let tick_ns = NonZeroU64::MIN.saturating_add(span_ns / (LISTS * (LISTS - 1)));
        Self { tick_ns, cursor: 0, fine: Level::EMPTY, coarse: Level::EMPTY }
    }

    /// Length of a tick in nanoseconds.
    pub(super) fn tick_ns(&self) -> u64 {
        self.tick_ns.get()
    }

    /// Puts an entry where its latest packet belongs. Entries come in the order of their first packet.
    pub(super) fn push(&mut self, entries: &mut impl Entries, number: u32) {
        if self.fine.used == 0 && self.coarse.used == 0 {
            self.cursor = entries.start_ns(number) / self.tick_ns;
        }
        self.place(entries, number);
    }

    fn place(&mut self, entries: &mut impl Entries, number: u32) {
        // An answered flow that comes late from among the open ones may be older than what has been looked at here.
        let tick = (entries.last_ns(number) / self.tick_ns).max(self.cursor & !(LISTS - 1));
        self.cursor = self.cursor.min(tick);
        // What lies beyond the last group is looked at again when that comes.
        let group = (tick >> LEVEL).min((self.cursor >> LEVEL) + LISTS - 1);
        if group == self.cursor >> LEVEL {
            self.fine.push(entries, tick, number);
        } else {
            self.coarse.push(entries, group, number);
        }
    }

    /// Takes out an entry whose latest packet belongs to the oldest tick that has one, where that is over at `until_ns`.
    pub(super) fn pop(&mut self, entries: &mut impl Entries, until_ns: u64) -> Option<u32> {
        let end = until_ns / self.tick_ns;
        loop {
            let tick = self.oldest(entries, end)?;
            let number = self.fine.pop(entries, tick)?;
            if entries.last_ns(number) / self.tick_ns <= tick {
                return Some(number);
            }
            self.place(entries, number);
        }
    }

    /// The beginning of the oldest tick that has an entry whose latest packet belongs there; `None` without entries.
    pub(super) fn oldest_ns(&mut self, entries: &mut impl Entries) -> Option<u64> {
        let number = self.pop(entries, u64::MAX)?;
        self.place(entries, number);
        Some(self.cursor * self.tick_ns.get())
    }

    pub(super) fn clear(&mut self) {
        *self = Self { fine: Level::EMPTY, coarse: Level::EMPTY, cursor: 0, ..*self };
    }

    /// Moves the cursor to the oldest tick that has entries, where that lies before the tick `end`.
    fn oldest(&mut self, entries: &mut impl Entries, end: u64) -> Option<u64> {
        loop {
            if let Some(tick) = self.fine.next(self.cursor) {
                self.cursor = self.cursor.max(tick.min(end));
                return (tick < end).then_some(tick);
            }
            let group = self.coarse.next((self.cursor >> LEVEL) + 1)?;
            let last = end.saturating_sub(1);
            if group << LEVEL > last {
                self.cursor = self.cursor.max(last);
                return None;
            }
            self.part(entries, group, last);
        }
    }

    /// Puts the entries of the oldest group of ticks, now that its time has come, each where it belongs; the cursor goes
    /// as far as there is nothing, but not beyond the tick `last`.
    fn part(&mut self, entries: &mut impl Entries, group: u64, last: u64) {
        let mut list = self.coarse.take(group);
        let mut parted = List::EMPTY;
        let mut oldest = last;
        while let Some(number) = list.pop(entries) {
            oldest = oldest.min(entries.last_ns(number) / self.tick_ns);
            parted.push(entries, number);
        }
        // Of times far in the future, which a damaged capture may state, there may be nothing else.
        if let Some(next) = self.coarse.next(group + 1) {
            oldest = oldest.min((next << LEVEL) - 1);
        }
        self.cursor = oldest.max(group << LEVEL);
        while let Some(number) = parted.pop(entries) {
            self.place(entries, number);
        }
    }
}

/// One list for each of 64 ticks, or groups of ticks, in a row.
#[derive(Clone, Copy, Debug)]
struct Level {
    lists: [List; LISTS as usize],
    /// A bit for each list that is not empty.
    used: u64,
}

impl Level {
    const EMPTY: Self = Self { lists: [List::EMPTY; LISTS as usize], used: 0 };

    fn push(&mut self, entries: &mut impl Entries, tick: u64, number: u32) {
        if let Some(list) = self.lists.get_mut((tick % LISTS) as usize) {
            list.push(entries, number);
            self.used |= 1 << (tick % LISTS);
        }
    }

    fn pop(&mut self, entries: &mut impl Entries, tick: u64) -> Option<u32> {
        let list = self.lists.get_mut((tick % LISTS) as usize)?;
        let number = list.pop(entries);
        if list.is_empty() {
            self.used &= !(1 << (tick % LISTS));
        }
        number
    }

    fn take(&mut self, tick: u64) -> List {
        self.used &= !(1 << (tick % LISTS));
        self.lists.get_mut((tick % LISTS) as usize).map_or(List::EMPTY, core::mem::take)
    }

    /// The first tick from `first` on that has entries; they all lie within 64 ticks.
    fn next(&self, first: u64) -> Option<u64> {
        let ahead = self.used.rotate_right((first % LISTS) as u32);
        (ahead != 0).then(|| first + u64::from(ahead.trailing_zeros()))
    }
}

/// Entries linked one to the next, first in first out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct List {
    /// Number of the first entry plus one; 0 where there is none.
    first: u32,
    last: u32,
}

impl List {
    pub(super) const EMPTY: Self = Self { first: 0, last: 0 };

    pub(super) fn is_empty(&self) -> bool {
        self.first == 0
    }

    /// The first entry.
    pub(super) fn first(&self) -> Option<u32> {
        self.first.checked_sub(1)
    }

    pub(super) fn push(&mut self, entries: &mut impl Entries, number: u32) {
        entries.set_next(number, 0);
        match self.last.checked_sub(1) {
            Some(last) if self.first != 0 => entries.set_next(last, number + 1),
            _ => self.first = number + 1,
        }
        self.last = number + 1;
    }

    pub(super) fn pop(&mut self, entries: &mut impl Entries) -> Option<u32> {
        let number = self.first()?;
        self.first = entries.next(number);
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::{Entries, List, Wheel};

    /// Latest times and links.
    struct Times<const N: usize>([(u64, u32); N]);

    impl<const N: usize> Entries for Times<N> {
        fn start_ns(&mut self, _: u32) -> u64 {
            0
        }

        fn last_ns(&mut self, number: u32) -> u64 {
            self.0[number as usize].0
        }

        fn next(&mut self, number: u32) -> u32 {
            self.0[number as usize].1
        }

        fn set_next(&mut self, number: u32, next: u32) {
            self.0[number as usize].1 = next;
        }
    }

    /// Numbers that look drawn by lot.
    fn lot(seed: &mut u64) -> u64 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *seed >> 33
    }

    #[test]
    fn the_longest_idle_leaves_first() {
        const SPAN: u64 = 4032 * 1000;
        for moves in [0, 300] {
            let mut seed = 7;
            let mut times = Times([(); 1000].map(|()| (lot(&mut seed) % SPAN, 0)));
            let mut wheel = Wheel::new(SPAN);
            for number in 0..1000 {
                wheel.push(&mut times, number);
            }
            // Packets come without the wheel's being told.
            for _ in 0..moves {
                let number = (lot(&mut seed) % 1000) as usize;
                times.0[number].0 += lot(&mut seed) % SPAN;
            }
            let oldest = wheel.oldest_ns(&mut times).unwrap();
            let mut last = oldest / wheel.tick_ns();
            for left in 0..1000 {
                let number = wheel.pop(&mut times, u64::MAX).unwrap();
                let tick = times.0[number as usize].0 / wheel.tick_ns();
                assert!(if left == 0 { tick == last } else { tick >= last }, "{left}: {tick} after {last}");
                last = tick;
            }
            assert!(wheel.oldest_ns(&mut times).is_none());
        }
    }

    #[test]
    fn nothing_leaves_before_its_tick_is_over() {
        let mut times = Times([(0, 0), (999, 0), (5_000, 0), (4_000_000, 0)]);
        let mut wheel = Wheel::new(4032 * 1000 - 1);
        assert_eq!(wheel.tick_ns(), 1000);
        for number in 0..4 {
            wheel.push(&mut times, number);
        }
        assert_eq!(wheel.pop(&mut times, 999), None);
        assert_eq!(wheel.pop(&mut times, 1000), Some(0));
        assert_eq!(wheel.pop(&mut times, 1000), Some(1));
        assert_eq!(wheel.pop(&mut times, 5_999), None);
        times.0[2].0 = 70_000;
        assert_eq!(wheel.pop(&mut times, 70_999), None);
        assert_eq!(wheel.pop(&mut times, 71_000), Some(2));
        // A time before those that have left counts as the oldest there can be.
        wheel.push(&mut times, 0);
        assert_eq!(wheel.pop(&mut times, 72_000), Some(0));
        assert_eq!(wheel.pop(&mut times, 4_000_999), None);
        // Times beyond the span come back to their own place.
        times.0[3].0 = u64::MAX / 2;
        times.0[1].0 = u64::MAX / 4;
        wheel.push(&mut times, 1);
        assert_eq!(wheel.pop(&mut times, u64::MAX / 4), None);
        assert_eq!(wheel.pop(&mut times, u64::MAX), Some(1));
        assert_eq!(wheel.pop(&mut times, u64::MAX), Some(3));
        wheel.push(&mut times, 2);
        wheel.clear();
        assert_eq!(wheel.pop(&mut times, u64::MAX), None);
    }

    #[test]
    fn lists_keep_their_order() {
        let mut times = Times([(0, 0); 4]);
        let mut list = List::EMPTY;
        for round in 0..3 {
            for number in [2, 0, 3] {
                list.push(&mut times, number);
            }
            assert_eq!(list.first(), Some(2));
            assert_eq!([(); 4].map(|()| list.pop(&mut times)), [Some(2), Some(0), Some(3), None], "round {round}");
            assert!(list.is_empty());
        }
    }
}
