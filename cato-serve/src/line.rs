//! What is said of one flow, as one line of JSON.

use std::io::{self, Write};
use std::net::IpAddr;

use cato_runtime::{PacketView, Verdict};
use serde::Serialize;

use super::Answer;

/// One line. Nothing in it differs from one run over the same packets to the next.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    /// The capture; `null` for an interface.
    pub file: Option<&'a str>,
    key_proto: &'static str,
    key_s_addr: IpAddr,
    key_s_port: u16,
    key_d_addr: IpAddr,
    key_d_port: u16,
    class: Option<&'a str>,
    confidence: Option<f64>,
    /// What the flow is known to be, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<&'a str>,
    packets_used: u32,
    first_ts_ns: u64,
    /// Packet time at the inference point.
    inference_ts_ns: u64,
    /// Why the record was made: depth, fin, rst, idle or input.
    end: &'static str,
}

impl<'a> Line<'a> {
    /// The line of an answer that is one of `classes`; of no file and without a label.
    #[must_use]
    pub fn of(answer: &Answer, classes: &'a [String]) -> Self {
        let Answer { key, verdict, .. } = answer;
        let (source, destination) = (answer.source(), answer.destination());
        Self {
            file: None,
            key_proto: if key.protocol() == PacketView::TCP { "tcp" } else { "udp" },
            key_s_addr: key.ip_address(source),
            key_s_port: source.port,
            key_d_addr: key.ip_address(destination),
            key_d_port: destination.port,
            class: classes.get(usize::from(verdict.class)).map(String::as_str),
            confidence: (verdict.class != Verdict::NO_CLASS).then(|| f64::from(verdict.confidence) / 65_535.0),
            label: None,
            packets_used: answer.packets,
            first_ts_ns: answer.start_ns,
            inference_ts_ns: answer.last_ns,
            end: answer.end.name(),
        }
    }

    /// Writes the line and its end.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut out, self)?;
        out.write_all(b"\n")
    }
}
