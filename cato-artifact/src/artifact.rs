//! A compiled pipeline in the cache.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The file that makes a folder an artifact: written last.
pub(crate) const RECORD: &str = "artifact.json";
pub(crate) const LIBRARY: &str = "libcandidate.so";
pub(crate) const SPEC: &str = "spec.toml";

/// A compiled pipeline: a folder with its spec, its model, its shared object and this record of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Names spec, model, runtime, compiler and `rustc` version by their content: 32 hexadecimal digits.
    pub id: String,
    /// The shared object.
    pub library: PathBuf,
    /// The spec that it was compiled from. Its models, one for each stage, lie beside it under the names that it gives.
    pub spec: PathBuf,
    /// State of one flow in bytes.
    pub state_bytes: u64,
    /// Machine code and constant data of the pipeline in bytes.
    pub code_bytes: u64,
}

/// What is kept of an artifact beside its files.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) rustc: String,
    pub(crate) state_bytes: u64,
    pub(crate) code_bytes: u64,
    /// Size of the shared object's file, by which one cut short is known.
    pub(crate) library_bytes: u64,
}

impl Artifact {
    /// The artifact in `folder`, `None` where there is none that is whole.
    pub(crate) fn find(folder: &Path) -> Option<Self> {
        let record: Record = serde_json::from_slice(&fs::read(folder.join(RECORD)).ok()?).ok()?;
        let artifact = Self::new(folder, record.id, record.state_bytes, record.code_bytes);
        let whole = fs::metadata(&artifact.library).is_ok_and(|data| data.len() == record.library_bytes);
        (whole && artifact.spec.is_file()).then_some(artifact)
    }

    fn new(folder: &Path, id: String, state_bytes: u64, code_bytes: u64) -> Self {
        Self { id, library: folder.join(LIBRARY), spec: folder.join(SPEC), state_bytes, code_bytes }
    }
}
