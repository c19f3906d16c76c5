//! What can go wrong in synthesis.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why no traffic was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no built-in profile and no file of this name.
    #[error("there is no profile {name:?}; name a TOML file or one of the built-in profiles: {}", known.join(", "))]
    UnknownProfile {
        /// What was asked for.
        name: String,
        /// The built-in profiles.
        known: Vec<&'static str>,
    },
    /// The profile has mistakes.
    #[error("profile {name}:\n{mistakes}")]
    Profile {
        /// The file.
        name: String,
        /// Where, and what to do.
        mistakes: ProfileErrors,
    },
    /// More flows than there are addresses and ports for.
    #[error("{flows} flows are too many for this profile, whose clients have ports for {most}; raise network.clients")]
    TooManyFlows {
        /// Flows asked for.
        flows: usize,
        /// Flows that get addresses of their own.
        most: u64,
    },
    /// Both outputs have the same name.
    #[error("capture and labels are to be written to the same file, {}", path.display())]
    SamePath {
        /// The name.
        path: PathBuf,
    },
    /// The capture could not be written.
    #[error(transparent)]
    Traffic(#[from] crate::Error),
    /// A profile could not be read, or the labels not be written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// All mistakes of a profile, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileErrors(pub Vec<ProfileError>);

/// One mistake of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileError {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it; empty where the message says it.
    pub help: String,
}

impl ProfileError {
    /// A mistake at the byte `offset` of `text`.
    pub(super) fn at(text: &str, offset: usize, message: impl Into<String>, help: impl Into<String>) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
            help: help.into(),
        }
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}, column {}: {}", self.line, self.column, self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(formatter, "\n  help: {}", self.help) }
    }
}

impl fmt::Display for ProfileErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, error) in self.0.iter().enumerate() {
            if place > 0 {
                formatter.write_str("\n")?;
            }
            error.fmt(formatter)?;
        }
        Ok(())
    }
}

impl std::error::Error for ProfileErrors {}
