// From cato-runtime 0.1.0, src/accumulate.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! What a flow's state is made of, besides plain integers.

use super::select;

/// The values of one field in the packets of both directions, each direction's in ascending order, for pipelines that
/// see few packets of a flow.
///
/// The source's values lie at the front and the destination's at the back, the smallest outermost. Together they are no
/// more than the packets of the flow, so both have room in `N` places; how many there are of each is known from counting
/// packets. Minimum, median and maximum are then read off, and the work of sorting is spread over the packets.
#[repr(transparent)]
#[derive(Clone, Copy, Debug)]
pub struct Sorted<T, const N: usize>([T; N]);

impl<T: Copy + Ord + Default, const N: usize> Sorted<T, N> {
    /// No values.
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self([T::default(); N])
    }

    /// Adds a value of the source, of which there are `count`.
    #[inline]
    pub fn insert_source(&mut self, count: usize, value: T) {
        let Some([sorted @ .., hole]) = self.0.get_mut(..=count) else { return };
        let mut hole = hole;
        for place in sorted.iter_mut().rev() {
            if *place <= value {
                break;
            }
            *hole = *place;
            hole = place;
        }
        *hole = value;
    }

    /// Adds a value of the destination, of which there are `count`.
    #[inline]
    pub fn insert_destination(&mut self, count: usize, value: T) {
        let Some([hole, sorted @ ..]) = self.0.get_mut((N - 1).wrapping_sub(count)..) else { return };
        let mut hole = hole;
        for place in sorted {
            if *place <= value {
                break;
            }
            *hole = *place;
            hole = place;
        }
        *hole = value;
    }

    /// The value of the source that `rank` of its values come before.
    #[inline]
    #[must_use]
    pub fn source(&self, rank: usize) -> T {
        self.0.get(rank).copied().unwrap_or_default()
    }

    /// The value of the destination that `rank` of its values come before.
    #[inline]
    #[must_use]
    pub fn destination(&self, rank: usize) -> T {
        self.0.get((N - 1).wrapping_sub(rank)).copied().unwrap_or_default()
    }
}

impl<T: Copy + Ord + Default, const N: usize> Default for Sorted<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

/// How many packets had each TCP flag, for pipelines that see at most 255 packets of a flow.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FlagCounts([u8; 8]);

/// For each octet of flags a word with a 1 in the byte of every flag that is set. A constant and not a static, so that
/// pipelines have their own and nothing of this crate's object is linked.
const ONES: &[u64; 256] = &{
    let mut ones = [0; 256];
    let mut flags = 0;
    while flags < 256 {
        let mut bit = 0;
        while bit < 8 {
            ones[flags] |= ((flags as u64 >> bit) & 1) << (8 * bit);
            bit += 1;
        }
        flags += 1;
    }
    ones
};

impl FlagCounts {
    /// No packets.
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self([0; 8])
    }

    /// Counts the flags of one packet, all with one addition.
    #[inline]
    pub fn count(&mut self, flags: u8) {
        self.0 = u64::from_le_bytes(self.0).wrapping_add(ONES[flags as usize]).to_le_bytes();
    }

    /// Packets that had the flag of bit `BIT`, 0 for FIN up to 7 for CWR.
    #[inline]
    #[must_use]
    pub const fn of<const BIT: usize>(&self) -> u8 {
        const { assert!(BIT < 8, "an octet has eight flags") };
        self.0[BIT]
    }
}

/// The first values of a field, for its median, in pipelines that may see many packets of a flow: later values do not
/// enter, and nothing is sorted before the inference point.
#[derive(Clone, Copy, Debug)]
pub struct Window<T, const N: usize> {
    values: [T; N],
    len: u8,
}

impl<T: Copy + Ord + Default, const N: usize> Window<T, N> {
    /// An empty window. `N` is at most 128.
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        const { assert!(N <= 128, "a median window holds at most 128 values") };
        Self { values: [T::default(); N], len: 0 }
    }

    /// Forgets the values.
    #[inline]
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// Keeps `value` if the window is not full.
    #[inline]
    pub fn push(&mut self, value: T) {
        if let Some(place) = self.values.get_mut(usize::from(self.len)) {
            *place = value;
            self.len += 1;
        }
    }

    /// The two middle values, equal to each other where the count is odd; twice the default where there is no value.
    #[inline]
    #[must_use]
    pub fn middle(&self) -> (T, T) {
        let mut values = self.values;
        values.get_mut(..usize::from(self.len)).and_then(select::middle).unwrap_or_default()
    }
}

impl<T: Copy + Ord + Default, const N: usize> Default for Window<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::{FlagCounts, Sorted, Window};

    fn random(state: &mut u32) -> u32 {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *state >> 16
    }

    #[test]
    fn both_directions_are_sorted_in_one_array() {
        let mut state = 1;
        for _ in 0..2_000 {
            let mut sorted = Sorted::<u16, 9>::new();
            let mut expected: [([u16; 9], usize); 2] = [([0; 9], 0); 2];
            for _ in 0..random(&mut state) % 10 {
                let (value, side) = ((random(&mut state) % 12) as u16, (random(&mut state) % 2) as usize);
                let (values, count) = &mut expected[side];
                if side == 0 {
                    sorted.insert_source(*count, value)
                } else {
                    sorted.insert_destination(*count, value)
                }
                values[*count] = value;
                *count += 1;
                values[..*count].sort_unstable();
            }
            let [(source, sources), (destination, destinations)] = expected;
            for (rank, value) in source[..sources].iter().enumerate() {
                assert_eq!(sorted.source(rank), *value);
            }
            for (rank, value) in destination[..destinations].iter().enumerate() {
                assert_eq!(sorted.destination(rank), *value);
            }
        }
    }

    #[test]
    fn what_has_no_room_changes_nothing() {
        let mut sorted = Sorted::<u8, 2>::new();
        sorted.insert_source(0, 7);
        sorted.insert_destination(0, 9);
        sorted.insert_source(2, 1);
        sorted.insert_destination(2, 1);
        sorted.insert_destination(usize::MAX, 1);
        assert_eq!((sorted.source(0), sorted.destination(0), sorted.source(2)), (7, 9, 0));
        assert_eq!(sorted.destination(usize::MAX), 0);
    }

    #[test]
    fn flags_are_counted_each_for_itself() {
        let mut counts = FlagCounts::new();
        let mut expected = [0u8; 8];
        let mut state = 7;
        for _ in 0..255 {
            let flags = random(&mut state) as u8 | 0x10;
            counts.count(flags);
            for (bit, count) in expected.iter_mut().enumerate() {
                *count += flags >> bit & 1;
            }
        }
        let found = [
            counts.of::<0>(),
            counts.of::<1>(),
            counts.of::<2>(),
            counts.of::<3>(),
            counts.of::<4>(),
            counts.of::<5>(),
            counts.of::<6>(),
            counts.of::<7>(),
        ];
        assert_eq!(found, expected);
        assert_eq!(found[4], 255);
    }

    #[test]
    fn the_middle_of_what_came_first() {
        let mut state = 1;
        for count in 0..20 {
            let mut window = Window::<u32, 12>::new();
            let mut values = [0u32; 20];
            for value in &mut values {
                *value = random(&mut state) % 16;
            }
            for value in &values[..count] {
                window.push(*value);
            }
            let kept = &mut values[..count.min(12)];
            kept.sort_unstable();
            let middle = if kept.is_empty() { (0, 0) } else { (kept[(kept.len() - 1) / 2], kept[kept.len() / 2]) };
            assert_eq!(window.middle(), middle, "{count} values");
        }
    }
}
