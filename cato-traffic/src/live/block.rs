//! From a block of the ring to frames.
//!
//! The kernel's offsets and lengths are checked like those of a file: a block that contradicts itself costs frames, which
//! are counted, and nothing else.

use std::mem::offset_of;

use cato_runtime::{Frame, LinkType};
use libc::{tpacket_block_desc, tpacket_hdr_v1, tpacket_hdr_variant1, tpacket3_hdr};

/// The most frames that are handed out together.
pub(super) const BATCH: usize = 64;

/// What the kernel leaves free before each frame, for the tag that it took off.
pub(super) const TAG: usize = 4;

/// Bytes of the two addresses of an Ethernet header, behind which a tag stands.
const ADDRESSES: usize = 12;
const ETHER_VLAN: u16 = 0x8100;

const DESCRIPTOR: usize = offset_of!(tpacket_block_desc, hdr);
const PACKETS: usize = DESCRIPTOR + offset_of!(tpacket_hdr_v1, num_pkts);
const FIRST: usize = DESCRIPTOR + offset_of!(tpacket_hdr_v1, offset_to_first_pkt);
const VARIANT: usize = offset_of!(tpacket3_hdr, hv1);
const HEADER: usize = size_of::<tpacket3_hdr>();

/// What was found in a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) frames: u64,
    /// Bytes of the frames on the wire.
    pub(super) bytes: u64,
    pub(super) unreadable: u64,
}

/// Hands the frames of a block to `sink`, in order, at most [`BATCH`] at a time.
pub(super) fn deliver(block: &mut [u8], link: LinkType, mut sink: impl FnMut(&[Frame<'_>])) -> Found {
    let mut found = Found::default();
    let mut left = word(block, PACKETS).unwrap_or(0);
    let mut next = word(block, FIRST).map(|first| first as usize);
    while left > 0 {
        let mut places = [Place::default(); BATCH];
        let mut count = 0;
        for place in &mut places {
            if left == 0 {
                break;
            }
            let Some((read, following)) = next.and_then(|at| locate(block, at, link)) else { break };
            *place = read;
            count += 1;
            left -= 1;
            next = following;
        }
        if count == 0 {
            // The way to all that follows is lost.
            found.unreadable += u64::from(left);
            break;
        }
        let mut frames = [Frame { link: Some(link), wire_len: 0, time_ns: 0, data: &[] }; BATCH];
        for (frame, place) in frames.iter_mut().zip(&places) {
            frame.data = block.get(place.start..place.end).unwrap_or(&[]);
            frame.wire_len = place.wire_len;
            frame.time_ns = place.time_ns;
        }
        let frames = frames.get(..count).unwrap_or(&[]);
        found.frames += count as u64;
        found.bytes += frames.iter().map(|frame| u64::from(frame.wire_len)).sum::<u64>();
        sink(frames);
    }
    found
}

/// Where a frame is in its block, and what is known of it.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    start: usize,
    end: usize,
    wire_len: u32,
    time_ns: u64,
}

/// Reads the header at `at`, puts the tag back that was taken off, and gives the place of the frame and that of the next
/// header. `None` where the frame does not lie within the block.
fn locate(block: &mut [u8], at: usize, link: LinkType) -> Option<(Place, Option<usize>)> {
    let header = block.get(at..)?.first_chunk::<HEADER>()?;
    let following = word(header, offset_of!(tpacket3_hdr, tp_next_offset))? as usize;
    let seconds = word(header, offset_of!(tpacket3_hdr, tp_sec))?;
    let nanoseconds = word(header, offset_of!(tpacket3_hdr, tp_nsec))?;
    let kept = word(header, offset_of!(tpacket3_hdr, tp_snaplen))? as usize;
    let wire_len = word(header, offset_of!(tpacket3_hdr, tp_len))?;
    let status = word(header, offset_of!(tpacket3_hdr, tp_status))?;
    let to_frame = usize::from(half(header, offset_of!(tpacket3_hdr, tp_mac))?);
    let tag = word(header, VARIANT + offset_of!(tpacket_hdr_variant1, tp_vlan_tci))?;
    let tag_type = half(header, VARIANT + offset_of!(tpacket_hdr_variant1, tp_vlan_tpid))?;

    let mut start = at.checked_add(to_frame)?;
    let end = start.checked_add(kept)?;
    if to_frame < HEADER || end > block.len() {
        return None;
    }
    let mut wire_len = wire_len.max(u32::try_from(kept).ok()?);
    let tagged = status & libc::TP_STATUS_VLAN_VALID != 0 && link == LinkType::Ethernet;
    if tagged && kept >= ADDRESSES && to_frame >= HEADER + TAG {
        let tag_type = if status & libc::TP_STATUS_VLAN_TPID_VALID != 0 { tag_type } else { ETHER_VLAN };
        block.copy_within(start..start + ADDRESSES, start - TAG);
        start -= TAG;
        let place = block.get_mut(start + ADDRESSES..)?.first_chunk_mut::<TAG>()?;
        let [type_high, type_low] = tag_type.to_be_bytes();
        let [tag_high, tag_low] = (tag as u16).to_be_bytes();
        *place = [type_high, type_low, tag_high, tag_low];
        wire_len = wire_len.saturating_add(TAG as u32);
    }
    let time_ns = u64::from(seconds) * 1_000_000_000 + u64::from(nanoseconds);
    // A header that leads back would be walked for ever; the number of packets bounds that too.
    let next = if following >= HEADER { at.checked_add(following) } else { None };
    Some((Place { start, end, wire_len, time_ns }, next))
}

#[inline]
fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|word| u32::from_ne_bytes(*word))
}

#[inline]
fn half(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|half| u16::from_ne_bytes(*half))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A frame as the kernel would describe it: data, tag, tag type.
    type Sent<'a> = (&'a [u8], Option<(u16, u16)>);

    const TO_FRAME: usize = 96;

    /// A block with these frames, one second apart.
    fn block(frames: &[Sent<'_>]) -> Vec<u8> {
        let mut block = vec![0; size_of::<tpacket_block_desc>()];
        put(&mut block, PACKETS, frames.len() as u32);
        put(&mut block, FIRST, size_of::<tpacket_block_desc>() as u32);
        for (number, (data, tag)) in frames.iter().enumerate() {
            let at = block.len();
            let len = (TO_FRAME + data.len()).next_multiple_of(16);
            block.resize(at + len, 0);
            let last = number + 1 == frames.len();
            put(&mut block, at + offset_of!(tpacket3_hdr, tp_next_offset), if last { 0 } else { len as u32 });
            put(&mut block, at + offset_of!(tpacket3_hdr, tp_sec), number as u32);
            put(&mut block, at + offset_of!(tpacket3_hdr, tp_nsec), 5);
            put(&mut block, at + offset_of!(tpacket3_hdr, tp_snaplen), data.len() as u32);
            put(&mut block, at + offset_of!(tpacket3_hdr, tp_len), data.len() as u32 + 1000);
            block[at + offset_of!(tpacket3_hdr, tp_mac)..][..2].copy_from_slice(&(TO_FRAME as u16).to_ne_bytes());
            if let Some((tag, tag_type)) = tag {
                let status = libc::TP_STATUS_VLAN_VALID | libc::TP_STATUS_VLAN_TPID_VALID;
                put(&mut block, at + offset_of!(tpacket3_hdr, tp_status), status);
                put(&mut block, at + VARIANT + offset_of!(tpacket_hdr_variant1, tp_vlan_tci), u32::from(*tag));
                let place = at + VARIANT + offset_of!(tpacket_hdr_variant1, tp_vlan_tpid);
                block[place..][..2].copy_from_slice(&tag_type.to_ne_bytes());
            }
            block[at + TO_FRAME..][..data.len()].copy_from_slice(data);
        }
        block
    }

    fn put(block: &mut [u8], at: usize, value: u32) {
        block[at..][..4].copy_from_slice(&value.to_ne_bytes());
    }

    fn frames(mut block: Vec<u8>) -> (Vec<(Vec<u8>, u32, u64)>, Found) {
        let mut seen = Vec::new();
        let found = deliver(&mut block, LinkType::Ethernet, |frames| {
            assert!(!frames.is_empty() && frames.len() <= BATCH);
            seen.extend(frames.iter().map(|frame| (frame.data.to_vec(), frame.wire_len, frame.time_ns)));
        });
        (seen, found)
    }

    #[test]
    fn frames_come_in_order_and_with_their_tags() {
        let plain = b"ddddddssssssTTpayload".as_slice();
        let (seen, found) =
            frames(block(&[(plain, None), (plain, Some((0x2005, 0x88a8))), (b"short", Some((7, 0x8100)))]));
        let tagged = [b"ddddddssssss".as_slice(), &[0x88, 0xa8, 0x20, 5], b"TTpayload"].concat();
        let expected = [
            (plain.to_vec(), 1021, 5),
            (tagged, 1025, 1_000_000_005),
            // Without room for two addresses there is no place for a tag.
            (b"short".to_vec(), 1005, 2_000_000_005),
        ];
        assert_eq!(seen, expected);
        assert_eq!(found, Found { frames: 3, bytes: 3051, unreadable: 0 });
    }

    #[test]
    fn a_full_block_is_handed_out_in_batches() {
        let data: Vec<_> = (0..200_u32).map(|number| number.to_be_bytes()).collect();
        let sent: Vec<Sent<'_>> = data.iter().map(|data| (data.as_slice(), None)).collect();
        let (seen, found) = frames(block(&sent));
        assert_eq!((found.frames, found.unreadable), (200, 0));
        assert!(seen.iter().zip(&data).all(|((seen, ..), sent)| seen == sent));
    }

    #[test]
    fn what_leads_out_of_the_block_is_counted() {
        let whole = block(&[(b"one", None), (b"two", None), (b"three", None)]);
        let first = size_of::<tpacket_block_desc>();
        let second = first + 112;
        for (place, value) in [
            (second + offset_of!(tpacket3_hdr, tp_snaplen), 10_000),
            (second + offset_of!(tpacket3_hdr, tp_snaplen), u32::MAX),
            (first + offset_of!(tpacket3_hdr, tp_next_offset), u32::MAX),
            (first + offset_of!(tpacket3_hdr, tp_next_offset), 0),
            (first + offset_of!(tpacket3_hdr, tp_next_offset), 8),
        ] {
            let mut broken = whole.clone();
            put(&mut broken, place, value);
            let (seen, found) = frames(broken);
            assert_eq!((seen.len(), found.frames, found.unreadable), (1, 1, 2));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(
            mut bytes in prop::collection::vec(any::<u8>(), 0..600),
            packets in 0..100_u32,
            first in 0..200_u32,
        ) {
            if bytes.len() >= FIRST + 4 {
                put(&mut bytes, PACKETS, packets);
                put(&mut bytes, FIRST, first);
            }
            let (seen, found) = frames(bytes);
            prop_assert_eq!(seen.len() as u64, found.frames);
            for (data, wire_len, time_ns) in seen {
                prop_assert!(data.len() as u64 <= u64::from(wire_len) && time_ns < 1 << 63);
            }
        }

        #[test]
        fn damaged_blocks_are_read(changes in prop::collection::vec((0..500_usize, any::<u8>()), 0..8)) {
            let mut bytes = block(&[(&[1; 20], None), (&[2; 40], Some((3, 0x8100))), (&[4; 60], None)]);
            for (at, value) in changes {
                let at = at % bytes.len();
                bytes[at] = value;
            }
            put(&mut bytes, PACKETS, 3);
            let (_, found) = frames(bytes);
            prop_assert_eq!(found.frames + found.unreadable, 3);
        }
    }
}
