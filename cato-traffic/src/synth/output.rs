//! A synthetic capture and its labels as files.

use std::fmt;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use super::error::Error;
use super::profile::Profile;
use super::synthesis::{LabelRow, generate};
use crate::{NewFile, PcapOptions, PcapWriter, TimeUnit};

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Flows, which is also the number of label rows.
    pub flows: u64,
    /// Frames.
    pub packets: u64,
    /// Bytes of all frames.
    pub bytes: u64,
    /// Time of the first frame, in ns since the unix epoch.
    pub first_ns: u64,
    /// Time of the last frame, in ns since the unix epoch.
    pub last_ns: u64,
}

/// Makes `flows` flows by `profile` and writes the capture to `out_pcap`, the labels of its flows to `out_labels`.
///
/// Each file appears whole or not at all, and neither does where something fails before both are complete.
///
/// # Errors
/// Those of [`generate`]; [`Error::SamePath`]; [`Error::Traffic`] and [`Error::Io`] where a file cannot be written.
pub fn write(profile: &Profile, flows: usize, seed: u64, out_pcap: &Path, out_labels: &Path) -> Result<Summary, Error> {
    if out_pcap == out_labels {
        return Err(Error::SamePath { path: out_pcap.to_owned() });
    }
    let mut synthesis = generate(profile, flows, seed)?;
    let unit = if profile.clock_ns.is_multiple_of(1_000) { TimeUnit::Micros } else { TimeUnit::Nanos };
    let mut capture = PcapWriter::create(out_pcap, PcapOptions { unit, ..PcapOptions::default() })?;
    let io_error = |source| Error::Io { path: out_labels.to_owned(), source };
    let mut table = NewFile::create(out_labels).map_err(io_error)?;

    let mut summary = Summary::default();
    while let Some(frame) = synthesis.next_frame() {
        // A frame is at most as long as Ethernet carries.
        capture.write(frame.time_ns, frame.data.len() as u32, frame.data)?;
        if summary.packets == 0 {
            summary.first_ns = frame.time_ns;
        }
        summary.last_ns = frame.time_ns;
        summary.packets += 1;
        summary.bytes += frame.data.len() as u64;
    }
    let rows = synthesis.into_labels();
    summary.flows = rows.len() as u64;
    let file = out_pcap.file_name().unwrap_or_default().to_string_lossy();
    write_labels(&mut table, &file, unit, &rows).map_err(io_error)?;
    capture.finish()?;
    table.commit().map_err(io_error)?;
    Ok(summary)
}

const COLUMNS: [&str; 9] =
    ["file", "proto", "client_ip", "client_port", "server_ip", "server_port", "first_ts", "last_ts", "label"];

/// Writes one line for each row, under a line of column names; all rows are flows of the capture `file`.
fn write_labels(out: impl Write, file: &str, unit: TimeUnit, rows: &[LabelRow]) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(COLUMNS)?;
    for row in rows {
        let LabelRow { client, server, first_ns, last_ns, .. } = *row;
        let proto = if row.udp { "udp" } else { "tcp" };
        let text = |part: &dyn fmt::Display| part.to_string();
        let [(client_ip, client_port), (server_ip, server_port)] =
            [client, server].map(|end: SocketAddr| (text(&end.ip()), text(&end.port())));
        let [first, last] = [first_ns, last_ns].map(|time| seconds(time, unit));
        table.write_record([
            file,
            proto,
            &client_ip,
            &client_port,
            &server_ip,
            &server_port,
            &first,
            &last,
            &row.label,
        ])?;
    }
    table.flush()
}

/// A time as seconds with as many digits as its unit has.
fn seconds(time_ns: u64, unit: TimeUnit) -> String {
    let (whole, rest) = (time_ns / 1_000_000_000, time_ns % 1_000_000_000);
    match unit {
        TimeUnit::Micros => format!("{whole}.{:06}", rest / 1_000),
        TimeUnit::Nanos => format!("{whole}.{rest:09}"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::write;
    use crate::synth::{Error, Profile};
    use crate::{FlowRecords, Inputs, LabelSource, Labels, RecordOptions};

    #[test]
    fn every_flow_of_the_capture_gets_its_label() {
        let folder = tempfile::tempdir().unwrap();
        let [pcap, csv] = ["traffic.pcap", "labels.csv"].map(|name| folder.path().join(name));
        let profile = Profile::builtin("smoke").unwrap();
        let summary = write(&profile, 200, 6, &pcap, &csv).unwrap();
        assert_eq!(summary.flows, 200);

        let inputs = Inputs::collect(&[pcap]).unwrap();
        let records = FlowRecords::read(&inputs, &RecordOptions::default()).unwrap();
        let labels = Labels::assign(&LabelSource::Flows(csv.clone()), &records).unwrap();
        assert_eq!(records.flows.len(), 200);
        let names: Vec<_> = (0..200).filter_map(|flow| labels.name(flow)).collect();
        assert_eq!(names.len(), 200, "no flow is without label");
        let text = std::fs::read_to_string(csv).unwrap();
        for label in profile.labels() {
            let rows = text.lines().filter(|line| line.ends_with(&format!(",{label}"))).count();
            assert_eq!(names.iter().filter(|name| **name == label).count(), rows, "{label}");
        }
    }

    #[test]
    fn nothing_is_left_behind_by_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::builtin("smoke").unwrap();
        let pcap = folder.path().join("a.pcap");
        let nowhere = folder.path().join("missing").join("labels.csv");
        assert!(matches!(write(&profile, 5, 1, &pcap, &nowhere), Err(Error::Io { path, .. }) if path == nowhere));
        assert!(matches!(write(&profile, 5, 1, &pcap, &pcap), Err(Error::SamePath { .. })));
        let count = usize::MAX;
        assert!(matches!(write(&profile, count, 1, &pcap, Path::new("x")), Err(Error::TooManyFlows { .. })));
        let left: Vec<PathBuf> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
