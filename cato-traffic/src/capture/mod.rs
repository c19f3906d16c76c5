//! Captures, frame by frame, whatever their container and compression.
//!
//! What a capture is follows from its content, never from its name: gzip or Zstandard around it or neither, classic
//! pcap or pcapng inside. Memory does not grow with the file: a [`Window`] of the bytes moves over it, and no length
//! that a file states is believed beyond a bound.
//!
//! Blocks, records and headers are taken apart by the crate `pcap-parser`. Its streaming readers are not used: they
//! cannot tell a block whose inner lengths reach beyond its end from one that has yet to be read, hold blocks that are
//! only skipped in memory as a whole, and drop the cause of a failed read, which for a cut gzip stream is all there is
//! to report.

mod batch;
mod clock;
mod compression;
mod pcap;
mod pcapng;
mod window;
mod writer;

use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

use cato_runtime::{Frame, LinkType};

use super::{Error, Layer, Warning};
use pcap::Pcap;
use pcapng::PcapNg;
use window::Window;

pub use writer::{PcapOptions, PcapWriter, TimeUnit};

/// A capture being read.
#[derive(Debug)]
pub struct CaptureReader {
    file: PathBuf,
    name: String,
    window: Window,
    container: Container,
    frames: u64,
    ended: bool,
    notes: Notes,
}

impl CaptureReader {
    /// Opens the capture at `path`: plain, gzip or Zstandard, pcap or pcapng.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be read, [`Error::Capture`] where it is empty or no capture.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::open_as(path, &path.display().to_string())
    }

    /// As [`open`](Self::open), with `name` as what warnings call the file.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn open_as(path: &Path, name: &str) -> Result<Self, Error> {
        Self::new(File::open(path).map_err(Error::io(path))?, path, name)
    }

    /// Reads a capture from a stream, such as standard input, that errors and warnings call `name`.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub fn from_stream(stream: impl Read + Send + 'static, name: &str) -> Result<Self, Error> {
        Self::new(stream, Path::new(name), name)
    }

    /// The next frame; `None` at the end of the capture, or where damage ends what can be read of it, which leaves a
    /// [warning](Self::warnings).
    ///
    /// The time is in nanoseconds since the Unix epoch, held at the nearest value that fits where the capture states
    /// another; a packet without a time of its own (pcapng's simple packets) has that of the packet before it.
    ///
    /// # Errors
    /// [`Error::Capture`] for damage before the first frame.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, Error> {
        Ok(match self.locate()? {
            Some(located) => Some(located.frame(&self.window)),
            None => None,
        })
    }

    /// How many frames were read up to now.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// How many places were found damaged up to now.
    #[must_use]
    pub fn damaged(&self) -> u64 {
        self.notes.count
    }

    /// What was found damaged up to now: the first few places, and how many there are beyond them.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let file = &self.name;
        let mut warnings: Vec<_> = (self.notes.first.iter())
            .map(|damage| Warning {
                file: file.clone(),
                offset: Some(damage.offset),
                what: format!("{}: {}", damage.layer, damage.what),
            })
            .collect();
        let more = self.notes.count - self.notes.first.len() as u64;
        if more > 0 {
            warnings.push(Warning { file: file.clone(), offset: None, what: format!("{more} more damaged places") });
        }
        warnings
    }

    /// Where the next frame is, which is counted.
    fn locate(&mut self) -> Result<Option<Located>, Error> {
        if self.ended {
            return Ok(None);
        }
        let found = match &mut self.container {
            Container::Pcap(pcap) => pcap.next_frame(&mut self.window),
            Container::PcapNg(pcapng) => pcapng.next_frame(&mut self.window, &mut self.notes),
        };
        match found {
            Ok(Some(located)) => {
                self.frames += 1;
                Ok(Some(located))
            }
            Ok(None) => {
                self.ended = true;
                Ok(None)
            }
            Err(damage) => {
                self.ended = true;
                if self.frames == 0 {
                    return Err(damage.into_error(&self.file));
                }
                self.notes.add(damage);
                Ok(None)
            }
        }
    }

    fn new(stream: impl Read + Send + 'static, file: &Path, name: &str) -> Result<Self, Error> {
        let mut window = compression::undo(stream).map_err(Error::io(file))?;
        let container = Container::recognise(&mut window).map_err(|damage| damage.into_error(file))?;
        let (file, name) = (file.to_owned(), name.to_owned());
        Ok(Self { file, name, window, container, frames: 0, ended: false, notes: Notes::default() })
    }
}

/// The two families of capture files.
#[derive(Debug)]
enum Container {
    Pcap(Pcap),
    PcapNg(PcapNg),
}

impl Container {
    fn recognise(window: &mut Window) -> Result<Self, Damage> {
        if !window.fill(4) {
            let what = if window.bytes().is_empty() { "the file is empty" } else { "too short for a capture" };
            return Err(window.shortage(Layer::File, what));
        }
        if window.bytes().starts_with(&pcapng::MAGIC) {
            return Ok(Self::PcapNg(PcapNg::new()));
        }
        Pcap::open(window).map(Self::Pcap)
    }
}

/// Where in the window a frame's bytes are, and what the capture says of it.
#[derive(Debug)]
struct Located {
    data: Range<usize>,
    wire_len: u32,
    link: Option<LinkType>,
    time_ns: u64,
}

impl Located {
    fn frame<'w>(&self, window: &'w Window) -> Frame<'w> {
        let &Self { ref data, wire_len, link, time_ns } = self;
        let data = window.get(data.clone());
        // A capture may claim fewer bytes on the wire than it holds.
        let wire_len = wire_len.max(u32::try_from(data.len()).unwrap_or(u32::MAX));
        Frame { link, wire_len, time_ns, data }
    }
}

/// Something wrong at a place of the uncompressed capture.
#[derive(Debug)]
struct Damage {
    layer: Layer,
    offset: u64,
    what: String,
}

impl Damage {
    fn into_error(self, file: &Path) -> Error {
        Error::Capture { file: file.to_owned(), offset: self.offset, layer: self.layer, what: self.what }
    }
}

/// Damage that did not end the reading: the first few places, and the number of all.
#[derive(Debug, Default)]
struct Notes {
    first: Vec<Damage>,
    count: u64,
}

impl Notes {
    const KEPT: usize = 3;

    fn add(&mut self, damage: Damage) {
        self.count += 1;
        if self.first.len() < Self::KEPT {
            self.first.push(damage);
        }
    }
}

#[cfg(test)]
mod tests;
