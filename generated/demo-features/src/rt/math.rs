// From cato-runtime 0.1.0, src/math.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! Arithmetic that stable `core` lacks, or has in a slower form because it knows less of its operands.

/// An integer below 2^63 as a float, rounded to nearest: one instruction, where all 64 bits would take a branch and more.
#[inline]
#[must_use]
pub const fn to_f64(value: u64) -> f64 {
    value as i64 as f64
}

/// An integer below 2^63 as a float, rounded to nearest.
#[inline]
#[must_use]
pub const fn to_f32(value: u64) -> f32 {
    value as i64 as f32
}

/// An integer of up to 128 bits as a float, rounded to nearest.
///
/// Its 62 highest bits and one that says whether any other is set round as the whole does, and are then moved back by a
/// power of two, which changes nothing.
#[inline]
#[must_use]
pub const fn wide_to_f64(value: u128) -> f64 {
    let (high, low) = ((value >> 64) as u64, value as u64);
    if high | low >> 63 == 0 {
        return low as i64 as f64;
    }
    // From 2 to 66 bits go; a word of 64 bits keeps 62 of them and the sticky bit.
    let shift = 66 - high.leading_zeros();
    let kept = (value >> shift) as u64;
    let sticky = (kept << 1) | (value << (128 - shift) != 0) as u64;
    let scale = f64::from_bits((1022 + shift as u64) << 52);
    sticky as i64 as f64 * scale
}

/// The square root, rounded to nearest, of a number that is not negative.
#[cfg(target_arch = "x86_64")]
#[inline]
#[must_use]
pub fn sqrt(value: f64) -> f64 {
    use core::arch::x86_64::{_mm_cvtsd_f64, _mm_set_sd, _mm_sqrt_sd};
    // One instruction, against some hundred in the digit loop below, for each standard deviation that is finished.
    // SAFETY: the intrinsics need SSE2, which is part of the base of every x86-64 target, and touch no memory.
    unsafe {
        let value = _mm_set_sd(value);
        _mm_cvtsd_f64(_mm_sqrt_sd(value, value))
    }
}

/// The square root, rounded to nearest, of a number that is not negative.
#[cfg(not(target_arch = "x86_64"))]
#[inline]
#[must_use]
pub fn sqrt(value: f64) -> f64 {
    sqrt_in_integers(value)
}

/// The square root by digits, for machines without an instruction for it that stable Rust can reach.
///
/// IEEE 754 asks for the correctly rounded result, so this gives the same bits as the instruction.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn sqrt_in_integers(value: f64) -> f64 {
    const FRACTION_BITS: u32 = 52;
    if value == 0.0 || value.is_nan() || value == f64::INFINITY {
        return value;
    }
    if value < 0.0 {
        return f64::NAN;
    }
    let bits = value.to_bits();
    let mut exponent = (bits >> FRACTION_BITS) as i32;
    let mut mantissa = bits & ((1 << FRACTION_BITS) - 1);
    if exponent == 0 {
        exponent = 1;
        while mantissa >> FRACTION_BITS == 0 {
            mantissa <<= 1;
            exponent -= 1;
        }
    } else {
        mantissa |= 1 << FRACTION_BITS;
    }
    // value = mantissa * 2^scale with an even scale.
    let mut scale = exponent - 1023 - FRACTION_BITS as i32;
    if scale % 2 != 0 {
        mantissa <<= 1;
        scale -= 1;
    }
    // 54 bits of root: 53 of mantissa and one to round by. A remainder tells a tie from more than a tie; a root of a
    // 53-bit number is never a tie.
    let radicand = u128::from(mantissa) << 54;
    let root = integer_sqrt(radicand);
    let exponent_of_root = scale / 2 - 27;
    let length = 64 - root.leading_zeros();
    let excess = length - 53;
    let rounded = (root + (1 << (excess - 1))) >> excess;
    let (rounded, excess) = if rounded >> 53 == 1 { (rounded >> 1, excess + 1) } else { (rounded, excess) };
    let biased = exponent_of_root + excess as i32 + FRACTION_BITS as i32 + 1023;
    f64::from_bits((biased as u64) << FRACTION_BITS | rounded & ((1 << FRACTION_BITS) - 1))
}

/// The largest integer whose square is no larger than `value`, which is below 2^110.
#[cfg(any(test, not(target_arch = "x86_64")))]
fn integer_sqrt(value: u128) -> u64 {
    let mut root: u128 = 0;
    let mut bit: u128 = 1 << 54;
    while bit != 0 {
        let candidate = root | bit;
        if candidate * candidate <= value {
            root = candidate;
        }
        bit >>= 1;
    }
    root as u64
}

#[cfg(test)]
mod tests {
    use super::{sqrt, sqrt_in_integers, to_f32, to_f64, wide_to_f64};

    #[test]
    fn conversions_round_as_the_language_does() {
        let mut state: u64 = 1;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            u128::from(state ^ state >> 29)
        };
        for round in 0..400_000u32 {
            let bits = round % 129;
            let mut value = random() << 64 | random();
            // Long runs of equal bits make ties and near-ties.
            match round / 129 % 4 {
                0 => {}
                1 => value &= u128::MAX << (bits * 3 / 4).min(127),
                2 => value |= u128::MAX >> 1 >> (127 - bits.min(127)) >> 54,
                _ => value = (value >> 90 << 90) | (value & 1),
            }
            let value = if bits == 0 { 0 } else { value >> (128 - bits) };
            assert_eq!(wide_to_f64(value).to_bits(), (value as f64).to_bits(), "{value:#x}");
            let word = value as u64 >> 1;
            assert_eq!(to_f64(word).to_bits(), (word as f64).to_bits(), "{word:#x}");
            assert_eq!(to_f32(word).to_bits(), (word as f32).to_bits(), "{word:#x}");
        }
        for shift in 0..128 {
            for value in [(1u128 << shift), (1u128 << shift).wrapping_sub(1), u128::MAX >> shift] {
                assert_eq!(wide_to_f64(value).to_bits(), (value as f64).to_bits(), "{value:#x}");
            }
        }
    }

    #[test]
    fn digits_and_instruction_agree() {
        let mut state: u64 = 1;
        for _ in 0..200_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let value = f64::from_bits(state >> 1);
            if value.is_finite() {
                assert_eq!(sqrt(value).to_bits(), sqrt_in_integers(value).to_bits(), "{value:e}");
            }
        }
        for value in
            [0.0, 1.0, 2.0, 3.0, 4.0, f64::MIN_POSITIVE, 5e-324, f64::MAX, f64::INFINITY, (1u64 << 53) as f64 - 1.0]
        {
            assert_eq!(sqrt(value).to_bits(), sqrt_in_integers(value).to_bits(), "{value:e}");
        }
    }
}
