//! Frames in memory, for measuring.

mod file;

use cato_runtime::Frame;

use super::{CaptureReader, Error, FrameBuffer, Input, Inputs};

/// How much is taken into a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceOptions {
    /// The most frames.
    pub max_frames: u64,
    /// The most captured bytes.
    pub max_bytes: u64,
    /// The files, in the order of their names, are parts of one capture.
    pub merge: bool,
}

impl Default for TraceOptions {
    fn default() -> Self {
        Self { max_frames: 400_000, max_bytes: 512 << 20, merge: false }
    }
}

/// Frames of captures, in order, in segments that stand for one capture each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    files: Vec<Input>,
    /// Where in `frames` each segment ends.
    ends: Vec<usize>,
    buffer: FrameBuffer,
    left_out: LeftOut,
}

/// What did not fit into a trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Files of which nothing was taken.
    pub files: u64,
    /// The last file was taken in part.
    pub cut: bool,
}

impl Trace {
    /// Reads the frames of `inputs`, all of them where they fit.
    ///
    /// Otherwise whole files are taken, spread evenly over the input, until one does not fit; of that one the beginning
    /// is taken where the trace would be less than half full without it. Where files are parts of one capture, the
    /// beginning of that is taken. Files that are no capture are passed over, as
    /// [`FlowRecords::read`](super::FlowRecords::read) does.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Capture`].
    pub fn collect(inputs: &Inputs, options: &TraceOptions) -> Result<Self, Error> {
        if options.merge {
            let mut trace = Self::take(inputs.by_name().files().iter(), options)?;
            trace.files.truncate(1);
            trace.ends = trace.files.iter().map(|_| trace.len()).collect();
            return Ok(trace);
        }
        let trace = Self::take(inputs.files().iter(), options)?;
        if trace.left_out == LeftOut::default() {
            return Ok(trace);
        }
        Self::take(spread(inputs.files()), options)
    }

    /// The capture that each segment stands for; for a merged one, its first file.
    #[must_use]
    pub fn files(&self) -> &[Input] {
        &self.files
    }

    /// What did not fit.
    #[must_use]
    pub fn left_out(&self) -> LeftOut {
        self.left_out
    }

    /// The number of frames.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Whether there are no frames.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// The frames as the driver takes them, to be made once.
    #[must_use]
    pub fn frames(&self) -> TraceFrames<'_> {
        TraceFrames { frames: self.buffer.frames(), ends: &self.ends }
    }

    /// A hash of the frames and their segments, the same wherever and under whatever name the captures lie.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for end in &self.ends {
            hasher.update(&(*end as u64).to_le_bytes());
        }
        for head in &self.buffer.heads {
            hasher.update(&head.to_bytes());
        }
        hasher.update(&self.buffer.bytes);
        hasher.finalize().to_hex().to_string()
    }

    /// Takes files in the order given.
    fn take<'a>(mut files: impl Iterator<Item = &'a Input>, options: &TraceOptions) -> Result<Self, Error> {
        let mut trace = Self::default();
        let mut first_error = None;
        for input in files.by_ref() {
            let before = (trace.len(), trace.buffer.bytes.len());
            let whole = match trace.append(input, options) {
                Ok(whole) => whole,
                Err(error) if input.given => return Err(error),
                Err(error) => {
                    first_error.get_or_insert(error);
                    continue;
                }
            };
            let half_full = before.0 as u64 >= options.max_frames / 2 || before.1 as u64 >= options.max_bytes / 2;
            if whole || !half_full || options.merge {
                trace.files.push(input.clone());
                trace.ends.push(trace.len());
                trace.left_out.cut = !whole;
            } else {
                trace.buffer.heads.truncate(before.0);
                trace.buffer.bytes.truncate(before.1);
                trace.left_out.files = 1;
            }
            if !whole {
                break;
            }
        }
        trace.left_out.files += files.count() as u64;
        match first_error {
            Some(error) if trace.files.is_empty() => Err(error),
            _ => Ok(trace),
        }
    }

    /// Appends the frames of one file; `false` where not all fitted.
    fn append(&mut self, input: &Input, options: &TraceOptions) -> Result<bool, Error> {
        let mut capture = CaptureReader::open_as(&input.path, &input.name)?;
        while let Some(frame) = capture.next_frame()? {
            let fits = (self.buffer.len() as u64) < options.max_frames
                && (self.buffer.bytes.len() + frame.data.len()) as u64 <= options.max_bytes;
            if !fits {
                return Ok(false);
            }
            self.buffer.push(&frame);
        }
        Ok(true)
    }
}

/// The files in an order of which every beginning is spread over the whole: by their places with the bits reversed.
fn spread(files: &[Input]) -> impl Iterator<Item = &Input> {
    let mut places: Vec<usize> = (0..files.len()).collect();
    places.sort_by_key(|place| place.reverse_bits());
    places.into_iter().filter_map(|place| files.get(place))
}

/// The frames of a [`Trace`].
#[derive(Clone, Debug)]
pub struct TraceFrames<'a> {
    frames: Vec<Frame<'a>>,
    ends: &'a [usize],
}

impl<'a> TraceFrames<'a> {
    /// The frames of each capture.
    pub fn segments(&self) -> impl Iterator<Item = &[Frame<'a>]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(self.ends).map(|(start, &end)| self.frames.get(start..end).unwrap_or(&[]))
    }

    /// The frames of all captures.
    #[must_use]
    pub fn all(&self) -> &[Frame<'a>] {
        &self.frames
    }
}

#[cfg(test)]
mod tests;
