//! Many frames at once, where they lie.

use cato_runtime::Frame;

use super::{CaptureReader, Container, Error, Located};

/// The most frames that are handed over together.
const BATCH: usize = 64;

const NO_FRAME: Frame<'_> = Frame { link: None, wire_len: 0, time_ns: 0, data: &[] };
const NOWHERE: Located = Located { data: 0..0, wire_len: 0, link: None, time_ns: 0 };

impl CaptureReader {
    /// Hands the next frames, as many as are in memory and 64 at most, to `take`; `false` at the end of the capture, where
    /// `take` is not called. They are those that [`next_frame`](Self::next_frame) would give one by one.
    ///
    /// # Errors
    /// Those of [`next_frame`](Self::next_frame).
    pub fn next_frames(&mut self, take: impl FnOnce(&[Frame<'_>])) -> Result<bool, Error> {
        // The first may move what is in memory, and those behind it may not.
        let Some(first) = self.locate()? else { return Ok(false) };
        let mut frames = [NO_FRAME; BATCH];
        let Self { window, container, notes, frames: counted, .. } = self;
        let (count, consumed) = match container {
            Container::Pcap(pcap) => {
                let [place, others @ ..] = &mut frames;
                *place = first.frame(window);
                let (count, consumed) = pcap.plain_records(window.bytes(), others);
                (count + 1, consumed)
            }
            Container::PcapNg(pcapng) => {
                let mut located = [NOWHERE; BATCH];
                let (mut count, mut next) = (0, Some(first));
                while let (Some(place), Some(found)) = (located.get_mut(count), next.take()) {
                    *place = found;
                    count += 1;
                    next = if count < BATCH { pcapng.next_within(window, notes) } else { None };
                }
                for (frame, located) in frames.iter_mut().zip(&located).take(count) {
                    *frame = located.frame(window);
                }
                (count, 0)
            }
        };
        take(frames.get(..count).unwrap_or(&[]));
        window.consume(consumed);
        *counted += count as u64 - 1;
        Ok(true)
    }
}
