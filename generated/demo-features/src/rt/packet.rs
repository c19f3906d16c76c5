// From cato-runtime 0.1.0, src/packet.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! What a pipeline may read of one packet.

/// Which end of the flow sent a packet.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The source, or originator: the end that opened the flow.
    Source = 0,
    /// The destination: the other end.
    Destination = 1,
}

/// The bits of the TCP flags octet (RFC 9293, section 3.1).
pub struct TcpFlags;

impl TcpFlags {
    /// Congestion window reduced.
    pub const CWR: u8 = 0x80;
    /// Explicit congestion notification echo.
    pub const ECE: u8 = 0x40;
    /// Urgent pointer is significant.
    pub const URG: u8 = 0x20;
    /// Acknowledgment number is significant.
    pub const ACK: u8 = 0x10;
    /// Push.
    pub const PSH: u8 = 0x08;
    /// Reset.
    pub const RST: u8 = 0x04;
    /// Synchronize sequence numbers.
    pub const SYN: u8 = 0x02;
    /// No more data from sender.
    pub const FIN: u8 = 0x01;
}

const TTL_OFFSET_V4: usize = 8;
const TTL_OFFSET_V6: usize = 7;
const FLAGS_OFFSET: usize = 13;
const WINDOW_OFFSET: usize = 14;

/// The fixed part of an IP header that every view can read.
pub(super) const IP_PREFIX: usize = 20;
/// The fixed part of a TCP header.
pub(super) const TCP_FIXED: usize = 20;

/// What pipelines read of one TCP or UDP packet.
///
/// Fields by value, in 16 bytes: where decoding and pipeline are compiled together, what no feature reads is never loaded
/// from the packet; where they are not, a few bytes are handed over instead of references that have to be followed.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketView {
    bytes: u32,
    winsize: u16,
    ttl: u8,
    flags: u8,
    source_port: u16,
    destination_port: u16,
    protocol: u8,
    ipv6: bool,
}

impl PacketView {
    /// The number of TCP (IANA protocol numbers).
    pub const TCP: u8 = 6;
    /// The number of UDP (IANA protocol numbers).
    pub const UDP: u8 = 17;
    /// The largest value of [`bytes`](Self::bytes): an IPv6 packet of 65,535 payload bytes.
    pub const MAX_BYTES: u32 = 65_575;

    /// A TCP packet from the first 20 bytes of its IP header, the first 20 bytes of its TCP header and its IP length
    /// in bytes.
    #[inline]
    #[must_use]
    pub const fn tcp(ip: &[u8; IP_PREFIX], tcp: &[u8; TCP_FIXED], bytes: u32) -> Self {
        Self { ttl: hops(ip), ipv6: is_version_6(ip), ..Self::tcp_in_ipv4(ip, tcp, bytes) }
    }

    /// As [`tcp`](Self::tcp), where the version is known to be 4.
    #[inline]
    pub(super) const fn tcp_in_ipv4(ip: &[u8; IP_PREFIX], tcp: &[u8; TCP_FIXED], bytes: u32) -> Self {
        Self {
            bytes,
            winsize: u16::from_be_bytes([tcp[WINDOW_OFFSET], tcp[WINDOW_OFFSET + 1]]),
            ttl: ip[TTL_OFFSET_V4],
            flags: tcp[FLAGS_OFFSET],
            source_port: u16::from_be_bytes([tcp[0], tcp[1]]),
            destination_port: u16::from_be_bytes([tcp[2], tcp[3]]),
            protocol: Self::TCP,
            ipv6: false,
        }
    }

    /// A UDP packet from the first 20 bytes of its IP header, its UDP header and its IP length in bytes.
    #[inline]
    #[must_use]
    pub const fn udp(ip: &[u8; IP_PREFIX], udp: &[u8; 8], bytes: u32) -> Self {
        Self {
            bytes,
            winsize: 0,
            ttl: hops(ip),
            flags: 0,
            source_port: u16::from_be_bytes([udp[0], udp[1]]),
            destination_port: u16::from_be_bytes([udp[2], udp[3]]),
            protocol: Self::UDP,
            ipv6: is_version_6(ip),
        }
    }

    /// IP header and all after it, in bytes, at most [`MAX_BYTES`](Self::MAX_BYTES); no link header, no padding.
    #[inline]
    #[must_use]
    pub const fn bytes(&self) -> u32 {
        self.bytes
    }

    /// Time to live (IPv4) or hop limit (IPv6), in hops.
    #[inline]
    #[must_use]
    pub const fn ttl(&self) -> u8 {
        self.ttl
    }

    /// The TCP window as sent, scaling not applied; 0 for UDP.
    #[inline]
    #[must_use]
    pub const fn winsize(&self) -> u16 {
        self.winsize
    }

    /// The TCP flags octet, see [`TcpFlags`]; 0 for UDP.
    #[inline]
    #[must_use]
    pub const fn flags(&self) -> u8 {
        self.flags
    }

    /// Transport protocol number: 6 or 17.
    #[inline]
    #[must_use]
    pub const fn protocol(&self) -> u8 {
        self.protocol
    }

    /// Whether the transport protocol is TCP.
    #[inline]
    #[must_use]
    pub const fn is_tcp(&self) -> bool {
        self.protocol == Self::TCP
    }

    /// Whether the IP version is 6.
    #[inline]
    #[must_use]
    pub const fn is_ipv6(&self) -> bool {
        self.ipv6
    }

    /// Transport port of this packet's sender.
    #[inline]
    #[must_use]
    pub const fn source_port(&self) -> u16 {
        self.source_port
    }

    /// Transport port of this packet's receiver.
    #[inline]
    #[must_use]
    pub const fn destination_port(&self) -> u16 {
        self.destination_port
    }
}

const fn is_version_6(ip: &[u8; IP_PREFIX]) -> bool {
    ip[0] >> 4 == 6
}

const fn hops(ip: &[u8; IP_PREFIX]) -> u8 {
    if is_version_6(ip) { ip[TTL_OFFSET_V6] } else { ip[TTL_OFFSET_V4] }
}

/// One packet of a flow: its view, its place in time and its direction.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// What its headers say.
    pub view: PacketView,
    /// Nanoseconds since the first packet of the flow; never smaller than that of the flow's previous packet.
    pub time_ns: u64,
    /// Which end sent it.
    pub direction: Direction,
}
