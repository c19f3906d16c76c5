//! The rooms of the house: which crate of the workspace may know which.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// What a crate may depend on.
enum May {
    /// These crates of ours, and any from outside.
    Know(&'static [&'static str]),
    /// Anything; nothing may depend on it.
    KnowAll,
    /// Nothing of ours, and from outside only etherparse.
    StandAlone,
}

/// The table of ARCHITECTURE.md. A crate that is not in it must be a vendored one.
const ROOMS: &[(&str, May)] = &[
    ("cato-codegen", May::Know(&[])),
    ("cato-macros", May::Know(&["cato-codegen"])),
    ("cato-runtime", May::Know(&[])),
    ("cato-traffic", May::Know(&["cato-runtime"])),
    ("cato-artifact", May::Know(&["cato-codegen", "cato-runtime"])),
    ("cato-serve", May::Know(&["cato-runtime", "cato-traffic", "cato-artifact"])),
    ("cato-optimizer", May::Know(&["cato-codegen", "cato-runtime", "cato-traffic", "cato-artifact", "cato-serve"])),
    ("cato-benches", May::KnowAll),
    ("cato-fuzz-targets", May::KnowAll),
    ("cato-tests", May::KnowAll),
];

#[test]
fn dependencies_stay_within_the_table() {
    let packages = workspace_packages();
    for (name, _) in ROOMS {
        assert!(packages.contains_key(*name), "{name} is in the table but not in the workspace");
    }
    let wrong = violations(&packages);
    assert!(wrong.is_empty(), "dependencies outside the table of rooms:\n{}", wrong.join("\n"));
}

#[test]
fn a_dependency_outside_the_table_is_found() {
    let mut packages = workspace_packages();
    for (from, to) in [
        ("cato-codegen", "cato-runtime"),
        ("cato-runtime", "cato-codegen"),
        ("cato-traffic", "cato-optimizer"),
        ("cato-serve", "cato-codegen"),
        ("cato-optimizer", "cato-macros"),
        ("cato-artifact", "cato-tests"),
    ] {
        let dependencies = packages.get_mut(from).expect("in the workspace");
        dependencies.push(to.to_owned());
        assert_eq!(violations(&packages), [format!("{from} -> {to}")]);
        packages.get_mut(from).expect("in the workspace").pop();
    }
    packages.insert("vendored-tree".to_owned(), vec!["etherparse".to_owned(), "serde".to_owned()]);
    assert_eq!(violations(&packages), ["vendored-tree -> serde"]);
}

/// Every dependency that leaves the table, as "from -> to".
fn violations(packages: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, dependencies) in packages {
        let room = ROOMS.iter().find(|(room, _)| room == name).map_or(&May::StandAlone, |(_, may)| may);
        for dependency in dependencies {
            let ours = packages.contains_key(dependency);
            let allowed = match room {
                May::Know(rooms) => !ours || rooms.contains(&dependency.as_str()),
                May::KnowAll => true,
                May::StandAlone => dependency == "etherparse",
            };
            if !allowed {
                wrong.push(format!("{name} -> {dependency}"));
            }
        }
    }
    wrong
}

/// Each package of the workspace with what it is built from; dependencies of its tests are its own affair.
fn workspace_packages() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("a list of dependencies").iter();
            let built_from = dependencies.filter(|dependency| dependency["kind"].as_str() != Some("dev"));
            (text(&package["name"]), built_from.map(|dependency| text(&dependency["name"])).collect())
        })
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}
