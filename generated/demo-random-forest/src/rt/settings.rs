// From cato-runtime 0.1.0, src/settings.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! The rules by which flows are told apart.

/// The rules that users may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowSettings {
    /// Whether a TCP flow starts only at a packet with SYN set, ACK and RST clear.
    pub require_syn: bool,
    /// Idle time-out of TCP flows, in nanoseconds of packet time.
    pub tcp_timeout_ns: u64,
    /// Idle time-out of UDP flows, in nanoseconds of packet time.
    pub udp_timeout_ns: u64,
}

impl Default for FlowSettings {
    fn default() -> Self {
        Self { require_syn: true, tcp_timeout_ns: 300_000_000_000, udp_timeout_ns: 60_000_000_000 }
    }
}
