//! The packet path has no heap and no panic: what is not there leaves no undefined symbol in the object file.
//!
//! A linked library would hide it, because the linker brings what is missing; an object file names it. Candidates are
//! compiled to objects, and every symbol they leave to others must be one of a few. Then a whole appliance, frames to
//! verdicts, is linked from objects without the standard library, and the same is asked of all that it can reach.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cato_artifact::Kit;
use cato_codegen::catalog::FeatureId;
use cato_codegen::model::{Model, ModelKind};
use cato_codegen::spec::{Depth, ModelSpec, SPEC_VERSION, Spec, Strategy};
use cato_tests::{draw, kit};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

/// Copying and comparing memory, which compilers may leave to the C library's or `compiler_builtins`' functions.
const MEMORY: [&str; 5] = ["memcpy", "memmove", "memset", "memcmp", "bcmp"];
/// Arithmetic of 128 bits that x86-64 has no instruction for, from `compiler_builtins`: conversion to f64 (signed where
/// the sign bit is known to be clear) and to f32, product, quotient and remainder. None of them fails.
const ARITHMETIC: [&str; 6] = ["__floattidf", "__floatuntidf", "__floatuntisf", "__multi3", "__udivti3", "__umodti3"];

const CANDIDATE: &str = r#"
#[cato_macros::cato_pipeline(spec = "spec.toml")]
pub struct Candidate;
"#;

/// A pipeline by hand with one flaw, written where `{flaw}` stands: a statement of `update`.
const FLAWED: &str = r#"
extern crate alloc;
pub struct Candidate;
impl cato_runtime::Pipeline for Candidate {
    type State = [u64; 4];
    type Features = [f32; 1];
    const DEPTH: cato_runtime::Depth = cato_runtime::Depth::Packets(10);
    const FEATURES: &'static [&'static str] = &["dur"];
    const CLASSES: &'static [&'static str] = &["a", "b"];
    fn start() -> [u64; 4] { [0; 4] }
    fn update(state: &mut [u64; 4], packet: &cato_runtime::Packet<'_>) { {flaw} }
    fn extract(state: &[u64; 4]) -> [f32; 1] { [state[0] as f32] }
    fn predict(features: &[f32; 1]) -> cato_runtime::Verdict {
        cato_runtime::Verdict { class: u16::from(features[0] > 7.0), confidence: 0 }
    }
}
"#;

/// Exports the pipeline as artifacts do.
const EXPORT: &str = r#"
#[unsafe(no_mangle)]
pub static CATO_PIPELINE: cato_runtime::AbiHeader = cato_runtime::AbiHeader::of::<Candidate>();
"#;

/// Runs it as an appliance with one pipeline would: all of it known at compile time.
const APPLIANCE: &str = r#"
type States<'a> = &'a mut [<Candidate as cato_runtime::Pipeline>::State];
type Driver<'a> = cato_runtime::Driver<cato_runtime::StaticPipeline<Candidate, States<'a>>, cato_runtime::FixedStorage<'a>>;
#[unsafe(no_mangle)]
pub fn appliance(driver: &mut Driver<'_>, frames: &[cato_runtime::Frame<'_>], verdicts: &mut [u64; 3]) {
    let mut count = |finished: &cato_runtime::Finished| {
        if let Some(verdicts) = verdicts.get_mut(usize::from(finished.verdict.class)) {
            *verdicts += 1;
        }
    };
    driver.run(frames, |finished, _| count(finished));
    driver.end_input(|finished, _| count(finished));
}
"#;

#[test]
fn candidates_leave_no_symbol_to_a_heap_or_a_panic() {
    let kit = kit::shared(env!("CARGO_TARGET_TMPDIR"));
    for (name, spec, model) in candidates() {
        let folder = written(&spec, model.as_ref());
        let object = compile(kit, folder.path(), &[CANDIDATE, EXPORT]);
        let wrong = unexpected(&object);
        assert!(wrong.is_empty(), "{name}: undefined symbols {wrong:#?}");
        assert!(defines(&object, "CATO_PIPELINE"), "{name}: the object holds the pipeline");
    }
}

#[test]
fn an_appliance_leaves_no_symbol_to_a_heap_or_a_panic() {
    let kit = kit::shared(env!("CARGO_TARGET_TMPDIR"));
    for (name, spec, model) in candidates() {
        let folder = written(&spec, model.as_ref());
        let object = compile(kit, folder.path(), &[CANDIDATE, APPLIANCE]);
        let linked = link(kit, &object);
        let wrong = unexpected(&linked);
        assert!(wrong.is_empty(), "{name}: undefined symbols {wrong:#?}");
        assert!(defines(&linked, "appliance"), "{name}: the object holds the appliance");
    }
}

#[test]
fn both_gates_catch_an_allocation_and_a_panic() {
    let kit = kit::shared(env!("CARGO_TARGET_TMPDIR"));
    let flaws = [
        ("let mut bytes = alloc::vec::Vec::new(); bytes.push(packet.time_ns); state[0] += bytes.len() as u64", "alloc"),
        ("state[0] = *alloc::boxed::Box::new(core::hint::black_box(packet.time_ns))", "alloc"),
        ("let place = usize::from(packet.view.ttl()); state[place] += 1", "panic_bounds_check"),
        ("state[0] = packet.time_ns / u64::from(packet.view.flags())", "panic"),
    ];
    for (flaw, symbol) in flaws {
        let pipeline = FLAWED.replace("{flaw}", flaw);
        let folder = TempDir::new().expect("a folder for the test");
        let exported = compile(kit, folder.path(), &[&pipeline, EXPORT]);
        let run = link(kit, &compile(kit, folder.path(), &[&pipeline, APPLIANCE]));
        for found in [unexpected(&exported), unexpected(&run)] {
            assert!(found.iter().any(|name| name.contains(symbol)), "{flaw}: {symbol} is not among {found:?}");
        }
    }
    let folder = TempDir::new().expect("a folder for the test");
    let sound = FLAWED.replace("{flaw}", "state[0] += packet.time_ns");
    assert_eq!(unexpected(&compile(kit, folder.path(), &[&sound, EXPORT])), Vec::<String>::new());
    assert_eq!(unexpected(&link(kit, &compile(kit, folder.path(), &[&sound, APPLIANCE]))), Vec::<String>::new());
}

/// All 67 features at either kind of depth, with both ways of writing trees and with none.
fn candidates() -> Vec<(&'static str, Spec, Option<Model>)> {
    let features: Vec<_> = FeatureId::ALL.iter().map(|feature| feature.name().to_owned()).collect();
    let spec = |depth, strategy: Option<Strategy>| Spec {
        version: SPEC_VERSION,
        name: None,
        depth,
        features: features.clone(),
        model: strategy.map(|strategy| ModelSpec::new("model.json", strategy)),
    };
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut drawn = |tree: bool| loop {
        let model = draw::model(&mut random, &features);
        let nodes: usize = model.trees.iter().map(Vec::len).sum();
        if (model.kind == ModelKind::DecisionTree) == tree && nodes > 60 {
            return Some(model);
        }
    };
    vec![
        ("tree as nested if, depth 10", spec(Depth::Packets(10), Some(Strategy::NestedIf)), drawn(true)),
        ("tree as table, depth all", spec(Depth::All, Some(Strategy::ConstTable)), drawn(true)),
        ("forest as table, depth 10", spec(Depth::Packets(10), Some(Strategy::ConstTable)), drawn(false)),
        ("forest as nested if, depth all", spec(Depth::All, Some(Strategy::NestedIf)), drawn(false)),
        ("features only, depth 10", spec(Depth::Packets(10), None), None),
        ("features only, depth all", spec(Depth::All, None), None),
    ]
}

/// A folder with the spec and its model.
fn written(spec: &Spec, model: Option<&Model>) -> TempDir {
    let folder = TempDir::new().expect("a folder for the test");
    fs::write(folder.path().join("spec.toml"), spec.to_toml()).expect("the folder is writable");
    if let Some(model) = model {
        fs::write(folder.path().join("model.json"), model.to_json()).expect("the folder is writable");
    }
    folder
}

/// An object of the parts, compiled with the flags of a candidate.
fn compile(kit: &Kit, folder: &Path, parts: &[&str]) -> PathBuf {
    let (source, object) = (folder.join("candidate.rs"), folder.join("candidate.o"));
    fs::write(&source, format!("#![no_std]\n{}", parts.concat())).expect("the folder is writable");
    let mut rustc = kit.rustc();
    rustc.args(["--edition=2024", "--crate-name=candidate", "--crate-type=lib", "--emit=obj", "--cap-lints=allow"]);
    rustc.args(["-Copt-level=3", "-Ccodegen-units=1", "-Clto=fat", "-Cpanic=abort", "-o"]).arg(&object).arg(&source);
    run(rustc.current_dir(folder).env("CARGO_MANIFEST_DIR", folder));
    object
}

/// What can be reached from the appliance, in the object itself, the runtime and the runtime's dependencies, as one
/// object; only the core library and `compiler_builtins` are left out.
fn link(kit: &Kit, object: &Path) -> PathBuf {
    let linked = object.with_file_name("appliance.o");
    let mut ld = Command::new("ld");
    ld.args(["-r", "--gc-sections", "--entry=appliance", "-o"]).arg(&linked).arg(object);
    run(ld.arg("--start-group").args(libraries(kit)).arg("--end-group"));
    // The linker keeps the names of what it left out; what nothing refers to any more goes here.
    run(Command::new("objcopy").arg("--strip-unneeded").arg(&linked));
    linked
}

/// The compiled crates that the kit's compiler is pointed to.
fn libraries(kit: &Kit) -> Vec<PathBuf> {
    let rustc = kit.rustc();
    let folder = rustc.get_args().find_map(|argument| argument.to_str()?.strip_prefix("dependency="));
    let entries = fs::read_dir(folder.expect("the kit names the folder of its crates")).expect("it is there");
    let paths = entries.map(|entry| entry.expect("readable").path());
    let mut libraries: Vec<_> = paths.filter(|path| path.extension() == Some(OsStr::new("rlib"))).collect();
    libraries.sort();
    libraries
}

/// The undefined symbols that no emitted code may have.
fn unexpected(object: &Path) -> Vec<String> {
    let named = symbols(object, &["--undefined-only"]);
    named.into_iter().filter(|name| !MEMORY.iter().chain(&ARITHMETIC).any(|allowed| name == allowed)).collect()
}

fn defines(object: &Path, symbol: &str) -> bool {
    symbols(object, &["--defined-only", "--extern-only"]).iter().any(|name| name == symbol)
}

fn symbols(object: &Path, which: &[&str]) -> Vec<String> {
    let listing = run(Command::new("nm").arg("--format=just-symbols").args(which).arg(object));
    listing.lines().map(str::to_owned).collect()
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
