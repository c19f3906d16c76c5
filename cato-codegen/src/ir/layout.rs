//! How what is kept lies in memory.

use super::Accumulator;

/// An unsigned integer type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Width {
    /// 8 bits.
    U8,
    /// 16 bits.
    U16,
    /// 32 bits.
    U32,
    /// 64 bits.
    U64,
    /// 128 bits.
    U128,
}

impl Width {
    /// The narrowest type that holds `max`.
    #[must_use]
    pub const fn of(max: u128) -> Self {
        match max.leading_zeros() {
            120.. => Self::U8,
            112.. => Self::U16,
            96.. => Self::U32,
            64.. => Self::U64,
            _ => Self::U128,
        }
    }

    /// The type's name in Rust.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::U128 => "u128",
        }
    }

    /// Its size, and alignment, in bytes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::U16 => 2,
            Self::U32 => 4,
            Self::U64 => 8,
            Self::U128 => 16,
        }
    }
}

/// An accumulator with its place in the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// What is kept.
    pub accumulator: Accumulator,
    /// The largest value.
    pub max: u128,
    /// The type of the integer, or of each value of an array.
    pub width: Width,
    /// How many values: 1, or the length of an array.
    pub len: usize,
    /// It lies in the array of the other direction's values, and takes no room of its own.
    pub shared: bool,
}

impl Slot {
    /// Whether the slot is a window of values.
    #[must_use]
    pub const fn is_window(&self) -> bool {
        matches!(self.accumulator, Accumulator::Window(..))
    }

    /// Whether the slot is an array of values of any kind.
    #[must_use]
    pub const fn is_array(&self) -> bool {
        matches!(self.accumulator, Accumulator::Window(..) | Accumulator::Sorted(..))
    }

    /// Its size in bytes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        if self.shared {
            return 0;
        }
        let values = self.len * self.width.bytes();
        // A window also counts how many values it holds, in one byte.
        if self.is_window() { (values + 1).next_multiple_of(self.width.bytes()) } else { values }
    }
}
