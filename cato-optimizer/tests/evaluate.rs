//! `cato evaluate`, and costs that are counted, as their user runs them, on synthetic traffic.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use cato_optimizer::operations::{MachineWeights, WEIGHTS_VERSION, Weights};
use serde_json::{Value, json};

/// A small synthetic capture with its labels, and weights that fit no machine.
struct Ground {
    folder: tempfile::TempDir,
}

impl Ground {
    fn shared() -> &'static Self {
        static SHARED: OnceLock<Ground> = OnceLock::new();
        SHARED.get_or_init(|| {
            let ground = Self { folder: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap() };
            let mut synth = Command::new(env!("CARGO_BIN_EXE_cato"));
            synth.args(["synth", "--profile", "smoke", "--flows", "240", "--seed", "3"]);
            synth.arg("--out").arg(ground.path("traffic.pcap")).arg("--labels").arg(ground.path("labels.csv"));
            assert!(synth.output().unwrap().status.success());
            let weights = MachineWeights {
                version: WEIGHTS_VERSION,
                cpu: "none".to_owned(),
                rustc: "none".to_owned(),
                pipelines: 0,
                median_error: 0.0,
                weights: Weights::usual(),
            };
            weights.write(&ground.path("weights.toml")).unwrap();
            ground
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command on the capture.
    fn cato(&self, name: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cato"));
        command.arg(name).arg("--pcap").arg(self.path("traffic.pcap")).arg("--labels").arg(self.path("labels.csv"));
        command.args(["--max-depth", "12", "--quiet"]);
        command.env("CATO_CACHE_DIR", env!("CARGO_TARGET_TMPDIR")).env_remove("CATO_LOG");
        command
    }

    /// The same with counted costs.
    fn counting(&self, name: &str) -> Command {
        let mut command = self.cato(name);
        command.args(["--cost-model", "operations", "--cost-weights"]).arg(self.path("weights.toml"));
        command
    }
}

fn ask(mut command: Command, lines: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn answers(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// All that does not differ from run to run.
fn figures(answers: &[Value]) -> Vec<(Value, Value)> {
    answers.iter().map(|answer| (answer["macro_f1"].clone(), answer["execution_time_ns"].clone())).collect()
}

#[test]
fn each_line_is_answered_by_one() {
    let ground = Ground::shared();
    let lines = concat!(
        r#"{"features": ["s_bytes_mean", "d_port"], "depth": 3}"#,
        "\n\n",
        r#"{"features": ["s_bytes_mean", "d_port"], "depth": 12}"#,
        "\n",
        r#"{"features": ["s_byte_mean"], "depth": 3}"#,
        "\nno JSON\n",
        r#"{"features": [], "depth": 3}"#,
        "\n",
        r#"{"features": ["dur"], "depth": 13}"#,
        "\n",
        r#"{"features": ["dur"], "depth": 0}"#,
        "\n",
        r#"{"features": ["proto"], "depth": 2}"#,
        "\n",
        // The last line has no end.
        r#"{"features": ["d_port", "s_bytes_mean"], "depth": 3}"#,
    );
    let mut command = ground.counting("evaluate");
    command.args(["--jsonl", "--features", "s_bytes_mean,d_port,dur"]);
    let answered = answers(&ask(command, lines));
    assert_eq!(answered.len(), 9, "{answered:?}");
    assert_eq!(answered[0]["features"], json!(["d_port", "s_bytes_mean"]));
    assert_eq!(answered[0]["depth"], 3);
    let cost = |at: usize| answered[at]["execution_time_ns"].as_f64().unwrap();
    let f1 = |at: usize| answered[at]["macro_f1"].as_f64().unwrap();
    assert!((0.5..=1.0).contains(&f1(0)) && (0.5..=1.0).contains(&f1(1)), "{answered:?}");
    assert!(cost(0) > 0.0 && cost(1) > cost(0), "{answered:?}");
    let error = |at: usize| answered[at]["error"].as_str().unwrap().to_owned();
    assert!(error(2).contains("no feature `s_byte_mean`"), "{}", error(2));
    assert!(error(3).contains("expected"), "{}", error(3));
    assert_eq!(error(4), "no features");
    assert_eq!(error(5), "the depth 13 is not from 1 to 12");
    assert_eq!(error(6), "the depth 0 is not from 1 to 12");
    assert_eq!(error(7), "`proto` is not among the candidate features");
    assert_eq!(figures(&answered[8..]), figures(&answered[..1]), "the order of features is nothing");
}

#[test]
fn counted_costs_are_the_same_in_every_run() {
    let ground = Ground::shared();
    let lines = (1..=6).map(|depth| format!("{}\n", json!({"features": ["s_iat_med", "d_load"], "depth": depth})));
    let lines: String = lines.collect();
    fs::write(ground.path("candidates.jsonl"), &lines).unwrap();
    let of_file = || {
        let mut command = ground.counting("evaluate");
        command.arg("--jsonl").arg("--input").arg(ground.path("candidates.jsonl"));
        answers(&command.output().unwrap())
    };
    let (once, again) = (of_file(), of_file());
    assert_eq!(once.len(), 6);
    assert_eq!(figures(&once), figures(&again));
}

#[test]
fn measured_costs_are_answered_too() {
    let ground = Ground::shared();
    let mut command = ground.cato("evaluate");
    command.args(["--jsonl", "--features", "mini"]);
    let answered = answers(&ask(command, "{\"features\": [\"dur\"], \"depth\": 2}\n"));
    assert_eq!(answered.len(), 1);
    assert!(answered[0]["execution_time_ns"].as_f64().unwrap() > 0.0, "{answered:?}");

    let mut command = ground.cato("evaluate");
    command.arg("--jsonl").arg("--cost-weights").arg(ground.path("weights.toml"));
    let refused = ask(command, "");
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("needs --cost-model operations"));
}

#[test]
fn what_is_known_before_is_described() {
    let ground = Ground::shared();
    let mut command = ground.cato("evaluate");
    command.args(["--describe", "--features", "d_port,dur"]);
    let output = command.output().unwrap();
    let described: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(described["max_depth"], 12);
    let features: Vec<_> = described["features"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(features, ["dur", "d_port"]);
    assert!(described["features"][1]["mutual_information"].as_f64().unwrap() > 0.0);
    let reach = described["reach"].as_array().unwrap();
    assert_eq!(reach.len(), 12);
    // The first packet of a flow is its source's, by what a source is.
    assert_eq!(reach[0], json!({"depth": 1, "source": 1.0, "destination": 0.0}));
    let packets = |at: usize| reach[at]["source"].as_f64().unwrap() + reach[at]["destination"].as_f64().unwrap();
    assert!((1..12).all(|at| packets(at) >= packets(at - 1) && packets(at) <= (at + 1) as f64), "{reach:?}");
}

#[test]
fn a_study_keeps_its_weights() {
    let ground = Ground::shared();
    let optimize = |study: &str, iterations: &str, weights: bool| {
        let mut command = if weights { ground.counting("optimize") } else { ground.cato("optimize") };
        if !weights {
            command.args(["--cost-model", "operations"]);
        }
        command.args(["--features", "mini", "--iterations", iterations, "--study"]).arg(ground.path(study));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    // Objectives and candidates of each evaluation.
    let found = |study: &str| -> Vec<Value> {
        let lines = fs::read_to_string(ground.path(study).join("evaluations.jsonl")).unwrap();
        let line = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            json!([line["features"], line["depth"], line["outcome"]["measured"]])
        };
        lines.lines().map(line).collect()
    };
    optimize("whole", "6", true);
    // Gone on with, it takes the weights of the study: none are named, and no machine is measured.
    optimize("resumed", "3", true);
    optimize("resumed", "6", false);
    assert_eq!(found("whole"), found("resumed"));
    assert_eq!(found("whole").len(), 6);
    let settings = fs::read_to_string(ground.path("resumed/study.toml")).unwrap();
    assert!(settings.contains("cost_model = \"operations\"") && settings.contains("[cost_weights]"), "{settings}");
    assert!(!settings.contains("rustc"), "counted costs depend on no compiler: {settings}");

    let mut vendor = Command::new(env!("CARGO_BIN_EXE_cato"));
    vendor.arg("vendor").arg(ground.path("whole")).args(["--pick", "knee", "--out"]).arg(ground.path("crate"));
    let refused = vendor.output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("counted, not measured"));
}
