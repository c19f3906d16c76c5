// From cato-runtime 0.1.0, src/plain.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! The frames that most links carry most of the time, decoded without a detour.

use super::packet::{IP_PREFIX, PacketView, TCP_FIXED};
use super::{Decoded, Endpoint, FlowKey};

const ETHERNET: usize = 14;
const ETHER_TYPE: usize = 12;
const TOTAL_LENGTH: usize = ETHERNET + 2;
/// Flags and fragment offset, time to live, protocol.
const FRAGMENT: usize = ETHERNET + 6;
const ADDRESSES: usize = ETHERNET + 12;
const TCP: usize = ETHERNET + IP_PREFIX;
const DATA_OFFSET: usize = TCP + 12;
const HEADERS: usize = TCP + TCP_FIXED;

/// EtherType 0x0800 and the octet 0x45 behind it: IPv4, a header of five words.
const IPV4_WITHOUT_OPTIONS: u32 = u32::from_le_bytes([0x08, 0x00, 0x45, 0]);
const FIRST_THREE_OCTETS: u32 = u32::from_le_bytes([0xff, 0xff, 0xff, 0]);
const FRAGMENT_OFFSET_AND_PROTOCOL: u32 = u32::from_le_bytes([0x1f, 0xff, 0, 0xff]);
const WHOLE_TCP: u32 = u32::from_le_bytes([0, 0, 0, PacketView::TCP]);

const IPV6_HEADER: usize = 40;
const PAYLOAD_LENGTH: usize = ETHERNET + 4;
const NEXT_HEADER: usize = ETHERNET + 6;
const IPV6_ADDRESSES: usize = ETHERNET + 8;
const IPV6_TCP: usize = ETHERNET + IPV6_HEADER;

/// EtherType 0x86dd and the version behind it.
const IPV6: u32 = u32::from_le_bytes([0x86, 0xdd, 0x60, 0]);
const TYPE_AND_VERSION: u32 = u32::from_le_bytes([0xff, 0xff, 0xf0, 0]);

/// A TCP segment in IPv4 without options in Ethernet II without tags; `None` for anything else, sound or not, which
/// [`decode`](super::decode) then looks at.
///
/// One comparison of the length covers all that is read, and every place is a constant.
#[inline(always)]
pub(super) fn tcp_in_ipv4_in_ethernet(frame: &[u8]) -> Option<Decoded> {
    let head = frame.first_chunk::<HEADERS>()?;
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let port = |at: usize| [head[at], head[at + 1]];
    let total = u32::from(u16::from_be_bytes([head[TOTAL_LENGTH], head[TOTAL_LENGTH + 1]]));
    // Four bits of words, then four reserved ones, which are 0 in plain segments.
    let data_offset = u32::from(head[DATA_OFFSET]) >> 2;
    let plain = word(ETHER_TYPE) & FIRST_THREE_OCTETS == IPV4_WITHOUT_OPTIONS
        && word(FRAGMENT) & FRAGMENT_OFFSET_AND_PROTOCOL == WHOLE_TCP
        && data_offset >= TCP_FIXED as u32
        && total >= IP_PREFIX as u32 + data_offset;
    if !plain {
        return None;
    }
    let [.., a, b, c, d, e, f, g, h] = *head.first_chunk::<{ ADDRESSES + 8 }>()?;
    let (key, from_first) = FlowKey::ipv4(PacketView::TCP, [a, b, c, d, e, f, g, h], [port(TCP), port(TCP + 2)]);
    let (ip, rest) = head[ETHERNET..].split_first_chunk::<IP_PREFIX>()?;
    let view = PacketView::tcp_in_ipv4(ip, rest.first_chunk()?, total);
    Some(Decoded { key, from_first, view })
}

/// A TCP segment in IPv6 without extension headers in Ethernet II without tags; `None` for anything else.
#[inline]
pub(super) fn tcp_in_ipv6_in_ethernet(frame: &[u8]) -> Option<Decoded> {
    let head = frame.first_chunk::<{ IPV6_TCP + TCP_FIXED }>()?;
    let first = u32::from_le_bytes([head[ETHER_TYPE], head[ETHER_TYPE + 1], head[ETHER_TYPE + 2], 0]);
    let payload = u32::from(u16::from_be_bytes([head[PAYLOAD_LENGTH], head[PAYLOAD_LENGTH + 1]]));
    let data_offset = u32::from(head[IPV6_TCP + 12]) >> 2;
    let plain = first & TYPE_AND_VERSION == IPV6
        && head[NEXT_HEADER] == PacketView::TCP
        && data_offset >= TCP_FIXED as u32
        && payload >= data_offset;
    if !plain {
        return None;
    }
    let (ip, _) = head[ETHERNET..].split_first_chunk::<IP_PREFIX>()?;
    let (from, rest) = head[IPV6_ADDRESSES..].split_first_chunk::<16>()?;
    let (to, rest) = rest.split_first_chunk::<16>()?;
    let view = PacketView::tcp(ip, rest.first_chunk()?, IPV6_HEADER as u32 + payload);
    let from = Endpoint { address: *from, port: view.source_port() };
    let to = Endpoint { address: *to, port: view.destination_port() };
    let (key, from_first) = FlowKey::new(true, PacketView::TCP, from, to);
    Some(Decoded { key, from_first, view })
}
