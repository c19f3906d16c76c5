//! Frames kept by value.

use cato_runtime::{Frame, LinkType};

use super::{CaptureReader, Error};

/// Frames in two blocks of memory, one for what is known of each, one for their bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrameBuffer {
    pub(crate) heads: Vec<Head>,
    pub(crate) bytes: Vec<u8>,
}

/// What is known of a frame beside its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) time_ns: u64,
    pub(crate) wire_len: u32,
    /// Captured bytes; frames lie one after the other.
    pub(crate) len: u32,
    pub(crate) link: Option<LinkType>,
}

impl FrameBuffer {
    /// Adds a frame.
    pub fn push(&mut self, frame: &Frame<'_>) {
        let Frame { link, wire_len, time_ns, data } = *frame;
        self.heads.push(Head { time_ns, wire_len, len: data.len() as u32, link });
        self.bytes.extend_from_slice(data);
    }

    /// Replaces what is held by the next frames of `capture`, at most `most`; whether there may be more.
    ///
    /// # Errors
    /// Those of [`CaptureReader::next_frame`].
    pub fn fill(&mut self, capture: &mut CaptureReader, most: usize) -> Result<bool, Error> {
        self.heads.clear();
        self.bytes.clear();
        while self.heads.len() < most {
            match capture.next_frame()? {
                Some(frame) => self.push(&frame),
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// The number of frames.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there are no frames.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// The frames as the driver takes them.
    #[must_use]
    pub fn frames(&self) -> Vec<Frame<'_>> {
        let mut rest = self.bytes.as_slice();
        self.heads
            .iter()
            .map(|head| {
                let (data, after) = rest.split_at_checked(head.len as usize).unwrap_or((&[], &[]));
                rest = after;
                Frame { link: head.link, wire_len: head.wire_len, time_ns: head.time_ns, data }
            })
            .collect()
    }
}
