//! A user's crate with pipelines in it, built by cargo: its documentation, its lints, and when it is built again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A copy of the crate under `user/` in a folder of its own.
struct UserCrate {
    folder: TempDir,
}

impl UserCrate {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder for the test");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/user");
        fs::create_dir(folder.path().join("src")).expect("the folder is writable");
        for file in ["src/lib.rs", "src/main.rs", "office.toml", "model.json"] {
            fs::copy(source.join(file), folder.path().join(file)).expect("the folder is writable");
        }
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace's folder");
        // The same versions of all crates, which are on this machine already.
        fs::copy(workspace.join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("the folder is writable");
        let dependency = |name: &str| format!("{name} = {{ path = {:?} }}\n", workspace.join(name));
        let manifest = format!(
            "[package]\nname = \"appliance\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\n{}{}",
            dependency("cato-macros"),
            dependency("cato-runtime"),
        );
        let user = Self { folder };
        user.write("Cargo.toml", &manifest);
        user
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).expect("the folder is writable");
    }

    /// Replaces the first `from` in the file.
    fn edit(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(file)).expect("the file is there");
        assert!(text.contains(from), "{from} in {text}");
        self.write(file, &text.replacen(from, to, 1));
    }

    /// Calls cargo, with what all these crates depend on compiled once.
    fn cargo(&self, arguments: &[&str]) -> Output {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(arguments).args(["--offline", "--color=never"]).current_dir(self.folder.path());
        cargo.env("CARGO_TARGET_DIR", target()).output().expect("cargo runs")
    }

    /// As [`cargo`](Self::cargo), and gives what it printed.
    fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.cargo(arguments);
        assert!(output.status.success(), "cargo {arguments:?}\n{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("user-crates")
}

#[test]
fn the_documentation_says_what_a_pipeline_is() {
    let user = UserCrate::new();
    user.succeed(&["doc", "--no-deps", "--lib"]);
    let page = |file: &str| {
        let path = target().join("doc/appliance").join(file);
        text_of(&fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    };
    let office = page("struct.Office.html");
    for part in [
        "Tells devices apart.",
        "2 features after at most 10 packets of a flow.",
        "0 dur ns time of the last packet minus time of the first",
        "1 s_bytes_mean bytes mean of the source's IP lengths",
        "An undefined feature is -1. Between packets, OfficeState keeps ",
        "Decided by a decision tree, written as nested if. Classes by number: 0 camera, 1 hub, 2 plug.",
        "impl Pipeline for Office",
        "The inference point",
        "The state of a flow that has seen no packet",
    ] {
        assert!(office.contains(part), "{part} in\n{office}");
    }
    let state = page("type.OfficeState.html");
    assert!(state.contains("What Office keeps of one flow between its packets"), "{state}");

    let session = page("struct.Session.html");
    for part in [
        "How large its packets are. Column 1, s_bytes_mean: mean of the source's IP lengths (bytes).",
        "Column 0, dur: time of the last packet minus time of the first (ns).",
        "written as a table that a loop walks",
        "impl From<[f32; 2]> for Session",
        "From a row in column order.",
        "impl From<Session> for [f32; 2]",
        "The features of a flow at its inference point.",
    ] {
        assert!(session.contains(part), "{part} in\n{session}");
    }
    let index = page("index.html");
    for item in ["Office", "OfficeState", "Session", "SessionState", "Wide", "WideState"] {
        assert!(index.contains(item), "{item} in\n{index}");
    }
}

/// The text of a page: without tags and with single spaces.
fn text_of(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        let (tag, shown) = piece.split_once('>').unwrap_or(("", piece));
        // Cells and paragraphs stand apart; what is within a line does not.
        let apart =
            ["td", "p", "h", "div", "tr", "section"].iter().any(|name| tag.trim_start_matches('/').starts_with(name));
        if apart {
            text.push(' ');
        }
        text.push_str(shown);
    }
    for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&#39;", "'"), ("’", "'"), ("&amp;", "&")] {
        text = text.replace(entity, character);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn expansions_pass_the_strictest_lints() {
    let user = UserCrate::new();
    if !user.cargo(&["clippy", "--version"]).status.success() {
        println!("skipped: clippy is not installed");
        return;
    }
    user.succeed(&["clippy", "--lib"]);
    // The lints are on: what they forbid is found.
    user.edit("src/lib.rs", "/// How many columns the first packet gives.\n", "");
    let output = user.cargo(&["clippy", "--lib"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("missing documentation for a function"), "{said}");
}

#[test]
fn a_changed_spec_or_model_makes_cargo_build_again() {
    let user = UserCrate::new();
    // Nothing but the file that is changed may be a reason to build again, and no class is counted on.
    user.edit("src/lib.rs", ", classes = [\"camera\", \"hub\", \"plug\"]", "");
    let printed = || user.succeed(&["run"]);
    assert_eq!(printed(), "Packets(10) [\"dur\", \"s_bytes_mean\"] [\"camera\", \"hub\", \"plug\"]\n");
    user.edit("office.toml", "depth = 10", "depth = 11");
    assert_eq!(printed(), "Packets(11) [\"dur\", \"s_bytes_mean\"] [\"camera\", \"hub\", \"plug\"]\n");
    user.edit("model.json", "hub", "doorbell");
    assert_eq!(printed(), "Packets(11) [\"dur\", \"s_bytes_mean\"] [\"camera\", \"doorbell\", \"plug\"]\n");
}
