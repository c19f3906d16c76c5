//! `cato serve` on an interface says what `cato classify` says of the file that was sent there.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use cato_tests::network::{Namespace, Sender, is_captured_from};
use cato_traffic::replay::{Pace, Replay, ReplayOptions};
use cato_traffic::synth::{self, Profile};
use cato_traffic::{Inputs, Trace, TraceOptions};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// No feature of the time: packets come at other times than those of the capture.
const SPEC: &str = r#"
version = 1
depth = 10
features = ["d_port", "s_pkt_cnt", "d_pkt_cnt", "s_bytes_mean", "d_bytes_max", "s_winsize_med", "s_ttl_mean", "psh_cnt"]

[model]
file = "model.json"
"#;

/// Two trees that look at several features, so that classes differ from flow to flow.
const MODEL: &str = r#"{"version":1,"kind":{"type":"random-forest","vote":"soft"},
"features":["d_port","s_pkt_cnt","d_pkt_cnt","s_bytes_mean","d_bytes_max","s_winsize_med","s_ttl_mean","psh_cnt"],
"classes":["large","small","talkative"],
"leaves":[[[0,65535]],[[1,65535]],[[1,25535],[2,40000]],[[0,30000],[2,35535]]],
"trees":[
{"feature":[3,4,-1,-1,7,-1,-1],"threshold":[120.0,500.0,1.5],"leaf":[1,2,3,0]},
{"feature":[2,5,-1,-1,0,-1,-1],"threshold":[4.5,30000.0,443.5],"leaf":[1,3,0,2]}]}"#;

const FLOWS: usize = 400;
/// No flow ends by time: the capture is sent in less of it than its packets took.
const TIMEOUTS: [&str; 4] = ["--tcp-timeout", "10h", "--udp-timeout", "10h"];
/// Packets a second.
const RATE: f64 = 20_000.0;
/// What hangs is ended after so long.
const PATIENCE: Duration = Duration::from_secs(120);

/// What of a line does not depend on when packets came.
fn line(text: &str) -> String {
    let line: Value = serde_json::from_str(text).unwrap();
    let kept = [
        "key_proto",
        "key_s_addr",
        "key_s_port",
        "key_d_addr",
        "key_d_port",
        "class",
        "confidence",
        "packets_used",
        "end",
    ];
    kept.map(|name| line[name].to_string()).join(" ")
}

fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<_> = text.lines().map(line).collect();
    lines.sort();
    lines
}

fn cato() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tested_cato"));
    command.env("CATO_CACHE_DIR", env!("CARGO_TARGET_TMPDIR")).env_remove("CATO_LOG").arg("--quiet");
    command
}

/// Ends the server however the test ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn an_interface_gives_the_verdicts_of_its_capture() {
    let (Some(near), Some(far)) = (Namespace::new(), Namespace::new()) else { return };
    if let Err(error) = near.join("near", &far, "far") {
        return println!("skipped: no virtual Ethernet: {error:#}");
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("spec.toml"), SPEC).unwrap();
    fs::write(path("model.json"), MODEL).unwrap();
    let profile = Profile::builtin("demo").unwrap();
    synth::write(&profile, FLOWS, 5, &path("traffic.pcap"), &path("labels.csv")).unwrap();

    let classified =
        cato().arg("classify").args(TIMEOUTS).arg(path("spec.toml")).arg("--pcap").arg(path("traffic.pcap")).output();
    let classified = classified.unwrap();
    assert!(classified.status.success(), "{}", String::from_utf8_lossy(&classified.stderr));
    let expected = lines(&String::from_utf8(classified.stdout).unwrap());
    assert_eq!(expected.len(), FLOWS);
    for class in ["large", "small", "talkative"] {
        assert!(expected.iter().any(|line| line.contains(class)), "no flow is {class}");
    }

    for workers in [1, 2] {
        let found = serve(&near, &far, folder.path(), workers);
        assert_eq!(found, expected, "{workers} workers");
    }
}

/// The lines of a server on `far` while the capture is sent to it.
fn serve(near: &Namespace, far: &Namespace, folder: &Path, workers: u32) -> Vec<String> {
    let sink = folder.join(format!("verdicts-{workers}.jsonl"));
    let mut command = cato();
    command.arg("--json").arg("serve").args(TIMEOUTS).arg(folder.join("spec.toml")).args([
        "--interface",
        "far",
        "--workers",
    ]);
    command.arg(workers.to_string()).arg("--sink").arg(format!("jsonl:{}", sink.display()));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut server = Server(far.within(move || command.spawn()).unwrap());
    wait_until("it captures", || {
        assert!(server.0.try_wait().unwrap().is_none(), "the server has ended");
        // What it needs no longer it gives up when all sockets are open.
        far.within(move || is_captured_from(workers as usize)) && has_no_capability(server.0.id())
    });

    let trace =
        Trace::collect(&Inputs::collect(&[folder.join("traffic.pcap")]).unwrap(), &TraceOptions::default()).unwrap();
    let mut replay = Replay::of_trace(&trace, &ReplayOptions::default());
    let frames = trace.len() as u64;
    let sent = near.within(move || Sender::open("near")?.play(&mut replay, Pace::Rate(RATE), u64::MAX));
    assert_eq!(sent.unwrap().frames, frames);

    kill_process(Pid::from_raw(server.0.id() as i32).unwrap(), Signal::TERM).unwrap();
    wait_until("it ends", || server.0.try_wait().unwrap().is_some());
    let status = server.0.wait().unwrap();
    let said = std::io::read_to_string(server.0.stdout.take().unwrap()).unwrap();
    let complained = std::io::read_to_string(server.0.stderr.take().unwrap()).unwrap();
    assert!(status.success(), "{status}: {complained}");
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(report["packets"], frames, "{said}");
    assert_eq!((report["dropped"]["kernel"].clone(), report["written"].clone()), (0.into(), FLOWS.into()), "{said}");
    lines(&fs::read_to_string(sink).unwrap())
}

fn has_no_capability(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let none = |set: &str| status.lines().any(|line| line.starts_with(set) && line.ends_with("\t0000000000000000"));
    none("CapEff:") && none("CapPrm:") && none("CapInh:") && none("CapAmb:")
}

fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < PATIENCE, "waited in vain until {what}");
        sleep(Duration::from_millis(20));
    }
}
