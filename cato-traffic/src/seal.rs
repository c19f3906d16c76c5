//! Binary files of our own: a kind, a version, numbers in little-endian order, and a checksum at the end.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Error, NewFile};

const CHECKSUM: usize = blake3::OUT_LEN;

/// A sealed file being written.
pub(crate) struct SealWriter {
    path: PathBuf,
    file: NewFile,
    hasher: blake3::Hasher,
}

impl SealWriter {
    /// Begins a file of this `kind`, which names its version too.
    pub(crate) fn create(path: &Path, kind: &[u8; 8]) -> Result<Self, Error> {
        let file = NewFile::create(path).map_err(Error::io(path))?;
        let mut writer = Self { path: path.to_owned(), file, hasher: blake3::Hasher::new() };
        writer.bytes(kind)?;
        Ok(writer)
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.hasher.update(bytes);
        self.file.write_all(bytes).map_err(Error::io(&self.path))
    }

    pub(crate) fn u8(&mut self, value: u8) -> Result<(), Error> {
        self.bytes(&[value])
    }

    pub(crate) fn u64(&mut self, value: u64) -> Result<(), Error> {
        self.bytes(&value.to_le_bytes())
    }

    pub(crate) fn count(&mut self, count: usize) -> Result<(), Error> {
        self.u64(count as u64)
    }

    pub(crate) fn text(&mut self, text: &str) -> Result<(), Error> {
        self.count(text.len())?;
        self.bytes(text.as_bytes())
    }

    /// Writes many items of `N` bytes each without a call for every one of them.
    pub(crate) fn items<T, const N: usize>(&mut self, items: &[T], bytes: impl Fn(&T) -> [u8; N]) -> Result<(), Error> {
        self.count(items.len())?;
        let mut block = Vec::with_capacity(1 << 16);
        for chunk in items.chunks((1 << 16) / N.max(1)) {
            block.clear();
            block.extend(chunk.iter().flat_map(&bytes));
            self.bytes(&block)?;
        }
        Ok(())
    }

    /// Seals the file and gives it its name.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        let checksum = self.hasher.finalize();
        let written: io::Result<()> = self.file.write_all(checksum.as_bytes()).and_then(|()| self.file.commit());
        written.map_err(Error::io(&self.path))
    }
}

/// A sealed file in memory, its checksum verified, read from front to back.
pub(crate) struct SealReader {
    path: PathBuf,
    bytes: Vec<u8>,
    at: usize,
}

impl SealReader {
    /// Reads the file as a whole.
    ///
    /// # Errors
    /// [`Error::Io`], or [`Error::Sealed`] for another kind of file, another version, or a wrong checksum.
    pub(crate) fn open(path: &Path, kind: &[u8; 8]) -> Result<Self, Error> {
        let mut bytes = fs::read(path).map_err(Error::io(path))?;
        let sealed = |what: &str| Err(Error::Sealed { file: path.to_owned(), what: what.to_owned() });
        if !bytes.starts_with(kind) {
            return sealed("a file of another kind or version");
        }
        let Some((content, checksum)) = bytes.split_last_chunk::<CHECKSUM>() else {
            return sealed("cut off");
        };
        if blake3::hash(content) != *checksum {
            return sealed("its checksum is wrong");
        }
        bytes.truncate(bytes.len() - CHECKSUM);
        Ok(Self { path: path.to_owned(), bytes, at: kind.len() })
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Result<&[u8], Error> {
        let end = self.at.checked_add(len).filter(|&end| end <= self.bytes.len()).ok_or_else(|| self.wrong())?;
        let start = std::mem::replace(&mut self.at, end);
        Ok(self.bytes.get(start..end).unwrap_or(&[]))
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let bytes = self.bytes(N)?.first_chunk().copied();
        bytes.ok_or_else(|| self.wrong())
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Error> {
        self.array().map(|[byte]| byte)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Error> {
        self.array().map(u64::from_le_bytes)
    }

    /// A number of things that follow, each of one byte or more.
    pub(crate) fn count(&mut self) -> Result<usize, Error> {
        let count = usize::try_from(self.u64()?).ok().filter(|&count| count <= self.bytes.len());
        count.ok_or_else(|| self.wrong())
    }

    pub(crate) fn text(&mut self) -> Result<String, Error> {
        let len = self.count()?;
        let text = std::str::from_utf8(self.bytes(len)?).map(str::to_owned);
        text.map_err(|_| self.wrong())
    }

    /// What [`SealWriter::items`] wrote; `None` from `item` is a mistake.
    pub(crate) fn items<T, const N: usize>(&mut self, item: impl Fn(&[u8; N]) -> Option<T>) -> Result<Vec<T>, Error> {
        let count = self.count()?;
        let len = count.checked_mul(N).ok_or_else(|| self.wrong())?;
        let (chunks, _) = self.bytes(len)?.as_chunks::<N>();
        let items: Option<Vec<T>> = chunks.iter().map(item).collect();
        items.ok_or_else(|| self.wrong())
    }

    /// Makes sure that nothing is left.
    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.wrong()) }
    }

    /// That the content contradicts itself, though the checksum is right.
    pub(crate) fn wrong(&self) -> Error {
        Error::Sealed { file: self.path.clone(), what: format!("contradicts itself at byte {}", self.at) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &[u8; 8] = b"test   1";

    fn sealed(folder: &Path) -> PathBuf {
        let path = folder.join("sealed");
        let mut writer = SealWriter::create(&path, KIND).unwrap();
        writer.text("ä").unwrap();
        writer.items(&[1_u32, 2, 3], |item| item.to_le_bytes()).unwrap();
        writer.u64(u64::MAX).unwrap();
        writer.finish().unwrap();
        path
    }

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let mut reader = SealReader::open(&sealed(folder.path()), KIND).unwrap();
        assert_eq!(reader.text().unwrap(), "ä");
        assert_eq!(reader.items(|item| Some(u32::from_le_bytes(*item))).unwrap(), [1, 2, 3]);
        // More things than there are bytes are not believed.
        assert!(reader.count().is_err());
        reader.finish().unwrap();
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = sealed(folder.path());
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            assert!(matches!(SealReader::open(&path, KIND), Err(Error::Sealed { .. })), "byte {at}");
            fs::write(&path, &whole[..at]).unwrap();
            assert!(matches!(SealReader::open(&path, KIND), Err(Error::Sealed { .. })), "cut at {at}");
        }
    }
}
