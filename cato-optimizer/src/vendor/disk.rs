//! Vendored crates on disk.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::{PROVENANCE_FILE, VendorError, VendorInput, files, is_crate};
use crate::atomic;

/// What building a crate leaves in its folder.
const BUILD_PRODUCTS: [&str; 2] = ["target", "Cargo.lock"];

/// A file that is not as it would be written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// The file's bytes are others.
    Changed(PathBuf),
    /// The file is not there.
    Missing(PathBuf),
    /// The file would not be written.
    Unexpected(PathBuf),
}

impl fmt::Display for Difference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(path) => write!(out, "changed: {}", path.display()),
            Self::Missing(path) => write!(out, "missing: {}", path.display()),
            Self::Unexpected(path) => write!(out, "unexpected: {}", path.display()),
        }
    }
}

/// Writes the crate into `folder`.
///
/// A new folder appears whole. A vendored crate that is there already is replaced file by file, each of them whole; its
/// provenance, which holds the hashes of the others, comes last, and files that are no longer part of it are removed.
///
/// # Errors
/// Where the pipeline does not compile, where the folder holds anything but a vendored crate, or those of the file
/// system.
pub fn write(input: &VendorInput, folder: &Path) -> Result<(), VendorError> {
    let files = files(input)?;
    if !folder.exists() || is_empty(folder)? {
        return create(&files, folder);
    }
    if !is_crate(folder) {
        return Err(VendorError::NotACrate(folder.to_owned()));
    }
    let stale: Vec<_> = listed(folder).into_iter().filter(|path| !files.contains_key(path)).collect();
    put(&files, folder)?;
    for path in stale.iter().map(|path| folder.join(path)) {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&path)(error)),
            _ => {}
        }
    }
    Ok(())
}

/// Compares the crate in `folder` with what [`write`] would write, byte for byte. What building leaves behind
/// (`target`, `Cargo.lock`) does not count.
///
/// # Errors
/// Where the pipeline does not compile, or those of the file system.
pub fn check(input: &VendorInput, folder: &Path) -> Result<Vec<Difference>, VendorError> {
    let mut expected = files(input)?;
    let mut differences = Vec::new();
    for path in if folder.exists() { walk(folder)? } else { Vec::new() } {
        let bytes = fs::read(folder.join(&path)).map_err(at(&folder.join(&path)))?;
        match expected.remove(&path) {
            Some(wanted) if wanted == bytes => {}
            Some(_) => differences.push(Difference::Changed(path)),
            None => differences.push(Difference::Unexpected(path)),
        }
    }
    differences.extend(expected.into_keys().map(Difference::Missing));
    differences.sort();
    Ok(differences)
}

/// Makes the crate beside `folder`, which is not there or empty, and moves it into place.
fn create(files: &BTreeMap<PathBuf, Vec<u8>>, folder: &Path) -> Result<(), VendorError> {
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(at(parent))?;
    let aside = tempfile::Builder::new().prefix(".vendor-").tempdir_in(parent).map_err(at(parent))?;
    let whole = aside.path().join("crate");
    put(files, &whole)?;
    fs::rename(&whole, folder).map_err(at(folder))
}

fn put(files: &BTreeMap<PathBuf, Vec<u8>>, folder: &Path) -> Result<(), VendorError> {
    let (last, rest): (Vec<_>, Vec<_>) = files.iter().partition(|(path, _)| *path == Path::new(PROVENANCE_FILE));
    for (path, bytes) in rest.into_iter().chain(last) {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(at(parent))?;
        }
        atomic::write_bytes(&path, bytes).map_err(at(&path))?;
    }
    Ok(())
}

/// Paths of the crate that is in `folder`, by its own provenance; none where there is no readable one. A path that
/// leads out of the folder is not taken.
fn listed(folder: &Path) -> Vec<PathBuf> {
    #[derive(serde::Deserialize)]
    struct Listed {
        files: BTreeMap<PathBuf, String>,
    }
    let Ok(text) = fs::read_to_string(folder.join(PROVENANCE_FILE)) else { return Vec::new() };
    let Ok(Listed { files }) = toml::from_str(&text) else { return Vec::new() };
    let inside = |path: &PathBuf| path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    files.into_keys().filter(inside).collect()
}

/// Every file below `folder`, relative to it, but for build products.
fn walk(folder: &Path) -> Result<Vec<PathBuf>, VendorError> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(below) = open.pop() {
        let here = folder.join(&below);
        for entry in fs::read_dir(&here).map_err(at(&here))? {
            let entry = entry.map_err(at(&here))?;
            let name = entry.file_name();
            if below.as_os_str().is_empty() && BUILD_PRODUCTS.iter().any(|product| name == *product) {
                continue;
            }
            let path = below.join(&name);
            if entry.file_type().map_err(at(&here))?.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    Ok(found)
}

fn is_empty(folder: &Path) -> Result<bool, VendorError> {
    Ok(fs::read_dir(folder).map_err(at(folder))?.next().is_none())
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> VendorError {
    let path = path.to_owned();
    move |source| VendorError::Io { path, source }
}
