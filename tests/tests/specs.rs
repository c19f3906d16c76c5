//! What must happen to the specs under `specs/`: `pass` are accepted, `fail` refused in the words beside them, `link`
//! become code that needs nothing, `run` become code that says of the golden captures what is written beside them.

use std::collections::BTreeSet;
use std::path::Path;
use std::slice;

use cato_artifact::Loaded;
use cato_codegen::catalog::FeatureId;
use cato_codegen::model::{ModelKind, Vote};
use cato_codegen::spec::{Depth, Spec};
use cato_codegen::{compile, explain, render};
use cato_runtime::Verdict;
use cato_tests::specs::{self, Golden};
use cato_tests::{bless, drive, golden, kit};
use cato_traffic::{Inputs, Trace, TraceOptions};

/// The golden captures that specs run over: both protocols, both IP versions, handshakes and none, equal times.
const CAPTURES: [&str; 9] = [
    "destination_only",
    "equal_times",
    "flags",
    "ipv6_tcp",
    "long_flow",
    "port_reuse",
    "ttls",
    "udp_conversation",
    "windows",
];

#[test]
fn pass() {
    for golden in specs::golden("pass") {
        let (models, Golden { name, spec, .. }) = (golden.models(), &golden);
        let pipeline = compile(spec, &models).unwrap_or_else(|mistakes| panic!("{name}: {mistakes}"));
        assert!(explain(&pipeline).contains("Computes at the inference point"), "{name}");
        let written = Spec::from_toml(&spec.to_toml()).unwrap_or_else(|mistakes| panic!("{name}: {mistakes}"));
        assert_eq!(&written, spec, "{name}");
        let [one, other] = [spec, &written].map(|spec| render(spec, &models, "Example"));
        assert!(one.is_ok() && one == other, "{name}");
    }
}

#[test]
fn fail() {
    for path in specs::files("fail") {
        let compiled = specs::read(&path).and_then(|(spec, models)| {
            compile(&spec, &models.iter().collect::<Vec<_>>()).map_err(|mistakes| specs::placed(&path, mistakes))
        });
        let mistakes = compiled.err().unwrap_or_else(|| panic!("{} is accepted", path.display()));
        bless::golden(&path.with_extension("txt"), &format!("{mistakes}\n"));
    }
}

#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn link() {
    use cato_tests::gate;

    let kit = kit::shared(env!("CARGO_TARGET_TMPDIR"));
    let any = ["link", "run"].into_iter().flat_map(specs::in_every_strategy);
    for golden in specs::golden("pass").into_iter().chain(any) {
        gate::pass(kit, &golden.name, &golden.spec, &golden.models());
    }
}

#[test]
fn run() {
    let captures: Vec<_> = CAPTURES.map(Capture::read).into();
    for path in specs::files("run") {
        let tables = specs::sound(&path)
            .in_every_strategy()
            .into_iter()
            .map(|golden| (golden.name.clone(), run_over(&captures, &golden)));
        let tables: Vec<_> = tables.collect();
        // A model says the same however it is written.
        for pair in tables.windows(2) {
            assert_eq!(pair[0].1, pair[1].1, "{} and {}", pair[0].0, pair[1].0);
        }
        bless::golden(&path.with_extension("csv"), &tables[0].1);
    }
}

#[test]
fn every_feature_statistic_depth_and_model_is_among_them() {
    let run = specs::golden("run");
    let named: BTreeSet<&str> = run.iter().flat_map(|golden| &golden.spec.features).map(String::as_str).collect();
    assert_eq!(named, FeatureId::ALL.iter().map(|feature| feature.name()).collect());
    let depths: BTreeSet<_> = specs::golden("link").iter().map(|golden| golden.spec.depth).collect();
    for depth in [1, 2, 3, 10, 50, 65_535].map(Depth::Packets).into_iter().chain([Depth::All]) {
        assert!(depths.contains(&depth), "{depth:?}");
    }
    for folder in ["link", "run"] {
        let golden = specs::golden(folder);
        let kinds: Vec<_> = golden.iter().filter_map(|golden| golden.model.as_ref()).map(|model| model.kind).collect();
        for kind in [Vote::Soft, Vote::Hard].map(|vote| ModelKind::RandomForest { vote }) {
            assert!(kinds.contains(&kind), "{kind:?} in {folder}");
        }
        assert!(kinds.contains(&ModelKind::DecisionTree), "a decision tree in {folder}");
    }
}

/// A golden capture in memory.
struct Capture {
    capture: golden::GoldenCapture,
    trace: Trace,
}

impl Capture {
    fn read(name: &str) -> Self {
        let manifest = golden::Manifest::read();
        let capture = manifest.capture.into_iter().find(|capture| capture.name == name).expect("a golden capture");
        let inputs = Inputs::collect(slice::from_ref(&capture.path())).expect("in the repository");
        let trace = Trace::collect(&inputs, &TraceOptions::default()).expect("the capture can be read");
        Self { capture, trace }
    }
}

/// A line for each flow: what the pipeline extracts, and what it says where it has a model.
fn run_over(captures: &[Capture], golden: &Golden) -> String {
    let Golden { name, spec, model, .. } = golden;
    let artifact = kit::shared(env!("CARGO_TARGET_TMPDIR"))
        .build(spec, &golden.models())
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut pipeline = open(&artifact.library);
    let features = compile(spec, &golden.models()).expect("it has been compiled").features().to_vec();
    let names: Vec<_> = features.iter().map(|feature| feature.name()).collect();
    let decides = if model.is_some() { ",class,confidence" } else { "" };
    let mut table = format!("capture,flow,packets,{}{decides}\n", names.join(","));
    for Capture { capture, trace } in captures {
        let frames = trace.frames();
        let [segment] = frames.segments().collect::<Vec<_>>()[..] else { panic!("one file, one segment") };
        let (answers, _) = drive::drive(&mut pipeline, capture.settings(), segment);
        for answer in answers {
            let values: Vec<_> = answer.features.iter().map(|value| format!("{value:?}")).collect();
            table += &format!("{},{},{},{}", capture.name, answer.flow, answer.packets_used, values.join(","));
            if let Some(model) = model {
                let Verdict { class, confidence } = answer.verdict;
                table += &format!(",{},{confidence}", model.classes[usize::from(class)]);
            }
            table.push('\n');
        }
    }
    table
}

fn open(library: &Path) -> Loaded {
    Loaded::open(library).unwrap_or_else(|error| panic!("{}: {error}", library.display()))
}
