//! The list of this crate's own files.
#![cfg(feature = "source")]

use std::path::{Path, PathBuf};

use cato_runtime::SOURCE;

#[test]
fn the_list_is_the_folder() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let listed: Vec<PathBuf> = SOURCE.iter().map(|(path, _)| root.join(path)).collect();
    let mut found: Vec<PathBuf> =
        root.read_dir().expect("the folder is there").map(|entry| entry.expect("it can be read").path()).collect();
    found.sort();
    assert_eq!(listed, found);
}
