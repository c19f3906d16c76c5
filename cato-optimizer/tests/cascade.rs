//! Cascades as members of a study: made by `cato cascade`, and taken by every command that takes a member.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cato_optimizer::operations::{MachineWeights, WEIGHTS_VERSION, Weights};
use serde_json::Value;

struct Studied {
    folder: tempfile::TempDir,
}

impl Studied {
    fn new() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let studied = Self { folder };
        let mut synth = cato(["synth", "--profile", "smoke", "--flows", "400", "--seed", "3"]);
        synth.arg("--out").arg(studied.path("traffic.pcap")).arg("--labels").arg(studied.path("labels.csv"));
        done(&mut synth);
        studied
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn study(&self) -> PathBuf {
        self.path("study")
    }

    /// A search by latency, which early answers lower.
    fn optimize(&self, iterations: &str, costs: &[&str]) -> Value {
        let mut command = self.on_captures("optimize");
        command.args(["--features", "mini", "--max-depth", "12", "--cost", "latency", "--remeasure", "1"]);
        command.args(["--algorithm", "random", "--iterations", iterations]).args(costs);
        json(command.arg("--study").arg(self.study()))
    }

    fn cascade(&self, args: &[&str]) -> Value {
        json(self.on_captures("cascade").arg(self.study()).args(["--tolerance", "0.05"]).args(args))
    }

    /// A command with the capture and its labels.
    fn on_captures(&self, name: &str) -> Command {
        let mut command = cato([name]);
        command.arg("--pcap").arg(self.path("traffic.pcap")).arg("--labels").arg(self.path("labels.csv"));
        command
    }

    fn front(&self) -> Value {
        json(cato(["front"]).arg(self.study()))
    }

    /// The cascades of the study, line by line.
    fn lines(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.study().join("cascades.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn member(&self) -> String {
        format!("{}#c00", self.study().display())
    }
}

fn member<'a>(front: &'a Value, id: &str) -> &'a Value {
    let found = front.as_array().unwrap().iter().find(|member| member["id"] == id);
    found.unwrap_or_else(|| panic!("{id} is not on the front: {front}"))
}

fn latency(cost: &Value) -> f64 {
    cost["latency"]["total"]["mean_ns"].as_f64().unwrap()
}

#[test]
fn a_cascade_of_a_counted_study_is_a_member_like_any_other() {
    let studied = Studied::new();
    let weights = studied.path("weights.toml");
    let usual = MachineWeights {
        version: WEIGHTS_VERSION,
        cpu: "none".to_owned(),
        rustc: "none".to_owned(),
        pipelines: 0,
        median_error: 0.0,
        weights: Weights::usual(),
    };
    usual.write(&weights).unwrap();
    let costs = ["--cost-model", "operations", "--cost-weights", weights.to_str().unwrap()];
    let before = studied.optimize("6", &costs);

    let tried = studied.cascade(&["--dry-run"]);
    assert!(tried["id"].is_null() && studied.lines().is_empty(), "{tried}");
    let said = studied.cascade(&[]);
    assert_eq!(said["id"], "c00");
    let lines = studied.lines();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    let measured = &line["measured"];
    let [validation, _] = [0, 1].map(|part| &said["parts"][part]["cascade"]);
    assert_eq!(measured["validation"]["macro_f1"], validation["macro_f1"]);
    let stages = line["stages"].as_array().unwrap();
    let answered: Vec<_> = stages.iter().map(|stage| stage["answered"].clone()).collect();
    assert_eq!(Value::from(answered), validation["answered"]);

    // In front of the best member it waits for less.
    let last = stages.last().unwrap()["evaluation"].as_str().unwrap();
    let alone = member(&before, last);
    assert!(latency(&measured["cost"]) < latency(&alone["cost"]), "{line}");
    let front = studied.front();
    let cascade = member(&front, "c00");
    assert_eq!(cascade["stages"], line["stages"]);
    assert_eq!(cascade["test"]["macro_f1"], said["parts"][1]["cascade"]["macro_f1"]);
    assert!(fs::read_to_string(studied.study().join("report.html")).unwrap().contains("c00"));

    // Once more it is the same one; another one is another member.
    assert_eq!(studied.cascade(&[])["id"], "c00");
    assert_eq!(studied.cascade(&["--most-early", "1", "--answered", "0.9"])["id"], "c01");
    assert_eq!(studied.lines().len(), 2);

    // The search goes on beside it.
    let after = studied.optimize("8", &costs);
    assert_eq!(member(&after, "c00")["cost"], cascade["cost"]);
    assert_eq!(lines[0], studied.lines()[0]);

    let plan = String::from_utf8(done(cato(["explain"]).arg(studied.member()))).unwrap();
    assert!(plan.contains("where sure"), "{plan}");
}

#[test]
fn a_cascade_of_a_measured_study_is_measured_classified_and_vendored() {
    let studied = Studied::new();
    studied.optimize("3", &[]);
    let said = studied.cascade(&[]);
    assert_eq!(said["id"], "c00");
    let cost = &studied.lines()[0]["measured"]["cost"];
    assert!(cost["execution_time_ns"].as_f64().unwrap() > 0.0 && latency(cost) > 0.0, "{cost}");

    let mut measure = cato(["measure", "--trial", "2ms", "--searches", "2"]);
    let measured = json(measure.arg(studied.member()).arg("--pcap").arg(studied.path("traffic.pcap")));
    assert!(measured[0]["execution_time_ns"].as_f64().unwrap() > 0.0, "{measured}");
    let mut classify = cato(["classify"]);
    let verdicts = done(classify.arg(studied.member()).arg("--pcap").arg(studied.path("traffic.pcap")));
    assert_eq!(String::from_utf8(verdicts).unwrap().lines().count(), 400, "one verdict for each flow");

    let made = studied.path("vendored-cascade");
    let vendor = || {
        let mut command = cato(["vendor", "--pick", "c00"]);
        command.arg(studied.study()).arg("--out").arg(&made);
        command
    };
    done(&mut vendor());
    done(vendor().arg("--check"));
    assert!(made.join("stage-1.json").is_file() && made.join("model.json").is_file());
    assert!(read(&made, "README.md").contains("stage-1.json"));
}

fn read(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap()
}

fn cato<const N: usize>(args: [&str; N]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cato"));
    // The kit is built once for all tests of the workspace.
    command.args(args).env("CATO_CACHE_DIR", env!("CARGO_TARGET_TMPDIR")).env_remove("CATO_LOG");
    command
}

/// What a command that must succeed prints to stdout.
fn done(command: &mut Command) -> Vec<u8> {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}: {status}\n{}", String::from_utf8_lossy(&stderr));
    stdout
}

fn json(command: &mut Command) -> Value {
    serde_json::from_slice(&done(command.args(["--json", "--quiet"]))).unwrap()
}
