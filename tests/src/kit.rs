//! The compiler's kit, prepared once for all tests.

use std::path::Path;
use std::sync::OnceLock;

use cato_artifact::Kit;

/// The kit in the folder `cache`: the `CARGO_TARGET_TMPDIR` that cargo tells integration tests at compile time, which
/// all packages share.
///
/// # Panics
/// Where it cannot be built.
pub fn shared(cache: &str) -> &'static Kit {
    static KIT: OnceLock<Kit> = OnceLock::new();
    KIT.get_or_init(|| Kit::prepare(Path::new(cache)).expect("the kit builds wherever the workspace does"))
}
