//! The corpora of `../shared/data/robustness`, all of them, from the file to the verdict.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use cato_macros::cato_pipeline;
use cato_runtime::{
    BatchPipeline as _, Driver, End, Endpoint, Eviction, Finished, FlowKey, FlowSettings, Pipeline, Skip,
    StaticPipeline, Verdict,
};
use cato_traffic::{BoundedStorage, CaptureReader, FrameBuffer, GrowingStorage, Inputs};
use rustix::time::{ClockId, clock_gettime};

/// 48 features of 32 packets, and a tree of 12 classes.
#[cato_pipeline(spec = "../generated/demo-decision-tree/spec.toml")]
struct Classifier;

/// All features but those of the time, whose last bits are those of the capture's clock.
#[cato_pipeline(depth = 10, features = [
    "proto", "s_port", "d_port", "s_pkt_cnt", "d_pkt_cnt", "s_bytes_sum", "d_bytes_sum", "s_bytes_mean",
    "d_bytes_mean", "s_bytes_min", "d_bytes_min", "s_bytes_max", "d_bytes_max", "s_bytes_med", "d_bytes_med",
    "s_bytes_std", "d_bytes_std", "s_winsize_sum", "d_winsize_sum", "s_winsize_mean", "d_winsize_mean",
    "s_winsize_min", "d_winsize_min", "s_winsize_max", "d_winsize_max", "s_winsize_med", "d_winsize_med",
    "s_winsize_std", "d_winsize_std", "s_ttl_sum", "d_ttl_sum", "s_ttl_mean", "d_ttl_mean", "s_ttl_min", "d_ttl_min",
    "s_ttl_max", "d_ttl_max", "s_ttl_med", "d_ttl_med", "s_ttl_std", "d_ttl_std", "cwr_cnt", "ece_cnt", "urg_cnt",
    "ack_cnt", "psh_cnt", "rst_cnt", "syn_cnt", "fin_cnt",
])]
struct Timeless;

/// All features of the time.
#[cato_pipeline(depth = 10, features = [
    "dur", "s_load", "d_load", "s_iat_mean", "d_iat_mean", "tcp_rtt", "syn_ack", "ack_dat", "s_iat_sum", "d_iat_sum",
    "s_iat_min", "d_iat_min", "s_iat_max", "d_iat_max", "s_iat_med", "d_iat_med", "s_iat_std", "d_iat_std",
])]
struct Timed;

/// A corpus, `None` with a word to the reader where it is not there.
fn corpus(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/robustness").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {} is not there", path.display());
    None
}

fn files(folder: &Path) -> Vec<PathBuf> {
    Inputs::collect(&[folder.to_owned()]).unwrap().files().iter().map(|file| file.path.clone()).collect()
}

fn settings(require_syn: bool) -> FlowSettings {
    FlowSettings { require_syn, ..FlowSettings::default() }
}

/// What is said of a flow.
#[derive(Clone, Debug, PartialEq)]
struct Answer {
    key: FlowKey,
    source: Endpoint,
    packets: u32,
    first_ns: u64,
    end: End,
    features: Vec<f32>,
    verdict: Verdict,
}

/// The answers to a capture, in order of flow start.
fn answers<P: Pipeline>(file: &Path, require_syn: bool) -> Vec<Answer> {
    let mut capture = CaptureReader::open(file).unwrap();
    let mut buffer = FrameBuffer::default();
    buffer.fill(&mut capture, usize::MAX).unwrap();
    assert_eq!(capture.warnings(), [], "{}", file.display());
    let pipeline = StaticPipeline::<P, _>::new(vec![P::start(); buffer.len()]);
    let mut driver = Driver::new(pipeline, settings(require_syn), GrowingStorage::new()).stepwise();
    let mut answers = Vec::new();
    let mut keep = |finished: &Finished<'_>, pipeline: &StaticPipeline<P, Vec<P::State>>| {
        let mut features = vec![f32::NAN; P::FEATURES.len()];
        pipeline.features(finished.slot, &mut features);
        let Finished { entry, end, verdict, .. } = *finished;
        let (key, source, packets, first_ns) = (*entry.key(), entry.source(), entry.packets(), entry.start_ns());
        answers.push((entry.flow(), Answer { key, source, packets, first_ns, end, features, verdict }));
    };
    driver.run(&buffer.frames(), &mut keep);
    driver.end_input(&mut keep);
    answers.sort_by_key(|(flow, _)| *flow);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

#[test]
fn every_container_gives_the_same_flows_features_and_verdicts() {
    let Some(folder) = corpus("equivalence") else { return };
    let mut compared = 0;
    for base in ["appA", "iotA"] {
        let same_base = |file: &PathBuf| file.file_name().unwrap().to_string_lossy().starts_with(base);
        let reference = folder.join(format!("{base}__eth_us_le.pcap"));
        let containers: Vec<_> = files(&folder).into_iter().filter(same_base).collect();
        assert_eq!(containers.len(), 26);
        for require_syn in [false, true] {
            same::<Classifier>(&containers, &reference, require_syn);
            same::<Timeless>(&containers, &reference, require_syn);
            same::<Timed>(&containers, &reference, require_syn);
            compared += containers.len();
        }
    }
    assert_eq!(compared, 2 * 2 * 26);
}

/// That times are equal to a microsecond and everything else to the bit, features of the time included: all containers
/// state the same microseconds.
fn same<P: Pipeline>(containers: &[PathBuf], reference: &Path, require_syn: bool) {
    let expected = answers::<P>(reference, require_syn);
    assert!(!expected.is_empty());
    for file in containers {
        let found = answers::<P>(file, require_syn);
        assert_eq!(found.len(), expected.len(), "{}", file.display());
        for (found, expected) in found.iter().zip(&expected) {
            assert!(found.first_ns.abs_diff(expected.first_ns) <= 1000, "{}", file.display());
            let found = Answer { first_ns: expected.first_ns, ..found.clone() };
            assert_eq!(found, *expected, "{}", file.display());
        }
    }
}

/// What a child that read a file says of it.
#[derive(Clone, Debug)]
struct Reading {
    name: String,
    frames: u64,
    /// Time of the processor.
    millis: u64,
    /// The most memory that the child had up to now.
    peak_kb: u64,
}

/// The most memory that reading and classifying may take.
const MEMORY_KB: u64 = 64 << 10;
/// The most time of the processor that a file may take.
const MILLIS: u64 = 2000;
/// A child that says nothing for so long hangs.
const HANGS: Duration = Duration::from_secs(120);

#[test]
fn broken_and_odd_captures_cost_neither_much_time_nor_memory() {
    let wanted = corpus("manifest.csv").map(|file| readable_packets(&file)).unwrap_or_default();
    for (name, most) in [("malformed", 50), ("real", 500)] {
        let Some(folder) = corpus(name) else { continue };
        let readings = read_in_a_child(&folder);
        assert!(readings.len() > most);
        for reading in &readings {
            let least = wanted.get(&format!("{name}/{}", reading.name)).copied().unwrap_or(0);
            assert!(reading.frames >= least, "{reading:?}: {least} frames before the damage");
        }
        assert!(readings.iter().any(|reading| reading.frames > 0));
    }
}

#[test]
fn every_combination_of_tcp_flags_is_followed() {
    let Some(archive) = corpus("tcp_flags_esnet.tar.zst") else { return };
    let readings = read_in_a_child(&archive);
    assert!(readings.len() > 1000);
    assert!(readings.iter().all(|reading| reading.frames > 0));
}

/// How many packets another, lenient reader found in each file.
fn readable_packets(manifest: &Path) -> BTreeMap<String, u64> {
    let mut table = csv::Reader::from_path(manifest).unwrap();
    table.records().map(|row| row.unwrap()).map(|row| (row[0].to_owned(), row[4].parse().unwrap_or(0))).collect()
}

/// Reads a folder or an archive in a process of its own, so that its memory can be told, and holds it to the limits.
fn read_in_a_child(corpus: &Path) -> Vec<Reading> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(CORPUS, corpus)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (said, heard) = channel();
    let listener = std::thread::spawn(move || lines.map_while(Result::ok).all(|line| said.send(line).is_ok()));
    let mut readings: Vec<Reading> = Vec::new();
    let mut done = false;
    while let Ok(line) = heard.recv_timeout(HANGS) {
        done |= line == DONE;
        readings.extend(Reading::parse(&line));
    }
    if !done {
        // It is dead already, or will never be.
        let _ = child.kill();
    }
    let status = child.wait().unwrap();
    let last = readings.last().map(|reading| reading.name.clone());
    assert!(done && status.success(), "reading ended behind {last:?}: {status}");
    listener.join().unwrap();
    for reading in &readings {
        assert!(reading.peak_kb > 0 && reading.peak_kb < MEMORY_KB, "{reading:?}");
        assert!(reading.millis < MILLIS, "{reading:?}");
    }
    let slowest = readings.iter().map(|reading| reading.millis).max();
    let peak = readings.iter().map(|reading| reading.peak_kb).max();
    println!("{}: {} files, at most {slowest:?} ms and {peak:?} KiB", corpus.display(), readings.len());
    readings
}

const CORPUS: &str = "CATO_TEST_CORPUS";
const SEPARATOR: &str = " | ";
const DONE: &str = "all files were read";

impl Reading {
    fn line(&self) -> String {
        let Self { name, frames, millis, peak_kb } = self;
        format!("{name}{SEPARATOR}{frames}{SEPARATOR}{millis}{SEPARATOR}{peak_kb}")
    }

    /// `None` where the line is the harness's own.
    fn parse(line: &str) -> Option<Self> {
        let parts: Vec<_> = line.split(SEPARATOR).collect();
        let &[name, frames, millis, peak_kb] = parts.as_slice() else { return None };
        Some(Self {
            name: name.to_owned(),
            frames: frames.parse().ok()?,
            millis: millis.parse().ok()?,
            peak_kb: peak_kb.parse().ok()?,
        })
    }
}

/// No test of its own: what [`read_in_a_child`] runs.
#[test]
fn child() {
    let Some(corpus) = std::env::var_os(CORPUS).map(PathBuf::from) else { return };
    println!();
    if corpus.is_dir() {
        for file in files(&corpus) {
            let name = file.strip_prefix(&corpus).unwrap().to_string_lossy().into_owned();
            println!("{}", read(&name, || CaptureReader::open(&file)).line());
        }
    } else {
        let mut archive = tar::Archive::new(zstd::Decoder::new(File::open(&corpus).unwrap()).unwrap());
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let name = entry.path().unwrap().to_string_lossy().into_owned();
            if entry.header().entry_type().is_file() && name.ends_with(".pcap") {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).unwrap();
                println!("{}", read(&name, || CaptureReader::from_stream(Cursor::new(bytes.clone()), &name)).line());
            }
        }
    }
    println!("{DONE}");
}

/// Reads a capture twice, with and without flows that begin in the middle, and looks whether all packets are counted.
fn read(name: &str, open: impl Fn() -> Result<CaptureReader, cato_traffic::Error>) -> Reading {
    let began = processor_millis();
    let mut frames = 0;
    for require_syn in [true, false] {
        let Ok(mut capture) = open() else { continue };
        let states = vec![Classifier::start(); KEYS];
        let pipeline = StaticPipeline::<Classifier, _>::new(states);
        let mut driver = Driver::new(pipeline, settings(require_syn), BoundedStorage::new(KEYS));
        let mut buffer = FrameBuffer::default();
        let mut verdicts = 0;
        // Damage before the first frame is an error, and then there is none to come.
        while let Ok(more) = buffer.fill(&mut capture, 64) {
            driver.run(&buffer.frames(), |_, _| verdicts += 1);
            if !more {
                break;
            }
        }
        driver.end_input(|_, _| verdicts += 1);
        frames = capture.frames();
        let skipped: u64 = Skip::ALL.iter().map(|&reason| driver.skipped(reason)).sum();
        let evicted = Eviction::ALL.map(|reason| driver.evicted(reason));
        let let_go: u64 = evicted.iter().map(|evicted| evicted.packets).sum();
        assert_eq!(driver.packets(), frames, "{name}");
        assert_eq!(frames, driver.classified() + driver.absorbed() + skipped + let_go, "{name}");
        assert_eq!(driver.flows(), verdicts + evicted.iter().map(|evicted| evicted.flows).sum::<u64>(), "{name}");
    }
    Reading { name: name.to_owned(), frames, millis: processor_millis() - began, peak_kb: peak_kb() }
}

/// Keys of the table, and states.
const KEYS: usize = 8192;

fn processor_millis() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as u64 * 1000 + time.tv_nsec as u64 / 1_000_000
}

/// The most memory that this process had resident, in KiB.
fn peak_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    peak.unwrap_or(0)
}
