//! A profile as it is typed. What it means is checked in [`check`](super::check).

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::quantity::{ChoicesFile, QuantityFile};

/// The part of the file that all versions have.
#[derive(Debug, Deserialize)]
pub(super) struct Versioned {
    pub(super) version: Spanned<u32>,
}

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileFile {
    #[serde(rename = "version")]
    pub(super) _version: u32,
    pub(super) name: String,
    pub(super) capture: CaptureFile,
    pub(super) network: NetworkFile,
    pub(super) stack: BTreeMap<String, StackFile>,
    #[serde(default)]
    pub(super) udp: BTreeMap<String, UdpFile>,
    pub(super) access: BTreeMap<String, AccessFile>,
    #[serde(default)]
    pub(super) script: BTreeMap<String, Vec<Spanned<StepFile>>>,
    pub(super) flow: Spanned<Vec<FlowFile>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaptureFile {
    pub(super) start_s: Spanned<u32>,
    pub(super) clock_ns: Spanned<u32>,
    pub(super) most_packets: Spanned<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NetworkFile {
    pub(super) clients: Spanned<u32>,
    pub(super) gap_ms: Spanned<QuantityFile>,
    pub(super) port_reuse: Option<Spanned<f64>>,
    pub(super) reuse_gap_ms: Option<Spanned<QuantityFile>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StackFile {
    pub(super) ttl: Spanned<u8>,
    pub(super) ports: Spanned<(u16, u16)>,
    pub(super) segment: Spanned<u16>,
    pub(super) window: Spanned<u16>,
    pub(super) window_scale: Option<Spanned<u8>>,
    pub(super) window_growth: Option<Spanned<f64>>,
    pub(super) window_most: Option<Spanned<u32>>,
    #[serde(default)]
    pub(super) selective: bool,
    #[serde(default)]
    pub(super) timestamps: bool,
    pub(super) initial_segments: Spanned<u32>,
    pub(super) ack_every: Spanned<u32>,
    pub(super) ack_delay_ms: Spanned<QuantityFile>,
    pub(super) read_ms: Spanned<QuantityFile>,
    pub(super) close_ms: Spanned<QuantityFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UdpFile {
    pub(super) largest: Spanned<u32>,
    pub(super) ack_every: Option<Spanned<u32>>,
    pub(super) ack_bytes: Option<Spanned<QuantityFile>>,
    pub(super) ack_delay_ms: Option<Spanned<QuantityFile>>,
    pub(super) resend_ms: Option<Spanned<QuantityFile>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessFile {
    pub(super) near_ms: Spanned<QuantityFile>,
    pub(super) jitter_ms: Spanned<QuantityFile>,
    pub(super) down_mbit: Spanned<QuantityFile>,
    pub(super) up_mbit: Spanned<QuantityFile>,
    pub(super) loss_near: Spanned<f64>,
    pub(super) loss_far: Spanned<f64>,
    #[serde(default)]
    pub(super) hops: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FlowFile {
    pub(super) label: Spanned<String>,
    pub(super) weight: Option<Spanned<f64>>,
    pub(super) transport: Spanned<String>,
    pub(super) port: Spanned<ChoicesFile>,
    pub(super) client: Spanned<ChoicesFile>,
    pub(super) server: Spanned<ChoicesFile>,
    pub(super) access: Spanned<ChoicesFile>,
    pub(super) far_ms: Spanned<QuantityFile>,
    pub(super) hops: Spanned<QuantityFile>,
    pub(super) ipv6: Option<Spanned<f64>>,
    pub(super) size_factor: Option<Spanned<QuantityFile>>,
    pub(super) time_factor: Option<Spanned<QuantityFile>>,
    pub(super) end: Spanned<ChoicesFile>,
    pub(super) end_ms: Spanned<QuantityFile>,
    pub(super) script: Vec<Spanned<StepFile>>,
}

/// A step: a message (`from`, `size`), a named script (`run`), a repetition (`repeat`, `steps`) or a choice (`one_of`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepFile {
    pub(super) from: Option<Spanned<String>>,
    pub(super) size: Option<Spanned<QuantityFile>>,
    pub(super) after_ms: Option<Spanned<QuantityFile>>,
    pub(super) wait: Option<bool>,
    pub(super) scaled: Option<bool>,
    pub(super) run: Option<Spanned<String>>,
    pub(super) repeat: Option<Spanned<QuantityFile>>,
    pub(super) steps: Option<Vec<Spanned<StepFile>>>,
    pub(super) one_of: Option<Spanned<Vec<BranchFile>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BranchFile {
    pub(super) weight: f64,
    pub(super) steps: Vec<Spanned<StepFile>>,
}
