//! A bounded ring of frames between the thread that offers them and the one that drains them.
//!
//! It stands for the ring of a network card: slots of one size, filled by one side and emptied by the other, and what
//! comes when all are full is lost. Frames are cut to [`SLOT_BYTES`], which holds every header that a pipeline reads of
//! usual frames: Ethernet with two tags, an IP header with options or extensions, and TCP. The length on the wire is
//! kept.

use cato_runtime::{Frame, LinkType};
use rtrb::{Consumer, Producer, RingBuffer};

use super::{Batch, FrameBatch};

/// The most captured bytes of a frame in a ring.
pub const SLOT_BYTES: usize = 112;

/// A ring with room for `slots` frames of 128 bytes each. Its memory is touched here, so that no page is missing later.
#[must_use]
pub fn ring(slots: usize) -> (RingWriter, RingReader) {
    let (mut producer, mut consumer) = RingBuffer::new(slots.max(1));
    while producer.push(Slot::EMPTY).is_ok() {}
    while consumer.pop().is_ok() {}
    (RingWriter(producer), RingReader(consumer))
}

/// Two cache lines.
#[repr(C, align(64))]
#[derive(Clone, Copy, Debug)]
struct Slot {
    time_ns: u64,
    wire_len: u32,
    len: u16,
    link: Option<LinkType>,
    data: [u8; SLOT_BYTES],
}

const _: () = assert!(size_of::<Slot>() == 128);

impl Slot {
    const EMPTY: Self = Self { time_ns: 0, wire_len: 0, len: 0, link: None, data: [0; SLOT_BYTES] };

    #[inline]
    fn of(frame: Frame<'_>) -> Self {
        let Frame { link, wire_len, time_ns, data: captured } = frame;
        let mut slot = Self { time_ns, wire_len, len: SLOT_BYTES as u16, link, data: [0; SLOT_BYTES] };
        match captured.first_chunk() {
            Some(captured) => slot.data = *captured,
            None => {
                slot.len = captured.len() as u16;
                if let Some(place) = slot.data.get_mut(..captured.len()) {
                    place.copy_from_slice(captured);
                }
            }
        }
        slot
    }

    #[inline]
    fn frame(&self) -> Frame<'_> {
        let data = self.data.get(..usize::from(self.len)).unwrap_or(&self.data);
        Frame { link: self.link, wire_len: self.wire_len, time_ns: self.time_ns, data }
    }
}

/// The side of a ring that offers frames.
#[derive(Debug)]
pub struct RingWriter(Producer<Slot>);

impl RingWriter {
    /// Puts the first of some frames into the ring, as many as there is room for, and says how many that were. The others
    /// are lost, unless the caller offers them again.
    #[inline]
    pub fn offer<'a>(&mut self, frames: impl ExactSizeIterator<Item = Frame<'a>>) -> usize {
        let wanted = frames.len();
        let room = if self.0.cached_slots() >= wanted { wanted } else { self.0.slots().min(wanted) };
        match self.0.write_chunk_uninit(room) {
            Ok(chunk) => chunk.fill_from_iter(frames.map(Slot::of)),
            Err(_) => 0,
        }
    }

    /// Free slots.
    #[must_use]
    pub fn room(&self) -> usize {
        self.0.slots()
    }
}

/// The side of a ring that takes frames out.
#[derive(Debug)]
pub struct RingReader(Consumer<Slot>);

impl RingReader {
    /// Hands out the frames that wait, at most [`Batch::MOST`], in their order, and then frees their slots; says how many
    /// they were.
    #[inline]
    pub fn take(&mut self, mut drain: impl FnMut(&[Frame<'_>])) -> usize {
        let waiting = self.0.slots().min(Batch::MOST);
        let Ok(chunk) = self.0.read_chunk(waiting) else { return 0 };
        let (first, second) = chunk.as_slices();
        for part in [first, second].into_iter().filter(|part| !part.is_empty()) {
            drain(&FrameBatch::of(part.iter().map(Slot::frame)));
        }
        chunk.commit_all();
        waiting
    }

    /// Frames that wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.0.slots()
    }

    /// Whether the other side is gone: what waits now is all that will.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.is_abandoned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(number: u64, data: &[u8]) -> Frame<'_> {
        Frame { link: Some(LinkType::RawIp), wire_len: 1_500 + number as u32, time_ns: number, data }
    }

    #[test]
    fn frames_come_out_as_they_went_in_but_for_what_is_cut() {
        let bytes: Vec<u8> = (0..=200).collect();
        let lengths = [0, 1, 60, 111, 112, 113, 200];
        let (mut writer, mut reader) = ring(8);
        // Several rounds, so that batches go over the end of the ring.
        for round in 0..5 {
            let frames: Vec<_> = lengths.iter().map(|&len| frame(round, &bytes[..len])).collect();
            assert_eq!(writer.offer(frames.iter().copied()), lengths.len());
            let mut came = Vec::new();
            let taken = reader.take(|frames| {
                came.extend(
                    frames.iter().map(|frame| (frame.time_ns, frame.wire_len, frame.link, frame.data.to_vec())),
                );
            });
            let expected: Vec<_> = frames
                .iter()
                .map(|frame| (round, frame.wire_len, frame.link, frame.data[..frame.data.len().min(112)].to_vec()))
                .collect();
            assert_eq!((taken, came), (lengths.len(), expected));
        }
    }

    #[test]
    fn what_finds_no_room_is_not_taken() {
        let (mut writer, mut reader) = ring(5);
        let frames: Vec<_> = (0..4).map(|number| frame(number, &[])).collect();
        let offer = |writer: &mut RingWriter| writer.offer(frames.iter().copied());
        assert_eq!((offer(&mut writer), offer(&mut writer), offer(&mut writer)), (4, 1, 0));
        assert_eq!((writer.room(), reader.waiting()), (0, 5));
        let mut times = Vec::new();
        assert_eq!(reader.take(|frames| times.extend(frames.iter().map(|frame| frame.time_ns))), 5);
        assert_eq!(times, [0, 1, 2, 3, 0]);
        assert!(!reader.is_closed());
        assert_eq!(offer(&mut writer), 4);
        drop(writer);
        assert!(reader.is_closed());
        assert_eq!(reader.take(|_| {}), 4, "what was offered before is still there");
        assert_eq!(reader.take(|_| unreachable!("nothing waits")), 0);
    }
}
