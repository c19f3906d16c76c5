//! Addresses of their own for every pass.
//!
//! The addresses of a capture are numbered, and each pass has a block of numbers to itself, as long as the largest
//! capture has addresses. An address is replaced by its number in the block of its pass, wherever it stands, so both
//! directions of a flow stay together and different flows stay apart; and since no two passes share an address, no flow
//! of one has the key of a flow of another.
//!
//! The first pass keeps its addresses, and blocks in which an address of the captures lies are left out; unless that were
//! more than half of all blocks, where the first pass is numbered too.

use std::collections::{BTreeMap, BTreeSet};

use cato_runtime::{Frame, LinkType, decode};

/// Offset of the source address in an IPv4 header; the destination address follows.
const IPV4_ADDRESSES: usize = 12;
/// The same in an IPv6 header.
const IPV6_ADDRESSES: usize = 8;
/// IPv6 addresses keep their first half; the second half is their number.
const IPV6_KEPT: usize = 8;

/// Where in a frame two addresses stand, and which they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ends {
    /// Offset of the source address in the frame.
    at: u32,
    ipv6: bool,
    /// Numbers of source and destination among the addresses of their capture and version.
    numbers: [u32; 2],
}

/// The addresses of some captures, numbered.
#[derive(Clone, Debug)]
pub(super) struct Numbering {
    v4: Blocks,
    v6: Blocks,
}

/// The numbers that the addresses of one IP version get.
#[derive(Clone, Debug)]
struct Blocks {
    /// How many there are in a block: the most addresses of a capture.
    len: u64,
    /// How many blocks there are, those that are taken included.
    count: u64,
    /// Blocks that hold an address of the captures, ascending; none where the first pass is numbered as well.
    taken: BTreeSet<u64>,
}

/// First numbers of a pass's blocks; none where it keeps the addresses that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PassAddresses {
    v4: Option<u32>,
    v6: Option<u64>,
}

/// The addresses seen in one capture.
#[derive(Debug, Default)]
struct Seen {
    v4: BTreeMap<[u8; 4], u32>,
    v6: BTreeMap<[u8; 16], u32>,
}

impl Numbering {
    /// Numbers the addresses of `captures`; gives for each frame, capture by capture, what is known of its ends.
    pub(super) fn of<'a>(captures: impl Iterator<Item = &'a [Frame<'a>]>) -> (Self, Vec<Option<Ends>>) {
        let (mut all, mut every) = (Vec::new(), Seen::default());
        let (mut most_v4, mut most_v6) = (0, 0);
        for capture in captures {
            let mut seen = Seen::default();
            all.extend(capture.iter().map(|frame| seen.ends(frame)));
            most_v4 = most_v4.max(seen.v4.len() as u64);
            most_v6 = most_v6.max(seen.v6.len() as u64);
            every.v4.extend(seen.v4);
            every.v6.extend(seen.v6);
        }
        let v4 = every.v4.into_keys().map(|address| u64::from(u32::from_be_bytes(address)));
        let v6 = every.v6.into_keys().map(|address| u64::from_be_bytes(second_half(address)));
        let v4 = Blocks::new(most_v4, u64::from(u32::MAX), v4);
        (Self { v4, v6: Blocks::new(most_v6, u64::MAX, v6) }, all)
    }

    /// The addresses of a pass. After as many passes as there are blocks they come again.
    pub(super) fn pass(&self, pass: u64) -> PassAddresses {
        // Numbers of IPv4 addresses fit, as that is the last of them.
        let v4 = self.v4.start(pass).and_then(|start| u32::try_from(start).ok());
        PassAddresses { v4, v6: self.v6.start(pass) }
    }
}

impl Blocks {
    /// Blocks of `len` numbers up to `last`, of which those with one of `addresses` in them are left out.
    fn new(len: u64, last: u64, addresses: impl Iterator<Item = u64>) -> Self {
        let len = len.max(1);
        let count = (last / len).max(1);
        let taken: BTreeSet<u64> = addresses.map(|address| address / len).collect();
        Self { len, count, taken: if taken.len() as u64 > count / 2 { BTreeSet::new() } else { taken } }
    }

    /// The first number of a pass's block; none for the first pass where that keeps its addresses.
    fn start(&self, pass: u64) -> Option<u64> {
        let later = if self.taken.is_empty() { pass } else { pass.checked_sub(1)? };
        let mut block = later % (self.count - self.taken.len() as u64);
        for taken in &self.taken {
            if *taken > block {
                break;
            }
            block += 1;
        }
        Some(block * self.len)
    }
}

impl Seen {
    /// The ends of a frame; none where it is no packet of a flow.
    fn ends(&mut self, frame: &Frame<'_>) -> Option<Ends> {
        let at = ip_offset(frame)?;
        let ip = frame.data.get(at..)?;
        let ipv6 = ip.first()? >> 4 == 6;
        let from = if ipv6 { IPV6_ADDRESSES } else { IPV4_ADDRESSES };
        let addresses = ip.get(from..)?;
        let numbers = if ipv6 { number::<16>(&mut self.v6, addresses) } else { number::<4>(&mut self.v4, addresses) };
        Some(Ends { at: u32::try_from(at + from).ok()?, ipv6, numbers: numbers? })
    }
}

/// Where the IP header is from which a frame is decoded: the first place from which alone, as raw IP, the same is decoded.
/// So it is found behind whatever the decoder looks through.
fn ip_offset(frame: &Frame<'_>) -> Option<usize> {
    let whole = decode(frame.link?, frame.data, frame.wire_len).ok()?;
    let same = |at: &usize| {
        let (Some(ip), Ok(before)) = (frame.data.get(*at..), u32::try_from(*at)) else { return false };
        let alone = decode(LinkType::RawIp, ip, frame.wire_len.saturating_sub(before));
        alone.is_ok_and(|alone| alone.key == whole.key && alone.from_first == whole.from_first)
    };
    (0..frame.data.len()).find(same)
}

/// The numbers of the two addresses of `LEN` bytes at the beginning of `bytes`.
fn number<const LEN: usize>(known: &mut BTreeMap<[u8; LEN], u32>, bytes: &[u8]) -> Option<[u32; 2]> {
    let (source, rest) = bytes.split_first_chunk::<LEN>()?;
    let destination = rest.first_chunk::<LEN>()?;
    let mut number = |address: &[u8; LEN]| {
        let next = known.len() as u32;
        *known.entry(*address).or_insert(next)
    };
    Some([number(source), number(destination)])
}

fn second_half(address: [u8; 16]) -> [u8; 8] {
    let [.., a, b, c, d, e, f, g, h] = address;
    [a, b, c, d, e, f, g, h]
}

impl Ends {
    /// Bytes of the frame up to the end of its addresses.
    pub(super) fn until(&self) -> usize {
        self.at as usize + if self.ipv6 { 32 } else { 8 }
    }

    /// Writes the addresses of a pass into the frame.
    #[inline]
    pub(super) fn write(&self, pass: PassAddresses, frame: &mut [u8]) {
        let at = self.at as usize;
        let [source, destination] = self.numbers;
        if !self.ipv6 {
            let place = frame.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<8>());
            if let (Some(first), Some(place)) = (pass.v4, place) {
                let [a, b, c, d] = (first + source).to_be_bytes();
                let [e, f, g, h] = (first + destination).to_be_bytes();
                *place = [a, b, c, d, e, f, g, h];
            }
            return;
        }
        let Some(first) = pass.v6 else { return };
        for (address, number) in [(at, source), (at + 16, destination)] {
            let half = frame.get_mut(address + IPV6_KEPT..).and_then(|rest| rest.first_chunk_mut::<8>());
            if let Some(place) = half {
                *place = (first + u64::from(number)).to_be_bytes();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(blocks: &Blocks, passes: u64) -> Vec<u64> {
        (0..passes).filter_map(|pass| blocks.start(pass)).collect()
    }

    #[test]
    fn the_first_pass_keeps_its_addresses_and_no_other_has_them() {
        let blocks = Blocks::new(10, 999, [5, 13, 18, 31].into_iter());
        assert_eq!(blocks.start(0), None);
        assert_eq!(starts(&blocks, 5), [20, 40, 50, 60]);
    }

    #[test]
    fn numbers_stay_below_the_last_and_come_again() {
        let blocks = Blocks::new(7, 99, [15].into_iter());
        let starts = starts(&blocks, 27);
        assert!(starts.iter().all(|start| start + 7 <= 99 && *start != 14), "{starts:?}");
        assert_eq!(starts[13..], starts[..13]);
        assert_eq!(starts[..13].iter().collect::<BTreeSet<_>>().len(), 13);
    }

    #[test]
    fn where_addresses_are_everywhere_the_first_pass_is_numbered_too() {
        let blocks = Blocks::new(10, 99, (0..80).step_by(8));
        assert_eq!(starts(&blocks, 10), [0, 10, 20, 30, 40, 50, 60, 70, 80, 0]);
        assert_eq!(starts(&Blocks::new(0, 99, std::iter::empty()), 1), [0], "without addresses nothing overflows");
    }
}
