//! Packets between the two ends of a flow, before they become bytes.

use super::script::Side;

/// A packet on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Packet {
    pub(super) from: Side,
    /// Where the payload stands in its sender's stream, so that what is sent again has the same bytes again.
    pub(super) offset: u64,
    /// Bytes of payload.
    pub(super) payload: u32,
    pub(super) header: Header,
}

/// The transport header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Header {
    Tcp(Segment),
    Udp {
        /// The datagram is no part of a message, but tells the other end what was received.
        acknowledges: bool,
    },
}

/// A TCP header. Positions in the streams are counted from the sender's SYN, which is byte 0, and do not wrap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Segment {
    /// The flags, as `cato_runtime::TcpFlags` names them.
    pub(super) flags: u8,
    pub(super) sequence: u64,
    /// The next byte expected from the other end, where the ACK flag is set.
    pub(super) acknowledgment: u64,
    /// The window field as sent, already scaled.
    pub(super) window: u16,
    /// What a SYN offers.
    pub(super) offer: Option<Offer>,
    /// The sender's clock and the last seen of the other's.
    pub(super) timestamps: Option<(u32, u32)>,
    /// A range received beyond a gap: first byte, and the one after the last.
    pub(super) selective: Option<(u64, u64)>,
}

/// The options of a SYN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) segment_size: u16,
    pub(super) window_scale: Option<u8>,
    pub(super) selective: bool,
}
