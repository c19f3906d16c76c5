//! Why a study cannot be read or written.

use std::io;
use std::path::PathBuf;

use super::journal::DamagedLine;
use super::settings::{Difference, SettingsError};
use crate::pick::PickError;

/// Why a study cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The folder is no study.
    #[error("{}: no study: it has no {}", folder.display(), super::SETTINGS_FILE)]
    NotAStudy {
        /// The folder.
        folder: PathBuf,
    },
    /// A folder that is no study already has files by the names of one.
    #[error("{}: has {file} but no {}; a study needs a folder of its own", folder.display(), super::SETTINGS_FILE)]
    Foreign {
        /// The folder.
        folder: PathBuf,
        /// The file that is in the way.
        file: &'static str,
    },
    /// Another search works on the study.
    #[error("{}: another search is working on this study", folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// `study.toml` is damaged or of another version.
    #[error("{}: {source}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: SettingsError,
    },
    /// Settings that TOML cannot hold.
    #[error("these settings do not fit {}: {source}", super::SETTINGS_FILE)]
    Unwritable {
        /// What is wrong.
        source: toml::ser::Error,
    },
    /// The study was made with other settings.
    #[error("{}: the study cannot be continued: {difference}; choose another --study folder", folder.display())]
    Differs {
        /// The folder.
        folder: PathBuf,
        /// The first difference.
        difference: Box<Difference>,
    },
    /// `evaluations.jsonl` or `remeasured.jsonl` is damaged.
    #[error("{}: {source}", path.display())]
    Journal {
        /// The file.
        path: PathBuf,
        /// Where and what.
        source: DamagedLine,
    },
    /// An evaluation came out of its order.
    #[error("evaluation {found} was to be recorded where {expected} is next")]
    OutOfOrder {
        /// The index that is next.
        expected: usize,
        /// The index that came.
        found: usize,
    },
    /// A cascade that is not the next one.
    #[error("cascade {found} was to be recorded, where {expected} is next")]
    CascadeOutOfOrder {
        /// The id that is next.
        expected: String,
        /// The id that came.
        found: String,
    },
    /// A measurement of something that was not measured before.
    #[error("{id} was to be measured again, which was not measured before")]
    NotMeasured {
        /// The evaluation.
        id: String,
    },
    /// There is no front yet.
    #[error("{}: no {} yet; the search writes it when it ends", folder.display(), super::FRONT_FILE)]
    NoFront {
        /// The folder.
        folder: PathBuf,
    },
    /// `front.json` or `baselines.json` is damaged. The text names line and column.
    #[error("{}: {source}", path.display())]
    Front {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// No member of the front is the one asked for.
    #[error("{}: {source}", folder.display())]
    Pick {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: PickError,
    },
}
