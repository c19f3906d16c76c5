// From cato-runtime 0.1.0, src/select.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! The middle of some values, without sorting all of them and without a path that panics.

/// Up to so many values are sorted; more are parted around one of them, again and again.
const FEW: usize = 16;

/// The two middle values, equal to each other where the count is odd; `None` where there is no value. The values change
/// their order.
#[inline]
pub(super) fn middle<T: Copy + Ord>(values: &mut [T]) -> Option<(T, T)> {
    let upper = values.len() / 2;
    let odd = values.len() % 2 == 1;
    place_rank(values, upper);
    let (lower_half, rest) = values.split_at_checked(upper)?;
    let high = *rest.first()?;
    // What comes before the upper middle is no larger, so the lower middle is the largest of it.
    Some((if odd { high } else { *lower_half.iter().max()? }, high))
}

/// Brings the value that `rank` values come before to its place; smaller ones lie before it, larger ones behind it.
fn place_rank<T: Copy + Ord>(mut values: &mut [T], mut rank: usize) {
    while values.len() > FEW {
        let Some(pivot) = median_of_three(values) else { return };
        let below = part(values, |value| value < pivot);
        if rank < below {
            let Some((lower, _)) = values.split_at_mut_checked(below) else { return };
            values = lower;
            continue;
        }
        let Some((_, rest)) = values.split_at_mut_checked(below) else { return };
        // The pivot itself is among these, so every round makes the rest smaller.
        let equal = part(rest, |value| value == pivot);
        if rank < below + equal {
            return;
        }
        let Some((_, upper)) = rest.split_at_mut_checked(equal) else { return };
        values = upper;
        rank -= below + equal;
    }
    insertion_sort(values);
}

/// Brings the values for which `goes_first` holds to the front, and gives their number.
fn part<T: Copy>(values: &mut [T], goes_first: impl Fn(T) -> bool) -> usize {
    let mut first = 0;
    for at in 0..values.len() {
        let (Some(&value), Some(&other)) = (values.get(at), values.get(first)) else { return first };
        if goes_first(value) {
            if let Some(place) = values.get_mut(at) {
                *place = other;
            }
            if let Some(place) = values.get_mut(first) {
                *place = value;
            }
            first += 1;
        }
    }
    first
}

/// The middle one of the first, the middle and the last value.
fn median_of_three<T: Copy + Ord>(values: &[T]) -> Option<T> {
    let (a, b, c) = (*values.first()?, *values.get(values.len() / 2)?, *values.last()?);
    Some(a.min(b).max(a.max(b).min(c)))
}

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
    use super::middle;

    #[test]
    fn the_middle_is_that_of_sorted_values() {
        let mut state = 1u32;
        for round in 0..3_000 {
            let count = round % 129;
            let spread = [1, 2, 5, 100, 60_000][round % 5];
            let mut values = [0u32; 128];
            for value in &mut values {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *value = (state >> 16) % spread;
            }
            match round % 3 {
                0 => values[..count].sort_unstable(),
                1 => values[..count].sort_unstable_by(|a, b| b.cmp(a)),
                _ => {}
            }
            let mut sorted = values;
            sorted[..count].sort_unstable();
            let expected = (count > 0).then(|| (sorted[(count - 1) / 2], sorted[count / 2]));
            assert_eq!(middle(&mut values[..count]), expected, "{count} values");
            values[..count].sort_unstable();
            assert_eq!(values[..count], sorted[..count], "no value is lost");
        }
    }
}
