//! The symbol gate: what an object file of emitted code leaves to others.
//!
//! Linux on x86-64 only, with binutils.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cato_artifact::Kit;
use cato_codegen::model::Model;
use cato_codegen::spec::Spec;
use tempfile::TempDir;

/// Copying and comparing memory, which compilers may leave to the C library's or `compiler_builtins`' functions.
const MEMORY: [&str; 5] = ["memcpy", "memmove", "memset", "memcmp", "bcmp"];
/// Arithmetic of 128 bits that x86-64 has no instruction for, from `compiler_builtins`: conversion to f64 (signed where
/// the sign bit is known to be clear) and to f32, product, quotient and remainder. None of them fails.
const ARITHMETIC: [&str; 6] = ["__floattidf", "__floatuntidf", "__floatuntisf", "__multi3", "__udivti3", "__umodti3"];

/// A candidate as the compiler expands it.
pub const CANDIDATE: &str = r#"
#[cato_macros::cato_pipeline(spec = "spec.toml")]
pub struct Candidate;
"#;

/// Exports the pipeline as artifacts do.
pub const EXPORT: &str = r#"
#[unsafe(no_mangle)]
pub static CATO_PIPELINE: cato_runtime::AbiHeader = cato_runtime::AbiHeader::of::<Candidate>();
"#;

/// A folder with the spec and its models, wherever those were.
///
/// # Panics
/// Where the folder cannot be written.
#[must_use]
pub fn written(spec: &Spec, models: &[&Model]) -> TempDir {
    let folder = TempDir::new().expect("a folder for the test");
    let own = spec.with_files_beside();
    fs::write(folder.path().join("spec.toml"), own.to_toml()).expect("the folder is writable");
    for (named, model) in own.models().zip(models) {
        fs::write(folder.path().join(&named.file), model.to_json()).expect("the folder is writable");
    }
    folder
}

/// Holds a pipeline, compiled as an artifact is, to leaving no symbol to others but those of a few.
///
/// # Panics
/// Where it leaves one, naming the pipeline.
pub fn pass(kit: &Kit, name: &str, spec: &Spec, models: &[&Model]) {
    let folder = written(spec, models);
    let object = compile(kit, folder.path(), &[CANDIDATE, EXPORT]);
    let wrong = unexpected(&object);
    assert!(wrong.is_empty(), "{name}: undefined symbols {wrong:#?}");
    assert!(defines(&object, "CATO_PIPELINE"), "{name}: the object holds the pipeline");
}

/// An object of the parts, compiled with the flags of a candidate.
///
/// # Panics
/// Where it does not compile.
#[must_use]
pub fn compile(kit: &Kit, folder: &Path, parts: &[&str]) -> PathBuf {
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
///
/// # Panics
/// Where the linker does not take it.
#[must_use]
pub fn link(kit: &Kit, object: &Path) -> PathBuf {
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
///
/// # Panics
/// Where `nm` cannot read the object.
#[must_use]
pub fn unexpected(object: &Path) -> Vec<String> {
    let named = symbols(object, &["--undefined-only"]);
    named.into_iter().filter(|name| !MEMORY.iter().chain(&ARITHMETIC).any(|allowed| name == allowed)).collect()
}

/// Whether the object holds that symbol for others.
///
/// # Panics
/// Where `nm` cannot read the object.
#[must_use]
pub fn defines(object: &Path, symbol: &str) -> bool {
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
