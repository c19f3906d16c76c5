// From cato-runtime 0.1.0, src/accumulate.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! Accumulators that generated code is built from.
//!
//! Counts, sums, minima and maxima are plain integer operations that generated code writes out; what stands here is
//! what takes more than one line.

/// The first `N` values of a direction, for an exact median of a bounded window.
#[derive(Clone, Copy, Debug)]
pub struct Window<T, const N: usize> {
    values: [T; N],
    len: u8,
}

impl<T: Copy + Ord + Default, const N: usize> Window<T, N> {
    /// A window without values.
    ///
    /// `N` is at most 128.
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        const { assert!(N <= 128, "a median window holds at most 128 values") };
        Self { values: [T::default(); N], len: 0 }
    }

    /// Keeps `value` if the window is not full.
    #[inline]
    pub fn push(&mut self, value: T) {
        if let Some(place) = self.values.get_mut(usize::from(self.len)) {
            *place = value;
            self.len += 1;
        }
    }

    /// The two middle values, equal to each other where the count is odd; `None` where there is no value.
    #[inline]
    #[must_use]
    pub fn middle(&self) -> Option<(T, T)> {
        let mut sorted = self.values;
        let sorted = sorted.get_mut(..usize::from(self.len))?;
        insertion_sort(sorted);
        let high = *sorted.get(sorted.len() / 2)?;
        let low = *sorted.get(sorted.len().checked_sub(1)? / 2)?;
        Some((low, high))
    }
}

impl<T: Copy + Ord + Default, const N: usize> Default for Window<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

/// Sorts in place without a path that panics; windows are short.
#[inline]
fn insertion_sort<T: Copy + Ord>(values: &mut [T]) {
    for sorted in 1..values.len() {
        let Some((head, tail)) = values.split_at_mut_checked(sorted) else { return };
        let Some(mut hole) = tail.first_mut() else { return };
        let moving = *hole;
        for place in head.iter_mut().rev() {
            if *place <= moving {
                break;
            }
            *hole = *place;
            hole = place;
        }
        *hole = moving;
    }
}

#[cfg(test)]
mod tests {
    use super::Window;

    #[test]
    fn the_middle_of_what_came_first() {
        let mut state = 1u32;
        for count in 0..20 {
            let mut window = Window::<u32, 12>::new();
            let mut values = [0u32; 20];
            for value in &mut values {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *value = state >> 28;
            }
            for value in &values[..count] {
                window.push(*value);
            }
            let kept = &mut values[..count.min(12)];
            kept.sort_unstable();
            let middle = (!kept.is_empty()).then(|| (kept[(kept.len() - 1) / 2], kept[kept.len() / 2]));
            assert_eq!(window.middle(), middle, "{count} values");
        }
    }
}
