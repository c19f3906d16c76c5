//! The flows that traffic is made of.

use cato_codegen::record::{FlowRecord, PacketRecord};
use cato_codegen::spec::Depth;
use cato_runtime::{End, FlowSettings, TcpFlags};
use cato_traffic::FlowRecords;

use crate::record::flow_record;
use crate::train::Dataset;

/// A labelled flow that can be played again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowTemplate {
    /// Its class.
    pub class: u16,
    /// Transport protocol number: 6 or 17.
    pub protocol: u8,
    /// Ports of the source and of the destination.
    pub ports: [u16; 2],
    /// All of its packets.
    pub packets: Vec<PacketRecord>,
    /// Whether its last packet ends it; otherwise it falls silent.
    pub closes: bool,
}

impl FlowTemplate {
    /// As the interpreter reads it.
    #[must_use]
    pub fn record(&self) -> FlowRecord<'_> {
        self.of(&self.packets)
    }

    /// As the interpreter reads it where only `packets` of it were seen.
    #[must_use]
    pub fn of<'a>(&self, packets: &'a [PacketRecord]) -> FlowRecord<'a> {
        let [source_port, destination_port] = self.ports;
        FlowRecord { protocol: self.protocol, source_port, destination_port, packets }
    }

    /// Whether a flow can start with this packet of it.
    #[must_use]
    pub fn may_start(&self, packet: usize, require_syn: bool) -> bool {
        let opening = TcpFlags::SYN | TcpFlags::ACK | TcpFlags::RST;
        let opens = |packet: &PacketRecord| packet.flags & opening == TcpFlags::SYN;
        !self.is_tcp() || !require_syn || self.packets.get(packet).is_some_and(opens)
    }

    /// Whether it is a TCP flow.
    #[must_use]
    pub fn is_tcp(&self) -> bool {
        self.protocol == 6
    }
}

/// Labelled flows, and the rules by which they were told apart.
#[derive(Clone, Debug)]
pub struct Population {
    /// The flows.
    pub flows: Vec<FlowTemplate>,
    /// The names of their classes.
    pub labels: Vec<String>,
    /// When flows start and end.
    pub settings: FlowSettings,
}

impl Population {
    /// The flows in `rows` of a dataset, whose records have all packets.
    #[must_use]
    pub fn new(records: &FlowRecords, dataset: &Dataset, rows: &[usize], settings: FlowSettings) -> Self {
        let mut packets = Vec::new();
        let template = |row: &usize| {
            let (number, class) = (*dataset.flows().get(*row)?, *dataset.classes().get(*row)?);
            let flow = records.flows.get(number)?;
            let record = flow_record(records, number, Depth::All, &mut packets)?;
            Some(FlowTemplate {
                class,
                protocol: record.protocol,
                ports: [record.source_port, record.destination_port],
                packets: record.packets.to_vec(),
                closes: matches!(flow.end, End::Fin | End::Rst),
            })
        };
        Self { flows: rows.iter().filter_map(template).collect(), labels: dataset.labels().to_vec(), settings }
    }

    /// What a right answer counts for where all classes are to count alike: the more, the fewer flows a class has; 1 in the
    /// mean over the flows.
    #[must_use]
    pub fn class_weights(&self) -> Vec<f64> {
        let mut sizes = vec![0_usize; self.labels.len()];
        for flow in &self.flows {
            if let Some(size) = sizes.get_mut(usize::from(flow.class)) {
                *size += 1;
            }
        }
        let present = sizes.iter().filter(|size| **size > 0).count().max(1);
        let whole = self.flows.len() as f64 / present as f64;
        sizes.into_iter().map(|size| if size > 0 { whole / size as f64 } else { 0.0 }).collect()
    }

    /// The idle time-out of such a flow in nanoseconds.
    #[must_use]
    pub fn timeout_ns(&self, flow: &FlowTemplate) -> u64 {
        if flow.is_tcp() { self.settings.tcp_timeout_ns } else { self.settings.udp_timeout_ns }
    }
}
