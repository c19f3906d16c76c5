//! Compiles the program that is counted.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use cato_artifact::Kit;
use cato_codegen::model::Model;
use cato_codegen::spec::Spec;

const SOURCE: &str = include_str!("../../probe/main.rs");

/// As candidates are compiled, but for the standard library and the names of functions, by which callgrind knows what to
/// count.
const FLAGS: [&str; 9] = [
    "--edition=2024",
    "--crate-name=probe",
    "--crate-type=bin",
    "--cap-lints=allow",
    "-Copt-level=3",
    "-Ccodegen-units=1",
    "-Cpanic=abort",
    "-Coverflow-checks=off",
    "-Cdebug-assertions=off",
];

/// The program for `spec` and its `models`, in `folder`.
pub(super) fn build(kit: &Kit, spec: &Spec, models: &[&Model], folder: &Path) -> anyhow::Result<PathBuf> {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))
    };
    write("spec.toml", &spec.to_toml())?;
    for (named, model) in spec.models().zip(models) {
        write(&named.file, &model.to_json())?;
    }
    write("probe.rs", SOURCE)?;
    let mut rustc = kit.rustc();
    rustc.args(FLAGS).args(["-o", "probe", "probe.rs"]).current_dir(folder).env("CARGO_MANIFEST_DIR", folder);
    let output = rustc.output().context("rustc cannot be called")?;
    ensure!(output.status.success(), "the probe does not compile:\n{}", String::from_utf8_lossy(&output.stderr));
    Ok(folder.join("probe"))
}
