//! Frames in memory, for measuring.

use std::path::Path;

use cato_runtime::{Frame, LinkType};

use super::record::{read_inputs, write_inputs};
use super::seal::{SealReader, SealWriter};
use super::{CaptureReader, Error, Input, Inputs};

/// The last character is the version.
const KIND: &[u8; 8] = b"catotrc1";

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
    frames: Vec<Stored>,
    bytes: Vec<u8>,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stored {
    time_ns: u64,
    wire_len: u32,
    /// Captured bytes; frames lie one after the other.
    len: u32,
    link: Option<LinkType>,
}

impl Trace {
    /// Reads frames of `inputs`: whole files in order, up to the first that does not fit. Where already the first file
    /// does not fit, and where files are parts of one capture, what fits of a file is taken. Files that are no capture
    /// are passed over, as [`FlowRecords::read`](super::FlowRecords::read) does.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Capture`].
    pub fn collect(inputs: &Inputs, options: &TraceOptions) -> Result<Self, Error> {
        let inputs = if options.merge { inputs.by_name() } else { inputs.clone() };
        let mut trace = Self::default();
        let mut first_error = None;
        let mut files = inputs.files().iter();
        for input in files.by_ref() {
            let before = (trace.frames.len(), trace.bytes.len());
            match trace.append(input, options) {
                Ok(whole) => {
                    let cut = !whole;
                    if cut && before.0 > 0 && !options.merge {
                        trace.frames.truncate(before.0);
                        trace.bytes.truncate(before.1);
                        trace.left_out.files += 1;
                    } else {
                        trace.left_out.cut = cut;
                        trace.files.push(input.clone());
                        trace.ends.push(trace.frames.len());
                    }
                    if cut {
                        break;
                    }
                }
                Err(error) if input.given => return Err(error),
                Err(error) => _ = first_error.get_or_insert(error),
            }
        }
        trace.left_out.files += files.count() as u64;
        if options.merge {
            trace.files.truncate(1);
            let end = trace.frames.len();
            trace.ends = trace.files.iter().map(|_| end).collect();
        }
        match first_error {
            Some(error) if trace.files.is_empty() => Err(error),
            _ => Ok(trace),
        }
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
        self.frames.len()
    }

    /// Whether there are no frames.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// The frames as the driver takes them, to be made once.
    #[must_use]
    pub fn frames(&self) -> TraceFrames<'_> {
        let mut rest = self.bytes.as_slice();
        let frames = (self.frames.iter())
            .map(|stored| {
                let (data, after) = rest.split_at_checked(stored.len as usize).unwrap_or((&[], &[]));
                rest = after;
                Frame { link: stored.link, wire_len: stored.wire_len, time_ns: stored.time_ns, data }
            })
            .collect();
        TraceFrames { frames, ends: &self.ends }
    }

    /// A hash of the frames and their segments, the same wherever and under whatever name the captures lie.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for end in &self.ends {
            hasher.update(&(*end as u64).to_le_bytes());
        }
        for stored in &self.frames {
            hasher.update(&stored.to_bytes());
        }
        hasher.update(&self.bytes);
        hasher.finalize().to_hex().to_string()
    }

    /// Writes the trace to a file, whole or not at all.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        let mut file = SealWriter::create(path, KIND)?;
        write_inputs(&mut file, &self.files)?;
        file.u64(self.left_out.files)?;
        file.u8(u8::from(self.left_out.cut))?;
        file.items(&self.ends, |end| (*end as u64).to_le_bytes())?;
        file.items(&self.frames, |stored| stored.to_bytes())?;
        file.count(self.bytes.len())?;
        file.bytes(&self.bytes)?;
        file.finish()
    }

    /// Reads what [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// [`Error::Io`], or [`Error::Sealed`] for a file that is damaged or of another version.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let mut file = SealReader::open(path, KIND)?;
        let files = read_inputs(&mut file)?;
        let left_out = LeftOut { files: file.u64()?, cut: file.u8()? != 0 };
        let ends: Vec<usize> = file.items(|end| usize::try_from(u64::from_le_bytes(*end)).ok())?;
        let frames = file.items(Stored::from_bytes)?;
        let len = file.count()?;
        let bytes = file.bytes(len)?.to_vec();
        let held: u64 = frames.iter().map(|stored| u64::from(stored.len)).sum();
        let in_order = ends.is_sorted() && ends.last().copied().unwrap_or(0) == frames.len();
        if !in_order || ends.len() != files.len() || held != len as u64 {
            return Err(file.wrong());
        }
        file.finish()?;
        Ok(Self { files, ends, frames, bytes, left_out })
    }

    /// Appends the frames of one file; `false` where not all fitted.
    fn append(&mut self, input: &Input, options: &TraceOptions) -> Result<bool, Error> {
        let mut capture = CaptureReader::open_as(&input.path, &input.name)?;
        while let Some(Frame { link, wire_len, time_ns, data }) = capture.next_frame()? {
            let fits = (self.frames.len() as u64) < options.max_frames
                && (self.bytes.len() + data.len()) as u64 <= options.max_bytes;
            if !fits {
                return Ok(false);
            }
            self.frames.push(Stored { time_ns, wire_len, len: data.len() as u32, link });
            self.bytes.extend_from_slice(data);
        }
        Ok(true)
    }
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

impl Stored {
    const LEN: usize = 20;

    fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..8].copy_from_slice(&self.time_ns.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.wire_len.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.len.to_le_bytes());
        bytes[16..].copy_from_slice(&self.link.map_or(NO_LINK, link_number).to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8; Self::LEN]) -> Option<Self> {
        let (time, rest) = bytes.split_first_chunk()?;
        let (wire_len, rest) = rest.split_first_chunk()?;
        let (len, rest) = rest.split_first_chunk()?;
        let link = match u32::from_le_bytes(*rest.first_chunk()?) {
            NO_LINK => None,
            number => Some(LinkType::from_capture(number)?),
        };
        Some(Self {
            time_ns: u64::from_le_bytes(*time),
            wire_len: u32::from_le_bytes(*wire_len),
            len: u32::from_le_bytes(*len),
            link,
        })
    }
}

const NO_LINK: u32 = u32::MAX;

/// A LINKTYPE value that stands for the link layer.
const fn link_number(link: LinkType) -> u32 {
    match link {
        LinkType::Ethernet => 1,
        LinkType::RawIp => 101,
        LinkType::Null => 0,
        LinkType::Ppp => 9,
        LinkType::LinuxSll => 113,
        LinkType::LinuxSll2 => 276,
    }
}
