//! Writing classic pcap files.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::super::{Error, NewFile};

/// Unit of the time stamps of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// Microseconds; what is finer is cut off.
    Micros,
    /// Nanoseconds.
    Nanos,
}

/// How a capture is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PcapOptions {
    /// Unit of the time stamps.
    pub unit: TimeUnit,
    /// The most bytes kept of a frame.
    pub snaplen: u32,
    /// The LINKTYPE value: 1 is Ethernet.
    pub link_type: u32,
}

impl Default for PcapOptions {
    /// Nanoseconds, whole frames, Ethernet.
    fn default() -> Self {
        Self { unit: TimeUnit::Nanos, snaplen: 262_144, link_type: 1 }
    }
}

/// A capture being written, little-endian. It appears under its name when it is [finished](Self::finish).
#[derive(Debug)]
pub struct PcapWriter {
    path: PathBuf,
    file: NewFile,
    options: PcapOptions,
}

impl PcapWriter {
    /// Begins the capture that is to stand at `path`.
    ///
    /// # Errors
    /// [`Error::Io`] where the folder cannot be written to.
    pub fn create(path: &Path, options: PcapOptions) -> Result<Self, Error> {
        let file = NewFile::create(path).map_err(Error::io(path))?;
        let mut writer = Self { path: path.to_owned(), file, options };
        writer.header().map_err(Error::io(path))?;
        Ok(writer)
    }

    /// Appends a frame captured `time_ns` nanoseconds after the Unix epoch, that had `wire_len` bytes on the wire.
    ///
    /// # Errors
    /// [`Error::Io`] from the file system, or for a time after the year 2106, which the format cannot state.
    pub fn write(&mut self, time_ns: u64, wire_len: u32, data: &[u8]) -> Result<(), Error> {
        self.record(time_ns, wire_len, data).map_err(Error::io(&self.path))
    }

    /// Brings the capture to the disk, under its name.
    ///
    /// # Errors
    /// [`Error::Io`]; what stood at the path is then untouched.
    pub fn finish(self) -> Result<(), Error> {
        self.file.commit().map_err(Error::io(&self.path))
    }

    fn header(&mut self) -> io::Result<()> {
        let magic: u32 = match self.options.unit {
            TimeUnit::Micros => 0xa1b2_c3d4,
            TimeUnit::Nanos => 0xa1b2_3c4d,
        };
        let (version_major, version_minor) = (2_u16, 4_u16);
        self.file.write_all(&magic.to_le_bytes())?;
        self.file.write_all(&version_major.to_le_bytes())?;
        self.file.write_all(&version_minor.to_le_bytes())?;
        // Time zone and accuracy, which nobody uses.
        self.file.write_all(&[0; 8])?;
        self.file.write_all(&self.options.snaplen.to_le_bytes())?;
        self.file.write_all(&self.options.link_type.to_le_bytes())
    }

    fn record(&mut self, time_ns: u64, wire_len: u32, data: &[u8]) -> io::Result<()> {
        let seconds = u32::try_from(time_ns / 1_000_000_000)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "a time that pcap cannot state"))?;
        let nanoseconds = (time_ns % 1_000_000_000) as u32;
        let fraction = match self.options.unit {
            TimeUnit::Micros => nanoseconds / 1000,
            TimeUnit::Nanos => nanoseconds,
        };
        let kept = data.get(..self.options.snaplen as usize).unwrap_or(data);
        for word in [seconds, fraction, kept.len() as u32, wire_len] {
            self.file.write_all(&word.to_le_bytes())?;
        }
        self.file.write_all(kept)
    }
}
