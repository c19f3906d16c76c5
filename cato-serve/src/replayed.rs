//! A capture as a source that is played from memory: at a rate, in its own time, or over and over.

use std::path::Path;
use std::time::Duration;

use cato_runtime::Frame;
use cato_traffic::replay::{Due, Pace, Pacer, Replay, ReplayOptions};
use cato_traffic::{CaptureReader, FrameBuffer};

use super::{Source, SourceError, State};

/// The most bytes that are kept of a frame, as of frames that come from an interface.
const KEPT: usize = 256;
/// Batches that are handed over before the caller is asked again.
const BATCHES: usize = 16;

/// The packets of one capture, played from memory.
#[derive(Debug)]
pub struct ReplaySource {
    replay: Replay,
    pacer: Pacer,
    pace: Pace,
    begun: bool,
    stopped: bool,
    warnings: Vec<String>,
}

impl ReplaySource {
    /// Reads the capture at `path`, which warnings call `name`, to play it `loops` times, each time after the first under
    /// addresses of its own and at later packet times.
    ///
    /// # Errors
    /// Those of [`CaptureReader`].
    pub fn open(path: &Path, name: &str, pace: Pace, loops: u64) -> Result<Self, cato_traffic::Error> {
        let mut capture = CaptureReader::open_as(path, name)?;
        let mut buffer = FrameBuffer::default();
        while let Some(frame) = capture.next_frame()? {
            buffer.push(&Frame { data: frame.data.get(..KEPT).unwrap_or(frame.data), ..frame });
        }
        let frames = buffer.frames();
        let options = ReplayOptions { loops: Some(loops), vary_addresses: loops > 1, ..ReplayOptions::default() };
        let replay = Replay::new([frames.as_slice()].into_iter(), &options);
        let warnings = capture.warnings().iter().map(ToString::to_string).collect();
        Ok(Self { replay, pacer: Pacer::start(pace), pace, begun: false, stopped: false, warnings })
    }
}

impl Source for ReplaySource {
    fn next(&mut self, wait: Duration, take: &mut dyn FnMut(&[Frame<'_>])) -> Result<State, SourceError> {
        if !self.begun {
            // What was built and loaded before the first packet is asked for does not count as delay.
            self.pacer = Pacer::start(self.pace);
            self.begun = true;
        }
        for batch in 0..BATCHES {
            if self.stopped {
                return Ok(State::Ended);
            }
            match self.pacer.due(&self.replay, usize::MAX) {
                Due::Packets(due) => match self.replay.next_batch(due) {
                    Some(batch) => take(&batch.frames()),
                    None => return Ok(State::Ended),
                },
                Due::In(time) if batch == 0 => {
                    std::thread::sleep(time.min(wait));
                    break;
                }
                Due::In(_) => break,
                Due::Never => return Ok(State::Ended),
            }
        }
        Ok(State::Open)
    }

    fn stop(&mut self) {
        self.stopped = true;
    }

    fn can_wait(&self) -> bool {
        self.pace == Pace::Unpaced
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }
}
