//! `cato serve` as its user runs it, on synthetic traffic: what it says, what it counts, and what it withstands.

mod serving;

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::process::Signal;
use serving::*;

#[test]
fn a_served_capture_is_answered_as_a_classified_one() {
    let traffic = Traffic::shared();
    let expected = sorted(&traffic.lines);
    assert_eq!(expected.len(), FLOWS);
    for args in [["--workers", "1"], ["--workers", "3"], ["--rate", "60000"]] {
        let folder = folder();
        let sink = Sink::file(folder.path());
        let report = report(&done(traffic.serve(["--json"]).args(args).args(sink.args())));
        assert_eq!(sorted(sink.lines()), expected, "{args:?}");
        assert_eq!((&report["flows"], &report["written"]), (&FLOWS.into(), &FLOWS.into()), "{args:?}");
        assert!(report["packets"].as_u64().unwrap() > 10 * FLOWS as u64);
    }
    let twice = report(&done(&mut traffic.serve(["--json", "--loop", "2"])));
    assert_eq!((&twice["flows"], &twice["verdicts"]), (&(2 * FLOWS).into(), &(2 * FLOWS).into()), "{twice}");
}

#[test]
fn flows_that_end_by_time_are_the_same_wherever_they_are_noticed() {
    let traffic = Traffic::shared();
    let rules = ["--tcp-timeout", "200ms", "--udp-timeout", "100ms", "--require-syn", "false"];
    let capture = traffic.folder.path().join("traffic.pcap");
    let classified = done(cato(["classify"]).arg(spec()).arg("--pcap").arg(capture).args(rules));
    let expected = sorted(String::from_utf8(classified).unwrap().lines());
    let silent = expected.iter().filter(|line| line.ends_with("\"end\":\"idle\"}")).count();
    assert!(silent > FLOWS / 2, "{silent}");
    for workers in ["1", "3"] {
        let served = done(traffic.serve(["--workers", workers]).args(rules));
        assert_eq!(sorted(String::from_utf8(served).unwrap().lines()), expected, "{workers} workers");
    }
}

#[test]
fn what_is_printed_goes_where_it_was_asked_to() {
    let traffic = Traffic::shared();
    let Output { status, stdout, stderr } = traffic.serve([]).output().unwrap();
    assert!(status.success());
    assert_eq!(sorted(String::from_utf8(stdout).unwrap().lines()), sorted(&traffic.lines));
    let counts = String::from_utf8(stderr).unwrap();
    assert!(counts.contains(&format!("{FLOWS} flows: {FLOWS} verdicts")), "{counts}");
    assert!(counts.contains(&format!("{FLOWS} verdicts: {FLOWS} written")), "{counts}");

    for (args, said) in [
        (&["--json", "--sink", "-"][..], "--sink"),
        (&["--sink", "jsonl:/nowhere/at/all"], "/nowhere/at/all"),
        (&["--metrics", "192.0.2.1:1"], "192.0.2.1:1"),
        (&["--rate", "0"], "above 0"),
        (&["--interface", "nowhere"], "--pcap"),
    ] {
        let Output { status, stdout, stderr } = traffic.serve([]).args(args).output().unwrap();
        assert_eq!(status.code(), Some(2), "{args:?}");
        let stderr = String::from_utf8(stderr).unwrap();
        assert!(stdout.is_empty() && stderr.contains(said), "{args:?}: {stderr}");
    }
}

#[test]
fn sigterm_ends_with_a_verdict_on_every_open_flow() {
    let folder = folder();
    let sink = Sink::file(folder.path());
    let mut child = Traffic::shared().serve(["--rate", "2000", "--json", "--workers", "2"]).args(sink.args()).running();
    wait_until("the first verdicts", || sink.lines().len() > 5);
    let report = report(&child.end(Signal::TERM));
    let lines = sink.lines();
    assert!(lines.len() < FLOWS, "{report}");
    assert_eq!((&report["written"], &report["flows"]), (&lines.len().into(), &lines.len().into()), "{report}");
    assert!(lines.iter().any(|line| line.ends_with(r#""end":"input"}"#)));
}

#[test]
fn sighup_opens_a_renamed_file_again_and_no_verdict_is_lost() {
    let folder = folder();
    let (sink, renamed) = (Sink::file(folder.path()), folder.path().join("flows.1"));
    let mut child = Traffic::shared().serve(["--rate", "4000", "--json"]).args(sink.args()).running();
    wait_until("the first verdicts", || sink.lines().len() > 5);
    fs::rename(&sink.path, &renamed).unwrap();
    child.send(Signal::HUP);
    wait_until("verdicts in the new file", || sink.lines().len() > 5);
    let report = report(&child.end(Signal::INT));
    let lines = [whole_lines(&renamed), sink.lines()].concat();
    assert_eq!(report["written"], lines.len(), "{report}");
    assert_eq!(lines.iter().collect::<std::collections::BTreeSet<_>>().len(), lines.len());
}

#[test]
fn a_closed_pipe_is_counted_and_ends_nothing() {
    let mut child = Traffic::shared().serve(["--sink", "-", "--loop", "4"]).running();
    let mut first = String::new();
    BufReader::with_capacity(64, child.child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let Output { status, stderr, .. } = child.child.wait_with_output_now();
    let counts = String::from_utf8(stderr).unwrap();
    assert!(status.success(), "{counts}");
    assert!(counts.contains(&format!("{} flows: {0} verdicts", 4 * FLOWS)), "{counts}");
    assert!(counts.contains(" closed"), "{counts}");
}

#[test]
fn a_pipe_that_nobody_reads_stops_nothing() {
    let folder = folder();
    let sink = Sink::file(folder.path());
    rustix::fs::mknodat(rustix::fs::CWD, &sink.path, rustix::fs::FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let unread = report(&done(Traffic::shared().serve(["--json"]).args(sink.args())));
    assert_eq!((&unread["unwritten"]["closed"], &unread["written"]), (&FLOWS.into(), &0.into()), "{unread}");

    // Now somebody holds the other end, and does not read: what a pipe holds is written, and the rest is not.
    let mut reader = OpenOptions::new();
    let mut reader = reader.read(true).custom_flags(OFlags::NONBLOCK.bits() as i32).open(&sink.path).unwrap();
    let stalled = report(&done(Traffic::shared().serve(["--json", "--loop", "4"]).args(sink.args())));
    let [written, blocked] =
        [&stalled["written"], &stalled["unwritten"]["blocked"]].map(|count| count.as_u64().unwrap());
    assert!(written > 0 && blocked > 0 && written + blocked == 4 * FLOWS as u64, "{stalled}");
    let mut held = String::new();
    // Ends with the error of a pipe that is empty for now, or at its end.
    let _ = reader.read_to_string(&mut held);
    assert_eq!(parsed(&held).len() as u64, written);
}

#[test]
fn a_full_disk_is_counted_and_writing_goes_on_when_there_is_room() {
    let report = report(&done(&mut Traffic::shared().serve(["--json", "--sink", "jsonl:/dev/full"])));
    assert_eq!((&report["unwritten"]["disk_full"], &report["written"]), (&FLOWS.into(), &0.into()), "{report}");

    let folder = folder();
    let Some(disk) = SmallDisk::mount(folder.path(), 64 << 10) else {
        return eprintln!("skipped: a small disk can only be mounted by root");
    };
    let (sink, filler) = (Sink::file(folder.path()), folder.path().join("filler"));
    fs::write(&filler, vec![0; 56 << 10]).unwrap();
    let mut child =
        Traffic::shared().serve(["--rate", "4000", "--json", "--metrics", "127.0.0.1:0"]).args(sink.args()).running();
    let metrics = child.metrics();
    let count = |name: &str| sum_of(&page(metrics), name) as u64;
    wait_until("a full disk", || count("cato_dropped_verdicts_total") > 10);
    let before = count("cato_written_verdicts_total");
    assert!(before > 0);
    fs::remove_file(&filler).unwrap();
    wait_until("room", || count("cato_written_verdicts_total") > before + 5);
    let report = self::report(&child.end(Signal::TERM));
    assert_eq!(report["written"], sink.lines().len(), "{report}");
    assert!(report["unwritten"]["disk_full"].as_u64().unwrap() > 10);
    drop(disk);
}

#[test]
fn kill_leaves_whole_lines_only() {
    let folder = folder();
    for round in 0..15 {
        let sink = Sink { path: folder.path().join(format!("{round}.jsonl")) };
        let mut child = Traffic::shared().serve(["--loop", "100000"]).args(sink.args()).running();
        wait_until("the first verdicts", || fs::metadata(&sink.path).is_ok_and(|data| data.len() > 100_000));
        // Somewhere else in the work of the server each time.
        thread::sleep(Duration::from_micros(3_700 * round));
        child.child.kill().unwrap();
        child.child.wait().unwrap();
        let text = fs::read_to_string(&sink.path).unwrap();
        assert!(parsed(&text).len() > 100);
        fs::remove_file(&sink.path).unwrap();
    }
}

#[test]
fn half_a_line_of_a_run_that_was_cut_short_does_not_stay() {
    let traffic = Traffic::shared();
    let folder = folder();
    let sink = Sink::file(folder.path());
    fs::write(&sink.path, format!("{}\n{}", traffic.lines[0], &traffic.lines[1][..40])).unwrap();
    done(traffic.serve(["--json"]).args(sink.args()));
    assert_eq!(sorted(sink.lines()), sorted([&traffic.lines[..1], &traffic.lines].concat()));
    // What this program never wrote is left alone.
    fs::write(&sink.path, "by hand").unwrap();
    done(traffic.serve(["--json"]).args(sink.args()));
    let lines = sink.lines();
    assert_eq!((lines[0].as_str(), sorted(&lines[1..])), ("by hand", sorted(&traffic.lines)));
}

#[test]
fn metrics_are_offered_and_add_up() {
    let mut child = Traffic::shared().serve(["--rate", "4000", "--sink", "null", "--metrics", "127.0.0.1:0"]).running();
    let metrics = child.metrics();
    wait_until("verdicts", || sum_of(&page(metrics), "cato_verdicts_total") > 20.0);
    let page = page(metrics);
    let sum = |name: &str| sum_of(&page, name);
    // Counts of one worker are of one moment.
    let verdicts = sum("cato_verdicts_total");
    assert_eq!(
        sum("cato_flows_total"),
        verdicts + sum("cato_evicted_flows_total") + sum("cato_table_open_flows"),
        "{page}"
    );
    let settled = ["classified", "absorbed", "dropped"].map(|what| sum(&format!("cato_{what}_packets_total")));
    assert!(settled.iter().sum::<f64>() <= sum("cato_packets_total"), "{page}");
    assert!(sum("cato_bytes_total") > 40.0 * sum("cato_packets_total"));
    assert!(page.contains("cato_table_capacity{worker=\"0\"} 65536\n"), "{page}");
    assert_eq!(sum("cato_verdict_latency_seconds_count"), sum("cato_written_verdicts_total"));
    let last = page.lines().find(|line| line.starts_with("cato_verdict_latency_seconds_bucket{le=\"+Inf\"}")).unwrap();
    assert!(last.ends_with(&format!(" {}", sum("cato_verdict_latency_seconds_count"))), "{last}");
    child.end(Signal::TERM);
}

/// A file system of a few pages, gone with the value.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: &Path, bytes: usize) -> Option<Self> {
        let size = format!("size={bytes}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "none"]).arg(folder).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
