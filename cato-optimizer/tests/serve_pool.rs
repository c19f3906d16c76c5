//! `cato serve --pool` as its user runs it: which members answer, what is said of them, and how another pool takes over.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

mod serving;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use rustix::process::Signal;
use serde_json::Value;
use serving::*;

/// A pool in a folder of its own.
struct PoolFolder {
    folder: tempfile::TempDir,
}

impl PoolFolder {
    /// Specs of two depths, and a pool of both.
    fn new() -> Self {
        let pool = Self { folder: folder() };
        let text = fs::read_to_string(spec()).unwrap();
        fs::copy(spec().with_file_name("model.json"), pool.path("model.json")).unwrap();
        for (id, depth) in [("shallow", 2), ("deep", 7)] {
            let depth = format!("depth = {depth}");
            let line = text.lines().find(|line| line.starts_with("depth")).unwrap();
            fs::write(pool.path(&format!("{id}.toml")), text.replace(line, &depth)).unwrap();
        }
        pool.write("", &["shallow", "deep"]);
        pool
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes the pool's file anew, with these constraints and members.
    fn write(&self, constraints: &str, members: &[&str]) {
        let mut text = format!("version = 1\nconstraints = {{ {constraints} }}\n");
        for id in members {
            let quality = if *id == "deep" { 0.6 } else { 0.5 };
            text += &format!(
                "\n[[member]]\nid = \"{id}\"\nspec = \"{id}.toml\"\nquality = {quality}\nstart_ns = 200.0\n\
                 packet_ns = 50.0\nabsorbed_ns = 30.0\nverdict_ns = 100.0\nflow_ns = 900.0\nstate_bytes = 64\n"
            );
        }
        fs::write(self.path("pool.toml"), text).unwrap();
    }

    fn serve(&self, policy: &str) -> Command {
        let mut command = cato(["serve", "--json", "--policy", policy, "--pool"]);
        command.arg(self.path("pool.toml")).arg("--pcap").arg(capture());
        command
    }

    /// What a member says of all flows where it serves alone, by the flow.
    fn alone(&self, id: &str) -> BTreeMap<String, String> {
        let said = done(cato(["classify"]).arg(self.path(&format!("{id}.toml"))).arg("--pcap").arg(capture()));
        by_flow(String::from_utf8(said).unwrap().lines())
    }
}

fn capture() -> PathBuf {
    Traffic::shared().folder.path().join("traffic.pcap")
}

/// Lines by their flow: its key and its first packet.
fn by_flow(lines: impl IntoIterator<Item = impl AsRef<str>>) -> BTreeMap<String, String> {
    let lines = lines.into_iter().map(|line| {
        let line = line.as_ref();
        let flow: Value = serde_json::from_str(line).unwrap();
        let key =
            ["key_s_addr", "key_s_port", "key_d_addr", "key_d_port", "first_ts_ns"].map(|part| flow[part].to_string());
        (key.join(" "), line.to_owned())
    });
    lines.collect()
}

fn number(line: &str, field: &str) -> u64 {
    serde_json::from_str::<Value>(line).unwrap()[field].as_u64().unwrap()
}

#[test]
fn a_member_of_a_pool_answers_as_it_does_alone() {
    let pool = PoolFolder::new();
    for (id, other) in [("shallow", "deep"), ("deep", "shallow")] {
        let sink = Sink::file(pool.folder.path());
        let report = report(&done(pool.serve(&format!("static:{id}")).args(sink.args())));
        assert_eq!(by_flow(sink.lines()), pool.alone(id), "{id}");
        assert_eq!((&report["members"][id], &report["members"][other]), (&FLOWS.into(), &0.into()), "{report}");
        fs::remove_file(&sink.path).unwrap();
    }
    // Whoever decides, every flow has a verdict of one member, or is counted as not admitted.
    for policy in ["adaptive", "threshold", "sample:deep"] {
        let report = report(&done(&mut pool.serve(policy)));
        let count = |value: &Value| value.as_u64().unwrap();
        let bound = count(&report["members"]["shallow"]) + count(&report["members"]["deep"]);
        assert_eq!(bound + count(&report["not_admitted_flows"]), FLOWS as u64, "{policy}: {report}");
    }
}

#[test]
fn what_cannot_serve_is_said() {
    let pool = PoolFolder::new();
    let said = |command: &mut Command| {
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let (done, words) = said(&mut pool.serve("static:steep"));
    assert!(!done && words.contains("no member steep; it has shallow, deep"), "{words}");
    pool.write("lowest_quality = 0.55", &["shallow", "deep"]);
    let (done, words) = said(&mut pool.serve("threshold"));
    assert!(done && words.contains("member shallow does not serve: its quality is 0.5"), "{words}");
    let (done, words) = said(&mut pool.serve("static:shallow"));
    assert!(!done && words.contains("no member shallow; it has deep"), "{words}");
    pool.write("lowest_quality = 0.9", &["shallow", "deep"]);
    let (done, words) = said(&mut pool.serve("threshold"));
    assert!(!done && words.contains("pool.toml: no member has the lowest quality"), "{words}");
    pool.write("lowest_quality = 9.5", &["deep"]);
    let (done, words) = said(&mut pool.serve("threshold"));
    assert!(!done && words.contains("pool.toml: constraints: lowest_quality is 9.5"), "{words}");
}

#[test]
fn sighup_loads_another_pool_and_no_flow_is_lost() {
    let pool = PoolFolder::new();
    let (deep, shallow) = (pool.alone("deep"), pool.alone("shallow"));
    pool.write("", &["deep"]);
    let sink = Sink::file(pool.folder.path());
    let mut command = pool.serve("adaptive");
    command.args(["--rate", "1500", "--table-capacity", "4096", "--metrics", "127.0.0.1:0"]).args(sink.args());
    let mut child = command.running();
    let metrics = child.metrics();
    wait_until("the first verdicts", || sink.lines().len() > 20);
    // What is no pool changes nothing.
    fs::write(pool.path("pool.toml"), "version = 1\n").unwrap();
    child.send(Signal::HUP);
    let words = child.hears("the old pool goes on");
    assert!(words.contains("1 to 64 members, not 0"), "{words}");
    assert_eq!(sum_of(&page(metrics), "cato_loaded_pipelines"), 1.0);
    pool.write("", &["shallow"]);
    child.send(Signal::HUP);
    child.hears("read again: shallow serve");
    let loaded = || sum_of(&page(metrics), "cato_loaded_pipelines");
    // Flows of the old one are open for some time; there is a flow that never ends, so that it may stay to the end.
    assert!(loaded() <= 2.0 && page(metrics).contains("cato_policy_member_share{member=\"shallow\"} 1\n"));
    let report = report(&child.ended());
    let lines = by_flow(sink.lines());
    assert_eq!((&report["written"], lines.len()), (&FLOWS.into(), FLOWS), "{report}");
    assert_eq!(report["dropped"].as_object().unwrap().values().filter(|count| **count != 0).count(), 0, "{report}");

    // Every flow has the answer that one of the two gives alone; the old one's began before the new one's.
    let (mut of_deep, mut of_shallow) = (Vec::new(), Vec::new());
    for (flow, line) in &lines {
        let times = (number(line, "first_ts_ns"), number(line, "inference_ts_ns"));
        match (deep.get(flow) == Some(line), shallow.get(flow) == Some(line)) {
            (true, false) => of_deep.push(times),
            (false, true) => of_shallow.push(times),
            (same, _) => assert!(same, "nobody says this: {line}"),
        }
    }
    let count = |id: &str| report["members"][id].as_u64().unwrap() as usize;
    assert!(of_deep.len() > 10 && of_shallow.len() > 10, "{report}");
    assert!(count("deep") >= of_deep.len() && count("shallow") >= of_shallow.len(), "{report}");
    assert_eq!(count("deep") + count("shallow"), FLOWS, "{report}");
    let first_of_new = of_shallow.iter().map(|(first, _)| *first).min().unwrap();
    assert!(
        of_deep.iter().all(|(first, _)| *first < first_of_new),
        "a flow began with the old pool after the new one came"
    );
    assert!(of_deep.iter().any(|(_, last)| *last > first_of_new), "no flow was open when the new pool came");
}

#[test]
fn metrics_tell_of_the_pool() {
    let pool = PoolFolder::new();
    pool.write("loss = 0.5, latency_p99_ms = 60000.0, memory_mb = 1.0, lowest_quality = 0.2", &["shallow", "deep"]);
    let mut command = pool.serve("static:deep");
    let mut child = command.args(["--rate", "1000", "--metrics", "127.0.0.1:0"]).running();
    let metrics = child.metrics();
    let words = child.hears("memory_mb is not kept to");
    assert!(words.contains("at most 1 is asked for"), "{words}");
    let page = page(metrics);
    for line in [
        "cato_constraint_met{constraint=\"loss\"} 1",
        "cato_constraint_met{constraint=\"latency_p99_ms\"} 1",
        "cato_constraint_met{constraint=\"memory_mb\"} 0",
        "cato_constraint_met{constraint=\"lowest_quality\"} 1",
        "cato_policy{policy=\"static:deep\"} 1",
        "cato_policy_lower_member 1",
        "cato_policy_upper_member 1",
        "cato_policy_member_number{member=\"deep\"} 1",
        "cato_policy_member_share{member=\"shallow\"} 0",
        "cato_policy_member_share{member=\"deep\"} 1",
        "cato_policy_admitted_share 1",
        "cato_policy_changes_total 0",
        "cato_loaded_pipelines 2",
        "cato_member_flows_total{member=\"shallow\"} 0",
    ] {
        assert!(page.lines().any(|found| found == line), "{line} is not on the page:\n{page}");
    }
    assert_eq!(sum_of(&page, "cato_member_flows_total"), sum_of(&page, "cato_flows_total"));
    let busy = sum_of(&page, "cato_member_busy_nanoseconds_total");
    assert!(busy > 0.0 && busy <= sum_of(&page, "cato_worker_busy_nanoseconds_total"), "{page}");
    child.end(Signal::TERM);
}
