//! What tests of `cato serve` share: traffic, sinks, servers that run, and what they say.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "helpers of tests fail as the tests do, and not all of them need all"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// How long anything may take before a test is given up.
const LIMIT: Duration = Duration::from_secs(120);
pub(crate) const FLOWS: usize = 300;

/// A synthetic capture, and what is said of its flows.
pub(crate) struct Traffic {
    pub(crate) folder: tempfile::TempDir,
    /// What `cato classify` writes. A server's order is another where flows end by time.
    pub(crate) lines: Vec<String>,
}

impl Traffic {
    /// Made once for all tests of this file.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Traffic> = OnceLock::new();
        SHARED.get_or_init(|| {
            let folder = folder();
            let capture = folder.path().join("traffic.pcap");
            let flows = FLOWS.to_string();
            done(
                cato(["synth", "--profile", "smoke", "--seed", "3", "--flows", &flows])
                    .arg("--out")
                    .arg(&capture)
                    .arg("--labels")
                    .arg(folder.path().join("labels.csv")),
            );
            let said = done(cato(["classify"]).arg(spec()).arg("--pcap").arg(&capture));
            let lines = String::from_utf8(said).unwrap().lines().map(str::to_owned).collect();
            Self { folder, lines }
        })
    }

    pub(crate) fn serve<const N: usize>(&self, args: [&str; N]) -> Command {
        let mut command = cato(["serve"]);
        command.arg(spec()).arg("--pcap").arg(self.folder.path().join("traffic.pcap")).args(args);
        command
    }
}

/// A sink in a file.
pub(crate) struct Sink {
    pub(crate) path: PathBuf,
}

impl Sink {
    pub(crate) fn file(folder: &Path) -> Self {
        Self { path: folder.join("flows.jsonl") }
    }

    pub(crate) fn args(&self) -> [String; 2] {
        ["--sink".to_owned(), format!("jsonl:{}", self.path.display())]
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        whole_lines(&self.path)
    }
}

/// The lines of a file that are whole; none where it is not there.
pub(crate) fn whole_lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')).map(str::to_owned).collect()
}

pub(crate) fn sorted(lines: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
    let mut lines: Vec<String> = lines.into_iter().map(|line| line.as_ref().to_owned()).collect();
    lines.sort();
    lines
}

/// The lines of a text that has to hold whole JSON documents only.
pub(crate) fn parsed(text: &str) -> Vec<Value> {
    assert!(text.is_empty() || text.ends_with('\n'), "ends in {:?}", text.lines().next_back());
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"))).collect()
}

/// The document of counts, which have to add up.
pub(crate) fn report(stdout: &[u8]) -> Value {
    let report: Value = serde_json::from_slice(stdout).unwrap();
    let count = |name: &str| report[name].as_u64().unwrap();
    let sum = |name: &str| report[name].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum::<u64>();
    assert_eq!(count("packets"), count("classified") + count("absorbed") + sum("dropped"), "{report}");
    assert_eq!(count("flows"), count("verdicts") + sum("evicted_flows"), "{report}");
    assert_eq!(count("verdicts"), count("written") + sum("unwritten"), "{report}");
    assert_eq!(count("verdicts"), sum("classes"), "{report}");
    report
}

/// The page of metrics, in which every line has to be one of the text format.
pub(crate) fn page(address: SocketAddr) -> String {
    let mut client = TcpStream::connect(address).unwrap();
    client.write_all(b"GET /metrics HTTP/1.1\r\nHost: cato\r\n\r\n").unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    let (head, page) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK") && head.contains("text/plain; version=0.0.4"), "{head}");
    let mut kinds = BTreeMap::new();
    for line in page.lines() {
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        match words[..] {
            ["#", "HELP", _, _] => {}
            ["#", "TYPE", name, kind] => assert!(kinds.insert(name.to_owned(), kind.to_owned()).is_none(), "{line}"),
            _ => {
                let (series, number) = line.rsplit_once(' ').unwrap();
                assert!(number.parse::<f64>().is_ok_and(|number| number >= 0.0), "{line}");
                let name = series.split('{').next().unwrap();
                let family =
                    ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
                assert!(kinds.contains_key(family), "{line}");
                assert!(series == name || series.ends_with("\"}"), "{line}");
            }
        }
    }
    page.to_owned()
}

/// The sum over all series of a metric.
pub(crate) fn sum_of(page: &str, name: &str) -> f64 {
    let series = page.lines().filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])));
    series.map(|line| line.rsplit_once(' ').unwrap().1.parse::<f64>().unwrap()).sum()
}

pub(crate) fn wait_until(what: &str, mut there: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !there() {
        assert!(begun.elapsed() < LIMIT, "waited too long for {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A server that runs; ended with the test.
pub(crate) struct Running {
    pub(crate) child: Child,
}

pub(crate) trait Run {
    fn running(&mut self) -> Running;
}

impl Run for Command {
    fn running(&mut self) -> Running {
        self.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Running { child: self.spawn().unwrap() }
    }
}

impl Running {
    pub(crate) fn send(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Asks the server to end, which has to be in order, and gives what it printed.
    pub(crate) fn end(&mut self, signal: Signal) -> Vec<u8> {
        self.send(signal);
        self.ended()
    }

    /// Waits for the end of the server, which has to be in order, and gives what it printed.
    pub(crate) fn ended(&mut self) -> Vec<u8> {
        let Output { status, stdout, stderr } = self.child.wait_with_output_now();
        assert!(status.success(), "{status}: {}", String::from_utf8_lossy(&stderr));
        stdout
    }

    /// Where the server says that metrics are.
    pub(crate) fn metrics(&mut self) -> SocketAddr {
        let line = self.hears("/metrics");
        let address = line.trim_end().split("http://").nth(1).unwrap();
        address.strip_suffix("/metrics").unwrap().parse().unwrap()
    }

    /// The next line on stderr with these words.
    pub(crate) fn hears(&mut self, words: &str) -> String {
        // Byte by byte, so that nothing of the lines behind it is taken.
        let mut stderr = BufReader::with_capacity(1, self.child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains(words) {
            line.clear();
            assert!(stderr.read_line(&mut line).unwrap() > 0, "the server ended");
        }
        self.child.stderr = Some(stderr.into_inner());
        line
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) trait WaitNow {
    fn wait_with_output_now(&mut self) -> Output;
}

impl WaitNow for Child {
    fn wait_with_output_now(&mut self) -> Output {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        if let Some(mut pipe) = self.stdout.take() {
            pipe.read_to_end(&mut stdout).unwrap();
        }
        if let Some(mut pipe) = self.stderr.take() {
            pipe.read_to_end(&mut stderr).unwrap();
        }
        Output { status: self.wait().unwrap(), stdout, stderr }
    }
}

pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// A pipeline with a model.
pub(crate) fn spec() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated/demo-decision-tree/spec.toml")
}

pub(crate) fn cato<const N: usize>(args: [&str; N]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cato"));
    // The kit is built once for all tests of the workspace.
    command.args(args).env("CATO_CACHE_DIR", env!("CARGO_TARGET_TMPDIR")).env_remove("CATO_LOG");
    command
}

/// What a command that must succeed prints to stdout.
pub(crate) fn done(command: &mut Command) -> Vec<u8> {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}: {status}\n{}", String::from_utf8_lossy(&stderr));
    stdout
}
