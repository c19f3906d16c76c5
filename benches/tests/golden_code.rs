//! What the compiler makes of reference pipelines, kept in files: instructions, bytes, machine code.
//!
//! The files hold for one version of rustc, which they name; with another one nothing is compared. `BLESS=1` renews them.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cato_artifact::Kit;
use cato_benches::instructions::{count, write_frames};
use cato_benches::reference;
use cato_codegen::spec::Depth;
use cato_traffic::synth::{self, Profile};
use cato_traffic::{Inputs, Trace, TraceOptions};
use tempfile::TempDir;

/// Flows of synthetic traffic that are counted.
const FLOWS: usize = 300;
/// Only what is called by address, such as copying memory, may differ from one processor to the next.
const TOLERANCE: f64 = 0.01;

/// Without a model, and so without anybody who asks for features: the pipeline is that from raw bytes to the state at the
/// inference point.
#[test]
fn instructions_and_bytes_are_as_before() {
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("skipped: valgrind is not installed");
        return;
    }
    let kit = kit();
    let folder = TempDir::new().expect("a folder for the test");
    let frames = frames(folder.path());
    let mut table = format!("{}\n", kit.rustc_version());
    for (name, features) in reference::sets() {
        for depth in [Depth::Packets(10), Depth::All] {
            let row = count(&kit, name, &reference::spec(&features, depth, false), &[], &frames)
                .unwrap_or_else(|error| panic!("{name}: {error:#}"));
            assert_eq!(row.allocations, 0, "{name} at {depth:?}");
            writeln!(
                table,
                "{name} {} features {:.2} pipeline {:.2} state {} code {}",
                if depth == Depth::All { "all" } else { "10" },
                row.instructions_per_packet,
                row.pipeline_instructions_per_packet,
                row.state_bytes,
                row.code_bytes,
            )
            .expect("a string takes all");
        }
    }
    compare("instructions.txt", &table, |found, kept| {
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let (found, kept) = (words(found), words(kept));
        found.len() == kept.len()
            && found.iter().zip(&kept).all(|(found, kept)| match (found.parse::<f64>(), kept.parse::<f64>()) {
                (Ok(found), Ok(kept)) => (found - kept).abs() <= TOLERANCE * kept,
                _ => found == kept,
            })
    });
}

#[test]
fn machine_code_is_as_before() {
    let kit = kit();
    for (name, features) in reference::sets().into_iter().take(2) {
        let folder = TempDir::new().expect("a folder for the test");
        let spec = reference::spec(&features, Depth::Packets(10), false);
        fs::write(folder.path().join("spec.toml"), spec.to_toml()).expect("the folder is writable");
        let code = machine_code(&kit, folder.path());
        assert!(code.contains("update:") && code.contains("extract:"), "{code}");
        compare(&format!("{name}-10.s"), &format!("# {}\n{code}", kit.rustc_version()), |found, kept| found == kept);
    }
}

/// What a user's crate would export, so that the code stands by itself.
const SOURCE: &str = r#"#![no_std]
use cato_runtime::Pipeline;
#[cato_macros::cato_pipeline(spec = "spec.toml")]
pub struct Candidate;
#[unsafe(no_mangle)]
pub fn update(state: &mut <Candidate as Pipeline>::State, packet: &cato_runtime::Packet) {
    Candidate::update(state, packet);
}
#[unsafe(no_mangle)]
pub fn extract(state: &<Candidate as Pipeline>::State) -> <Candidate as Pipeline>::Features {
    Candidate::extract(state)
}
"#;

/// The instructions of both functions, with labels and without directives.
fn machine_code(kit: &Kit, folder: &Path) -> String {
    fs::write(folder.join("candidate.rs"), SOURCE).expect("the folder is writable");
    let mut rustc = kit.rustc();
    rustc.args(["--edition=2024", "--crate-type=lib", "--crate-name=candidate", "--emit=asm", "--cap-lints=allow"]);
    rustc.args(["-Copt-level=3", "-Ccodegen-units=1", "-Cpanic=abort", "-Cllvm-args=--x86-asm-syntax=intel"]);
    rustc.args(["-o", "candidate.s", "candidate.rs"]).current_dir(folder).env("CARGO_MANIFEST_DIR", folder);
    let output = rustc.output().expect("rustc can be called");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(folder.join("candidate.s")).expect("rustc wrote it");
    let kept = text.lines().filter(|line| {
        let line = line.trim();
        let label = line.ends_with(':') && (!line.starts_with('.') || line.starts_with(".LBB"));
        label || (!line.is_empty() && !line.starts_with(['.', '#']) && !line.ends_with(':'))
    });
    kept.map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Frames of synthetic traffic as the counted program reads them.
fn frames(folder: &Path) -> PathBuf {
    let profile = Profile::builtin("demo").expect("the built-in profile is there");
    let capture = folder.join("traffic.pcap");
    synth::write(&profile, FLOWS, 1, &capture, &folder.join("labels.csv")).expect("the folder is writable");
    let inputs = Inputs::collect(&[capture]).expect("a capture was written");
    let trace = Trace::collect(&inputs, &TraceOptions::default()).expect("they are captures");
    let path = folder.join("frames");
    write_frames(&trace, &path).expect("the folder is writable");
    path
}

fn kit() -> Kit {
    Kit::prepare(Path::new(env!("CARGO_TARGET_TMPDIR"))).expect("the kit builds wherever the workspace does")
}

/// Compares with a file whose first line names the compiler; `equal` says whether two lines are.
fn compare(file: &str, found: &str, equal: impl Fn(&str, &str) -> bool) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(file);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, found).expect("the folder of golden files is writable");
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if kept.lines().next() != found.lines().next() {
        eprintln!("skipped: {file} is of {:?}, this is {:?}", kept.lines().next(), found.lines().next());
        return;
    }
    let same = kept.lines().count() == found.lines().count()
        && found.lines().zip(kept.lines()).all(|(found, kept)| found == kept || equal(found, kept));
    assert!(same, "{} differs; BLESS=1 renews it\n--- kept\n{kept}\n--- found\n{found}", path.display());
}
