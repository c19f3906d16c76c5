//! A vendored crate stands on its own: outside of any workspace it builds, passes clippy, and its examples run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use cato_codegen::catalog::FeatureId;
use cato_codegen::model::{Model, ModelKind, Node};
use cato_codegen::spec::{Depth, SPEC_VERSION, Spec};
use cato_optimizer::cost::Cost;
use cato_optimizer::quality::Quality;
use cato_optimizer::vendor::{self, MeasuredWith, PartQuality, Provenance, TraceIdentity, VendorInput};

/// A tree over all features of the catalogue, so that every kind of emitted code is there.
fn input() -> VendorInput {
    let features: Vec<_> = FeatureId::ALL.iter().map(|feature| feature.name().to_owned()).collect();
    let splits = (0..features.len() as u16).map(|feature| Node::Split {
        feature,
        threshold: f32::from(feature) * 1.5,
        right: 2 * u32::from(feature) + 2,
    });
    let tree: Vec<_> =
        splits.flat_map(|split| [split, Node::Leaf { leaf: 0 }]).chain([Node::Leaf { leaf: 1 }]).collect();
    let quality = Quality { macro_f1: 1.0, accuracy: 1.0, classes: Vec::new() };
    VendorInput {
        spec: Spec {
            version: SPEC_VERSION,
            name: None,
            depth: Depth::Packets(10),
            features: features.clone(),
            model: None,
        },
        model: Model {
            kind: ModelKind::DecisionTree,
            features,
            classes: ["camera", "plug"].map(str::to_owned).to_vec(),
            leaves: vec![vec![(0, 65_535)], vec![(1, 65_535)]],
            trees: vec![tree],
        },
        provenance: Provenance {
            version: vendor::PROVENANCE_VERSION,
            package: "all-features".to_owned(),
            task: "classification".to_owned(),
            member: "e00".to_owned(),
            model: "decision tree".to_owned(),
            measured_with: MeasuredWith { cato: String::new(), rustc: String::new(), cpu: String::new() },
            trace: TraceIdentity { hash: String::new(), flows: 1, packets: 1 },
            cost: Cost {
                execution_time_ns: 1.0,
                per_packet_ns: 1.0,
                p99_ns: 1.0,
                baseline_ns: 1.0,
                reference_ns: 1.0,
                state_bytes: 1,
                code_bytes: 1,
            },
            study: BTreeMap::new(),
            quality: PartQuality { validation: quality.metrics(), test: quality },
        },
    }
}

#[test]
fn stands_alone() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("all-features");
    vendor::write(&input(), &folder).unwrap();

    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    let examples: Vec<_> = readme.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [bare, parse] = examples[..] else { panic!("the README has two examples: {examples:?}") };
    fs::create_dir(folder.join("examples")).unwrap();
    fs::write(folder.join("examples/bare.rs"), format!("fn main() {{\n{bare}}}\n")).unwrap();
    cargo(&folder, &["clippy", "--all-targets", "--", "-D", "warnings"]);
    cargo(&folder, &["run", "--example", "bare"]);
    fs::write(folder.join("examples/parse.rs"), format!("fn main() {{\n{parse}}}\n")).unwrap();
    cargo(&folder, &["clippy", "--all-targets", "--features", "parse", "--", "-D", "warnings"]);
    cargo(&folder, &["run", "--example", "parse", "--features", "parse"]);
}

/// Runs cargo in `folder`, with the sources that the workspace's own build has fetched.
fn cargo(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(folder).args(arguments).env("CARGO_NET_OFFLINE", "true").env_remove("CARGO_TARGET_DIR");
    let output = command.output().expect("cargo runs: it runs this test");
    assert!(
        output.status.success(),
        "cargo {}\n{}{}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
