//! Frames on their way from one thread to another.

use cato_runtime::{Frame, LinkType};
use cato_traffic::replay::{Batch, FrameBatch};

/// Frames by value, in memory of fixed size.
#[derive(Debug)]
pub(crate) struct Parcel {
    heads: Vec<Head>,
    bytes: Vec<u8>,
}

/// What is known of a frame beside its bytes.
#[derive(Clone, Copy, Debug)]
struct Head {
    time_ns: u64,
    at: u32,
    len: u32,
    wire_len: u32,
    link: Option<LinkType>,
}

impl Parcel {
    /// The most frames.
    const FRAMES: usize = 1024;
    /// The most bytes.
    const BYTES: usize = 1 << 18;
    /// The most bytes of one frame; headers are long over by then.
    const FRAME: usize = 2048;

    /// An empty parcel, its memory touched.
    pub(crate) fn new() -> Self {
        let head = Head { time_ns: 1, at: 0, len: 0, wire_len: 0, link: None };
        let mut parcel = Self { heads: vec![head; Self::FRAMES], bytes: vec![1; Self::BYTES] };
        parcel.clear();
        parcel
    }

    pub(crate) fn clear(&mut self) {
        self.heads.clear();
        self.bytes.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// Whether another frame may find no room.
    pub(crate) fn is_full(&self) -> bool {
        self.heads.len() >= Self::FRAMES || self.bytes.len() + Self::FRAME > Self::BYTES
    }

    /// Adds a frame to a parcel that is not full.
    pub(crate) fn push(&mut self, frame: &Frame<'_>) {
        let Frame { link, wire_len, time_ns, data } = *frame;
        let data = data.get(..Self::FRAME).unwrap_or(data);
        self.heads.push(Head { time_ns, at: self.bytes.len() as u32, len: data.len() as u32, wire_len, link });
        self.bytes.extend_from_slice(data);
    }

    /// Hands the frames out, some at a time.
    pub(crate) fn each(&self, take: &mut dyn FnMut(&[Frame<'_>])) {
        for heads in self.heads.chunks(Batch::MOST) {
            take(&FrameBatch::of(heads.iter().map(|head| self.frame(head))));
        }
    }

    fn frame(&self, head: &Head) -> Frame<'_> {
        let Head { time_ns, at, len, wire_len, link } = *head;
        let data = self.bytes.get(at as usize..(at + len) as usize).unwrap_or(&[]);
        Frame { link, wire_len, time_ns, data }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_out_as_they_went_in_and_memory_stays() {
        let mut parcel = Parcel::new();
        let room = (parcel.heads.capacity(), parcel.bytes.capacity());
        for len in [0, 60, 1500, 60_000] {
            parcel.clear();
            let data: Vec<u8> = (0..len).map(|byte: u32| byte as u8).collect();
            let mut pushed = 0;
            while !parcel.is_full() {
                parcel.push(&Frame { link: Some(LinkType::RawIp), wire_len: len, time_ns: pushed, data: &data });
                pushed += 1;
            }
            let mut next = 0;
            parcel.each(&mut |frames| {
                for frame in frames {
                    assert_eq!((frame.time_ns, frame.wire_len, frame.link), (next, len, Some(LinkType::RawIp)));
                    assert_eq!(frame.data, &data[..data.len().min(Parcel::FRAME)]);
                    next += 1;
                }
            });
            assert_eq!(next, pushed);
            assert_eq!((parcel.heads.capacity(), parcel.bytes.capacity()), room);
        }
    }
}
