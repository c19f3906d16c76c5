//! The part of the runtime that a vendored crate carries, as it stands in the crate's `src/rt/`.

use cato_runtime::SOURCE;

/// Modules that stand without dependencies.
const BARE: &[&str] = &[
    "accumulate",
    "ageing",
    "decoded",
    "entry",
    "key",
    "math",
    "packet",
    "pipeline",
    "select",
    "settings",
    "slots",
    "table",
    "tracker",
    "wheel",
];

/// Modules behind the crate's feature `parse`.
const PARSING: &[&str] = &["batch", "decode", "driver", "items", "link", "plain"];

/// Files of the runtime that have no place in a vendored crate: its root, the boundary of loaded artifacts, and the
/// runtime's own text.
#[cfg(test)]
const LEFT_OUT: &[&str] = &["abi.rs", "lib.rs", "source.rs"];

/// The requirement on etherparse of the feature `parse`; a test holds it to the one that the runtime is built with.
pub(super) const ETHERPARSE: &str = "0.21.0";

/// `src/rt/mod.rs`.
const ROOT: &str = r#"//! The packet path that all pipelines share.
//!
//! [`Pipeline`] is what the compiled pipeline of this crate implements, [`Tracker`] follows flows in a table of fixed
//! storage, and [`accumulate`] is what the pipeline's state is made of. With the feature `parse`, `decode` reads frames
//! and `Driver` goes all the way from frames to verdicts. Nothing here allocates, and no packet makes it panic.

pub mod accumulate;
// One intrinsic: the square root instruction, which `core` does not offer.
#[allow(unsafe_code)]
pub mod math;

mod ageing;
#[cfg(feature = "parse")]
mod batch;
#[cfg(feature = "parse")]
mod decode;
mod decoded;
#[cfg(feature = "parse")]
mod driver;
mod entry;
#[cfg(feature = "parse")]
mod items;
mod key;
#[cfg(feature = "parse")]
mod link;
mod packet;
mod pipeline;
#[cfg(feature = "parse")]
mod plain;
mod select;
mod settings;
mod slots;
mod table;
mod tracker;
mod wheel;

pub use ageing::Eviction;
#[cfg(feature = "parse")]
pub use batch::{BatchPipeline, StaticPipeline};
#[cfg(feature = "parse")]
pub use decode::decode;
pub use decoded::{Decoded, Skip};
#[cfg(feature = "parse")]
pub use driver::{Driver, Finished, Frame};
pub use entry::{End, Entry, Observation, Point};
#[cfg(feature = "parse")]
pub use items::{BATCH, Item};
pub use key::{Endpoint, FlowKey};
#[cfg(feature = "parse")]
pub use link::LinkType;
pub use packet::{Direction, Packet, PacketView, TcpFlags};
pub use pipeline::{Depth, Pipeline, Verdict};
pub use settings::FlowSettings;
pub use table::{Bucket, FixedStorage, Storage};
pub use tracker::{Evicted, Tracker};
"#;

/// Path below `src/rt/` and text of every file, each under its licence.
pub(super) fn files() -> impl Iterator<Item = (String, String)> {
    let copies = SOURCE
        .iter()
        .filter(|(path, _)| {
            path.strip_suffix(".rs").is_some_and(|module| BARE.contains(&module) || PARSING.contains(&module))
        })
        .map(|(path, text)| ((*path).to_owned(), under_licence(&format!("src/{path}"), text)));
    copies.chain([("mod.rs".to_owned(), under_licence("the parts that a vendored crate needs", ROOT))])
}

fn under_licence(part: &str, text: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "// From cato-runtime {version}, {part}, by `cato vendor`; do not edit.\n\
         // SPDX-License-Identifier: MIT OR Apache-2.0\n\
         // Copyright (c) 2026 The cato authors\n\
         \n\
         {text}"
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{BARE, ETHERPARSE, LEFT_OUT, PARSING, ROOT, SOURCE};

    #[test]
    fn every_file_of_the_runtime_is_placed() {
        let placed: BTreeSet<_> = BARE
            .iter()
            .chain(PARSING)
            .map(|module| format!("{module}.rs"))
            .chain(LEFT_OUT.iter().map(|file| (*file).to_owned()))
            .collect();
        let there: BTreeSet<_> = SOURCE.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(placed, there);
    }

    #[test]
    fn the_vendored_root_exports_what_the_runtime_does() {
        let exports = |text: &str| -> BTreeSet<String> {
            text.lines().filter(|line| line.starts_with("pub use ")).map(str::to_owned).collect()
        };
        let (_, runtime) = SOURCE.iter().find(|(path, _)| *path == "lib.rs").unwrap();
        let mut expected = exports(runtime);
        expected.retain(|line| !line.starts_with("pub use abi::") && !line.starts_with("pub use source::"));
        assert_eq!(exports(ROOT), expected);
    }

    #[test]
    fn etherparse_is_the_one_that_the_runtime_is_built_with() {
        let workspace: toml::Table = include_str!("../../../Cargo.toml").parse().unwrap();
        let etherparse = &workspace["workspace"]["dependencies"]["etherparse"];
        assert_eq!(etherparse["version"].as_str(), Some(ETHERPARSE));
        assert_eq!(etherparse["default-features"].as_bool(), Some(false));
    }
}
