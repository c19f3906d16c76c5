use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cato_codegen::model::{Model, ModelKind, Node, Vote};
use cato_codegen::spec::{Depth, SPEC_VERSION, Spec};

use super::*;
use crate::cost::{Cost, CostMetric};
use crate::quality::Quality;

/// A forest of two trees over two features, with labels that need care.
fn input() -> VendorInput {
    let features = ["dur", "s_bytes_mean"].map(str::to_owned);
    let classes = ["a \"b\" | `c`", "plug"].map(str::to_owned);
    let split = |feature, threshold| Node::Split { feature, threshold, right: 2 };
    let tree = |feature, threshold| vec![split(feature, threshold), Node::Leaf { leaf: 0 }, Node::Leaf { leaf: 1 }];
    let quality = Quality::of(&[0, 1, 1, 0], &[0, 1, 0, 0], &classes);
    VendorInput {
        early: vec![],
        spec: Spec {
            version: SPEC_VERSION,
            name: Some("two trees".to_owned()),
            early: vec![],
            depth: Depth::Packets(3),
            features: features.to_vec(),
            model: None,
        },
        model: Some(Model {
            kind: ModelKind::RandomForest { vote: Vote::Soft },
            features: features.to_vec(),
            classes: classes.to_vec(),
            leaves: vec![vec![(0, 65_535)], vec![(0, 20_000), (1, 45_535)]],
            trees: vec![tree(0, 1.5e6), tree(1, 0.1)],
        }),
        provenance: Provenance { package: "two-trees".to_owned(), origin: Some(origin(quality)) },
    }
}

fn origin(quality: Quality) -> Origin {
    Origin {
        task: "classification".to_owned(),
        member: "e07".to_owned(),
        model: "random forest, 2 trees, depth 1".to_owned(),
        measured_with: MeasuredWith {
            cato: "0.1.0".to_owned(),
            rustc: "rustc 1.95.0".to_owned(),
            cpu: "some CPU".to_owned(),
        },
        trace: TraceIdentity { hash: "00ff".to_owned(), flows: 4, packets: 40 },
        cost: Cost {
            execution_time_ns: 412.5,
            per_packet_ns: 41.25,
            p99_ns: 500.0,
            baseline_ns: 900.0,
            reference_ns: 900.0,
            state_bytes: 24,
            code_bytes: 1_800,
            metric: CostMetric::ExecutionTime,
            latency: None,
            throughput: None,
        },
        study: BTreeMap::from([
            ("seed".to_owned(), toml::Value::Integer(1)),
            ("split".to_owned(), toml::Value::String("capture".to_owned())),
        ]),
        quality: PartQuality { validation: quality.metrics(), test: quality },
    }
}

/// The same features without a model, from a spec by hand.
fn features_only() -> VendorInput {
    let provenance = Provenance { package: "two-features".to_owned(), origin: None };
    VendorInput { model: None, provenance, ..input() }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_crate_follows_from_its_own_inputs() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("two-trees");
    write(&input(), &folder).unwrap();
    assert_eq!(check(&input(), &folder).unwrap(), []);
    let read = VendorInput::read(&folder).unwrap();
    assert_eq!((&read.model, &read.provenance), (&input().model, &input().provenance));
    assert_eq!(files(&read).unwrap(), files(&input()).unwrap());
    assert_eq!(names(parent.path()), ["two-trees"], "nothing is left beside the crate");

    write(&features_only(), &parent.path().join("two-features")).unwrap();
    let read = VendorInput::read(&parent.path().join("two-features")).unwrap();
    assert_eq!((&read.model, &read.provenance), (&None, &features_only().provenance));
    assert_eq!(files(&read).unwrap(), files(&features_only()).unwrap());
}

#[test]
fn a_check_names_every_file_that_differs() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("crate");
    write(&input(), &folder).unwrap();
    let pipeline = folder.join("src/pipeline.rs");
    let text = fs::read_to_string(&pipeline).unwrap();
    fs::write(&pipeline, text.replacen('{', "{ ", 1)).unwrap();
    fs::remove_file(folder.join("src/rt/key.rs")).unwrap();
    fs::write(folder.join("src/extra.rs"), "").unwrap();
    fs::create_dir(folder.join("target")).unwrap();
    fs::write(folder.join("target/built"), "").unwrap();
    assert_eq!(
        check(&input(), &folder).unwrap(),
        [
            Difference::Changed("src/pipeline.rs".into()),
            Difference::Missing("src/rt/key.rs".into()),
            Difference::Unexpected("src/extra.rs".into()),
        ]
    );
}

#[test]
fn a_check_of_nothing_misses_everything() {
    let parent = tempfile::tempdir().unwrap();
    let differences = check(&input(), &parent.path().join("none")).unwrap();
    assert_eq!(differences.len(), files(&input()).unwrap().len());
    assert!(differences.iter().all(|difference| matches!(difference, Difference::Missing(_))));
}

#[test]
fn writing_again_replaces_what_cato_wrote_and_nothing_else() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("crate");
    write(&input(), &folder).unwrap();
    // An earlier version had one more file; the user has one too.
    let provenance = folder.join(PROVENANCE_FILE);
    let text = fs::read_to_string(&provenance).unwrap();
    fs::write(&provenance, text + "\"src/old.rs\" = \"00\"\n\"../outside\" = \"00\"\n").unwrap();
    for path in ["src/old.rs", "notes.txt", "../outside"] {
        fs::write(folder.join(path), "").unwrap();
    }
    write(&input(), &folder).unwrap();
    assert_eq!(check(&input(), &folder).unwrap(), [Difference::Unexpected("notes.txt".into())]);
    assert!(parent.path().join("outside").exists());
}

#[test]
fn a_folder_with_something_else_in_it_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("thesis.tex"), "").unwrap();
    assert!(matches!(write(&input(), folder.path()), Err(VendorError::NotACrate(_))));
    assert_eq!(names(folder.path()), ["thesis.tex"]);
}

#[test]
fn hashes_are_those_of_the_files() {
    let files = files(&input()).unwrap();
    let provenance: toml::Table = str::from_utf8(&files[Path::new(PROVENANCE_FILE)]).unwrap().parse().unwrap();
    let hashes = provenance["files"].as_table().unwrap();
    assert_eq!(hashes.len(), files.len() - 1);
    for (path, hash) in hashes {
        assert_eq!(hash.as_str().unwrap(), blake3::hash(&files[&PathBuf::from(path)]).to_hex().as_str(), "{path}");
    }
}

#[test]
fn another_version_of_the_provenance_is_refused() {
    let text = text(&files(&input()).unwrap(), PROVENANCE_FILE);
    assert_eq!(Provenance::from_toml(&text), Ok(input().provenance));
    let later = text.replace("version = 1\n", "version = 2\n");
    assert!(Provenance::from_toml(&later).unwrap_err().contains("version 2"));
}

#[test]
fn a_provenance_knows_the_whole_of_a_study_or_nothing_of_it() {
    let text = text(&files(&features_only()).unwrap(), PROVENANCE_FILE);
    assert_eq!(Provenance::from_toml(&text), Ok(features_only().provenance));
    let halved = text.replace("version = 1\n", "version = 1\nmember = \"e07\"\n");
    assert!(Provenance::from_toml(&halved).unwrap_err().contains("missing field"));
    let strange = text.replace("version = 1\n", "version = 1\ncolour = 3\n");
    assert!(Provenance::from_toml(&strange).unwrap_err().contains("colour"));
}

#[test]
fn without_a_model_nothing_is_said_of_classes_quality_and_cost() {
    let files = files(&features_only()).unwrap();
    assert!(!files.contains_key(Path::new(MODEL_FILE)));
    let readme = text(&files, "README.md");
    for heading in ["## Classes", "## Quality", "## Cost"] {
        assert!(!readme.contains(heading), "{heading}");
        assert!(text(&super::files(&input()).unwrap(), "README.md").contains(heading), "{heading}");
    }
    assert!(text(&files, "include/two_features.h").contains("#define TWO_FEATURES_CLASSES 0\n"));
}

#[test]
fn the_size_of_the_state_is_said_everywhere() {
    let files = files(&input()).unwrap();
    let bytes = Plan::new(&input()).unwrap().pipeline.state_bytes();
    let provenance: toml::Table = text(&files, PROVENANCE_FILE).parse().unwrap();
    assert_eq!(provenance["state"]["size_of"].as_integer(), i64::try_from(bytes).ok());
    for (file, said) in [
        ("README.md", format!("{bytes} bytes for each flow")),
        ("src/lib.rs", format!("size_of::<State>() == {bytes});")),
        ("src/capi.rs", format!("const STATE_BYTES: usize = {bytes};")),
        ("include/two_trees.h", format!("#define TWO_TREES_STATE_BYTES {bytes}\n")),
    ] {
        assert!(text(&files, file).contains(&said), "{file}: {said}");
    }
}

#[test]
fn labels_are_c_strings_whatever_they_hold() {
    let mut input = input();
    if let Some(model) = &mut input.model {
        model.classes = ["@name@ \"", "nul \0"].map(str::to_owned).to_vec();
    }
    let capi = text(&files(&input).unwrap(), "src/capi.rs");
    assert!(capi.contains(r#"    c"@name@ \"","#), "what a label holds is no word of the template");
    assert!(capi.contains("    c\"nul \u{fffd}\","));
}

fn text(files: &BTreeMap<PathBuf, Vec<u8>>, file: &str) -> String {
    String::from_utf8(files[Path::new(file)].clone()).unwrap()
}

#[test]
fn folders_give_names_that_a_crate_can_have() {
    for (folder, name) in [
        ("generated/demo-forest", "demo-forest"),
        ("a/b/My Office!", "my-office"),
        ("a/7 days", "pipeline-7-days"),
        ("..", "pipeline"),
        ("über_all", "ber_all"),
    ] {
        assert_eq!(package_name(Path::new(folder)), name, "{folder}");
    }
}
