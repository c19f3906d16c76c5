//! Every file of a vendored crate, from its three inputs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cato_codegen::model::Model;
use cato_codegen::render;

use super::provenance::{Derived, StateLayout};
use super::{PROVENANCE_FILE, Plan, SPEC_FILE, VendorError, VendorInput, capi, examples, guide, runtime};

/// Rust edition and oldest compiler of vendored crates: those of cato itself.
pub(super) const EDITION: &str = "2024";
const RUST_VERSION: &str = env!("CARGO_PKG_RUST_VERSION");

/// The crate as paths below its folder, and bytes. Equal inputs give equal bytes.
///
/// # Errors
/// Where spec and model do not make a pipeline, or the C header cannot be written.
pub fn files(input: &VendorInput) -> Result<BTreeMap<PathBuf, Vec<u8>>, VendorError> {
    let plan = Plan::new(input)?;
    let pipeline = render(&plan.spec, &input.models(), plan.item()).map_err(VendorError::Compile)?;

    let mut texts = BTreeMap::from([
        (SPEC_FILE.to_owned(), plan.spec.to_toml()),
        ("LICENSE-APACHE".to_owned(), include_str!("../../../LICENSE-APACHE").to_owned()),
        ("LICENSE-MIT".to_owned(), include_str!("../../../LICENSE-MIT").to_owned()),
        ("Cargo.toml".to_owned(), manifest(&plan)),
        ("README.md".to_owned(), guide::readme(&plan)),
    ]);
    let models: Vec<String> = plan.spec.models().map(|named| named.file.clone()).collect();
    texts.extend(models.iter().cloned().zip(input.models().into_iter().map(Model::to_json)));
    let origin = origin(&texts, &models);
    let comment: String = origin.lines().map(|line| format!("// {line}\n")).collect();
    texts.insert("src/lib.rs".to_owned(), root(&plan, &comment));
    texts.insert("src/pipeline.rs".to_owned(), format!("{comment}\n#![forbid(unsafe_code)]\n\n{pipeline}"));
    texts.extend(runtime::files().map(|(path, text)| (format!("src/rt/{path}"), text)));
    let modules = capi::modules(&plan);
    texts.insert(capi::header_file(&plan), capi::header(&plan, &origin, &modules)?);
    texts.extend(modules.into_iter().map(|(path, text)| (path, format!("{comment}\n{text}"))));

    let state = StateLayout { size_of: plan.pipeline.state_bytes(), align_of: plan.pipeline.state_align() };
    let hashes = texts.iter().map(|(path, text)| (path.clone(), hash(text))).collect();
    let derived = Derived { state, files: hashes };
    let provenance = input.provenance.to_toml(&derived).map_err(VendorError::Settings)?;
    texts.insert(PROVENANCE_FILE.to_owned(), format!("# Written by cato {}.\n{provenance}", env!("CARGO_PKG_VERSION")));
    Ok(texts.into_iter().map(|(path, text)| (PathBuf::from(path), text.into_bytes())).collect())
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// The head of generated code: by what it was made, and from what.
fn origin(texts: &BTreeMap<String, String>, models: &[String]) -> String {
    let named = |file: &str| texts.get(file).map(|text| format!("{file} (blake3 {})", &hash(text)[..16]));
    let from: Vec<_> = std::iter::once(SPEC_FILE).chain(models.iter().map(String::as_str)).filter_map(named).collect();
    format!("Made by cato {} from {}; do not edit.\n", env!("CARGO_PKG_VERSION"), from.join(" and\n"))
}

fn manifest(plan: &Plan<'_>) -> String {
    format!(
        r#"# Made by cato {version}; do not edit.
[package]
name = "{package}"
description = "{description}, compiled by cato"
version = "0.1.0"
edition = "{EDITION}"
rust-version = "{RUST_VERSION}"
license = "MIT OR Apache-2.0"
publish = false

[features]
default = []
# Reads frames: decoding, and the driver from frames to verdicts.
parse = ["dep:etherparse"]
# Functions for C; include/ has their header. Links std, where there is one, for its panic handler.
capi = []
# A panic handler, for a C library on a target without an operating system.
panic-handler = ["capi"]

[dependencies]
etherparse = {{ version = "{etherparse}", default-features = false, optional = true }}
"#,
        version = env!("CARGO_PKG_VERSION"),
        package = plan.input.provenance.package,
        description = guide::kind(plan),
        etherparse = runtime::ETHERPARSE
    )
}

fn root(plan: &Plan<'_>, comment: &str) -> String {
    let docs: String = guide::summary(plan)
        .lines()
        .chain(["", "The crate's README says how it is called from Rust and from C.", "", "```"])
        .chain(examples::rust_packets(plan).lines())
        .chain(["```"])
        .map(|line| format!("//! {line}").trim_end().to_owned() + "\n")
        .collect();
    format!(
        r#"{comment}
{docs}#![no_std]
#![deny(unsafe_code)]

// A library for C has no Rust program around it to bring a panic handler.
#[cfg(all(feature = "capi", not(target_os = "none")))]
extern crate std;

// Written as cato formats it, and compared byte for byte by `cato vendor --check`.
#[cfg(feature = "capi")]
#[allow(unsafe_code)]
#[rustfmt::skip]
pub mod capi;
#[rustfmt::skip]
mod pipeline;
#[rustfmt::skip]
pub mod rt;

pub use pipeline::{{{item}, State}};

// What PROVENANCE.toml says of the state. Where pointers have fewer bits, alignments may be smaller.
#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<State>() == {bytes});

// Nothing here panics; the linker wants to know what would happen.
#[cfg(all(feature = "panic-handler", target_os = "none"))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {{
    loop {{
        core::hint::spin_loop();
    }}
}}
"#,
        item = plan.item(),
        bytes = plan.pipeline.state_bytes(),
    )
}
