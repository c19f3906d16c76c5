//! Captures that are not part of the repository: they lie beside it, or tests of them are skipped.

use std::path::{Path, PathBuf};

/// A folder of captures, `None` with a word to the reader where it is not there.
pub(crate) fn data(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(name);
    if folder.exists() {
        return Some(folder);
    }
    println!("skipped: {} is not there", folder.display());
    None
}
