//! Tables of labels.

use std::cell::RefCell;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cato_runtime::{Frame, LinkType};
use cato_traffic::{FlowRecords, Input, LabelSource, Labels, RecordOptions, Recorder};
use tempfile::NamedTempFile;

/// Words of tables.
pub const WORDS: &[&str] = &[
    "file",
    "proto",
    "client_ip",
    "client_port",
    "server_ip",
    "server_port",
    "first_ts",
    "last_ts",
    "label",
    "mac",
    "tcp",
    "udp",
    "6",
    "17",
    "10.0.0.1",
    "::1",
    "2001:db8::7",
    "65535",
    "1500000000.000000001",
    "\"",
    "\"\"",
    ",",
    "\n",
    "\r\n",
    "\u{feff}",
    "one.pcap",
    "./one.pcap.gz",
    "02:00:00:00:00:01",
    "0200.0000.0001",
    "18446744073.709551616",
];

/// Takes a table and labels some flows by it: as a table of flows, of link-layer addresses, and as what its first line
/// says. Mistakes have a line; every label is one of the names, and names are sorted.
pub fn run(input: &[u8]) {
    let path = written(input).expect("a temporary file");
    let sources = [LabelSource::table(&path), Ok(LabelSource::Flows(path.clone())), Ok(LabelSource::Macs(path))];
    for source in sources {
        match source.and_then(|source| Labels::assign(&source, records())) {
            Ok(labels) => check(&labels),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

/// A file that holds the input, the same one for every input of a thread.
fn written(input: &[u8]) -> io::Result<PathBuf> {
    thread_local! {
        static FILE: RefCell<Option<NamedTempFile>> = const { RefCell::new(None) };
    }
    FILE.with_borrow_mut(|file| {
        let file = match file {
            Some(file) => file,
            // In memory, where there is such a place.
            None => file.insert(NamedTempFile::new_in("/dev/shm").or_else(|_| NamedTempFile::new())?),
        };
        file.as_file().set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(input)?;
        Ok(Path::to_owned(file.path()))
    })
}

fn check(labels: &Labels) {
    assert!(labels.names().is_sorted_by(|a, b| a < b) && labels.names().iter().all(|name| !name.is_empty()));
    let flows = records().flows.len();
    let labelled = (0..flows).filter(|&flow| labels.index(flow).is_some()).count();
    assert_eq!(labels.unlabelled() as usize, flows - labelled);
    assert!((0..flows).all(|flow| labels.index(flow).is_none_or(|index| index < labels.names().len())));
}

/// Flows of one capture, `one.pcap`: UDP and TCP, versions 4 and 6, a second apart from each other.
fn records() -> &'static FlowRecords {
    static RECORDS: OnceLock<FlowRecords> = OnceLock::new();
    RECORDS.get_or_init(|| {
        let mut recorder = Recorder::new(&RecordOptions::default());
        recorder.begin_file(Input {
            path: "captures/one.pcap".into(),
            name: "one.pcap".to_owned(),
            folder: "captures".to_owned(),
            given: true,
        });
        for number in 0..6_u8 {
            let data = frame(number);
            let time_ns = 1_500_000_000_000_000_000 + u64::from(number) * 1_000_000_000;
            recorder.frame(&Frame {
                link: Some(LinkType::Ethernet),
                wire_len: data.len() as u32,
                time_ns,
                data: &data,
            });
        }
        let records = recorder.finish();
        assert_eq!(records.flows.len(), 6);
        records
    })
}

/// A packet of a flow of its own: UDP where the number is even, IPv6 where it is above 3.
fn frame(number: u8) -> Vec<u8> {
    let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, number];
    let (protocol, len) = if number.is_multiple_of(2) { (17, 8) } else { (6, 20) };
    if number > 3 {
        frame.extend([0x86, 0xdd, 0x60, 0, 0, 0, 0, len, protocol, 64]);
        frame.extend([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, number]);
        frame.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    } else {
        frame.extend([8, 0, 0x45, 0, 0, 20 + len, 0, 0, 0x40, 0, 64, protocol, 0, 0, 10, 0, 0, number, 10, 0, 0, 99]);
    }
    frame.extend([0x9c, number, 1, 187]);
    // A UDP length and checksum, or the rest of a TCP header with SYN set.
    let rest: &[u8] =
        if protocol == 17 { &[0, 8, 0, 0] } else { &[0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0] };
    frame.extend(rest);
    frame
}
