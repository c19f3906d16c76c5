//! Where verdicts are written to.

mod block;
mod outlet;
mod writer;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

pub(crate) use outlet::Outlet;
pub(crate) use writer::{Writer, WriterParts};

/// A place for verdicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SinkSpec {
    /// Nowhere: they are only counted.
    Null,
    /// Standard output, one line of JSON each.
    Stdout,
    /// The end of a file, one line of JSON each.
    File(PathBuf),
}

impl FromStr for SinkSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.strip_prefix("jsonl:")) {
            ("null", _) => Ok(Self::Null),
            ("-", _) | (_, Some("-")) => Ok(Self::Stdout),
            (_, Some(path)) if !path.is_empty() => Ok(Self::File(path.into())),
            _ => Err("a sink is jsonl:FILE, - for standard output, or null".to_owned()),
        }
    }
}

impl fmt::Display for SinkSpec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => formatter.write_str("null"),
            Self::Stdout => formatter.write_str("-"),
            Self::File(path) => write!(formatter, "jsonl:{}", path.display()),
        }
    }
}

/// Why a verdict was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Refusal {
    /// The sink was too slow, or took nothing at all: the queue before it was full, or had not been emptied at the end.
    Blocked,
    /// The disk is full, or the quota.
    DiskFull,
    /// Nobody reads the other end of the pipe.
    Closed,
    /// Writing failed otherwise.
    Failed,
}

impl Refusal {
    /// Every reason, in the order of the counters.
    pub const ALL: [Self; 4] = [Self::Blocked, Self::DiskFull, Self::Closed, Self::Failed];

    /// The reason as one word, for counters and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::DiskFull => "disk_full",
            Self::Closed => "closed",
            Self::Failed => "failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sinks_are_named_in_one_word() {
        for text in ["null", "-", "jsonl:/var/log/flows.jsonl"] {
            assert_eq!(text.parse::<SinkSpec>().unwrap().to_string(), text);
        }
        assert_eq!("jsonl:-".parse(), Ok(SinkSpec::Stdout));
        for wrong in ["", "jsonl:", "csv:flows", "flows.jsonl"] {
            assert!(wrong.parse::<SinkSpec>().is_err(), "{wrong}");
        }
    }
}
