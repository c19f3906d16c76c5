//! Every file of a vendored crate, from its three inputs.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cato_codegen::render;
use cato_codegen::spec::{ModelSpec, Spec, Strategy};

use super::guide::STRUCT;
use super::{MODEL_FILE, PROVENANCE_FILE, SPEC_FILE, VendorError, VendorInput, guide, runtime};

/// Rust edition and oldest compiler of vendored crates: those of cato itself.
const EDITION: &str = "2024";
const RUST_VERSION: &str = env!("CARGO_PKG_RUST_VERSION");

/// The crate as paths below its folder, and bytes. Equal inputs give equal bytes.
///
/// # Errors
/// Where spec and model do not make a pipeline.
pub fn files(input: &VendorInput) -> Result<BTreeMap<PathBuf, Vec<u8>>, VendorError> {
    let named = input.spec.model.clone().unwrap_or_else(|| ModelSpec::new(MODEL_FILE, Strategy::default()));
    let spec = Spec { model: Some(ModelSpec { file: MODEL_FILE.to_owned(), ..named }), ..input.spec.clone() };
    let pipeline = render(&spec, Some(&input.model), STRUCT).map_err(VendorError::Compile)?;

    let mut texts = BTreeMap::from([
        (SPEC_FILE.to_owned(), spec.to_toml()),
        (MODEL_FILE.to_owned(), input.model.to_json()),
        ("LICENSE-APACHE".to_owned(), include_str!("../../../LICENSE-APACHE").to_owned()),
        ("LICENSE-MIT".to_owned(), include_str!("../../../LICENSE-MIT").to_owned()),
        ("Cargo.toml".to_owned(), manifest(input)),
        ("README.md".to_owned(), guide::readme(input)),
    ]);
    let origin = origin(&texts);
    texts.insert("src/lib.rs".to_owned(), root(input, &origin));
    texts.insert("src/pipeline.rs".to_owned(), format!("{origin}\n#![forbid(unsafe_code)]\n\n{pipeline}"));
    texts.extend(runtime::files().map(|(path, text)| (format!("src/rt/{path}"), text)));

    let hashes = texts.iter().map(|(path, text)| (path.as_str(), hash(text)));
    let provenance = input.provenance.to_toml(hashes).map_err(VendorError::Settings)?;
    texts.insert(PROVENANCE_FILE.to_owned(), format!("# Written by cato {}.\n{provenance}", env!("CARGO_PKG_VERSION")));
    Ok(texts.into_iter().map(|(path, text)| (PathBuf::from(path), text.into_bytes())).collect())
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// The head of generated code: by what it was made, and from what.
fn origin(texts: &BTreeMap<String, String>) -> String {
    let short = |file: &str| texts.get(file).map(|text| hash(text)[..16].to_owned()).unwrap_or_default();
    format!(
        "// Made by cato {} from {SPEC_FILE} (blake3 {}) and\n// {MODEL_FILE} (blake3 {}); do not edit.\n",
        env!("CARGO_PKG_VERSION"),
        short(SPEC_FILE),
        short(MODEL_FILE)
    )
}

fn manifest(input: &VendorInput) -> String {
    format!(
        "# Made by cato {}; do not edit.\n\
         [package]\n\
         name = \"{}\"\n\
         description = \"A classifier of network flows, compiled by cato\"\n\
         version = \"0.1.0\"\n\
         edition = \"{EDITION}\"\n\
         rust-version = \"{RUST_VERSION}\"\n\
         license = \"MIT OR Apache-2.0\"\n\
         publish = false\n\
         \n\
         [features]\n\
         default = []\n\
         # Reads frames: decoding, and the driver from frames to verdicts.\n\
         parse = [\"dep:etherparse\"]\n\
         \n\
         [dependencies]\n\
         etherparse = {{ version = \"{}\", default-features = false, optional = true }}\n",
        env!("CARGO_PKG_VERSION"),
        input.provenance.package,
        runtime::ETHERPARSE
    )
}

fn root(input: &VendorInput, origin: &str) -> String {
    let docs: String = guide::summary(input)
        .lines()
        .chain(["", "The crate's README says how it was made, how good it is and what it costs.", "", "```"])
        .chain(guide::bare_example(input).lines())
        .chain(["```"])
        .map(|line| format!("//! {line}").trim_end().to_owned() + "\n")
        .collect();
    format!(
        "{origin}\n{docs}#![no_std]\n#![deny(unsafe_code)]\n\n\
         // Written as cato formats it, and compared byte for byte by `cato vendor --check`.\n\
         #[rustfmt::skip]\nmod pipeline;\n#[rustfmt::skip]\npub mod rt;\n\npub use pipeline::{STRUCT};\n"
    )
}
