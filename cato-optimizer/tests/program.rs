//! The program from end to end, as its user runs it, on synthetic traffic.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use cato_codegen::catalog::FeatureId;
use cato_codegen::operations::code_key;
use cato_codegen::spec::Depth;
use cato_optimizer::operations::{MachineWeights, WEIGHTS_VERSION, Weights};
use serde_json::Value;

/// A small synthetic capture with its labels, and a study of it.
struct Studied {
    folder: tempfile::TempDir,
}

impl Studied {
    /// Made once for all tests of this file.
    fn shared() -> &'static Self {
        static SHARED: OnceLock<Studied> = OnceLock::new();
        SHARED.get_or_init(|| {
            let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
            let studied = Self { folder };
            done(
                cato(["synth", "--profile", "smoke", "--flows", "240", "--seed", "3"])
                    .arg("--out")
                    .arg(studied.path("traffic.pcap"))
                    .arg("--labels")
                    .arg(studied.path("labels.csv")),
            );
            done(&mut studied.optimize(&studied.path("study"), 5));
            studied
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn optimize(&self, study: &Path, iterations: usize) -> Command {
        let mut command = self.on_captures("optimize");
        command.args(["--features", "mini", "--max-depth", "12", "--json", "--quiet", "--iterations"]);
        command.arg(iterations.to_string()).arg("--study").arg(study);
        command
    }

    /// A command with the capture and its labels.
    fn on_captures(&self, name: &str) -> Command {
        let mut command = cato([name]);
        command.arg("--pcap").arg(self.path("traffic.pcap")).arg("--labels").arg(self.path("labels.csv"));
        command
    }

    fn member(&self) -> (Value, String) {
        let front: Value = serde_json::from_slice(&fs::read(self.path("study/front.json")).unwrap()).unwrap();
        let member = front[0].clone();
        let name = format!("{}#{}", self.path("study").display(), member["id"].as_str().unwrap());
        (member, name)
    }
}

#[test]
fn the_front_has_everything_that_it_promises() {
    let studied = Studied::shared();
    let front: Value = serde_json::from_slice(&done(cato(["front", "--json"]).arg(studied.path("study")))).unwrap();
    let front = front.as_array().unwrap();
    assert!(!front.is_empty());
    let costs: Vec<_> = front.iter().map(|member| member["cost"]["execution_time_ns"].as_f64().unwrap()).collect();
    let quality: Vec<_> = front.iter().map(|member| member["validation"]["macro_f1"].as_f64().unwrap()).collect();
    assert!(costs.is_sorted() && quality.is_sorted(), "{front:?}");
    for member in front {
        for metric in ["macro_f1", "accuracy"] {
            assert!((0.0..=1.0).contains(&member["test"][metric].as_f64().unwrap()));
        }
        for figure in ["execution_time_ns", "per_packet_ns", "p99_ns", "code_bytes"] {
            assert!(member["cost"][figure].as_f64().unwrap() > 0.0, "{figure}");
        }
        // A member that only has constants, such as the duration after one packet, keeps nothing, and every other does.
        let named = member["features"].as_array().unwrap().iter();
        let features: Vec<_> = named.map(|name| FeatureId::by_name(name.as_str().unwrap()).unwrap()).collect();
        let depth = Depth::Packets(member["depth"].as_u64().unwrap().try_into().unwrap());
        let keeps_nothing = member["cost"]["state_bytes"].as_u64().unwrap() == 0;
        assert_eq!(keeps_nothing, code_key(&features, depth).is_constant(), "{member}");
        assert_eq!(member["task"], "classification");
        assert_eq!(member["model"], "decision-tree");
        for file in ["spec", "model_file"] {
            assert!(studied.path("study").join(member[file].as_str().unwrap()).is_file());
        }
    }
    let report = fs::read_to_string(studied.path("study/report.html")).unwrap();
    assert!(report.contains("<svg") && report.contains(front[0]["id"].as_str().unwrap()));
}

#[test]
fn a_search_that_was_killed_goes_on_where_it_was() {
    let studied = Studied::shared();
    let study = studied.path("killed");
    let evaluations = study.join("evaluations.jsonl");
    let mut child = studied.optimize(&study, 5).stdout(Stdio::null()).spawn().unwrap();
    let limit = Instant::now() + Duration::from_secs(300);
    while lines(&evaluations).len() < 2 && child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < limit, "no evaluation was finished");
        std::thread::sleep(Duration::from_millis(20));
    }
    // SIGKILL: nothing can be tidied up.
    child.kill().unwrap();
    child.wait().unwrap();
    let before = lines(&evaluations);
    done(&mut studied.optimize(&study, 5));
    let after = lines(&evaluations);
    assert_eq!(after.len(), 5);
    assert_eq!(after[..before.len()], before);

    let other = String::from_utf8(failed(studied.optimize(&study, 5).args(["--min-flows", "30"]))).unwrap();
    assert!(other.contains("min_flows"), "{other}");
}

#[test]
fn the_front_is_measured_again_once() {
    let studied = Studied::shared();
    let study = studied.path("settled");
    let again = study.join("remeasured.jsonl");
    done(studied.optimize(&study, 4).args(["--remeasure", "0"]));
    assert!(!again.exists());
    let front: Value = serde_json::from_slice(&done(studied.optimize(&study, 4).args(["--remeasure", "2"]))).unwrap();
    let lines_of = |id: &str| lines(&again).iter().filter(|line| line.contains(id)).count();
    for member in front.as_array().unwrap() {
        assert_eq!(member["noise"]["measurements"], 3, "{member}");
        assert_eq!(lines_of(member["id"].as_str().unwrap()), 2);
        // What is never wrong is never wrong in a sample either.
        let [f1, error] = [&member["validation"], &member["noise"]].map(|part| part["macro_f1"].as_f64().unwrap());
        assert_eq!(error > 0.0, f1 < 1.0, "{member}");
    }
    let before = lines(&again);
    let same: Value = serde_json::from_slice(&done(studied.optimize(&study, 4).args(["--remeasure", "2"]))).unwrap();
    assert_eq!((same, &lines(&again)), (front, &before));

    // More evaluations take nothing back, and cost nothing of what was measured again.
    done(studied.optimize(&study, 5).args(["--remeasure", "2"]));
    assert_eq!(lines(&again)[..before.len()], before);
    assert_eq!(lines(&study.join("evaluations.jsonl")).len(), 5);
}

#[test]
fn classify_says_what_features_and_model_say() {
    let studied = Studied::shared();
    let (member, name) = studied.member();
    let depth = member["depth"].to_string();
    let names: Vec<_> = member["features"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();

    let table = done(studied.on_captures("features").args(["--depth", &depth, "--features", &names.join(",")]));
    let mut table = csv::Reader::from_reader(&table[..]);
    let header = table.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let text = fs::read_to_string(studied.path("study").join(member["model_file"].as_str().unwrap())).unwrap();
    let model = cato_codegen::model::Model::from_json(&text).unwrap();
    let mut expected = BTreeMap::new();
    for row in table.records() {
        let row = row.unwrap();
        let values: Vec<f32> = names.iter().map(|name| row[at(name)].parse().unwrap()).collect();
        let class = &model.classes[usize::from(model.predict(&values).class)];
        let key =
            (row[at("key_s_port")].to_owned(), row[at("key_s_addr")].to_owned(), row[at("first_ts_ns")].to_owned());
        expected.insert(key, (class.clone(), row[at("packets_used")].to_owned(), row[at("label")].to_owned()));
    }

    let verdicts = done(studied.on_captures("classify").arg(&name));
    let mut found = BTreeMap::new();
    for line in String::from_utf8(verdicts).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let plain = |field: &str| line[field].as_str().map_or_else(|| line[field].to_string(), str::to_owned);
        assert!(line["inference_ts_ns"].as_u64().unwrap() >= line["first_ts_ns"].as_u64().unwrap());
        let key = (plain("key_s_port"), plain("key_s_addr"), plain("first_ts_ns"));
        found.insert(key, (plain("class"), plain("packets_used"), plain("label")));
    }
    assert_eq!(expected.len(), 240);
    assert_eq!(expected, found);
}

#[test]
fn features_name_the_part_that_a_search_uses() {
    let studied = Studied::shared();
    let args = ["--depth", "3", "--features", "dur", "--split", "flow", "--seed", "1"];
    let table = done(studied.on_captures("features").args(args));
    let mut parts = BTreeMap::<String, usize>::new();
    for row in csv::Reader::from_reader(&table[..]).records() {
        *parts.entry(row.unwrap().iter().next_back().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(parts.keys().map(String::as_str).collect::<Vec<_>>(), ["test", "train", "validation"]);
    assert!((130..=158).contains(&parts["train"]), "{parts:?}");

    let lines = done(studied.on_captures("features").args(args).args(["--format", "jsonl"]));
    let first: Value = serde_json::from_slice(lines.split(|&byte| byte == b'\n').next().unwrap()).unwrap();
    assert!(first["dur"].is_number() && first["part"].is_string());
}

#[test]
fn a_vendored_crate_is_checked_file_by_file() {
    let studied = Studied::shared();
    let folder = studied.path("vendored-pipeline");
    let vendor = || {
        let mut command = cato(["vendor", "--pick", "best"]);
        command.arg(studied.path("study")).arg("--out").arg(&folder);
        command
    };
    done(&mut vendor());
    done(vendor().arg("--check"));
    done(cato(["vendor", "--check"]).arg(&folder));
    let spec = folder.join("spec.toml");
    fs::write(&spec, fs::read_to_string(&spec).unwrap() + "\n").unwrap();
    let checked = vendor().arg("--check").output().unwrap();
    assert_eq!(checked.status.code(), Some(1));
    assert!(String::from_utf8(checked.stdout).unwrap().contains("spec.toml"));
}

#[test]
fn a_spec_by_hand_is_vendored_without_a_study() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("by hand.toml");
    fs::write(&spec, "version = 1\ndepth = 3\nfeatures = [\"dur\", \"s_bytes_mean\"]\n").unwrap();
    let made = folder.path().join("by-hand");
    let said = done(cato(["vendor", "--json"]).arg(&spec).arg("--out").arg(&made));
    let said: Value = serde_json::from_slice(&said).unwrap();
    assert_eq!((said["package"].as_str(), &said["member"]), (Some("by-hand"), &Value::Null));
    done(cato(["vendor", "--check"]).arg(&made));
    assert!(made.join("include/by_hand.h").is_file() && !made.join("model.json").exists());
    let said = String::from_utf8(failed(cato(["vendor"]).arg(&spec))).unwrap();
    assert!(said.contains("--out"), "{said}");
}

#[test]
fn explain_and_measure_take_a_member() {
    let studied = Studied::shared();
    let (member, name) = studied.member();
    let plan = String::from_utf8(done(cato(["explain"]).arg(&name))).unwrap();
    for feature in member["features"].as_array().unwrap() {
        assert!(plan.contains(feature.as_str().unwrap()), "{plan}");
    }
    let mut measure = cato(["measure", "--json", "--quiet", "--trial", "2ms", "--searches", "2"]);
    let cost = done(measure.arg(&name).arg("--pcap").arg(studied.path("traffic.pcap")));
    let cost: Value = serde_json::from_slice(&cost).unwrap();
    assert!(cost[0]["execution_time_ns"].as_f64().unwrap() > 0.0);
    let of = |figure: &str, which: &str| cost[0]["latency"][figure][which].as_f64().unwrap();
    let parts = of("waiting", "mean_ns") + of("extraction", "mean_ns");
    let prediction = cost[0]["latency"]["prediction_ns"].as_f64().unwrap();
    assert!((of("total", "mean_ns") / (parts + prediction) - 1.0).abs() < 1e-12 && prediction > 0.0, "{cost}");
    // Where the machine is busy there is none, and a warning says so.
    let throughput = &cost[0]["throughput"];
    if !throughput.is_null() {
        let rate = |name: &str| throughput[name].as_f64().unwrap();
        let [low, high] = [0, 1].map(|end| throughput["spread_packets_per_s"][end].as_f64().unwrap());
        assert!(0.0 < low && low <= rate("packets_per_s") && rate("packets_per_s") <= high, "{cost}");
        assert!(rate("classifications_per_s") < rate("packets_per_s") && rate("packets_per_s") < rate("bits_per_s"));
    }
}

#[test]
fn baselines_are_measured_beside_the_front() {
    let studied = Studied::shared();
    // A study of its own, since the comparison changes the report.
    let study = studied.path("compared");
    done(&mut studied.optimize(&study, 4));
    let compare = || {
        let mut command = studied.on_captures("compare");
        command.args(["--json", "--quiet", "--rounds", "2"]).arg(&study);
        command
    };
    let comparison: Value = serde_json::from_slice(&done(&mut compare())).unwrap();
    let front = comparison["front"].as_array().unwrap();
    let kept: Value = serde_json::from_slice(&fs::read(study.join("front.json")).unwrap()).unwrap();
    assert_eq!(front.len(), kept.as_array().unwrap().len());
    let baselines = comparison["baselines"].as_array().unwrap();
    let named = |name: &str| {
        let of = baselines.iter().filter(move |baseline| baseline["method"] == name);
        of.map(|baseline| baseline["depth"].to_string()).collect::<Vec<_>>().join(" ")
    };
    for method in ["ALL", "RFE10", "MI10", "PC", "PC+PT", "PC+PT+TC"] {
        assert_eq!(named(method), "10 50 \"all\"");
    }
    let mut unmatched = 0;
    for baseline in baselines {
        let measured = &baseline["outcome"]["measured"];
        let (f1, cost) = (&measured["validation"]["macro_f1"], &measured["cost"]["execution_time_ns"]);
        let (f1, cost) = (f1.as_f64().unwrap(), cost.as_f64().unwrap());
        let of = |member: &Value| {
            let (f1, cost) = (&member["validation"]["macro_f1"], &member["cost"]["execution_time_ns"]);
            (f1.as_f64().unwrap(), cost.as_f64().unwrap())
        };
        let no_worse = front.iter().map(of).any(|member| member.0 >= f1 && member.1 <= cost);
        assert_eq!(measured["beside"]["no_worse"], no_worse, "{baseline}");
        unmatched += usize::from(!no_worse);
        let beside = front.iter().find(|member| member["id"] == measured["beside"]["member"]).unwrap();
        let ratio = measured["beside"]["cost_ratio"].as_f64().unwrap();
        assert!((ratio * of(beside).1 / cost - 1.0).abs() < 1e-9);
        let spec = fs::read_to_string(study.join(measured["spec"].as_str().unwrap())).unwrap();
        let spec = cato_codegen::spec::Spec::from_toml(&spec).unwrap();
        assert_eq!(serde_json::json!(spec.features), baseline["features"]);
    }
    assert_eq!(comparison["unmatched"].as_array().unwrap().len(), unmatched);
    // Of six candidate features no selection leaves fewer than all: one pipeline, one cost.
    assert_eq!(baselines[0]["outcome"], baselines[3]["outcome"]);
    assert_eq!(serde_json::from_slice::<Value>(&fs::read(study.join("baselines.json")).unwrap()).unwrap(), comparison);
    assert!(fs::read_to_string(study.join("report.html")).unwrap().contains("PC+PT+TC at depth all"));

    let said = String::from_utf8(failed(compare().args(["--seed", "9"]))).unwrap();
    assert!(said.contains("`seed` is 1 in the study and 9 in this command"), "{said}");
    let mut others = cato(["compare", "--label-by", "file"]);
    let said = failed(others.arg(&study).arg("--pcap").arg(studied.path("traffic.pcap")));
    assert!(String::from_utf8(said).unwrap().contains("two or more classes"));
    let said = failed(cato(["compare", "--demo"]).arg(studied.path("nowhere")));
    assert!(String::from_utf8(said).unwrap().contains("no study"));
    assert!(!studied.path("nowhere").exists());
}

#[test]
fn counted_costs_are_compared_by_counting() {
    let studied = Studied::shared();
    let (study, weights) = (studied.path("counted"), studied.path("weights.toml"));
    let usual = MachineWeights {
        version: WEIGHTS_VERSION,
        cpu: "none".to_owned(),
        rustc: "none".to_owned(),
        pipelines: 0,
        median_error: 0.0,
        weights: Weights::usual(),
    };
    usual.write(&weights).unwrap();
    let mut search = studied.optimize(&study, 6);
    let front = done(search.args(["--cost-model", "operations", "--cost-weights"]).arg(&weights));
    let front: Value = serde_json::from_slice(&front).unwrap();
    assert!(!study.join("remeasured.jsonl").exists(), "what is counted is not measured again");
    for member in front.as_array().unwrap() {
        assert_eq!((&member["noise"]["measurements"], &member["noise"]["cost_ns"]), (&1.into(), &0.0.into()));
    }

    let compare = || done(studied.on_captures("compare").args(["--json", "--quiet"]).arg(&study));
    let first = compare();
    let comparison: Value = serde_json::from_slice(&first).unwrap();
    let costs = |document: &Value| {
        let members = document.as_array().unwrap().iter();
        members.map(|member| (member["id"].clone(), member["cost"]["execution_time_ns"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(costs(&comparison["front"]), costs(&front), "the front costs what it cost in the search");
    assert_eq!(first, compare(), "twice the same, to the last digit");
    // More packets, more operations.
    let cost =
        |at: usize| comparison["baselines"][at]["outcome"]["measured"]["cost"]["execution_time_ns"].as_f64().unwrap();
    assert!(cost(0) < cost(1) && cost(1) <= cost(2), "{comparison}");
    assert!(fs::read_to_string(study.join("report.html")).unwrap().contains("counted"));
}

#[test]
fn latency_is_waiting_and_execution() {
    let studied = Studied::shared();
    let (study, weights) = (studied.path("latency"), studied.path("latency-weights.toml"));
    let usual = MachineWeights {
        version: WEIGHTS_VERSION,
        cpu: "none".to_owned(),
        rustc: "none".to_owned(),
        pipelines: 0,
        median_error: 0.0,
        weights: Weights::usual(),
    };
    usual.write(&weights).unwrap();
    let counting = |cost: &str| {
        let mut search = studied.optimize(&study, 12);
        search.args(["--cost", cost, "--cost-model", "operations", "--cost-weights"]).arg(&weights);
        search
    };
    let front: Value = serde_json::from_slice(&done(&mut counting("latency"))).unwrap();
    let front = front.as_array().unwrap();
    let latency = |member: &Value| member["cost"]["latency"]["total"]["mean_ns"].as_f64().unwrap();
    assert!(front.iter().map(latency).is_sorted() && !front.is_empty(), "{front:?}");
    assert!(front.iter().all(|member| member["cost"]["metric"] == "latency"), "{front:?}");
    let mut deep = 0;
    for line in lines(&study.join("evaluations.jsonl")) {
        let line: Value = serde_json::from_str(&line).unwrap();
        let measured = &line["outcome"]["measured"];
        let waiting = measured["cost"]["latency"]["waiting"]["mean_ns"].as_f64().unwrap();
        assert_eq!(waiting == 0.0, line["depth"] == 1, "who answers at the first packet waits for none");
        let execution = measured["cost"]["execution_time_ns"].as_f64().unwrap();
        assert!((latency(measured) - waiting - execution).abs() < 1e-3, "{line}");
        // Waiting is known to the search, and most of what it predicts.
        if let (Some(predicted), true) = (line["forecast"]["cost"]["mean"].as_f64(), waiting > 1e6) {
            assert!((predicted / latency(measured) - 1.0).abs() < 1e-3, "{line}");
            deep += 1;
        }
    }
    assert!(deep > 0);

    let report = fs::read_to_string(study.join("report.html")).unwrap();
    assert!(report.contains("latency per flow, mean (log scale)") && !report.contains("execution time per flow"));
    let said = String::from_utf8(failed(&mut counting("execution-time"))).unwrap();
    assert!(said.contains("`cost` is \"latency\" in the study and \"execution-time\" in this command"), "{said}");
    let said = String::from_utf8(failed(&mut counting("throughput"))).unwrap();
    assert!(said.contains("--cost-model measured"), "{said}");
}

#[test]
fn bad_input_is_named_and_leaves_nothing() {
    let studied = Studied::shared();
    let garbage = studied.path("garbage.pcap");
    fs::write(&garbage, [0x2a; 4096]).unwrap();
    let out = studied.path("never.csv");
    let said = failed(cato(["features", "--depth", "3", "--pcap"]).arg(&garbage).arg("--out").arg(&out));
    assert!(String::from_utf8(said).unwrap().contains("garbage.pcap"));
    assert!(!out.exists());

    let labels = studied.path("wrong.csv");
    fs::write(&labels, "file,proto\n").unwrap();
    let mut command = cato(["train", "--depth", "3", "--pcap"]);
    let said = failed(command.arg(studied.path("traffic.pcap")).arg("--labels").arg(&labels));
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains("wrong.csv") && said.contains("client_ip"), "{said}");

    let spec = studied.path("old.toml");
    fs::write(&spec, "version = 99\ndepth = 3\nfeatures = [\"dur\"]\n").unwrap();
    let said = String::from_utf8(failed(cato(["explain"]).arg(&spec))).unwrap();
    assert!(said.contains("old.toml") && said.contains("99"), "{said}");

    let typo = failed(cato(["features", "--depth", "3", "--features", "s_byte_mean", "--pcap"]).arg(&garbage));
    assert!(String::from_utf8(typo).unwrap().contains("s_bytes_mean"));
}

#[test]
fn without_rustc_the_error_says_so() {
    let studied = Studied::shared();
    let (_, name) = studied.member();
    let mut command = cato(["classify"]);
    command.arg(&name).arg("--pcap").arg(studied.path("traffic.pcap")).env("PATH", "").env_remove("RUSTC");
    let said = String::from_utf8(failed(&mut command)).unwrap();
    assert!(said.contains("rustc") && said.contains("PATH"), "{said}");
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

/// What a command that must fail for its input prints to stderr.
fn failed(command: &mut Command) -> Vec<u8> {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert_eq!(status.code(), Some(2), "{command:?}\n{}", String::from_utf8_lossy(&stderr));
    assert!(stdout.is_empty(), "{}", String::from_utf8_lossy(&stdout));
    stderr
}

/// The whole lines of a file, none where it is not there.
fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_inclusive('\n').filter(|line| line.ends_with('\n')).map(str::to_owned).collect()
}
