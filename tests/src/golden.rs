//! The golden captures, and what an independent implementation says of them.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::slice;

use cato_codegen::spec::Depth;
use cato_runtime::FlowSettings;
use cato_traffic::{Flow, FlowRecords, Inputs, RecordOptions};
use serde::Deserialize;

/// The columns of a golden file between the depth and the features.
const KEY_COLUMNS: Range<usize> = 1..9;

/// One capture, and how it is read.
#[derive(Clone, Debug, Deserialize)]
pub struct GoldenCapture {
    /// File name without `.pcap`.
    pub name: String,
    /// Whether a TCP flow starts only at a SYN.
    pub require_syn: bool,
    /// What the capture is for.
    pub about: String,
}

/// What `tests/golden/captures.toml` lists.
#[derive(Clone, Debug, Deserialize)]
pub struct Manifest {
    depths: Vec<String>,
    /// The captures.
    pub capture: Vec<GoldenCapture>,
}

/// What is known of one flow at one depth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldenFlow {
    /// Protocol, source address and port, destination address and port, time of the first packet, packets of the whole
    /// flow, packets up to the inference point: as the columns have them.
    pub key: Vec<String>,
    /// The bits of the 67 features.
    pub features: Vec<u32>,
}

/// Packets of one capture: in flows, absorbed after the end of one, of a key without a flow, later fragments, and all
/// others that are passed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GoldenCounts {
    /// All frames.
    pub frames: u64,
    /// Part of a flow.
    pub in_flows: u64,
    /// Absorbed after the end of their flow.
    pub after_end: u64,
    /// TCP packets that start no flow and belong to none.
    pub no_flow: u64,
    /// Later fragments.
    pub fragments: u64,
    /// Damaged, or neither TCP nor UDP.
    pub passed_over: u64,
}

impl Manifest {
    /// Reads it.
    ///
    /// # Panics
    /// Where the repository's golden files are damaged.
    #[must_use]
    pub fn read() -> Self {
        let path = folder().join("captures.toml");
        let text = std::fs::read_to_string(&path).expect("the manifest is in the repository");
        toml::from_str(&text).expect("the manifest is sound")
    }

    /// The depths of every golden file.
    #[must_use]
    pub fn depths(&self) -> Vec<Depth> {
        let depth = |text: &String| text.parse().map_or(Depth::All, Depth::Packets);
        self.depths.iter().map(depth).collect()
    }
}

impl GoldenCapture {
    /// The capture file.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        folder().join("captures").join(format!("{}.pcap", self.name))
    }

    /// Its flows and all their packets.
    ///
    /// # Panics
    /// Where the repository's golden files are damaged.
    #[must_use]
    pub fn records(&self) -> FlowRecords {
        let inputs = Inputs::collect(slice::from_ref(&self.path())).expect("the capture is in the repository");
        let options = RecordOptions { settings: self.settings(), ..RecordOptions::default() };
        FlowRecords::read(&inputs, &options).expect("the capture can be read")
    }

    /// The rules of its flows.
    #[must_use]
    pub fn settings(&self) -> FlowSettings {
        FlowSettings { require_syn: self.require_syn, ..FlowSettings::default() }
    }

    /// Its flows at `depth`, in order of their first packets.
    ///
    /// # Panics
    /// Where the repository's golden files are damaged.
    #[must_use]
    pub fn flows(&self, depth: Depth) -> Vec<GoldenFlow> {
        let path = folder().join("features").join(format!("{}.csv", self.name));
        let mut table = csv::Reader::from_path(&path).expect("a golden file for each capture");
        let word = match depth {
            Depth::Packets(packets) => packets.to_string(),
            Depth::All => "all".to_owned(),
        };
        let rows = table.records().map(|row| row.expect("a sound golden file"));
        rows.filter(|row| row[0] == word)
            .map(|row| GoldenFlow {
                key: row.iter().take(KEY_COLUMNS.end).skip(KEY_COLUMNS.start).map(str::to_owned).collect(),
                features: row.iter().skip(KEY_COLUMNS.end).map(bits).collect(),
            })
            .collect()
    }

    /// The names of its feature columns.
    ///
    /// # Panics
    /// Where the repository's golden files are damaged.
    #[must_use]
    pub fn feature_names(&self) -> Vec<String> {
        let path = folder().join("features").join(format!("{}.csv", self.name));
        let mut table = csv::Reader::from_path(&path).expect("a golden file for each capture");
        table.headers().expect("a header").iter().skip(KEY_COLUMNS.end).map(str::to_owned).collect()
    }

    /// Its counts.
    ///
    /// # Panics
    /// Where the repository's golden files are damaged.
    #[must_use]
    pub fn counts(&self) -> GoldenCounts {
        let mut table = csv::Reader::from_path(folder().join("counts.csv")).expect("in the repository");
        let header = table.headers().expect("a header").clone();
        let rows = table.records().map(|row| row.expect("a sound golden file"));
        let row = rows.into_iter().find(|row| row[0] == self.name).expect("a line for each capture");
        let mut counts = GoldenCounts::default();
        for (name, count) in header.iter().zip(&row).skip(1) {
            let count: u64 = count.parse().expect("a number");
            match name {
                "frames" => counts.frames = count,
                "in_flows" => counts.in_flows = count,
                "after_end" => counts.after_end = count,
                "no_flow" => counts.no_flow = count,
                "fragment" => counts.fragments = count,
                _ => counts.passed_over += count,
            }
        }
        counts
    }
}

/// What [`GoldenFlow::key`] says of a flow of which `used` packets come before the inference point.
#[must_use]
pub fn key(flow: &Flow, used: u64) -> Vec<String> {
    vec![
        flow.protocol().to_string(),
        flow.source_address().to_string(),
        flow.source.port.to_string(),
        flow.destination_address().to_string(),
        flow.destination.port.to_string(),
        flow.first_ns.to_string(),
        flow.packets.to_string(),
        used.to_string(),
    ]
}

fn bits(text: &str) -> u32 {
    u32::from_str_radix(text, 16).expect("eight hexadecimal digits")
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/golden"))
}
