//! The list of this crate's own files.
#![cfg(feature = "source")]

use std::path::{Path, PathBuf};

use cato_codegen::SOURCE;

#[test]
fn the_list_is_the_folder() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut listed: Vec<PathBuf> = SOURCE.iter().map(|(path, _)| root.join(path)).collect();
    listed.sort();
    let mut found = Vec::new();
    files_below(&root, &mut found);
    found.sort();
    assert_eq!(listed, found);
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            files_below(&path, files);
        } else {
            files.push(path);
        }
    }
}
