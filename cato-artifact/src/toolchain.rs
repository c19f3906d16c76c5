//! The `rustc` and `cargo` that candidates are compiled with.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::kit::KitError;
use super::process;

/// Programs and version of one toolchain.
#[derive(Debug)]
pub(crate) struct Toolchain {
    rustc: PathBuf,
    cargo: PathBuf,
    /// What `rustc -vV` prints.
    pub(crate) version: String,
}

impl Toolchain {
    /// The toolchain that the `rustc` on `PATH` belongs to.
    ///
    /// Its programs are then called by their own paths: where `PATH` holds rustup's proxies, each call through them
    /// would cost tens of milliseconds.
    pub(crate) fn find() -> Result<Self, KitError> {
        let version = ask(Path::new("rustc"), &["-vV"])?;
        let sysroot = PathBuf::from(ask(Path::new("rustc"), &["--print", "sysroot"])?.trim_end());
        let program = |name: &str| {
            let own = sysroot.join("bin").join(name).with_extension(std::env::consts::EXE_EXTENSION);
            if own.is_file() { own } else { PathBuf::from(name) }
        };
        Ok(Self { rustc: program("rustc"), cargo: program("cargo"), version })
    }

    /// A call of `rustc`, free of settings meant for other builds.
    pub(crate) fn rustc(&self) -> Command {
        clean(&self.rustc)
    }

    /// A call of `cargo` that uses this toolchain's `rustc`, free of settings meant for other builds.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = clean(&self.cargo);
        command.env("RUSTC", &self.rustc);
        command
    }

    /// Turns a failure to start `cargo` into one that says what to do.
    pub(crate) fn cargo_failed(&self, source: io::Error) -> KitError {
        not_started(&self.cargo, source)
    }
}

fn ask(program: &Path, arguments: &[&str]) -> Result<String, KitError> {
    let output = clean(program).args(arguments).output().map_err(|source| not_started(program, source))?;
    if !output.status.success() {
        let message = process::shorten(&String::from_utf8_lossy(&output.stderr));
        return Err(KitError::Toolchain { program: program.display().to_string(), message });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn not_started(program: &Path, source: io::Error) -> KitError {
    let program = program.display().to_string();
    match source.kind() {
        ErrorKind::NotFound => KitError::NoToolchain { program },
        _ => KitError::Toolchain { program, message: source.to_string() },
    }
}

fn clean(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os().filter(|(name, _)| disturbs(name)) {
        command.env_remove(name);
    }
    command
}

/// Whether an environment variable would change what is built: under `cargo run` and `cargo test` there are many, set
/// for the caller's own package. Those that say where and how to fetch stay.
fn disturbs(name: &OsStr) -> bool {
    const FETCHING: [&str; 6] =
        ["CARGO_HOME", "CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTRIES_", "CARGO_REGISTRY_", "CARGO_SOURCE_"];
    let Some(name) = name.to_str() else { return false };
    let builds = name.starts_with("CARGO") || name.starts_with("RUSTC") || name.starts_with("RUSTDOC");
    let jobs = matches!(name, "RUSTFLAGS" | "MAKEFLAGS" | "MFLAGS");
    (builds || jobs) && !FETCHING.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::Path;

    use super::{KitError, Toolchain, ask, disturbs};

    #[test]
    fn only_settings_of_builds_disturb() {
        for name in
            ["CARGO_ENCODED_RUSTFLAGS", "CARGO_MANIFEST_DIR", "RUSTFLAGS", "RUSTC_WRAPPER", "CARGO", "MAKEFLAGS"]
        {
            assert!(disturbs(OsStr::new(name)), "{name}");
        }
        for name in ["PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME", "CARGO_NET_OFFLINE", "CARGO_HTTP_PROXY"] {
            assert!(!disturbs(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn a_compiler_that_is_not_there_is_asked_for() {
        let error = ask(Path::new("no-such-rustc"), &["-vV"]).unwrap_err();
        assert!(matches!(&error, KitError::NoToolchain { program } if program == "no-such-rustc"), "{error}");
        assert!(error.to_string().contains("install Rust"), "{error}");
        let error = ask(Path::new("sh"), &["-c", "echo broken >&2; exit 1"]).unwrap_err();
        assert!(matches!(&error, KitError::Toolchain { message, .. } if message == "broken"), "{error}");
    }

    #[test]
    fn names_its_version() {
        assert!(Toolchain::find().unwrap().version.starts_with("rustc 1."));
    }
}
