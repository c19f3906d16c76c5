//! What is tried with input of any kind: frames, captures, specs, models, labels.
//!
//! Each target takes any bytes and panics where a promise is broken. cargo-fuzz calls them from `fuzz/fuzz_targets`; the
//! tests of this crate call them with the committed seeds and with what a [`Mutator`] makes of those, so that they run
//! on any machine.

#![allow(clippy::missing_panics_doc, reason = "to panic is how a target tells that a promise is broken")]

mod bytes;
mod mutate;
mod pipelines;
mod script;

pub mod capture;
pub mod frames;
pub mod labels;
pub mod model;
pub mod spec;

use std::path::{Path, PathBuf};

pub use mutate::Mutator;

/// One target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, which is that of its program, its folder of seeds and its module.
    pub name: &'static str,
    /// Tries one input.
    pub run: fn(&[u8]),
    /// Words that its inputs are made of.
    pub words: &'static [&'static str],
}

/// Every target.
pub const TARGETS: [Target; 5] = [
    Target { name: "frames", run: frames::run, words: &[] },
    Target { name: "capture", run: capture::run, words: &[] },
    Target { name: "spec", run: spec::run, words: spec::WORDS },
    Target { name: "model", run: model::run, words: model::WORDS },
    Target { name: "labels", run: labels::run, words: labels::WORDS },
];

/// The folder of a target's seeds.
#[must_use]
pub fn seeds(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds").join(target)
}
