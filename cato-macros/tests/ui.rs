//! What the macro says to its users.

use std::fs;
use std::path::Path;

/// One mistake to a file, or a few of a kind; `files/` holds what they name.
#[test]
fn mistakes_are_shown_at_the_token_with_help() {
    give_files();
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}

/// Puts the specs and models where the paths in the cases start: in the folder of the crate that they are compiled in.
fn give_files() {
    let from = Path::new("tests/ui/files");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a folder of cargo's target folder");
    let to = target.join("tests/trybuild/cato-macros/files");
    if to.exists() {
        fs::remove_dir_all(&to).expect("the target folder is ours");
    }
    fs::create_dir_all(&to).expect("the target folder is ours");
    for entry in fs::read_dir(from).expect("the folder is in the repository") {
        let path = entry.expect("it can be read").path();
        fs::copy(&path, to.join(path.file_name().expect("a file"))).expect("the target folder is ours");
    }
}
