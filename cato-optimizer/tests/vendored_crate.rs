//! A vendored crate stands on its own: outside of any workspace it builds, passes clippy, and its examples run, those
//! in Rust and those in C.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cato_codegen::catalog::FeatureId;
use cato_codegen::model::{Model, ModelKind, Node};
use cato_codegen::spec::{Depth, SPEC_VERSION, Spec};
use cato_optimizer::vendor::{self, Provenance, VendorInput};

/// All features of the catalogue, so that every kind of emitted code is there, with or without a tree over them.
fn input(package: &str, with_tree: bool) -> VendorInput {
    let features: Vec<_> = FeatureId::ALL.iter().map(|feature| feature.name().to_owned()).collect();
    let splits = (0..features.len() as u16).map(|feature| Node::Split {
        feature,
        threshold: f32::from(feature) * 1.5,
        right: 2 * u32::from(feature) + 2,
    });
    let tree = splits.flat_map(|split| [split, Node::Leaf { leaf: 0 }]).chain([Node::Leaf { leaf: 1 }]).collect();
    let model = Model {
        kind: ModelKind::DecisionTree,
        features: features.clone(),
        classes: ["camera", "plug"].map(str::to_owned).to_vec(),
        leaves: vec![vec![(0, 65_535)], vec![(1, 65_535)]],
        trees: vec![tree],
    };
    VendorInput {
        early: vec![],
        spec: Spec {
            version: SPEC_VERSION,
            name: None,
            early: vec![],
            depth: Depth::Packets(10),
            features,
            model: None,
        },
        model: with_tree.then_some(model),
        provenance: Provenance { package: package.to_owned(), origin: None },
    }
}

#[test]
fn stands_alone() {
    let parent = tempfile::tempdir().unwrap();
    for (package, with_tree) in [("all-features-tree", true), ("all-features", false)] {
        let folder = parent.path().join(package);
        vendor::write(&input(package, with_tree), &folder).unwrap();
        let [bare, parse] = &examples(&folder, "rust")[..] else { panic!("the README has two examples in Rust") };
        fs::create_dir(folder.join("examples")).unwrap();
        fs::write(folder.join("examples/bare.rs"), format!("fn main() {{\n{bare}}}\n")).unwrap();
        cargo(&folder, &["clippy", "--all-targets", "--", "-D", "warnings"]);
        cargo(&folder, &["clippy", "--all-targets", "--features", "capi", "--", "-D", "warnings"]);
        cargo(&folder, &["run", "--example", "bare"]);
        fs::write(folder.join("examples/parse.rs"), format!("fn main() {{\n{parse}}}\n")).unwrap();
        cargo(&folder, &["clippy", "--all-targets", "--all-features", "--", "-D", "warnings"]);
        cargo(&folder, &["run", "--example", "parse", "--features", "parse"]);
        cargo(&folder, &["test", "--features", "parse,capi"]);
        cargo(&folder, &["rustdoc", "--features", "parse,capi", "--", "-D", "warnings"]);
    }
}

#[test]
fn programs_in_c_are_linked_and_run() {
    let parent = tempfile::tempdir().unwrap();
    for (package, with_tree) in [("c-tree", true), ("c-features", false)] {
        let folder = parent.path().join(package);
        vendor::write(&input(package, with_tree), &folder).unwrap();
        let [packets, frames] = &examples(&folder, "c")[..] else { panic!("the README has two examples in C") };
        // The README's own command, which needs no cargo, does for what takes no frames.
        let name = package.replace('-', "_");
        let command =
            ["--edition", "2024", "-O", "--crate-type", "staticlib", "--cfg", "feature=\"capi\"", "--crate-name"];
        run(Command::new("rustc").current_dir(&folder).args(command).args([&name, "src/lib.rs"]));
        let said = compiled_and_run(&folder, packets, &folder.join(format!("lib{name}.a")));
        if with_tree {
            assert!(["camera\n", "plug\n"].contains(&said.as_str()), "{said}");
        } else {
            assert_eq!(said.lines().count(), FeatureId::ALL.len());
            assert!(said.lines().any(|line| line == "s_bytes_sum = 40"), "{said}");
        }
        cargo(&folder, &["rustc", "--release", "--features", "capi,parse", "--crate-type", "staticlib"]);
        let said = compiled_and_run(&folder, frames, &built(&folder, &format!("lib{name}.a")));
        assert_eq!(said, "", "a frame without IP is of no flow");
        cargo(&folder, &["rustc", "--release", "--features", "capi,parse", "--crate-type", "cdylib"]);
        compiled_and_run(&folder, frames, &built(&folder, &format!("lib{name}.so")));
        read_by_cpp(&folder, &name);
    }
}

#[test]
fn a_library_for_bare_metal_is_built() {
    const TARGET: &str = "thumbv7em-none-eabihf";
    let libraries = run(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]));
    if !Path::new(libraries.trim()).is_dir() {
        eprintln!("passed over: `rustup target add {TARGET}` brings what is missing");
        return;
    }
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("bare-metal");
    vendor::write(&input("bare-metal", true), &folder).unwrap();
    let features = "capi,parse,panic-handler";
    cargo(&folder, &["rustc", "--release", "--target", TARGET, "--features", features, "--crate-type", "staticlib"]);
}

/// The README's examples in one language.
fn examples(folder: &Path, language: &str) -> Vec<String> {
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    let fence = format!("```{language}\n");
    let blocks = readme.split(&fence).skip(1);
    blocks.filter_map(|rest| rest.split("```").next()).map(str::to_owned).collect()
}

/// Lets a C++ compiler read the header, if there is one.
fn read_by_cpp(folder: &Path, name: &str) {
    let source = format!("#include \"{name}.h\"\nstatic_assert(sizeof({name}_state) > 0, \"\");\n");
    fs::write(folder.join("header.cpp"), source).unwrap();
    if Command::new("c++").arg("--version").output().is_err() {
        eprintln!("passed over: there is no C++ compiler");
        return;
    }
    let strict = ["-std=c++11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only"];
    run(Command::new("c++").current_dir(folder).args(strict).args(["-I", "include", "header.cpp"]));
}

/// What a C program prints that is linked with a library.
fn compiled_and_run(folder: &Path, source: &str, library: &Path) -> String {
    fs::write(folder.join("program.c"), source).unwrap();
    let strict = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O1", "-I", "include", "program.c"];
    run(Command::new("cc").current_dir(folder).args(strict).arg(library).args(["-o", "program"]));
    run(Command::new(folder.join("program")).env("LD_LIBRARY_PATH", library.parent().unwrap()))
}

/// Runs cargo in `folder`, with the sources that the workspace's own build has fetched.
fn cargo(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(folder).args(arguments).env("CARGO_NET_OFFLINE", "true");
    // The crates of one test share what they are built from.
    run(command.env("CARGO_TARGET_DIR", folder.with_file_name("target")));
}

/// A library that cargo has made for the crate in `folder`.
fn built(folder: &Path, library: &str) -> PathBuf {
    folder.with_file_name("target").join("release").join(library)
}

/// Runs a command that has to succeed, and gives what it prints.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{said}{complained}");
    said.into_owned()
}
