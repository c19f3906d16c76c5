//! What the benches of prediction share: rows, models trained on them, and whoever predicts.

mod contestant;
mod dataset;
mod ours;
mod reference;
mod rivals;

use std::path::{Path, PathBuf};

pub use contestant::{Contestant, Kind};
pub use dataset::{Data, FEATURES, FeatureRow, NOISE};
pub use ours::{Built, build, forest_of, tree_of};
pub use reference::Reference;
pub use rivals::rivals;

/// The depth that trees are cut at.
pub const MAX_DEPTH: u16 = 15;
/// Trees of the forest.
pub const TREES: u16 = 100;

/// The captures that the rows are taken from.
#[must_use]
pub fn captures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/iot_sentinel")
}

/// The folder in which compiled pipelines are kept.
#[must_use]
pub fn cache() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/prediction")
}
