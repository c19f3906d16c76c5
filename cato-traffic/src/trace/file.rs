//! Traces on disk.

use std::path::Path;

use cato_runtime::LinkType;

use super::super::Error;
use super::super::record::{read_inputs, write_inputs};
use super::super::seal::{SealReader, SealWriter};
use super::{LeftOut, Trace};
use crate::frames::{FrameBuffer, Head};

/// The last character is the version.
const KIND: &[u8; 8] = b"catotrc1";

impl Trace {
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
        file.items(&self.buffer.heads, |head| head.to_bytes())?;
        file.count(self.buffer.bytes.len())?;
        file.bytes(&self.buffer.bytes)?;
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
        let frames = file.items(Head::from_bytes)?;
        let len = file.count()?;
        let bytes = file.bytes(len)?.to_vec();
        let held: u64 = frames.iter().map(|stored| u64::from(stored.len)).sum();
        let in_order = ends.is_sorted() && ends.last().copied().unwrap_or(0) == frames.len();
        if !in_order || ends.len() != files.len() || held != len as u64 {
            return Err(file.wrong());
        }
        file.finish()?;
        Ok(Self { files, ends, buffer: FrameBuffer { heads: frames, bytes }, left_out })
    }
}

impl Head {
    const LEN: usize = 20;

    pub(super) fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..8].copy_from_slice(&self.time_ns.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.wire_len.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.len.to_le_bytes());
        bytes[16..].copy_from_slice(&self.link.map_or(NO_LINK, LinkType::capture_number).to_le_bytes());
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
