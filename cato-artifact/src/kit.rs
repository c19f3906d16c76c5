//! What candidates are compiled against, built once.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use serde::{Deserialize, Serialize};

use super::toolchain::Toolchain;
use super::{cache, process, sources};

const RECORD: &str = "kit.json";
const LIBRARIES: &str = "lib";

/// The runtime and the macro, compiled, in a cache folder, with the `rustc` that compiled them.
///
/// A kit is good for one `rustc` version and the sources that this program carries; for others there is another kit
/// beside it. It is used by shared reference from any number of threads.
#[derive(Debug)]
pub struct Kit {
    toolchain: Toolchain,
    pub(crate) id: String,
    /// Folder of artifacts.
    pub(crate) artifacts: PathBuf,
    /// Folder of the compiled crates.
    libraries: PathBuf,
    runtime: PathBuf,
    macros: PathBuf,
}

/// Why there is no kit.
#[derive(Debug, thiserror::Error)]
pub enum KitError {
    /// There is no Rust toolchain.
    #[error(
        "no `{program}` on PATH: candidates are compiled with Rust's compiler; install Rust (rustup.rs) or put its bin folder on PATH"
    )]
    NoToolchain {
        /// What was looked for.
        program: String,
    },
    /// There is a Rust toolchain that does not work.
    #[error("`{program}` does not work: {message}")]
    Toolchain {
        /// What was called.
        program: String,
        /// What it said.
        message: String,
    },
    /// The runtime and the macro did not compile.
    #[error("the runtime and the macro for candidates could not be compiled in {}:\n{message}", folder.display())]
    Compile {
        /// Where.
        folder: PathBuf,
        /// The first lines of what cargo said.
        message: String,
    },
    /// The cache folder cannot be used.
    #[error("the cache {} cannot be used: {source}", path.display())]
    Cache {
        /// The file or folder in question.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
}

/// What is kept of a finished kit, beside its compiled crates. Paths are relative to the kit's folder.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    runtime: PathBuf,
    macros: PathBuf,
}

impl Kit {
    /// Finds the kit in the folder `cache`, or builds it there, which takes about half a minute and, on a machine that
    /// never built it before, may fetch the crates it depends on.
    ///
    /// Where several processes ask at once, one builds and the others wait. A kit that was being built when its process
    /// was killed is never used. For those who change the compiler: where `cache` has a folder `cargo-target`, cargo's
    /// intermediate results stay in it, and the next kit compiles only what changed.
    ///
    /// # Errors
    /// See [`KitError`].
    pub fn prepare(cache: &Path) -> Result<Self, KitError> {
        let toolchain = Toolchain::find()?;
        let files = sources::workspace();
        let id = identity(&files, &toolchain.version);
        let artifacts = cache.join("artifacts");
        fs::create_dir_all(&artifacts).map_err(at(&artifacts))?;
        let cache = cache.canonicalize().map_err(at(cache))?;
        let folder = cache.join(format!("kit-{id}"));
        let lock = lock(&cache)?;
        let record = match read(&folder) {
            Some(record) => record,
            None => build(&toolchain, &files, &cache, &folder)?,
        };
        let path = folder.join(RECORD);
        cache::touch(&path).map_err(at(&path))?;
        cache::prune_kits(&cache, RECORD);
        cache::prune_artifacts(&artifacts, super::artifact::RECORD);
        drop(lock);
        Ok(Self {
            toolchain,
            id,
            artifacts: cache.join("artifacts"),
            libraries: folder.join(LIBRARIES),
            runtime: folder.join(record.runtime),
            macros: folder.join(record.macros),
        })
    }

    /// A call of `rustc` that finds `cato_runtime` and `cato_macros` as candidates find them; what to compile, and how, is
    /// for the caller to add.
    #[must_use]
    pub fn rustc(&self) -> Command {
        let mut command = self.toolchain.rustc();
        for (name, library) in [("cato_runtime", &self.runtime), ("cato_macros", &self.macros)] {
            command.arg("--extern").arg(assignment(name, library));
        }
        command.arg("-L").arg(assignment("dependency", &self.libraries));
        command
    }

    /// Names the sources and the `rustc` version.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The compiler's name and version, as its first line of `rustc -vV` has it.
    #[must_use]
    pub fn rustc_version(&self) -> &str {
        self.toolchain.version.lines().next().unwrap_or_default()
    }
}

fn assignment(name: &str, path: &Path) -> OsString {
    let mut text = OsString::from(name);
    text.push("=");
    text.push(path);
    text
}

fn identity(files: &[(String, String)], rustc: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in files.iter().flat_map(|(path, text)| [path.as_str(), text.as_str()]).chain([rustc]) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// Held by the process that looks for the kit or builds it; given back when dropped, also by a process that is killed.
fn lock(cache: &Path) -> Result<File, KitError> {
    let path = cache.join("kit.lock");
    let file = File::options().create(true).append(true).open(&path).map_err(at(&path))?;
    if file.try_lock().is_err() {
        tracing::info!("waiting for another process that prepares the compiler's kit");
        file.lock().map_err(at(&path))?;
    }
    Ok(file)
}

/// The record of a kit that is all there.
fn read(folder: &Path) -> Option<Record> {
    let record: Record = serde_json::from_slice(&fs::read(folder.join(RECORD)).ok()?).ok()?;
    let whole = [&record.runtime, &record.macros].iter().all(|path| folder.join(path).is_file());
    whole.then_some(record)
}

fn build(toolchain: &Toolchain, files: &[(String, String)], cache: &Path, folder: &Path) -> Result<Record, KitError> {
    tracing::info!(folder = %folder.display(), "compiling the runtime and the macro, once for this rustc version");
    let work = cache.join("kit-in-work");
    let kept = Some(cache.join("cargo-target")).filter(|kept| kept.is_dir());
    let target = kept.clone().unwrap_or_else(|| work.join("target"));
    for leftover in [&work, folder] {
        if leftover.exists() {
            fs::remove_dir_all(leftover).map_err(at(leftover))?;
        }
    }
    for (path, text) in files {
        let path = work.join(path);
        path.parent().map_or(Ok(()), fs::create_dir_all).map_err(at(&path))?;
        fs::write(&path, text).map_err(at(&path))?;
    }
    // What was fetched before needs no network; where something is missing, cargo may fetch it.
    let compiled = match cargo(toolchain, &work, &target, true)? {
        Ok(paths) => Ok(paths),
        Err(_) => cargo(toolchain, &work, &target, false)?,
    };
    let compiled = compiled.map_err(|message| KitError::Compile { folder: work.clone(), message })?;
    let record = collect(&work, &compiled)?;
    if kept.is_none() {
        fs::remove_dir_all(&target).map_err(at(&target))?;
    }
    let path = work.join(RECORD);
    let text = serde_json::to_vec_pretty(&record).map_err(io::Error::from).map_err(at(&path))?;
    fs::write(&path, text).map_err(at(&path))?;
    fs::rename(&work, folder).map_err(at(folder))?;
    Ok(record)
}

/// Compiles the kit's workspace: the paths of all libraries made, or what cargo said against it.
fn cargo(
    toolchain: &Toolchain,
    work: &Path,
    target: &Path,
    offline: bool,
) -> Result<Result<Vec<PathBuf>, String>, KitError> {
    let mut command = toolchain.cargo();
    command.args(["build", "--release", "--message-format", "json-render-diagnostics", "--color", "never"]);
    if offline {
        command.arg("--offline");
    }
    command.current_dir(work).env("CARGO_TARGET_DIR", target);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|source| toolchain.cargo_failed(source))?;
    let said = child.stderr.take().map(|stderr| thread::spawn(|| listen(stderr)));
    let made = child.stdout.take().map(|stdout| BufReader::new(stdout).lines().map_while(Result::ok));
    let paths = made.into_iter().flatten().filter_map(|line| serde_json::from_str::<Message>(&line).ok());
    let paths = paths.flat_map(|message| message.filenames).collect();
    let said = said.and_then(|said| said.join().ok()).unwrap_or_default();
    let status = child.wait().map_err(|source| toolchain.cargo_failed(source))?;
    Ok(if status.success() { Ok(paths) } else { Err(process::shorten(&said)) })
}

/// What is read of cargo's messages.
#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

/// Passes cargo's lines on as they come, and keeps those that are no mere progress.
fn listen(stderr: impl Read) -> String {
    const PROGRESS: [&str; 7] = ["Compiling", "Downloading", "Downloaded", "Updating", "Locking", "Adding", "Blocking"];
    let mut said = String::new();
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        let first = line.split_whitespace().next().unwrap_or_default();
        if PROGRESS.contains(&first) {
            tracing::debug!("{}", line.trim());
        } else {
            said.push_str(&line);
            said.push('\n');
        }
    }
    said
}

/// Copies the libraries to their place.
fn collect(work: &Path, compiled: &[PathBuf]) -> Result<Record, KitError> {
    let libraries = work.join(LIBRARIES);
    fs::create_dir(&libraries).map_err(at(&libraries))?;
    let mut record = Record { runtime: PathBuf::new(), macros: PathBuf::new() };
    for path in compiled {
        let Some(name) = path.file_name() else { continue };
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let is = |crate_name: &str| name.to_str().is_some_and(|name| name.contains(crate_name));
        let macros = is("cato_macros") && extension == std::env::consts::DLL_EXTENSION;
        if extension != "rlib" && !macros {
            continue;
        }
        fs::copy(path, libraries.join(name)).map_err(at(path))?;
        if macros {
            record.macros = Path::new(LIBRARIES).join(name);
        } else if is("cato_runtime") {
            record.runtime = Path::new(LIBRARIES).join(name);
        }
    }
    if record.macros.as_os_str().is_empty() || record.runtime.as_os_str().is_empty() {
        let message = "cargo did not say where it put the libraries".to_owned();
        return Err(KitError::Compile { folder: work.to_owned(), message });
    }
    Ok(record)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> KitError + '_ {
    |source| KitError::Cache { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{KitError, Toolchain, build, identity, read};

    #[test]
    fn what_does_not_compile_is_no_kit() {
        let cache = tempfile::tempdir().unwrap();
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let files = [file("Cargo.toml", "[package]\nname = \"broken\"\n"), file("src/lib.rs", "not Rust")];
        let folder = cache.path().join("kit-broken");
        let error = build(&Toolchain::find().unwrap(), &files, cache.path(), &folder).unwrap_err();
        assert!(matches!(&error, KitError::Compile { message, .. } if message.contains("error")), "{error}");
        assert!(!folder.exists());
    }

    #[test]
    fn a_kit_that_lost_a_library_is_no_kit() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| folder.path().join(name);
        assert!(read(folder.path()).is_none());
        fs::write(place("kit.json"), r#"{"runtime": "a.rlib", "macros": "b.so"}"#).unwrap();
        fs::write(place("a.rlib"), "").unwrap();
        assert!(read(folder.path()).is_none());
        fs::write(place("b.so"), "").unwrap();
        assert_eq!(read(folder.path()).map(|record| record.runtime).as_deref(), Some(Path::new("a.rlib")));
    }

    #[test]
    fn every_source_and_the_compiler_make_the_identity() {
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let one = [file("a", "bc")];
        assert_eq!(identity(&one, "rustc 1"), identity(&one, "rustc 1"));
        assert_ne!(identity(&one, "rustc 1"), identity(&one, "rustc 2"));
        assert_ne!(identity(&one, "rustc 1"), identity(&[file("ab", "c")], "rustc 1"));
    }
}
