//! What is kept of a flow.

use crate::catalog::{Field, Flag, Side};

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
    /// All eight of these counts, in one word.
    Flags,
    /// How far the handshake has come: 0 at first, the flag ACK while that of the source is awaited, all other bits after it.
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
    /// All values of a field in ascending order. Both directions lie in one array.
    Sorted(Side, Field),
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
            Self::Flags => "flag_cnts".to_owned(),
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
            Self::Sorted(_, field) => format!("{}_sorted", field.name()),
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
            | Self::Window(side, Field::Iat)
            | Self::Sorted(side, Field::Iat) => vec![Self::Packets(side), Self::LastTime(side)],
            Self::Sorted(side, _) => vec![Self::Packets(side)],
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
            | Self::Window(side, _)
            | Self::Sorted(side, _) => Some(side),
            Self::SynAckTime => Some(Side::Destination),
            Self::AckTime => Some(Side::Source),
            Self::Protocol | Self::Port(_) | Self::Duration | Self::Flag(_) | Self::Flags | Self::Handshake => None,
        }
    }

    /// Whether its values are gaps between packets.
    #[must_use]
    pub const fn is_of_gaps(self) -> bool {
        matches!(
            self,
            Self::Squares(_, Field::Iat)
                | Self::Min(_, Field::Iat)
                | Self::Max(_, Field::Iat)
                | Self::Window(_, Field::Iat)
                | Self::Sorted(_, Field::Iat)
        )
    }

    /// What it reads of a packet.
    #[must_use]
    pub const fn reads(self) -> Option<Read> {
        match self {
            Self::Protocol => Some(Read::Protocol),
            Self::Port(_) => Some(Read::Ports),
            Self::Flag(_) | Self::Flags | Self::Handshake => Some(Read::Flags),
            Self::Duration | Self::SynAckTime | Self::AckTime | Self::FirstTime(_) | Self::LastTime(_) => {
                Some(Read::Time)
            }
            Self::Packets(_) => None,
            Self::Sum(_, field)
            | Self::Squares(_, field)
            | Self::Min(_, field)
            | Self::Max(_, field)
            | Self::Window(_, field)
            | Self::Sorted(_, field) => Some(match field {
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
