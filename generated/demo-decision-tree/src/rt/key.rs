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
///
/// Kept as words, so that comparing and hashing take few steps. An IPv4 key is in the first two: each end is address and
/// port, and above the first one stand protocol and version, as 0 where the protocol is TCP. An IPv6 key has the ports there, and the addresses behind.
/// Which end is the first depends on nothing but the two.
#[derive(Clone, Copy, Debug, Eq, PartialOrd, Ord)]
pub struct FlowKey {
    ends: [u64; 2],
    addresses: [[u64; 2]; 2],
}

const PROTOCOL_SHIFT: u32 = 48;
const IPV6: u64 = 1 << 56;
const END: u64 = (1 << PROTOCOL_SHIFT) - 1;
/// The fractional part of the golden ratio.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
/// TCP, the protocol of most flows, stands as 0.
const TCP: u8 = 6;

impl FlowKey {
    /// A key that no packet has.
    pub const EMPTY: Self = Self { ends: [(TCP as u64) << PROTOCOL_SHIFT, 0], addresses: [[0; 2]; 2] };

    /// The key of a packet from `from` to `to`, and whether its sender is the key's first endpoint.
    #[inline]
    #[must_use]
    pub fn new(ipv6: bool, protocol: u8, from: Endpoint, to: Endpoint) -> (Self, bool) {
        if !ipv6 {
            let [[a, b, c, d, ..], [e, f, g, h, ..]] = [from.address, to.address];
            return Self::ipv4(protocol, [a, b, c, d, e, f, g, h], [from.port.to_be_bytes(), to.port.to_be_bytes()]);
        }
        let rank = |end: Endpoint| (u128::from_le_bytes(end.address), u16::from_le_bytes(end.port.to_be_bytes()));
        let (from, to) = (rank(from), rank(to));
        let from_first = from <= to;
        let (first, second) = if from_first { (from, to) } else { (to, from) };
        let words = |address: u128| [address as u64, (address >> 64) as u64];
        let key = Self {
            ends: [u64::from(first.1) | u64::from(protocol ^ TCP) << PROTOCOL_SHIFT | IPV6, u64::from(second.1)],
            addresses: [words(first.0), words(second.0)],
        };
        (key, from_first)
    }

    /// The key of an IPv4 packet from its source and destination address and ports as they stand in its headers, and
    /// whether its sender is the key's first endpoint.
    #[inline]
    pub(super) fn ipv4(protocol: u8, addresses: [u8; 8], [from, to]: [[u8; 2]; 2]) -> (Self, bool) {
        // In the byte order of most machines, so that no byte is moved.
        let addresses = u64::from_le_bytes(addresses);
        let from = (addresses << 32 >> 16) | u64::from(u16::from_le_bytes(from));
        let to = (addresses >> 32 << 16) | u64::from(u16::from_le_bytes(to));
        let from_first = from <= to;
        let first = from.min(to) | u64::from(protocol ^ TCP) << PROTOCOL_SHIFT;
        (Self { ends: [first, from.max(to)], addresses: [[0; 2]; 2] }, from_first)
    }

    /// One endpoint; which of the two it is follows from both.
    #[inline]
    #[must_use]
    pub const fn first(&self) -> Endpoint {
        self.endpoint(self.ends[0] & END, self.addresses[0])
    }

    /// The other endpoint; equal to the first where a host talks to its own port.
    #[inline]
    #[must_use]
    pub const fn second(&self) -> Endpoint {
        self.endpoint(self.ends[1], self.addresses[1])
    }

    /// Transport protocol number: 6 or 17.
    #[inline]
    #[must_use]
    pub const fn protocol(&self) -> u8 {
        (self.ends[0] >> PROTOCOL_SHIFT) as u8 ^ TCP
    }

    /// Whether the IP version is 6.
    #[inline]
    #[must_use]
    pub const fn is_ipv6(&self) -> bool {
        self.ends[0] & IPV6 != 0
    }

    /// The IP address of one of the key's ends.
    #[must_use]
    pub fn ip_address(&self, end: Endpoint) -> IpAddr {
        let [a, b, c, d, ..] = end.address;
        if self.is_ipv6() { IpAddr::from(end.address) } else { IpAddr::from([a, b, c, d]) }
    }

    /// Whether both ends are the same, so that every packet comes from the source.
    #[inline]
    #[must_use]
    pub fn is_loop(&self) -> bool {
        self.ends[0] & END == self.ends[1] && self.addresses[0] == self.addresses[1]
    }

    /// A hash of the key under `secret`, the same on every machine.
    ///
    /// Two rounds of folded 64 x 64 bit multiplication. A sender who does not know the secret, and sees no hash, cannot aim
    /// keys at one bucket: what a change of the key does to the hash depends on all of the secret.
    #[inline]
    #[must_use]
    pub fn hash(&self, secret: [u64; 2]) -> u32 {
        let [a, b] = secret;
        let [first, second] = self.ends;
        let mut mixed = fold(first ^ a, second ^ b);
        if self.is_ipv6() {
            let [[c, d], [e, f]] = self.addresses;
            mixed ^= fold(c ^ a.rotate_left(16), e ^ b.rotate_left(16));
            mixed = fold(mixed ^ b.rotate_left(32), fold(d ^ a.rotate_left(48), f ^ b.rotate_left(48)) ^ a);
        }
        // Neighbouring addresses would otherwise stand at even distances.
        fold(mixed ^ b, ODD) as u32
    }

    #[inline]
    const fn endpoint(&self, end: u64, address: [u64; 2]) -> Endpoint {
        let port = u16::from_be_bytes((end as u16).to_le_bytes());
        let whole = if self.is_ipv6() { address[0] as u128 | (address[1] as u128) << 64 } else { (end >> 16) as u128 };
        Endpoint { address: whole.to_le_bytes(), port }
    }
}

impl PartialEq for FlowKey {
    /// For IPv4, the common case, the first two words decide.
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        // Word by word: as a whole they would have to lie in memory.
        self.ends[0] == other.ends[0]
            && self.ends[1] == other.ends[1]
            && (!self.is_ipv6() || self.addresses == other.addresses)
    }
}

impl core::hash::Hash for FlowKey {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        (self.ends, self.addresses).hash(state);
    }
}

/// The 128-bit product of two words, its halves combined.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product >> 64) as u64 ^ product as u64
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, FlowKey};

    fn end(address: &[u8], port: u16) -> Endpoint {
        let mut whole = [0; 16];
        whole[..address.len()].copy_from_slice(address);
        Endpoint { address: whole, port }
    }

    #[test]
    fn both_directions_have_one_key() {
        let v6: [u8; 16] = core::array::from_fn(|byte| byte as u8 + 1);
        let pairs = [
            (false, end(&[10, 0, 0, 1], 443), end(&[10, 0, 0, 2], 50_000)),
            (false, end(&[10, 0, 0, 1], 50_000), end(&[10, 0, 0, 1], 443)),
            (false, end(&[255; 4], 65_535), end(&[0; 4], 0)),
            (true, end(&v6, 443), end(&[9; 16], 50_000)),
            (true, end(&v6, 1), end(&v6, 2)),
        ];
        for (ipv6, from, to) in pairs {
            let (forth, from_first) = FlowKey::new(ipv6, 6, from, to);
            let (back, to_first) = FlowKey::new(ipv6, 6, to, from);
            assert_eq!((forth, from_first), (back, !to_first));
            assert_eq!(forth.hash([7, 8]), back.hash([7, 8]));
            let ends = if from_first { (from, to) } else { (to, from) };
            assert_eq!((forth.first(), forth.second()), ends);
            assert_eq!((forth.protocol(), forth.is_ipv6(), forth.is_loop()), (6, ipv6, false));
            assert_ne!(forth, FlowKey::new(ipv6, 17, from, to).0);
            assert_ne!(forth, FlowKey::EMPTY);
            let (own, first) = FlowKey::new(ipv6, 17, from, from);
            assert!(own.is_loop() && first && own.first() == from && own.second() == from);
        }
        let same = |ipv6| FlowKey::new(ipv6, 6, end(&[1, 2, 3, 4], 5), end(&[6, 7, 8, 9], 10)).0;
        assert_ne!(same(false), same(true), "versions are kept apart");
    }

    #[test]
    fn every_part_of_a_key_counts() {
        let base = [1u8; 36];
        let key = |bytes: &[u8; 36]| {
            let port = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
            FlowKey::new(true, 6, end(&bytes[..16], port(32)), end(&bytes[16..32], port(34))).0
        };
        for place in 0..36 {
            let mut other = base;
            other[place] = 200;
            assert_ne!(key(&other), key(&base), "byte {place}");
            assert_ne!(key(&other).hash([1, 2]), key(&base).hash([1, 2]), "byte {place}");
        }
    }
}
