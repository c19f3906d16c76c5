//! What the tests of this crate share.

use std::path::Path;
use std::sync::OnceLock;

use cato_artifact::Kit;

/// One kit for all tests, kept from run to run.
pub(crate) fn kit() -> &'static Kit {
    static KIT: OnceLock<Kit> = OnceLock::new();
    KIT.get_or_init(|| {
        // With this folder there, the kit of a changed compiler takes seconds.
        std::fs::create_dir_all(cache().join("cargo-target")).expect("the tests' own folder can be written");
        Kit::prepare(cache()).expect("a Rust toolchain is there: it compiled this test")
    })
}

/// The cache folder of the tests.
pub(crate) fn cache() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}
