//! A capture file as a source, read as fast as its packets are taken.

use std::path::Path;
use std::time::Duration;

use cato_runtime::Frame;
use cato_traffic::CaptureReader;

use super::{Source, SourceError, State};

/// Batches of the reader that are handed over before the caller is asked again.
const BATCHES: usize = 32;

/// The packets of one capture, once.
#[derive(Debug)]
pub struct CaptureSource {
    reader: CaptureReader,
    stopped: bool,
}

impl CaptureSource {
    /// Opens the capture at `path`, which warnings call `name`.
    ///
    /// # Errors
    /// Those of [`CaptureReader::open`].
    pub fn open(path: &Path, name: &str) -> Result<Self, cato_traffic::Error> {
        Ok(Self { reader: CaptureReader::open_as(path, name)?, stopped: false })
    }
}

impl Source for CaptureSource {
    fn next(&mut self, _wait: Duration, take: &mut dyn FnMut(&[Frame<'_>])) -> Result<State, SourceError> {
        for _ in 0..BATCHES {
            if self.stopped || !self.reader.next_frames(&mut *take)? {
                return Ok(State::Ended);
            }
        }
        Ok(State::Open)
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
