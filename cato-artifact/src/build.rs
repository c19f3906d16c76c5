//! From a spec to an artifact.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cato_codegen::model::Model;
use cato_codegen::spec::Spec;

use super::artifact::{self, Artifact, Record};
use super::process::{self, Ended};
use super::{Kit, LoadError, Loaded, cache, code_size};

/// A candidate's source: what a user's crate would say, plus what makes a shared object of it. It is `no_std`, so that
/// nothing but the pipeline is linked in, which also halves the time to link.
const SOURCE: &str = r#"//! The candidate that `spec.toml` describes, exported for loading at run time.
#![no_std]

#[cato_macros::cato_pipeline(spec = "spec.toml")]
pub struct Candidate;

#[unsafe(no_mangle)]
pub static CATO_PIPELINE: ::cato_runtime::AbiHeader = ::cato_runtime::AbiHeader::of::<Candidate>();

#[panic_handler]
fn panic(_: &::core::panic::PanicInfo<'_>) -> ! {
    // SAFETY: C's `abort`, as every C library declares it.
    unsafe extern "C" {
        safe fn abort() -> !;
    }
    abort()
}
"#;
const SOURCE_FILE: &str = "candidate.rs";

/// How a candidate is compiled: as a release build of a user's crate would be.
const FLAGS: [&str; 14] = [
    "--edition=2024",
    "--crate-name=candidate",
    "--crate-type=cdylib",
    "--cap-lints=allow",
    "--color=never",
    "-Copt-level=3",
    "-Ccodegen-units=1",
    "-Cpanic=abort",
    "-Cstrip=symbols",
    "-Cdebuginfo=0",
    "-Cdebug-assertions=off",
    "-Coverflow-checks=off",
    "-Cembed-bitcode=no",
    "-Cforce-unwind-tables=no",
];

/// A forest of a million nodes compiles in seconds; what takes longer than this will not end.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// Why there is no artifact.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Not as many models were given as the spec names.
    #[error("the spec names {named} models, and {given} were given")]
    ModelMismatch {
        /// How many models the spec names.
        named: usize,
        /// How many were given.
        given: usize,
    },
    /// The candidate does not compile.
    #[error("the candidate does not compile:\n{message}")]
    Compile {
        /// The first lines of what `rustc` said.
        message: String,
    },
    /// `rustc` was killed at the time limit.
    #[error("compiling the candidate took longer than {} s", limit.as_secs())]
    TimedOut {
        /// The limit.
        limit: Duration,
    },
    /// `rustc` could not be called.
    #[error("rustc could not be called: {0}")]
    Rustc(io::Error),
    /// The shared object is not what was asked for.
    #[error("the compiled candidate cannot be used: {0}")]
    Unusable(#[from] LoadError),
    /// The cache folder cannot be used.
    #[error("the cache {} cannot be used: {source}", path.display())]
    Cache {
        /// The file or folder in question.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
}

impl Kit {
    /// The artifact of `spec` with `models`, one for each stage in order where it names some, from the cache or compiled now. May be called from several threads or
    /// processes at once.
    ///
    /// The artifact has its own copies of all; wherever the spec says its models are, here they are beside it (see
    /// [`Spec::with_files_beside`]).
    ///
    /// # Errors
    /// See [`BuildError`]; nothing is then left in the cache.
    pub fn build(&self, spec: &Spec, models: &[&Model]) -> Result<Artifact, BuildError> {
        let texts = Texts::new(spec, models)?;
        let id = self.artifact_id(&texts);
        let folder = self.artifacts.join(&id);
        if let Some(artifact) = Artifact::find(&folder) {
            let record = folder.join(artifact::RECORD);
            cache::touch(&record).map_err(at(&record))?;
            return Ok(artifact);
        }
        let work =
            tempfile::Builder::new().prefix("in-work-").tempdir_in(&self.artifacts).map_err(at(&self.artifacts))?;
        texts.write(work.path())?;
        self.compile(work.path())?;
        self.record(work.path(), id)?;
        publish(work.path(), &folder)
    }

    fn artifact_id(&self, texts: &Texts) -> String {
        let mut hasher = blake3::Hasher::new();
        let flags = FLAGS.join(" ");
        let parts = [self.id.as_str(), SOURCE, &flags, &texts.spec];
        // A spec without models is told from others by its text, and has always had an empty one here.
        let none = if texts.models.is_empty() { Some("") } else { None };
        let models = texts.models.iter().map(|(_, text)| text.as_str()).chain(none);
        for part in parts.into_iter().chain(models) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }

    fn compile(&self, folder: &Path) -> Result<(), BuildError> {
        let mut command = self.rustc();
        command.args(FLAGS).args(["-o", artifact::LIBRARY, SOURCE_FILE]);
        command.current_dir(folder).env("CARGO_MANIFEST_DIR", folder);
        match process::run(&mut command, TIME_LIMIT).map_err(BuildError::Rustc)? {
            Ended::Exited(status, _) if status.success() => Ok(()),
            Ended::Exited(_, said) => Err(BuildError::Compile { message: process::shorten(&said) }),
            Ended::TimedOut => Err(BuildError::TimedOut { limit: TIME_LIMIT }),
        }
    }

    fn record(&self, folder: &Path, id: String) -> Result<(), BuildError> {
        let library = folder.join(artifact::LIBRARY);
        let loaded = Loaded::open(&library)?;
        let code_bytes = code_size::code_bytes(&library).map_err(|message| at(&library)(io::Error::other(message)))?;
        let library_bytes = fs::metadata(&library).map_err(at(&library))?.len();
        let rustc = self.rustc_version().to_owned();
        let record = Record { id, rustc, state_bytes: loaded.state_bytes() as u64, code_bytes, library_bytes };
        let path = folder.join(artifact::RECORD);
        let text = serde_json::to_vec_pretty(&record).map_err(io::Error::from).map_err(at(&path))?;
        fs::write(&path, text).map_err(at(&path))
    }
}

/// What tells one candidate from another.
struct Texts {
    spec: String,
    /// File and text of each model.
    models: Vec<(String, String)>,
}

impl Texts {
    fn new(spec: &Spec, models: &[&Model]) -> Result<Self, BuildError> {
        let own = spec.with_files_beside();
        let named = own.models().count();
        if named != models.len() {
            return Err(BuildError::ModelMismatch { named, given: models.len() });
        }
        let files = own.models().map(|named| named.file.clone());
        let models = files.zip(models).map(|(file, model)| (file, model.to_json())).collect();
        Ok(Self { spec: own.to_toml(), models })
    }

    fn write(&self, folder: &Path) -> Result<(), BuildError> {
        let models = self.models.iter().map(|(file, text)| (file.as_str(), text.as_str()));
        for (name, text) in [(SOURCE_FILE, SOURCE), (artifact::SPEC, &*self.spec)].into_iter().chain(models) {
            let path = folder.join(name);
            fs::write(&path, text).map_err(at(&path))?;
        }
        Ok(())
    }
}

/// Gives a finished folder its name. Where somebody else was faster, theirs is as good.
fn publish(work: &Path, folder: &Path) -> Result<Artifact, BuildError> {
    if fs::rename(work, folder).is_err() && Artifact::find(folder).is_none() {
        // What is in the way is no artifact: a cache that lost a file.
        fs::remove_dir_all(folder).and_then(|()| fs::rename(work, folder)).map_err(at(folder))?;
    }
    Artifact::find(folder).ok_or_else(|| at(folder)(io::Error::other("the artifact is not whole")))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> BuildError + '_ {
    |source| BuildError::Cache { path: path.to_owned(), source }
}
