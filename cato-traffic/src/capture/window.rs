//! The part of a byte stream that is in memory.

use std::io::{self, Read};
use std::ops::Range;

use super::{Damage, Layer};

/// How much is read ahead: many packets for each call of the system, and still within a core's own cache.
const ROOM: usize = 1 << 18;

/// A stretch of a stream: what was read and not yet consumed.
pub(super) struct Window {
    source: Box<dyn Read + Send>,
    /// What the stream came out of; to blame where it fails.
    layer: Layer,
    buffer: Vec<u8>,
    unread: Range<usize>,
    /// Where in the stream `unread` begins.
    offset: u64,
    ended: bool,
    failure: Option<io::Error>,
}

impl Window {
    pub(super) fn new(source: Box<dyn Read + Send>, layer: Layer) -> Self {
        Self { source, layer, buffer: vec![0; ROOM], unread: 0..0, offset: 0, ended: false, failure: None }
    }

    /// Where in the stream the unread bytes begin.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The unread bytes in memory.
    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        self.get(self.unread.clone())
    }

    /// Bytes at a place that [`consume`](Self::consume) gave; they stand until the next [`fill`](Self::fill).
    #[inline]
    pub(super) fn get(&self, place: Range<usize>) -> &[u8] {
        self.buffer.get(place).unwrap_or(&[])
    }

    /// Reads on until `wanted` unread bytes are in memory; `false` where the stream ends or fails before. What is wanted
    /// is allocated, so callers bound it.
    pub(super) fn fill(&mut self, wanted: usize) -> bool {
        if self.unread.len() >= wanted {
            return true;
        }
        if self.unread.start + wanted > self.buffer.len() {
            self.buffer.copy_within(self.unread.clone(), 0);
            self.unread = 0..self.unread.len();
            if wanted > self.buffer.len() {
                self.buffer.resize(wanted, 0);
            }
        }
        while self.unread.len() < wanted && !self.ended {
            let Some(room) = self.buffer.get_mut(self.unread.end..) else { break };
            match self.source.read(room) {
                Ok(0) => self.ended = true,
                Ok(read) => self.unread.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.failure = Some(error);
                }
            }
        }
        self.unread.len() >= wanted
    }

    /// Steps over `len` bytes in memory and gives their place.
    #[inline]
    pub(super) fn consume(&mut self, len: usize) -> Range<usize> {
        let len = len.min(self.unread.len());
        let start = self.unread.start;
        self.unread.start += len;
        self.offset += len as u64;
        start..start + len
    }

    /// Steps over `len` bytes that need not be in memory; `false` where the stream ends or fails before.
    pub(super) fn skip(&mut self, mut len: u64) -> bool {
        while len > 0 {
            if !self.fill(1) {
                return false;
            }
            let step = self.unread.len().min(usize::try_from(len).unwrap_or(usize::MAX));
            self.consume(step);
            len -= step as u64;
        }
        true
    }

    /// Whether all was read, and nothing failed.
    pub(super) fn finished(&mut self) -> bool {
        !self.fill(1) && self.failure.is_none()
    }

    /// What to say where [`fill`](Self::fill) or [`skip`](Self::skip) fell short: that reading failed, or else `what` of
    /// `layer`.
    pub(super) fn shortage(&self, layer: Layer, what: &str) -> Damage {
        let offset = self.offset;
        match &self.failure {
            Some(failure) => Damage { layer: self.layer, offset, what: failure.to_string() },
            None => Damage { layer, offset, what: what.to_owned() },
        }
    }

    /// That something is wrong at the first unread byte.
    pub(super) fn damage(&self, layer: Layer, what: String) -> Damage {
        Damage { layer, offset: self.offset, what }
    }
}

impl std::fmt::Debug for Window {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Window")
            .field("offset", &self.offset)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte a read.
    struct Drip(u8);

    impl Read for Drip {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            self.0 = self.0.wrapping_add(1);
            match (self.0, room.first_mut()) {
                (200.., _) => Err(io::Error::other("dry")),
                (drop, Some(place)) => {
                    *place = drop;
                    Ok(1)
                }
                _ => Ok(0),
            }
        }
    }

    #[test]
    fn bytes_come_in_order_and_failures_last() {
        let mut window = Window::new(Box::new(Drip(0)), Layer::Gzip);
        assert!(window.fill(3));
        assert_eq!(window.bytes(), [1, 2, 3]);
        let place = window.consume(2);
        assert_eq!(window.get(place), [1, 2]);
        assert!(window.skip(100));
        assert_eq!(window.offset(), 102);
        assert!(window.fill(1));
        assert_eq!(window.bytes(), [103]);
        assert!(!window.fill(200));
        assert_eq!(window.bytes().len(), 97);
        assert!(!window.skip(98));
        assert!(!window.finished());
        let damage = window.shortage(Layer::Pcap, "cut");
        assert_eq!((damage.layer, damage.offset, damage.what.as_str()), (Layer::Gzip, 199, "dry"));
    }

    #[test]
    fn memory_is_what_was_wanted() {
        let mut window = Window::new(Box::new(io::repeat(7)), Layer::File);
        for _ in 0..100 {
            assert!(window.fill(3 * ROOM));
            window.consume(3 * ROOM - 1);
            assert!(window.skip(ROOM as u64));
        }
        assert_eq!(window.buffer.len(), 3 * ROOM);
        assert_eq!(window.offset(), 100 * (4 * ROOM as u64 - 1));
    }
}
