//! The packet path has no heap and no panic: what is not there leaves no undefined symbol in the object file.
//!
//! A linked library would hide it, because the linker brings what is missing; an object file names it. Candidates are
//! compiled to objects, and every symbol they leave to others must be one of a few. Then a whole appliance, frames to
//! verdicts, is linked from objects without the standard library, and the same is asked of all that it can reach.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use cato_codegen::catalog::FeatureId;
use cato_codegen::model::{Model, ModelKind};
use cato_codegen::spec::{Depth, ModelSpec, SPEC_VERSION, Spec, Strategy};
use cato_tests::gate::{self, CANDIDATE, EXPORT, compile, defines, link, unexpected, written};
use cato_tests::{draw, kit};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;

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
    fn update(state: &mut [u64; 4], packet: &cato_runtime::Packet) { {flaw} }
    fn extract(state: &[u64; 4]) -> [f32; 1] { [state[0] as f32] }
    fn predict(features: &[f32; 1]) -> cato_runtime::Verdict {
        cato_runtime::Verdict { class: u16::from(features[0] > 7.0), confidence: 0 }
    }
}
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
        gate::pass(kit, name, &spec, model.as_ref().as_slice());
    }
    let mut random = ChaCha8Rng::seed_from_u64(4);
    for number in 0..4 {
        let (spec, models) = draw::stages(&mut random);
        let models: Vec<&Model> = models.iter().collect();
        gate::pass(kit, &format!("stages {number}"), &spec, &models);
    }
}

#[test]
fn an_appliance_leaves_no_symbol_to_a_heap_or_a_panic() {
    let kit = kit::shared(env!("CARGO_TARGET_TMPDIR"));
    for (name, spec, model) in candidates() {
        let folder = written(&spec, model.as_ref().as_slice());
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
        early: vec![],
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
