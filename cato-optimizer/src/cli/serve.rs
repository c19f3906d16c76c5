//! Arguments of `cato serve`.

use std::net::SocketAddr;
use std::num::NonZero;
use std::path::PathBuf;
use std::str::FromStr;

use cato_serve::SinkSpec;
use clap::Args;

use super::{FlowRules, Member};

/// Arguments of `cato serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// A spec file or one member of a study.
    #[arg(value_name = "SPEC|DIR#ID", required_unless_present = "pool", conflicts_with = "pool")]
    pub target: Option<Member>,
    /// Serve a pool of pipelines; each new flow is bound to one of them.
    #[arg(long, value_name = "POOL.TOML")]
    pub pool: Option<PathBuf>,
    /// How a pipeline of the pool is chosen for new flows: always the same, one step cheaper or dearer by how full the ring
    /// is, by the load to come, or one for a share of the flows.
    #[arg(long, value_name = "static:ID|threshold|adaptive|sample:ID", default_value = "adaptive", requires = "pool")]
    pub policy: PolicyName,
    /// Packets.
    #[command(flatten)]
    pub packets: PacketArgs,
    /// Threads that classify, each with a core and a flow table of its own; all packets of a flow go to one of them.
    #[arg(long, default_value = "1", value_name = "N")]
    pub workers: NonZero<u8>,
    /// Where verdicts go: to the end of a file, to stdout, or nowhere [default: -, with --json null].
    #[arg(long, value_name = "jsonl:FILE|-|null")]
    pub sink: Option<SinkSpec>,
    /// Offers metrics in the text format of Prometheus at http://ADDR:PORT/metrics.
    #[arg(long, value_name = "ADDR:PORT")]
    pub metrics: Option<SocketAddr>,
    /// The most flows that each worker remembers.
    #[arg(long, default_value_t = 65_536, value_parser = clap::value_parser!(u32).range(1..=1 << 30), value_name = "N")]
    pub table_capacity: u32,
    /// Flow rules.
    #[command(flatten)]
    pub rules: FlowRules,
}

/// Where packets come from.
#[derive(Debug, Args)]
pub struct PacketArgs {
    /// Serve the packets of a network interface, until SIGINT or SIGTERM.
    #[arg(long, value_name = "IF", required_unless_present = "pcap", conflicts_with = "pcap")]
    pub interface: Option<String>,
    /// Serve the packets of a capture file.
    #[arg(long, value_name = "FILE")]
    pub pcap: Option<PathBuf>,
    /// Play the capture from memory at so many packets a second; what the workers cannot take is lost.
    #[arg(long, value_name = "R", value_parser = rate, requires = "pcap")]
    pub rate: Option<f64>,
    /// Play the capture from memory in its own time.
    #[arg(long, conflicts_with = "rate", requires = "pcap")]
    pub realtime: bool,
    /// Play the capture from memory so many times, with rising times and under other addresses each time.
    #[arg(long = "loop", value_name = "N", default_value = "1", requires = "pcap")]
    pub loops: NonZero<u64>,
}

/// A policy as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyName {
    /// One member.
    Static(String),
    /// A step down or up by how full the ring is.
    Threshold,
    /// By the load to come.
    Adaptive,
    /// One member, for as many flows as it can serve.
    Sample(String),
}

impl FromStr for PolicyName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.split_once(':')) {
            ("threshold", _) => Ok(Self::Threshold),
            ("adaptive", _) => Ok(Self::Adaptive),
            (_, Some(("static", id))) if !id.is_empty() => Ok(Self::Static(id.to_owned())),
            (_, Some(("sample", id))) if !id.is_empty() => Ok(Self::Sample(id.to_owned())),
            _ => Err("a policy is static:ID, threshold, adaptive or sample:ID".to_owned()),
        }
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        _ => Err("a rate is a number of packets a second above 0".to_owned()),
    }
}
