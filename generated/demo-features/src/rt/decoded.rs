// From cato-runtime 0.1.0, src/decoded.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! What decoding a frame gives: a packet of some flow, or the reason why it is passed over.

use super::{FlowKey, PacketView};

/// Why a packet is passed over. Every packet that is not part of a flow is counted under one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Skip {
    /// The frame carries no IP.
    NotIp,
    /// IP, but neither TCP nor UDP.
    NotTcpUdp,
    /// A later fragment, which carries no ports.
    Fragment,
    /// Lengths that contradict the headers.
    Malformed,
    /// The headers were not captured whole.
    Truncated,
    /// The link layer is not one that cato reads.
    UnknownLink,
    /// No flow has this key, and the packet does not start one (TCP without SYN, or in answer to one).
    NoFlowStart,
    /// The flow table is full.
    TableFull,
}

impl Skip {
    /// Every reason, in the order of the counters.
    pub const ALL: [Self; 8] = [
        Self::NotIp,
        Self::NotTcpUdp,
        Self::Fragment,
        Self::Malformed,
        Self::Truncated,
        Self::UnknownLink,
        Self::NoFlowStart,
        Self::TableFull,
    ];

    /// The reason as one word, for counters and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotIp => "not_ip",
            Self::NotTcpUdp => "not_tcp_udp",
            Self::Fragment => "fragment",
            Self::Malformed => "malformed",
            Self::Truncated => "truncated",
            Self::UnknownLink => "unknown_link",
            Self::NoFlowStart => "no_flow_start",
            Self::TableFull => "table_full",
        }
    }
}

/// A decoded packet: which flow it belongs to, who sent it, and what can be read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Which flow.
    pub key: FlowKey,
    /// Whether the sender is the key's first endpoint.
    pub from_first: bool,
    /// What its headers say.
    pub view: PacketView,
}
