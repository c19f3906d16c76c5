//! One capture in every container and encapsulation, broken captures, and odd real ones.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cato_runtime::FlowSettings;
use cato_traffic::{CaptureReader, Error, FlowRecords, Inputs, RecordOptions, Trace, TraceOptions};

fn options(require_syn: bool) -> RecordOptions {
    RecordOptions { settings: FlowSettings { require_syn, ..FlowSettings::default() }, ..RecordOptions::default() }
}

fn record(file: &Path, require_syn: bool) -> Result<FlowRecords, Error> {
    FlowRecords::read(&Inputs::collect(&[file.to_owned()])?, &options(require_syn))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    Inputs::collect(&[folder.to_owned()]).unwrap().files().iter().map(|file| file.path.clone()).collect()
}

/// Every frame is in a flow, absorbed, or counted under a reason; packets and flows add up.
fn assert_nothing_lost(records: &FlowRecords) {
    let counts = &records.counts;
    assert_eq!(counts.frames, counts.in_flows + counts.absorbed + counts.skipped_in_all());
    assert_eq!(counts.in_flows, records.flows.iter().map(|flow| flow.packets).sum::<u64>());
    assert_eq!(counts.kept, (0..records.flows.len()).map(|flow| records.packets(flow).len() as u64).sum::<u64>());
    for (number, flow) in records.flows.iter().enumerate() {
        let packets = records.packets(number);
        assert!(packets.first().is_some_and(|first| first.time_ns() == 0));
        assert!(packets.is_sorted_by_key(|packet| packet.time_ns()));
        assert_eq!(packets.last().map(|last| flow.first_ns + last.time_ns()), Some(flow.last_ns));
    }
}

#[test]
fn every_container_gives_the_same_flows() {
    let Some(folder) = common::data("robustness/equivalence") else { return };
    let mut compared = 0;
    for base in ["appA", "iotA"] {
        for require_syn in [false, true] {
            let expected = record(&folder.join(format!("{base}__eth_us_le.pcap")), require_syn).unwrap();
            assert!(!expected.flows.is_empty());
            let same_base =
                |file: &PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(base));
            for file in files(&folder).into_iter().filter(same_base) {
                let records = record(&file, require_syn).unwrap();
                assert_nothing_lost(&records);
                assert_same_flows(&records, &expected, &file);
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 2 * 2 * 26);
}

fn assert_same_flows(records: &FlowRecords, expected: &FlowRecords, file: &Path) {
    let file = file.display();
    assert_eq!(records.warnings, [], "{file}");
    assert_eq!(records.counts, expected.counts, "{file}");
    assert_eq!(records.flows.len(), expected.flows.len(), "{file}");
    let within_us = |a: u64, b: u64| a.abs_diff(b) <= 1000;
    for (number, (flow, expected_flow)) in records.flows.iter().zip(&expected.flows).enumerate() {
        assert_eq!(
            (flow.source, flow.destination, &flow.key, flow.packets, flow.end),
            (
                expected_flow.source,
                expected_flow.destination,
                &expected_flow.key,
                expected_flow.packets,
                expected_flow.end
            ),
            "{file}: flow {number}"
        );
        assert!(within_us(flow.first_ns, expected_flow.first_ns), "{file}: flow {number}");
        for (packet, expected) in records.packets(number).iter().zip(expected.packets(number)) {
            assert!(within_us(packet.time_ns(), expected.time_ns()), "{file}: flow {number}");
            let fields = |packet: &cato_traffic::PacketFields| {
                (packet.bytes(), packet.from_source(), packet.ttl(), packet.winsize(), packet.flags())
            };
            assert_eq!(fields(packet), fields(expected), "{file}: flow {number}");
        }
    }
}

#[test]
fn broken_and_odd_captures_are_read_as_far_as_they_go() {
    let Some(folder) = common::data("robustness") else { return };
    let readable = readable_packets(&folder);
    let mut read = 0;
    for file in [files(&folder.join("malformed")), files(&folder.join("real"))].concat() {
        let name = file.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
        let wanted = readable.get(&name).copied().unwrap_or(0);
        for require_syn in [false, true] {
            match record(&file, require_syn) {
                Ok(records) => {
                    assert_nothing_lost(&records);
                    assert!(records.counts.frames >= wanted, "{name}: {} of {wanted}", records.counts.frames);
                    assert_eq!(records.counts.damaged > 0, !records.warnings.is_empty(), "{name}");
                    read += 1;
                }
                Err(Error::Capture { file: named, .. }) => {
                    assert_eq!((named, wanted), (file.clone(), 0));
                }
                Err(other) => panic!("{name}: {other}"),
            }
        }
    }
    assert!(read > 2 * 100, "{read}");
}

/// How many packets another, lenient reader found in each file.
fn readable_packets(folder: &Path) -> BTreeMap<String, u64> {
    let mut manifest = csv::Reader::from_path(folder.join("manifest.csv")).unwrap();
    let rows = manifest.records().map(|row| row.unwrap());
    rows.map(|row| (row[0].to_owned(), row[4].parse().unwrap_or(0))).collect()
}

#[test]
fn a_folder_is_read_past_what_is_no_capture() {
    let Some(folder) = common::data("robustness/malformed") else { return };
    let inputs = Inputs::collect(&[folder]).unwrap();
    let records = FlowRecords::read(&inputs, &options(true)).unwrap();
    assert_nothing_lost(&records);
    let passed_over = records.warnings.iter().filter(|warning| warning.what.starts_with("passed over")).count();
    assert_eq!((records.counts.unread_files, passed_over), (14, 14));
    assert!(records.counts.damaged > 10);

    // Without merging, a trace holds the same frames in the same captures.
    let trace = Trace::collect(&inputs, &TraceOptions::default()).unwrap();
    let again = FlowRecords::of_trace(&trace, options(true).settings);
    assert_eq!(trace.len() as u64, records.counts.frames);
    assert_eq!(again.counts.in_flows, records.counts.in_flows);
    assert_eq!(again.flows.len(), records.flows.len());
}

#[test]
fn a_reader_stays_ended() {
    let Some(folder) = common::data("robustness/malformed") else { return };
    let mut capture = CaptureReader::open(&folder.join("appA__cut_in_packet.pcap")).unwrap();
    while capture.next_frame().unwrap().is_some() {}
    assert_eq!((capture.frames(), capture.damaged(), capture.warnings().len()), (80, 1, 1));
    assert!(capture.next_frame().unwrap().is_none());
}
