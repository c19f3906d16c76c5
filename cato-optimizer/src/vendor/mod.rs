//! Vendoring: a member of the front as a crate that stands on its own.
//!
//! A vendored crate has up to three inputs, `spec.toml`, `model.json` and `PROVENANCE.toml`, where the spec has stages
//! the models of the earlier ones as well, and everything else in it is
//! derived from them. So a crate can be checked, and written anew by a later version, without the study it came from.
//! [`files`] is the whole of it as a pure function; [`write`] and [`check`] carry it to the disk.

mod capi;
mod disk;
mod examples;
mod files;
mod guide;
mod plan;
mod provenance;
mod runtime;

use std::io;
use std::path::{Path, PathBuf};

use cato_codegen::diag::Diagnostics;
use cato_codegen::model::{Model, ModelError};
use cato_codegen::spec::Spec;

pub use disk::{Difference, check, write};
pub use files::files;
pub use provenance::{MeasuredWith, Origin, PROVENANCE_VERSION, PartQuality, Provenance, TraceIdentity};

use plan::Plan;

/// The spec of a vendored crate, beside its manifest.
pub const SPEC_FILE: &str = "spec.toml";
/// The model of a vendored crate.
pub const MODEL_FILE: &str = "model.json";
/// The provenance of a vendored crate.
pub const PROVENANCE_FILE: &str = "PROVENANCE.toml";

/// What a vendored crate is made from.
#[derive(Clone, Debug, PartialEq)]
pub struct VendorInput {
    /// The pipeline. The paths of its models are not looked at: in the crate they stand beside it
    /// ([`Spec::with_files_beside`]).
    pub spec: Spec,
    /// The frozen models of the stages before the last.
    pub early: Vec<Model>,
    /// The frozen model, that of the last stage; without one the crate gives features only.
    pub model: Option<Model>,
    /// Where both come from.
    pub provenance: Provenance,
}

impl VendorInput {
    /// Reads the inputs of a vendored crate.
    ///
    /// # Errors
    /// Where one of them cannot be read, or is of another version.
    pub fn read(folder: &Path) -> Result<Self, VendorError> {
        let (spec, text) = read(folder, SPEC_FILE)?;
        let spec = Spec::from_toml(&text).map_err(|source| VendorError::Spec { path: spec, source })?;
        let spec = spec.with_files_beside();
        let model = |file: &str| {
            let (path, text) = read(folder, file)?;
            Model::from_json(&text).map_err(|source| VendorError::Model { path, source })
        };
        let early = spec.early.iter().map(|stage| model(&stage.model.file)).collect::<Result<_, VendorError>>()?;
        let model = spec.model.as_ref().map(|named| model(&named.file)).transpose()?;
        let (path, text) = read(folder, PROVENANCE_FILE)?;
        let provenance = Provenance::from_toml(&text).map_err(|message| VendorError::Provenance { path, message })?;
        Ok(Self { spec, early, model, provenance })
    }

    /// The models of all stages in order.
    pub(crate) fn models(&self) -> Vec<&Model> {
        self.early.iter().chain(&self.model).collect()
    }
}

fn read(folder: &Path, file: &str) -> Result<(PathBuf, String), VendorError> {
    let path = folder.join(file);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok((path, text)),
        Err(source) => Err(VendorError::Io { path, source }),
    }
}

/// Whether `folder` holds a vendored crate.
#[must_use]
pub fn is_crate(folder: &Path) -> bool {
    folder.join(PROVENANCE_FILE).is_file()
}

/// The name of a crate in `folder`: the folder's own name, with hyphens for what a crate's name may not hold.
#[must_use]
pub fn package_name(folder: &Path) -> String {
    let name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    let plain = plain.trim_matches('-');
    if plain.starts_with(|first: char| first.is_ascii_alphabetic()) {
        plain.to_owned()
    } else {
        format!("pipeline-{plain}").trim_end_matches('-').to_owned()
    }
}

/// Why a crate was not written or checked.
#[derive(Debug, thiserror::Error)]
pub enum VendorError {
    /// A file or folder.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the file system says.
        source: io::Error,
    },
    /// The spec cannot be read.
    #[error("{}:\n{source}", path.display())]
    Spec {
        /// Which spec.
        path: PathBuf,
        /// All that is wrong with it.
        source: Diagnostics,
    },
    /// The model cannot be read.
    #[error("{}: {source}", path.display())]
    Model {
        /// Which model.
        path: PathBuf,
        /// What is wrong with it.
        source: ModelError,
    },
    /// The provenance cannot be read.
    #[error("{}: {message}", path.display())]
    Provenance {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// Spec and model do not make a pipeline.
    #[error("the pipeline does not compile:\n{0}")]
    Compile(Diagnostics),
    /// A setting of the study has no form in TOML.
    #[error("the provenance cannot be written: {0}")]
    Settings(String),
    /// The C API cannot be read by what writes its header.
    #[error("the C header cannot be written: {0}")]
    Header(String),
    /// The folder holds something else.
    #[error("{} is not empty and holds no vendored crate (no {PROVENANCE_FILE})", .0.display())]
    NotACrate(PathBuf),
}

#[cfg(test)]
mod tests;
