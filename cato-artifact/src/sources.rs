//! The sources that a kit is built from, as this program carries them.

use std::collections::BTreeSet;

use toml::{Table, Value};

/// A crate as it is carried.
struct Carried {
    name: &'static str,
    manifest: &'static str,
    /// Path below `src/` and text of every file.
    sources: &'static [(&'static str, &'static str)],
}

const CRATES: [Carried; 3] = [
    Carried {
        name: "cato-codegen",
        manifest: include_str!("../../cato-codegen/Cargo.toml"),
        sources: cato_codegen::SOURCE,
    },
    Carried { name: "cato-macros", manifest: include_str!("../../cato-macros/Cargo.toml"), sources: MACROS },
    Carried {
        name: "cato-runtime",
        manifest: include_str!("../../cato-runtime/Cargo.toml"),
        sources: cato_runtime::SOURCE,
    },
];

/// The files of `cato-macros`, which cannot carry them itself: a proc-macro crate exports nothing but macros.
const MACROS: &[(&str, &str)] = &[
    ("files.rs", include_str!("../../cato-macros/src/files.rs")),
    ("lib.rs", include_str!("../../cato-macros/src/lib.rs")),
];

const WORKSPACE: &str = include_str!("../../Cargo.toml");
const LOCK: &str = include_str!("../../Cargo.lock");

/// Path and text of every file of the kit's workspace, in a fixed order.
///
/// Its manifests are those of the crates themselves without what a kit does not use: development dependencies, lints and
/// the other members.
pub(crate) fn workspace() -> Vec<(String, String)> {
    let mut files = vec![("Cargo.lock".to_owned(), LOCK.to_owned())];
    let mut used = BTreeSet::new();
    for Carried { name, manifest, sources } in CRATES {
        let mut manifest = table(manifest);
        manifest.remove("dev-dependencies");
        manifest.remove("lints");
        used.extend(manifest.get("dependencies").and_then(Value::as_table).into_iter().flat_map(Table::keys).cloned());
        files.push((format!("{name}/Cargo.toml"), manifest.to_string()));
        files.extend(sources.iter().map(|(path, text)| (format!("{name}/src/{path}"), (*text).to_owned())));
    }
    files.push(("Cargo.toml".to_owned(), root_manifest(&used).to_string()));
    files
}

fn root_manifest(used: &BTreeSet<String>) -> Table {
    let mut manifest = table(WORKSPACE);
    if let Some(workspace) = manifest.get_mut("workspace").and_then(Value::as_table_mut) {
        workspace.remove("lints");
        let members = CRATES.iter().map(|carried| Value::from(carried.name)).collect();
        workspace.insert("members".to_owned(), Value::Array(members));
        if let Some(dependencies) = workspace.get_mut("dependencies").and_then(Value::as_table_mut) {
            dependencies.retain(|name, _| used.contains(name));
        }
    }
    // The macro is compiled for the host, where cargo does not optimise unless told to.
    manifest.insert("profile".to_owned(), Value::Table(table("release = { build-override = { opt-level = 3 } }")));
    manifest
}

fn table(manifest: &str) -> Table {
    manifest.parse().expect("cargo has read this manifest to build this very crate")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::{CRATES, Carried, workspace};

    #[test]
    fn carries_every_source_file() {
        for Carried { name, sources, .. } in CRATES {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("src");
            let carried: BTreeSet<_> = sources.iter().map(|(path, _)| (*path).to_owned()).collect();
            assert_eq!(carried, below(&root, &root), "files of {name}");
        }
    }

    #[test]
    fn manifests_name_no_other_member() {
        let files = workspace();
        let root = &files.iter().find(|(path, _)| path == "Cargo.toml").unwrap().1;
        assert!(root.contains("cato-runtime") && !root.contains("cato-optimizer"), "{root}");
        assert!(files.iter().all(|(path, text)| !path.ends_with("Cargo.toml") || !text.contains("dev-dependencies")));
    }

    fn below(root: &Path, folder: &Path) -> BTreeSet<String> {
        let mut paths = BTreeSet::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                paths.extend(below(root, &path));
            } else {
                paths.insert(path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/"));
            }
        }
        paths
    }
}
