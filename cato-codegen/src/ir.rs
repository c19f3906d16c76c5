//! The intermediate representation: what a pipeline keeps of a flow, and how that becomes its features.
//!
//! It comes in three types, because each stage takes something away that must not come back: [`Lowered`] has formulas
//! only, [`Closed`] has them together with all that they read and nothing else, [`Pipeline`] has it typed and laid out.

use std::collections::BTreeSet;

use crate::catalog::{FeatureId, Field, Flag, Side};
use crate::model::Model;
use crate::spec::Depth;

/// Something that is kept of a flow from packet to packet. Two features that need the same one share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Accumulator {
    /// Transport protocol number.
    Protocol,
    /// Transport port of one end.
    Port(Side),
    /// Time of the flow's latest packet, in ns since its first.
    Duration,
    /// Packets of both directions that have a flag.
    Flag(Flag),
    /// How far the handshake has come: 0 nothing, 1 SYN-ACK seen, 2 its ACK seen.
    Handshake,
    /// Time of the first SYN-ACK.
    SynAckTime,
    /// Time of the first ACK after it.
    AckTime,
    /// Packets of one direction.
    Packets(Side),
    /// Time of the first packet of one direction.
    FirstTime(Side),
    /// Time of the latest packet of one direction.
    LastTime(Side),
    /// Sum of a field. Gaps have none: theirs is the last time minus the first.
    Sum(Side, Field),
    /// Sum of the squares of a field.
    Squares(Side, Field),
    /// Smallest value of a field.
    Min(Side, Field),
    /// Largest value of a field.
    Max(Side, Field),
    /// First values of a field, for its median.
    Window(Side, Field),
}

impl Accumulator {
    /// Its name, in emitted code and explanations.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Protocol => "protocol".to_owned(),
            Self::Port(side) => format!("{}_port", side.letter()),
            Self::Duration => "last_ns".to_owned(),
            Self::Flag(flag) => format!("{}_cnt", flag.name().to_lowercase()),
            Self::Handshake => "handshake".to_owned(),
            Self::SynAckTime => "syn_ack_ns".to_owned(),
            Self::AckTime => "ack_ns".to_owned(),
            Self::Packets(side) => format!("{}_pkt_cnt", side.letter()),
            Self::FirstTime(side) => format!("{}_first_ns", side.letter()),
            Self::LastTime(side) => format!("{}_last_ns", side.letter()),
            Self::Sum(side, field) => format!("{}_{}_sum", side.letter(), field.name()),
            Self::Squares(side, field) => format!("{}_{}_squares", side.letter(), field.name()),
            Self::Min(side, field) => format!("{}_{}_min", side.letter(), field.name()),
            Self::Max(side, field) => format!("{}_{}_max", side.letter(), field.name()),
            Self::Window(side, field) => format!("{}_{}_window", side.letter(), field.name()),
        }
    }

    /// What it needs to be kept up to date, besides the packet itself.
    #[must_use]
    pub fn needs(self) -> Vec<Self> {
        match self {
            Self::FirstTime(side) => vec![Self::Packets(side)],
            Self::Squares(side, Field::Iat)
            | Self::Min(side, Field::Iat)
            | Self::Max(side, Field::Iat)
            | Self::Window(side, Field::Iat) => vec![Self::Packets(side), Self::LastTime(side)],
            Self::SynAckTime => vec![Self::Handshake],
            Self::AckTime => vec![Self::Handshake, Self::SynAckTime],
            _ => Vec::new(),
        }
    }

    /// The direction whose packets change it; `None` for both.
    #[must_use]
    pub const fn side(self) -> Option<Side> {
        match self {
            Self::Packets(side)
            | Self::FirstTime(side)
            | Self::LastTime(side)
            | Self::Sum(side, _)
            | Self::Squares(side, _)
            | Self::Min(side, _)
            | Self::Max(side, _)
            | Self::Window(side, _) => Some(side),
            Self::SynAckTime => Some(Side::Destination),
            Self::AckTime => Some(Side::Source),
            Self::Protocol | Self::Port(_) | Self::Duration | Self::Flag(_) | Self::Handshake => None,
        }
    }

    /// What it reads of a packet.
    #[must_use]
    pub const fn reads(self) -> Option<Read> {
        match self {
            Self::Protocol => Some(Read::Protocol),
            Self::Port(_) => Some(Read::Ports),
            Self::Flag(_) | Self::Handshake => Some(Read::Flags),
            Self::Duration | Self::SynAckTime | Self::AckTime | Self::FirstTime(_) | Self::LastTime(_) => {
                Some(Read::Time)
            }
            Self::Packets(_) => None,
            Self::Sum(_, field)
            | Self::Squares(_, field)
            | Self::Min(_, field)
            | Self::Max(_, field)
            | Self::Window(_, field) => Some(match field {
                Field::Bytes => Read::Bytes,
                Field::Iat => Read::Time,
                Field::Winsize => Read::Winsize,
                Field::Ttl => Read::Ttl,
            }),
        }
    }
}

/// A part of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Read {
    /// Time since the flow's first packet.
    Time,
    /// Transport protocol number.
    Protocol,
    /// Both transport ports.
    Ports,
    /// IP length.
    Bytes,
    /// Time to live or hop limit.
    Ttl,
    /// TCP window.
    Winsize,
    /// TCP flags.
    Flags,
}

/// An integer that finishing starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operand {
    /// The value of an accumulator.
    Kept(Accumulator),
    /// Gaps between the packets of a direction: one fewer than packets.
    Gaps(Side),
    /// Their sum: the last time minus the first.
    GapSum(Side),
}

impl Operand {
    /// The accumulators that it is made of.
    #[must_use]
    pub fn needs(self) -> Vec<Accumulator> {
        match self {
            Self::Kept(accumulator) => vec![accumulator],
            Self::Gaps(side) => vec![Accumulator::Packets(side)],
            Self::GapSum(side) => vec![Accumulator::FirstTime(side), Accumulator::LastTime(side)],
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
    /// Middle of a window; undefined where the window is empty.
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

/// One column: a feature, when it is defined, and its value then. Undefined is -1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The feature.
    pub feature: FeatureId,
    /// All that has to hold.
    pub conditions: Vec<Condition>,
    /// The value.
    pub formula: Formula,
}

impl Column {
    /// The accumulators that it reads, some perhaps twice.
    #[must_use]
    pub fn needs(&self) -> Vec<Accumulator> {
        let conditions = self.conditions.iter().map(|condition| condition.needs());
        conditions.chain(self.formula.needs()).collect()
    }
}

/// Formulas only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lowered {
    /// The inference point.
    pub depth: Depth,
    /// The features in column order.
    pub columns: Vec<Column>,
}

/// Formulas, and exactly the accumulators that they need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The inference point.
    pub depth: Depth,
    /// The features in column order.
    pub columns: Vec<Column>,
    /// What is kept of a flow.
    pub accumulators: BTreeSet<Accumulator>,
}

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
    /// The type of the integer, or of each value of a window.
    pub width: Width,
    /// How many values: 1, or the length of a window.
    pub len: usize,
}

impl Slot {
    /// Whether the slot is a window of values.
    #[must_use]
    pub const fn is_window(&self) -> bool {
        matches!(self.accumulator, Accumulator::Window(..))
    }

    /// Its size in bytes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        let values = self.len * self.width.bytes();
        // A window also counts how many values it holds, in one byte.
        if self.is_window() { (values + 1).next_multiple_of(self.width.bytes()) } else { values }
    }
}

/// How a model's trees are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emission {
    /// As nested `if`.
    NestedIf,
    /// As a table of nodes.
    ConstTable,
}

/// A model and how it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Classifier {
    /// The model; valid, and trained on the pipeline's features.
    pub model: Model,
    /// How its trees are written.
    pub emission: Emission,
    /// Why so, in words.
    pub reason: String,
}

/// A compiled pipeline: all that emission writes down.
#[derive(Clone, Debug, PartialEq)]
pub struct Pipeline {
    pub(crate) depth: Depth,
    pub(crate) features: Vec<FeatureId>,
    pub(crate) columns: Vec<Column>,
    pub(crate) slots: Vec<Slot>,
    /// The type in which the variance of each deviation fits.
    pub(crate) variances: Vec<(Accumulator, Width)>,
    pub(crate) classifier: Option<Classifier>,
}

impl Pipeline {
    /// The inference point.
    #[must_use]
    pub fn depth(&self) -> Depth {
        self.depth
    }

    /// The features in column order.
    #[must_use]
    pub fn features(&self) -> &[FeatureId] {
        &self.features
    }

    /// The columns, in that order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The state of a flow, field by field.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The model and how it is written; `None` where the pipeline gives features only.
    #[must_use]
    pub fn classifier(&self) -> Option<&Classifier> {
        self.classifier.as_ref()
    }

    /// Size of one flow's state in bytes.
    #[must_use]
    pub fn state_bytes(&self) -> usize {
        let mut end = 0usize;
        let mut alignment = 1;
        for slot in &self.slots {
            end = end.next_multiple_of(slot.width.bytes()) + slot.bytes();
            alignment = alignment.max(slot.width.bytes());
        }
        end.next_multiple_of(alignment)
    }
}
