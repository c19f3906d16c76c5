//! Frames of captures, given out batch by batch, pass after pass.

use std::ops::Deref;

use cato_runtime::{Frame, LinkType};

use super::super::Trace;
use super::numbering::{Ends, Numbering};

/// Packet times stay below this, as [`Frame::time_ns`] asks.
const LAST_NS: u64 = (1 << 63) - 1;

/// How captures are played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayOptions {
    /// How often all captures are played; without end where `None`.
    pub loops: Option<u64>,
    /// Every pass has addresses that no other pass has, so that no flow is seen twice. Both directions of a flow stay
    /// together, and flows that differ go on to differ; ports, and so what a flow is, stay as they are. The first pass
    /// keeps its addresses. Checksums are left as they are. Without it, a flow that was open at the end of a pass may go
    /// on in the next one.
    pub vary_addresses: bool,
    /// The most captured bytes that are kept of a frame; its length on the wire stays what it was.
    pub snap_len: usize,
    /// Packet time between the latest packet of a pass and the earliest of the next, in nanoseconds.
    pub gap_ns: u64,
}

impl Default for ReplayOptions {
    /// Once, with the addresses that are there, whole frames, and a millisecond between captures.
    fn default() -> Self {
        Self { loops: Some(1), vary_addresses: false, snap_len: usize::MAX, gap_ns: 1_000_000 }
    }
}

/// Frames in memory that are played over and over.
///
/// The first pass of the first capture has the times of the capture. Every later pass begins right after the one before
/// it, a gap later; within a pass, times are apart as they were.
#[derive(Clone, Debug)]
pub struct Replay {
    heads: Vec<Head>,
    bytes: Vec<u8>,
    captures: Vec<Capture>,
    numbering: Option<Numbering>,
    options: ReplayOptions,
    /// Where the next frame is.
    next: usize,
    capture: usize,
    pass: u64,
    /// Packet time at which the pass began.
    base_ns: u64,
    played: u64,
}

/// A frame without its bytes.
#[derive(Clone, Copy, Debug)]
struct Head {
    /// Since the earliest packet of the capture.
    time_ns: u64,
    at: usize,
    len: u32,
    wire_len: u32,
    link: Option<LinkType>,
    ends: Option<Ends>,
}

#[derive(Clone, Copy, Debug)]
struct Capture {
    /// Where its frames end.
    end: usize,
    /// From its earliest packet to its latest, in nanoseconds.
    span_ns: u64,
}

impl Replay {
    /// Plays `captures`, each a pass of its own. Those without frames are left out.
    #[must_use]
    pub fn new<'a>(captures: impl Iterator<Item = &'a [Frame<'a>]> + Clone, options: &ReplayOptions) -> Self {
        let (numbering, ends) = match options.vary_addresses {
            true => {
                let (numbering, ends) = Numbering::of(captures.clone());
                (Some(numbering), ends)
            }
            false => (None, Vec::new()),
        };
        let mut replay = Self {
            heads: Vec::new(),
            bytes: Vec::new(),
            captures: Vec::new(),
            numbering,
            options: *options,
            next: 0,
            capture: 0,
            pass: 0,
            base_ns: 0,
            played: 0,
        };
        let mut ends = ends.into_iter();
        for capture in captures {
            replay.add(capture, &mut ends);
        }
        replay
    }

    /// Plays the captures of a trace.
    #[must_use]
    pub fn of_trace(trace: &Trace, options: &ReplayOptions) -> Self {
        let frames = trace.frames();
        let captures: Vec<&[Frame<'_>]> = frames.segments().collect();
        Self::new(captures.iter().copied(), options)
    }

    fn add(&mut self, capture: &[Frame<'_>], ends: &mut impl Iterator<Item = Option<Ends>>) {
        let times = capture.iter().map(|frame| frame.time_ns);
        let (Some(first_ns), Some(last_ns)) = (times.clone().min(), times.max()) else { return };
        for frame in capture {
            let ends = ends.next().flatten();
            let data = frame.data.get(..self.options.snap_len).unwrap_or(frame.data);
            self.heads.push(Head {
                time_ns: frame.time_ns - first_ns,
                at: self.bytes.len(),
                len: data.len() as u32,
                wire_len: frame.wire_len,
                link: frame.link,
                ends: ends.filter(|ends| ends.until() <= data.len()),
            });
            self.bytes.extend_from_slice(data);
        }
        if self.captures.is_empty() {
            self.base_ns = first_ns;
        }
        self.captures.push(Capture { end: self.heads.len(), span_ns: last_ns - first_ns });
    }

    /// Packets of one loop.
    #[must_use]
    pub fn packets(&self) -> usize {
        self.heads.len()
    }

    /// Passes of one loop: the captures that have frames.
    #[must_use]
    pub fn captures(&self) -> usize {
        self.captures.len()
    }

    /// Bytes on the wire of one loop, as the captures state them: without preamble, check sequence and gaps.
    #[must_use]
    pub fn wire_bytes(&self) -> u64 {
        self.heads.iter().map(|head| u64::from(head.wire_len)).sum()
    }

    /// Packets given out up to now.
    #[must_use]
    pub fn played(&self) -> u64 {
        self.played
    }

    /// Packet time of the next frame, in nanoseconds; none where there is no next frame.
    #[must_use]
    pub fn next_ns(&self) -> Option<u64> {
        let head = self.heads.get(self.next).filter(|_| !self.is_over())?;
        Some(self.base_ns.saturating_add(head.time_ns))
    }

    /// How many of the next frames, up to the end of the pass and at most `most`, have packet times up to `until_ns`.
    pub(super) fn upcoming(&self, until_ns: u64, most: usize) -> usize {
        let Some(capture) = self.captures.get(self.capture) else { return 0 };
        let heads = self.heads.get(self.next..capture.end).unwrap_or(&[]);
        heads.iter().take(most).take_while(|head| self.base_ns.saturating_add(head.time_ns) <= until_ns).count()
    }

    /// The next frames, at least one and at most `most` or [`Batch::MOST`], none of them beyond the end of the pass; `None` when
    /// everything was played, or when packet time can rise no further.
    pub fn next_batch(&mut self, most: usize) -> Option<Batch<'_>> {
        let capture = *self.captures.get(self.capture)?;
        if self.is_over() {
            return None;
        }
        let (first, pass, base_ns) = (self.next, self.pass, self.base_ns);
        let end = capture.end.min(first + most.clamp(1, Batch::MOST));
        if let Some(numbering) = &self.numbering {
            let addresses = numbering.pass(pass);
            for head in self.heads.get(first..end).unwrap_or(&[]) {
                let frame = self.bytes.get_mut(head.at..head.at + head.len as usize);
                if let (Some(ends), Some(frame)) = (head.ends, frame) {
                    ends.write(addresses, frame);
                }
            }
        }
        self.next = end;
        self.played += (end - first) as u64;
        if end == capture.end {
            self.end_pass(capture);
        }
        let heads = self.heads.get(first..end).unwrap_or(&[]);
        Some(Batch { heads, bytes: &self.bytes, base_ns, pass, first, ends_pass: end == capture.end })
    }

    /// Place of the next frame in the loop, from 0.
    #[must_use]
    pub fn next_place(&self) -> usize {
        self.next
    }

    /// Goes on with the beginning of a pass: of the next one, unless that is where the next frame is.
    pub fn skip_pass(&mut self) {
        let begin = self.capture.checked_sub(1).and_then(|before| self.captures.get(before)).map_or(0, |one| one.end);
        if self.next != begin
            && let Some(capture) = self.captures.get(self.capture).copied()
        {
            self.end_pass(capture);
        }
    }

    /// The pass of `capture` is over.
    fn end_pass(&mut self, capture: Capture) {
        self.base_ns = self.base_ns.saturating_add(capture.span_ns).saturating_add(self.options.gap_ns);
        self.next = capture.end;
        self.pass += 1;
        self.capture += 1;
        if self.capture == self.captures.len() {
            (self.capture, self.next) = (0, 0);
        }
    }

    /// Whether all loops were played, or the pass would go beyond the last packet time.
    fn is_over(&self) -> bool {
        let Some(capture) = self.captures.get(self.capture) else { return true };
        let begun = self.pass / self.captures.len() as u64;
        self.options.loops.is_some_and(|loops| begun >= loops) || self.base_ns.saturating_add(capture.span_ns) > LAST_NS
    }
}

/// Frames that follow each other in one pass.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    heads: &'a [Head],
    bytes: &'a [u8],
    base_ns: u64,
    pass: u64,
    first: usize,
    ends_pass: bool,
}

impl<'a> Batch<'a> {
    /// The most frames of a batch.
    pub const MOST: usize = 64;

    /// The number of frames, at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a batch is never empty")]
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// The pass that the frames are of, from 0.
    #[must_use]
    pub fn pass(&self) -> u64 {
        self.pass
    }

    /// Place of the first frame in the loop, from 0.
    #[must_use]
    pub fn first(&self) -> usize {
        self.first
    }

    /// Whether the last of the frames is the last of its pass.
    #[must_use]
    pub fn ends_pass(&self) -> bool {
        self.ends_pass
    }

    /// The frames one by one.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Frame<'a>> + use<'a> {
        let Self { heads, bytes, base_ns, .. } = *self;
        heads.iter().map(move |head| Frame {
            link: head.link,
            wire_len: head.wire_len,
            time_ns: base_ns + head.time_ns,
            data: bytes.get(head.at..head.at + head.len as usize).unwrap_or(&[]),
        })
    }

    /// The frames as a driver takes them.
    #[must_use]
    pub fn frames(&self) -> FrameBatch<'a> {
        FrameBatch::of(self.iter())
    }
}

/// Up to [`Batch::MOST`] frames in a row, without memory of their own.
#[derive(Clone, Copy, Debug)]
pub struct FrameBatch<'a> {
    frames: [Frame<'a>; Batch::MOST],
    len: usize,
}

impl<'a> FrameBatch<'a> {
    /// The first [`Batch::MOST`] of some frames.
    #[inline]
    pub fn of(frames: impl Iterator<Item = Frame<'a>>) -> Self {
        let nothing = Frame { link: None, wire_len: 0, time_ns: 0, data: &[] };
        let mut batch = Self { frames: [nothing; Batch::MOST], len: 0 };
        for (place, frame) in batch.frames.iter_mut().zip(frames) {
            *place = frame;
            batch.len += 1;
        }
        batch
    }
}

impl<'a> Deref for FrameBatch<'a> {
    type Target = [Frame<'a>];

    #[inline]
    fn deref(&self) -> &[Frame<'a>] {
        self.frames.get(..self.len).unwrap_or(&[])
    }
}
