//! A capture file as a source, read as fast as its packets are taken.

use std::path::Path;
use std::time::Duration;

use cato_runtime::Frame;
use cato_traffic::{CaptureReader, FrameBuffer};

use super::{Source, SourceError, State};

/// Frames that are handed over together.
const FRAMES: usize = 1024;

/// The packets of one capture, once.
#[derive(Debug)]
pub struct CaptureSource {
    reader: CaptureReader,
    buffer: FrameBuffer,
    stopped: bool,
}

impl CaptureSource {
    /// Opens the capture at `path`, which warnings call `name`.
    ///
    /// # Errors
    /// Those of [`CaptureReader::open`].
    pub fn open(path: &Path, name: &str) -> Result<Self, cato_traffic::Error> {
        Ok(Self { reader: CaptureReader::open_as(path, name)?, buffer: FrameBuffer::default(), stopped: false })
    }
}

impl Source for CaptureSource {
    fn next(&mut self, _wait: Duration, take: &mut dyn FnMut(&[Frame<'_>])) -> Result<State, SourceError> {
        if self.stopped {
            return Ok(State::Ended);
        }
        let more = self.buffer.fill(&mut self.reader, FRAMES)?;
        if !self.buffer.is_empty() {
            take(&self.buffer.frames());
        }
        Ok(if more { State::Open } else { State::Ended })
    }

    fn stop(&mut self) {
        self.stopped = true;
    }

    fn can_wait(&self) -> bool {
        true
    }

    fn warnings(&self) -> Vec<String> {
        self.reader.warnings().iter().map(ToString::to_string).collect()
    }
}
