//! The crates of `generated/`, copied out of the workspace, and C programs that are linked with them: what these say of
//! captures is what `cato` says.

// The options of the linker are those of GNU and LLVM.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as the tests do")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const CRATES: [&str; 3] = ["demo-decision-tree", "demo-features", "demo-random-forest"];

/// The library as the README of a crate makes it.
const LIBRARY: &[&str] =
    &["rustc", "--release", "--features", "capi,parse", "--crate-type", "staticlib", "--", "-C", "panic=abort"];

#[test]
fn crates_build_wherever_they_are_copied() {
    let outside = Outside::new();
    for package in CRATES {
        outside.cargo(package, &["build"]);
        outside.cargo(package, &["build", "--features", "capi"]);
    }
}

#[test]
fn programs_in_c_say_what_cato_says() {
    let outside = Outside::new();
    let captures = captures(&outside.path("captures"));
    let whole_flows = outside.path("whole.pcap");
    synthesise("demo", 300, &whole_flows, &outside.path("whole.csv"));
    for package in CRATES {
        outside.cargo(package, LIBRARY);
        let features_only = package == "demo-features";
        let program = outside.compile(package, "classify.c", if features_only { &["-DWITH_FEATURES"] } else { &[] });
        compare_frames(package, &program, &captures);
        let program = outside.compile(package, "own_parser.c", &[]);
        compare_packets(package, &program, &whole_flows);
    }
    outside.link_all();
}

/// The program that is given frames, and `cato classify`: the same lines, and the same counts. The order is that of verdicts,
/// and flows that fall silent get theirs at their time-out from a driver of fixed room, and at the end from `cato classify`.
fn compare_frames(package: &str, program: &Path, captures: &[PathBuf]) {
    let classified = json(cato(["classify", "--json", "--quiet"]).arg(generated(package)).arg("--pcap").args(captures));
    let mut expected: BTreeMap<&str, Vec<Line>> = BTreeMap::new();
    for flow in classified["flows"].as_array().unwrap() {
        expected.entry(flow["file"].as_str().unwrap()).or_default().push(Line::of_json(flow));
    }
    let features = features(package, captures);
    let (mut flows, mut classes, mut counts) = (0, Vec::new(), BTreeMap::<String, u64>::new());
    for capture in captures {
        let file = capture.file_name().unwrap().to_str().unwrap();
        let output = output(Command::new(program).arg(capture));
        let mut said: Vec<_> = text(output.stdout).lines().map(Line::of_csv).collect();
        let mut expected = expected.remove(file).unwrap_or_default();
        said.sort_by_key(|(line, _)| line.order());
        expected.sort_by_key(Line::order);
        assert_eq!(
            said.iter().map(|(line, _)| line).collect::<Vec<_>>(),
            expected.iter().collect::<Vec<_>>(),
            "{file}"
        );
        for (line, values) in &said {
            if !values.is_empty() {
                assert_eq!(Some(values), features.get(&(file.to_owned(), line.flow())), "{file}: {line:?}");
            }
        }
        flows += said.len();
        classes.extend(said.into_iter().map(|(line, _)| line.class));
        for line in text(output.stderr).lines() {
            let (name, count) = line.split_once(',').unwrap();
            *counts.entry(name.to_owned()).or_default() += count.parse::<u64>().unwrap();
        }
    }
    assert_eq!(expected.into_keys().collect::<Vec<_>>(), Vec::<&str>::new(), "files that the program was not given");
    for (name, count) in &counts {
        let counted = classified["counts"].get(name).or_else(|| classified["counts"]["skipped"].get(name));
        assert_eq!(counted.and_then(Value::as_u64).unwrap_or(0), *count, "{package}: {name}");
    }
    classes.sort_unstable();
    classes.dedup();
    assert!(flows > 500 && (classes.len() > 5 || package == "demo-features"), "{package}: {flows} flows, {classes:?}");
}

/// The program that parses packets by itself: the same classes and features, flow by flow.
fn compare_packets(package: &str, program: &Path, capture: &Path) {
    let classified = json(cato(["classify", "--json", "--quiet"]).arg(generated(package)).arg("--pcap").arg(capture));
    let captures = [capture.to_owned()];
    let features = features(package, &captures);
    let mut expected = BTreeMap::new();
    for flow in classified["flows"].as_array().unwrap() {
        let line = Line::of_json(flow);
        let key = ("whole.pcap".to_owned(), line.flow());
        let values = features.get(&key).unwrap_or_else(|| panic!("no features of {line:?}"));
        expected.insert(line.ends.clone(), (line.class, line.packets, values.clone()));
    }
    let said: BTreeMap<_, _> = text(output(Command::new(program).arg(capture)).stdout)
        .lines()
        .map(|line| {
            let fields: Vec<_> = line.split(',').collect();
            let (ends, rest) = fields.split_at(5);
            (ends_of(ends), (rest[0].to_owned(), rest[1].to_owned(), bits(&rest[2..])))
        })
        .collect();
    assert_eq!(said, expected, "{package}");
    assert_eq!(said.len(), 300, "{package}");
}

/// Both ends of a flow: transport protocol, addresses and ports, source first.
type Ends = (String, IpAddr, String, IpAddr, String);

/// What is said of one flow by `cato classify` and by the program in C.
#[derive(Debug, PartialEq)]
struct Line {
    ends: Ends,
    class: String,
    confidence: f64,
    packets: String,
    first_ns: String,
    last_ns: String,
    end: String,
}

/// Why a flow's verdict fell. One that was silent beyond its time-out when the input ended has ended by time for `cato
/// classify`; a driver of fixed room may not have come to it before the input's end.
fn last_word(end: String) -> String {
    if end == "idle" { "input".to_owned() } else { end }
}

impl Line {
    /// When the flow started and by which packets it ended, and its ends, which no two flows have alike.
    fn order(&self) -> String {
        format!("{} {} {:?}", self.first_ns, self.last_ns, self.ends)
    }

    fn of_json(flow: &Value) -> Self {
        let field = |name: &str| match &flow[name] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let ends = ["key_proto", "key_s_addr", "key_s_port", "key_d_addr", "key_d_port"].map(field);
        Self {
            ends: ends_of(&ends.each_ref().map(String::as_str)),
            class: field("class"),
            confidence: flow["confidence"].as_f64().unwrap_or(0.0),
            packets: field("packets_used"),
            first_ns: field("first_ts_ns"),
            last_ns: field("inference_ts_ns"),
            end: last_word(field("end")),
        }
    }

    /// The line and the features behind it.
    fn of_csv(line: &str) -> (Self, Vec<u32>) {
        let fields: Vec<_> = line.split(',').collect();
        let field = |place: usize| fields[place].to_owned();
        let line = Self {
            ends: ends_of(&fields[..5]),
            class: field(5),
            confidence: field(6).parse().unwrap(),
            packets: field(7),
            first_ns: field(8),
            last_ns: field(9),
            end: last_word(field(10)),
        };
        (line, bits(&fields[11..]))
    }

    /// What tells the flows of one file apart.
    fn flow(&self) -> (Ends, String) {
        (self.ends.clone(), self.first_ns.clone())
    }
}

fn ends_of(fields: &[&str]) -> Ends {
    let address = |place: usize| fields[place].parse().unwrap();
    (fields[0].to_owned(), address(1), fields[2].to_owned(), address(3), fields[4].to_owned())
}

/// The features of every flow by file and flow, in the order of the crate's columns, from the interpreter.
fn features(package: &str, captures: &[PathBuf]) -> BTreeMap<(String, (Ends, String)), Vec<u32>> {
    let spec: toml::Table = fs::read_to_string(generated(package).join("spec.toml")).unwrap().parse().unwrap();
    let wanted: Vec<_> = spec["features"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let depth = spec["depth"].to_string();
    let mut command = cato(["features", "--quiet", "--depth", &depth, "--features", &wanted.join(","), "--pcap"]);
    let table = output(command.args(captures)).stdout;
    let mut rows = csv::Reader::from_reader(table.as_slice());
    let columns: Vec<_> = rows.headers().unwrap().iter().map(str::to_owned).collect();
    let place = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let first = place("packets_used") + 1;
    let values = |row: &csv::StringRecord| -> Vec<u32> {
        bits(&(first..first + wanted.len()).map(|column| &row[column]).collect::<Vec<_>>())
    };
    let key = |row: &csv::StringRecord| {
        let ends = ["key_proto", "key_s_addr", "key_s_port", "key_d_addr", "key_d_port"].map(|name| &row[place(name)]);
        (row[place("file")].to_owned(), (ends_of(&ends), row[place("first_ts_ns")].to_owned()))
    };
    let rows: Vec<_> = rows.records().collect::<Result<_, _>>().unwrap();
    let found: BTreeMap<_, _> = rows.iter().map(|row| (key(row), values(row))).collect();
    assert!(!found.is_empty(), "{columns:?}");
    found
}

fn bits(values: &[&str]) -> Vec<u32> {
    values.iter().map(|value| value.parse::<f32>().unwrap().to_bits()).collect()
}

/// Copies of the vendored crates in a folder outside of the workspace, where they share what they are built from.
struct Outside(tempfile::TempDir);

impl Outside {
    fn new() -> Self {
        let outside = Self(tempfile::tempdir().unwrap());
        for package in CRATES {
            copy(&generated(package), &outside.path(package));
        }
        outside
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn cargo(&self, package: &str, arguments: &[&str]) {
        let mut command = Command::new(env!("CARGO"));
        command.current_dir(self.path(package)).arg("--offline").args(arguments);
        output(command.env("CARGO_TARGET_DIR", self.path("target")));
    }

    /// A program of `tests/c/`, linked with the crate's library.
    fn compile(&self, package: &str, source: &str, defines: &[&str]) -> PathBuf {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/c");
        let name = package.replace('-', "_");
        let program = self.path(&format!("{name}-{}", source.trim_end_matches(".c")));
        let mut command = Command::new("cc");
        command.args(["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror"]).args(defines);
        command.arg(format!("-DPIPELINE={name}")).arg(format!("-DPIPELINE_CAPITALS={}", name.to_uppercase()));
        command.arg(format!("-DPIPELINE_HEADER=\"{name}.h\"")).arg("-I").arg(self.path(package).join("include"));
        command.arg("-o").arg(&program).args([source, "capture.c"].map(|source| sources.join(source)));
        output(command.arg(self.library(&name)).arg("-Wl,--gc-sections"));
        // A panic or an allocation would have brought a part of `std` with it.
        let symbols = text(output(Command::new("nm").arg(&program)).stdout);
        let part_of_std =
            |line: &&str| ["panicking", "rust_begin_unwind", "__rdl_alloc"].iter().any(|part| line.contains(part));
        assert_eq!(symbols.lines().filter(part_of_std).collect::<Vec<_>>(), Vec::<&str>::new(), "{package}: {source}");
        assert!(symbols.contains(&format!("{name}_start")) || symbols.contains(&format!("{name}_driver_run")));
        program
    }

    /// Links one program with every library: no name of one is in the way of another's.
    fn link_all(&self) {
        let names = CRATES.map(|package| package.replace('-', "_"));
        let headers: String = names.iter().map(|name| format!("#include \"{name}.h\"\n")).collect();
        let right = names.each_ref().map(|name| format!("{name}_state_bytes() == sizeof({name}_state)")).join(" && ");
        let source = self.path("all.c");
        fs::write(&source, format!("{headers}int main(void) {{ return !({right}); }}\n")).unwrap();
        let mut command = Command::new("cc");
        command
            .args(["-Wall", "-Wextra", "-Werror"])
            .args(CRATES.iter().flat_map(|package| ["-I".into(), self.path(package).join("include")]));
        output(command.arg(source).args(names.map(|name| self.library(&name))).arg("-o").arg(self.path("all")));
        output(&mut Command::new(self.path("all")));
    }

    fn library(&self, name: &str) -> PathBuf {
        self.path(&format!("target/release/lib{name}.a"))
    }
}

/// Captures that a reader of classic pcap files can read: the golden ones, synthetic ones, and real ones where they are.
fn captures(folder: &Path) -> Vec<PathBuf> {
    fs::create_dir(folder).unwrap();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for golden in listed(&workspace.join("tests/golden/captures")) {
        fs::copy(&golden, folder.join(golden.file_name().unwrap())).unwrap();
    }
    synthesise("demo", 600, &folder.join("synthetic.pcap"), &folder.with_extension("csv"));
    let real = workspace.join("../shared/data/iot_sentinel/pcaps");
    if real.is_dir() {
        for (number, capture) in listed(&real).iter().flat_map(|device| listed(device)).enumerate().step_by(7) {
            let mut plain = File::create(folder.join(format!("real-{number:03}.pcap"))).unwrap();
            zstd::stream::copy_decode(File::open(capture).unwrap(), &mut plain).unwrap();
        }
    } else {
        eprintln!("real captures are passed over: there is no {}", real.display());
    }
    listed(folder)
}

fn synthesise(profile: &str, flows: usize, capture: &Path, labels: &Path) {
    let mut command = cato(["synth", "--profile", profile, "--seed", "11", "--flows", &flows.to_string()]);
    output(command.arg("--out").arg(capture).arg("--labels").arg(labels));
}

fn generated(package: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated").join(package)
}

/// What is in a folder, by name.
fn listed(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for path in listed(from) {
        let copied = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &copied);
        } else {
            fs::copy(&path, &copied).unwrap();
        }
    }
}

fn cato<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cato"));
    // The kit is built once for all tests of the workspace.
    command.args(arguments).env("CATO_CACHE_DIR", env!("CARGO_TARGET_TMPDIR")).env_remove("CATO_LOG");
    command
}

fn json(command: &mut Command) -> Value {
    serde_json::from_slice(&output(command).stdout).unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// What a command says that must succeed.
fn output(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{complaint}", output.status);
    output
}
