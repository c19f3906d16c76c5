// From cato-runtime 0.1.0, src/key.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! Flow keys: the five-tuple and the IP version, the same for both directions.

use core::net::IpAddr;

/// One end of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// IP address in network byte order; an IPv4 address fills the first four bytes, the rest is 0.
    pub address: [u8; 16],
    /// Transport port.
    pub port: u16,
}

/// IP version, unordered pair of endpoints, transport protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowKey {
    first: Endpoint,
    second: Endpoint,
    protocol: u8,
    ipv6: bool,
}

impl FlowKey {
    /// A key that no packet has.
    pub const EMPTY: Self = {
        let nowhere = Endpoint { address: [0; 16], port: 0 };
        Self { first: nowhere, second: nowhere, protocol: 0, ipv6: false }
    };

    /// The key of a packet from `from` to `to`, and whether its sender is the key's first endpoint.
    #[inline]
    #[must_use]
    pub fn new(ipv6: bool, protocol: u8, from: Endpoint, to: Endpoint) -> (Self, bool) {
        let from_first = from.rank() <= to.rank();
        let (first, second) = if from_first { (from, to) } else { (to, from) };
        (Self { first, second, protocol, ipv6 }, from_first)
    }

    /// The lower endpoint.
    #[inline]
    #[must_use]
    pub const fn first(&self) -> Endpoint {
        self.first
    }

    /// The higher endpoint; equal to the first where a host talks to its own port.
    #[inline]
    #[must_use]
    pub const fn second(&self) -> Endpoint {
        self.second
    }

    /// Transport protocol number: 6 or 17.
    #[inline]
    #[must_use]
    pub const fn protocol(&self) -> u8 {
        self.protocol
    }

    /// Whether the IP version is 6.
    #[inline]
    #[must_use]
    pub const fn is_ipv6(&self) -> bool {
        self.ipv6
    }

    /// The IP address of one of the key's ends.
    #[must_use]
    pub fn ip_address(&self, end: Endpoint) -> IpAddr {
        let [a, b, c, d, ..] = end.address;
        if self.ipv6 { IpAddr::from(end.address) } else { IpAddr::from([a, b, c, d]) }
    }

    /// Whether both ends are the same, so that every packet comes from the source.
    #[inline]
    #[must_use]
    pub fn is_loop(&self) -> bool {
        self.first == self.second
    }

    /// A hash of the key under `secret`, the same on every machine.
    ///
    /// Three rounds of folded 64 x 64 bit multiplication; the secret is there so that a sender who does not know it
    /// cannot aim keys at one bucket.
    #[inline]
    #[must_use]
    pub fn hash(&self, secret: u64) -> u32 {
        let [a, b] = self.first.words();
        let [c, d] = self.second.words();
        let rest = u64::from(self.first.port)
            | u64::from(self.second.port) << 16
            | u64::from(self.protocol) << 32
            | u64::from(self.ipv6) << 40;
        let left = fold(a ^ secret, c ^ 0x9e37_79b9_7f4a_7c15);
        let right = fold(b ^ secret.rotate_left(32), d ^ 0xc2b2_ae3d_27d4_eb4f);
        let mixed = fold(left ^ rest, right ^ secret ^ 0x1656_67b1_9e37_79f9);
        (mixed ^ mixed >> 32) as u32
    }
}

impl Endpoint {
    /// The endpoint as one ordered number and a port, cheap to compare.
    #[inline]
    fn rank(&self) -> (u128, u16) {
        (u128::from_be_bytes(self.address), self.port)
    }

    #[inline]
    fn words(&self) -> [u64; 2] {
        let whole = u128::from_be_bytes(self.address);
        [(whole >> 64) as u64, whole as u64]
    }
}

/// The 128-bit product of two words, its halves combined.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product >> 64) as u64 ^ product as u64
}
