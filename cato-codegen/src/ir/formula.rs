//! How features are finished from what was kept.

use super::Accumulator;
use crate::catalog::{FeatureId, Field, Flag, Side};

/// An integer that finishing starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operand {
    /// The value of an accumulator.
    Kept(Accumulator),
    /// Gaps between the packets of a direction: one fewer than packets.
    Gaps(Side),
    /// Their sum: the last time minus the first.
    GapSum(Side),
    /// The first of sorted values.
    Smallest(Side, Field),
    /// The last of sorted values.
    Largest(Side, Field),
    /// One of the counts of flags that are kept together.
    FlagCount(Flag),
}

impl Operand {
    /// The accumulator whose type it has.
    #[must_use]
    pub const fn holder(self) -> Accumulator {
        match self {
            Self::Kept(accumulator) => accumulator,
            Self::Gaps(side) => Accumulator::Packets(side),
            Self::GapSum(side) => Accumulator::LastTime(side),
            Self::Smallest(side, field) | Self::Largest(side, field) => Accumulator::Sorted(side, field),
            Self::FlagCount(_) => Accumulator::Flags,
        }
    }

    /// The accumulators that it is made of.
    #[must_use]
    pub fn needs(self) -> Vec<Accumulator> {
        match self {
            Self::Kept(accumulator) => vec![accumulator],
            Self::Gaps(side) => vec![Accumulator::Packets(side)],
            Self::GapSum(side) => vec![Accumulator::FirstTime(side), Accumulator::LastTime(side)],
            Self::Smallest(side, field) | Self::Largest(side, field) => {
                vec![Accumulator::Sorted(side, field), Accumulator::Packets(side)]
            }
            Self::FlagCount(_) => vec![Accumulator::Flags],
        }
    }
}

/// How a feature's value is finished once it is defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Formula {
    /// A number known to the compiler.
    Constant(i8),
    /// An integer as it is.
    Integer(Operand),
    /// One division of exact integers.
    Quotient(Operand, Operand),
    /// Bits per second: (bytes * 8e9) / ns.
    Load {
        /// Bytes.
        bytes: Accumulator,
        /// Nanoseconds, not 0.
        duration: Accumulator,
    },
    /// Population standard deviation from exact sums.
    Deviation {
        /// Number of values.
        count: Operand,
        /// Their sum.
        sum: Operand,
        /// The sum of their squares.
        squares: Accumulator,
    },
    /// Middle of a window, or of sorted values.
    Median(Accumulator),
    /// SYN-ACK minus the source's first packet; undefined where either is missing or it would be negative.
    SynAck,
    /// ACK minus SYN-ACK; undefined where either is missing.
    AckDat,
    /// The two above together; undefined where either is.
    TcpRtt,
}

impl Formula {
    /// The accumulators that it reads.
    #[must_use]
    pub fn needs(self) -> Vec<Accumulator> {
        let syn_ack = [
            Accumulator::Handshake,
            Accumulator::SynAckTime,
            Accumulator::Packets(Side::Source),
            Accumulator::FirstTime(Side::Source),
        ];
        let ack_dat = [Accumulator::Handshake, Accumulator::SynAckTime, Accumulator::AckTime];
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Integer(operand) => operand.needs(),
            Self::Quotient(above, below) => [above.needs(), below.needs()].concat(),
            Self::Load { bytes, duration } => vec![bytes, duration],
            Self::Deviation { count, sum, squares } => [count.needs(), sum.needs(), vec![squares]].concat(),
            Self::Median(values @ Accumulator::Sorted(side, _)) => vec![values, Accumulator::Packets(side)],
            Self::Median(window) => vec![window],
            Self::SynAck => syn_ack.to_vec(),
            Self::AckDat => ack_dat.to_vec(),
            Self::TcpRtt => [syn_ack.as_slice(), &ack_dat].concat(),
        }
    }
}

/// What has to hold for a value to be defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// The flow is TCP.
    IsTcp,
    /// A direction has at least so many packets.
    AtLeast(Side, u8),
    /// The first and the last packet differ in time.
    TimePassed,
}

impl Condition {
    /// The accumulator that it reads.
    #[must_use]
    pub const fn needs(self) -> Accumulator {
        match self {
            Self::IsTcp => Accumulator::Protocol,
            Self::AtLeast(side, _) => Accumulator::Packets(side),
            Self::TimePassed => Accumulator::Duration,
        }
    }
}

/// How wide the integers are from which a feature is finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arithmetic {
    /// Every integer is exact as an `f32`.
    Small,
    /// Every integer is below 2^63.
    Word,
    /// Some need up to 128 bits.
    Wide,
}

/// One column: a feature, when it is defined, and its value then. Undefined is -1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The feature.
    pub feature: FeatureId,
    /// All that has to hold.
    pub conditions: Vec<Condition>,
    /// The value.
    pub formula: Formula,
    /// How it is computed.
    pub arithmetic: Arithmetic,
}

impl Column {
    /// Whether the value is the same for every flow. A constant under a condition is not: where that does not hold, the
    /// value is -1.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        self.conditions.is_empty() && matches!(self.formula, Formula::Constant(_))
    }

    /// The accumulators that it reads, some perhaps twice.
    #[must_use]
    pub fn needs(&self) -> Vec<Accumulator> {
        let conditions = self.conditions.iter().map(|condition| condition.needs());
        conditions.chain(self.formula.needs()).collect()
    }
}
