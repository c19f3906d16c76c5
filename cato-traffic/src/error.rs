//! What can go wrong, and where.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The layer of a file at which something was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    /// The file itself, before anything of it was recognised.
    File,
    /// The gzip stream around a capture.
    Gzip,
    /// The Zstandard stream around a capture.
    Zstd,
    /// The classic pcap container.
    Pcap,
    /// The pcapng container.
    PcapNg,
}

impl fmt::Display for Layer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::File => "file",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Pcap => "pcap",
            Self::PcapNg => "pcapng",
        })
    }
}

/// Something that was wrong with a capture but did not keep it from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Which file, as it was named.
    pub file: String,
    /// Where, in bytes of the uncompressed capture; `None` where the whole file is meant.
    pub offset: Option<u64>,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            Some(offset) => write!(formatter, "{}: at byte {offset}: {}", self.file, self.what),
            None => write!(formatter, "{}: {}", self.file, self.what),
        }
    }
}

/// Why traffic or labels could not be read, or a file not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file system refused.
    #[error("{}: {source}", file.display())]
    Io {
        /// Which file or folder.
        file: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// A file holds no capture, or is damaged before its first packet.
    #[error("{}: {layer}: at byte {offset}: {what}", file.display())]
    Capture {
        /// Which file.
        file: PathBuf,
        /// Where, in bytes of the uncompressed capture.
        offset: u64,
        /// At which layer.
        layer: Layer,
        /// What is wrong.
        what: String,
    },
    /// There was nothing to read.
    #[error("no capture: {}", .0.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "))]
    NoInput(Vec<PathBuf>),
    /// A table has a mistake.
    #[error("{}: line {line}{}: {what}", file.display(), column.as_deref().map(|name| format!(", column {name}")).unwrap_or_default())]
    Table {
        /// Which file.
        file: PathBuf,
        /// Line, counted from 1.
        line: u64,
        /// Name of the column, where one is to blame.
        column: Option<String>,
        /// What is wrong.
        what: String,
    },
    /// Labels and captures do not belong together.
    #[error("{}: {what}", file.display())]
    Labels {
        /// The file of labels.
        file: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A file written by this program is of another version, cut or changed.
    #[error("{}: {what}", file.display())]
    Sealed {
        /// Which file.
        file: PathBuf,
        /// What is wrong.
        what: String,
    },
}

impl Error {
    pub(crate) fn io(file: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { file: file.to_owned(), source }
    }
}
