//! Lines that are written together.

use std::time::Instant;

use crate::{Answer, Line};

/// Lines one after the other, where each ends, and when each fell due.
#[derive(Debug)]
pub(crate) struct Block {
    bytes: Vec<u8>,
    lines: Vec<(usize, Instant)>,
}

impl Block {
    /// The most lines.
    pub(crate) const MOST: usize = 256;
    /// More than most lines take.
    const LINE: usize = 512;

    /// An empty block, its memory touched.
    pub(crate) fn new() -> Self {
        let mut block = Self { bytes: vec![1; Self::MOST * Self::LINE], lines: vec![(1, Instant::now()); Self::MOST] };
        block.clear();
        block
    }

    pub(crate) fn is_full(&self) -> bool {
        self.lines.len() >= Self::MOST
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.lines.clear();
    }

    /// Adds the line of an answer that fell due at `at`.
    pub(crate) fn push(&mut self, answer: &Answer, classes: &[String], file: Option<&str>, at: Instant) {
        let mut line = Line::of(answer, classes);
        line.file = file;
        // Memory takes all that is written to it.
        let _ = line.write(&mut self.bytes);
        self.lines.push((self.bytes.len(), at));
    }

    /// Adds no line, only that one would have been due.
    pub(crate) fn push_nothing(&mut self, at: Instant) {
        self.lines.push((self.bytes.len(), at));
    }

    /// The number of lines.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// When each line fell due.
    pub(crate) fn due(&self) -> impl Iterator<Item = Instant> {
        self.lines.iter().map(|(_, at)| *at)
    }

    /// Where the first `lines` lines end, in bytes.
    pub(crate) fn end(&self, lines: usize) -> usize {
        lines.checked_sub(1).and_then(|last| self.lines.get(last)).map_or(0, |(end, _)| *end)
    }

    /// How many lines are whole within the first `bytes` bytes.
    pub(crate) fn whole(&self, bytes: usize) -> usize {
        self.lines.partition_point(|(end, _)| *end <= bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}
