// From cato-runtime 0.1.0, src/link.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! Link layers, and the way from a frame to its IP header.

use etherparse::{EtherType, Ethernet2HeaderSlice, SingleVlanHeaderSlice};

use super::Skip;

/// How a captured frame begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum LinkType {
    /// Ethernet II, with any number of 802.1Q and 802.1ad tags, MPLS labels or a PPPoE session header behind it.
    Ethernet,
    /// The IP header itself, version 4 or 6.
    RawIp,
    /// BSD null/loopback: four bytes of address family, in the byte order of the capturing host or the network's.
    Null,
    /// Linux "cooked" capture (SLL).
    LinuxSll,
    /// Linux "cooked" capture, version 2 (SLL2).
    LinuxSll2,
    /// PPP, with or without HDLC-like framing (RFC 1662).
    Ppp,
}

impl LinkType {
    /// From the LINKTYPE value of a capture file (<https://www.tcpdump.org/linktypes.html>).
    #[must_use]
    pub const fn from_capture(value: u32) -> Option<Self> {
        // The 16 bits above the type hold the length of the frame check sequence and reserved bits.
        match value & 0xffff {
            1 => Some(Self::Ethernet),
            12 | 14 | 101 | 228 | 229 => Some(Self::RawIp),
            0 | 108 => Some(Self::Null),
            9 | 50 => Some(Self::Ppp),
            113 => Some(Self::LinuxSll),
            276 => Some(Self::LinuxSll2),
            _ => None,
        }
    }

    /// A LINKTYPE value that stands for it.
    #[must_use]
    pub const fn capture_number(self) -> u32 {
        match self {
            Self::Ethernet => 1,
            Self::RawIp => 101,
            Self::Null => 0,
            Self::Ppp => 9,
            Self::LinuxSll => 113,
            Self::LinuxSll2 => 276,
        }
    }
}

const ETHER_IPV4: u16 = 0x0800;
const ETHER_IPV6: u16 = 0x86dd;
const ETHER_MPLS_UNICAST: u16 = 0x8847;
const ETHER_MPLS_MULTICAST: u16 = 0x8848;
const ETHER_PPPOE_SESSION: u16 = 0x8864;
/// Pre-standard tag type of stacked VLANs, beside 0x8100 and 0x88a8.
const ETHER_QINQ_OLD: u16 = 0x9100;
const ETHER_QINQ_OLD2: u16 = 0x9200;
const PPP_IPV4: u16 = 0x0021;
const PPP_IPV6: u16 = 0x0057;

const SLL_PROTOCOL_OFFSET: usize = 14;
const SLL_LEN: usize = 16;
const SLL2_LEN: usize = 20;
const NULL_LEN: usize = 4;
const PPPOE_LEN: usize = 6;
const MPLS_LEN: usize = 4;

/// The offset of the outermost IP header in `frame`.
///
/// # Errors
/// [`Skip::NotIp`] where another protocol is carried, [`Skip::Truncated`] where the link header was not captured whole.
#[inline]
pub(super) fn ip_offset(link: LinkType, frame: &[u8]) -> Result<usize, Skip> {
    match link {
        LinkType::Ethernet => {
            let header = Ethernet2HeaderSlice::from_slice(frame).map_err(|_| Skip::Truncated)?;
            let ether_type: u16 = header.ether_type().into();
            let after = header.slice().len();
            if ether_type == ETHER_IPV4 || ether_type == ETHER_IPV6 {
                Ok(after)
            } else {
                behind_ether_type(frame, ether_type, after)
            }
        }
        LinkType::RawIp => Ok(0),
        LinkType::Null => null(frame),
        LinkType::LinuxSll => behind_ether_type(frame, be16(frame, SLL_PROTOCOL_OFFSET)?, SLL_LEN),
        LinkType::LinuxSll2 => behind_ether_type(frame, be16(frame, 0)?, SLL2_LEN),
        LinkType::Ppp => ppp(frame),
    }
}

/// Walks tags, labels and PPPoE from `ether_type`, whose payload begins at `offset`.
#[cold]
fn behind_ether_type(frame: &[u8], mut ether_type: u16, mut offset: usize) -> Result<usize, Skip> {
    loop {
        match ether_type {
            ETHER_IPV4 | ETHER_IPV6 => return Ok(offset),
            _ if is_vlan(ether_type) => {
                let rest = frame.get(offset..).ok_or(Skip::Truncated)?;
                let tag = SingleVlanHeaderSlice::from_slice(rest).map_err(|_| Skip::Truncated)?;
                ether_type = tag.ether_type().into();
                offset += tag.slice().len();
            }
            ETHER_MPLS_UNICAST | ETHER_MPLS_MULTICAST => return behind_mpls(frame, offset),
            ETHER_PPPOE_SESSION => return ppp_protocol(frame, offset + PPPOE_LEN),
            _ => return Err(Skip::NotIp),
        }
    }
}

const fn is_vlan(ether_type: u16) -> bool {
    ether_type == EtherType::VLAN_TAGGED_FRAME.0
        || ether_type == EtherType::PROVIDER_BRIDGING.0
        || ether_type == ETHER_QINQ_OLD
        || ether_type == ETHER_QINQ_OLD2
}

/// Skips label stack entries (RFC 3032) up to the bottom of the stack; what lies below must look like IP.
fn behind_mpls(frame: &[u8], mut offset: usize) -> Result<usize, Skip> {
    loop {
        let bottom = byte(frame, offset + 2)? & 1 == 1;
        offset += MPLS_LEN;
        if bottom {
            return match byte(frame, offset)? >> 4 {
                4 | 6 => Ok(offset),
                _ => Err(Skip::NotIp),
            };
        }
    }
}

fn ppp(frame: &[u8]) -> Result<usize, Skip> {
    // Address 0xff and control 0x03 open HDLC-like framing; without it the protocol comes first.
    let framed = byte(frame, 0)? == 0xff && byte(frame, 1)? == 0x03;
    ppp_protocol(frame, if framed { 2 } else { 0 })
}

fn ppp_protocol(frame: &[u8], offset: usize) -> Result<usize, Skip> {
    // Protocol field compression (RFC 1661, section 6.5): an odd first octet is the whole field.
    let first = byte(frame, offset)?;
    let (protocol, after) =
        if first & 1 == 1 { (u16::from(first), offset + 1) } else { (be16(frame, offset)?, offset + 2) };
    if protocol == PPP_IPV4 || protocol == PPP_IPV6 { Ok(after) } else { Err(Skip::NotIp) }
}

fn null(frame: &[u8]) -> Result<usize, Skip> {
    let family = frame.first_chunk::<NULL_LEN>().ok_or(Skip::Truncated)?;
    // A family is a small number, so the byte order is the one that makes it small. 2 is IPv4 everywhere; IPv6 is 10
    // on Linux, 23 on Windows, 24, 28 or 30 on the BSDs and macOS.
    match u32::from_le_bytes(*family).min(u32::from_be_bytes(*family)) {
        2 | 10 | 23 | 24 | 28 | 30 => Ok(NULL_LEN),
        _ => Err(Skip::NotIp),
    }
}

#[inline]
fn byte(frame: &[u8], offset: usize) -> Result<u8, Skip> {
    frame.get(offset).copied().ok_or(Skip::Truncated)
}

#[inline]
fn be16(frame: &[u8], offset: usize) -> Result<u16, Skip> {
    Ok(u16::from_be_bytes([byte(frame, offset)?, byte(frame, offset + 1)?]))
}
