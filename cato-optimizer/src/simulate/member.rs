//! A pipeline of the pool as the simulation knows it.

use std::collections::HashMap;

use cato_codegen::diag::Diagnostics;
use cato_codegen::interp::Decider;
use cato_codegen::model::Model;
use cato_codegen::record::PacketRecord;
use cato_codegen::spec::{Depth, Spec};

use crate::load::{FlowTemplate, Population};
use crate::pool::Costs;

/// What a member says of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// The stage that answers.
    pub(super) stage: usize,
    pub(super) class: u16,
}

/// A question about a flow of which packets were lost: template, stage, whether it has ended, how many packets were seen,
/// and which were lost before.
type Damaged = (u32, usize, bool, u32, Vec<u32>);

/// A member of a pool: what it costs, when it answers, and what.
#[derive(Debug)]
pub struct SimMember<'a> {
    /// Its id.
    pub id: String,
    /// What it costs.
    pub costs: Costs,
    /// Packets up to the inference point of each stage; `u32::MAX` for the end of the flow.
    pub(super) depths: Vec<u32>,
    decider: Decider<'a>,
    /// What it says of each flow of the population.
    said: Vec<Said>,
    /// What it said of flows of which packets were lost. Only looked up, so the order does not show.
    damaged: HashMap<Damaged, Said>,
}

impl<'a> SimMember<'a> {
    /// Asks the member about every flow of the population.
    ///
    /// # Errors
    /// Where spec and models do not fit each other.
    pub fn new(
        id: String,
        spec: &Spec,
        models: &[&'a Model],
        costs: Costs,
        population: &Population,
    ) -> Result<Self, Diagnostics> {
        let decider = Decider::new(spec, models)?;
        let last = match spec.depth {
            Depth::Packets(packets) => packets.into(),
            Depth::All => u32::MAX,
        };
        let depths = spec.early.iter().map(|stage| stage.depth.into()).chain([last]).collect();
        let said = population.flows.iter().map(|flow| {
            let (stage, prediction) = decider.decide(&flow.record());
            Said { stage, class: prediction.class }
        });
        let said = said.collect();
        Ok(Self { id, costs, depths, decider, said, damaged: HashMap::new() })
    }

    /// What it says of a flow of the population that it sees as a whole.
    pub(super) fn said(&self, template: u32) -> Said {
        self.said.get(template as usize).copied().unwrap_or(Said { stage: 0, class: 0 })
    }

    /// The class that it gives a flow of the population that it sees as a whole.
    #[must_use]
    pub fn class(&self, template: u32) -> u16 {
        self.said(template).class
    }

    /// How many packets of a flow of the population it sees before it answers.
    #[must_use]
    pub fn packets(&self, template: u32, flow: &FlowTemplate) -> usize {
        let depth = self.depths.get(self.said(template).stage).copied().unwrap_or(u32::MAX);
        flow.packets.len().min(depth as usize)
    }

    /// What a flow of the population costs, in nanoseconds.
    #[must_use]
    pub fn flow_ns(&self, template: u32, flow: &FlowTemplate) -> f64 {
        self.costs.flow_ns(flow.packets.len(), self.packets(template, flow))
    }

    /// What it says from `stage` on where it saw `seen` packets of a flow, without those in `lost`, which are ascending.
    pub(super) fn said_of_damaged(
        &mut self,
        template: u32,
        flow: &FlowTemplate,
        stage: usize,
        ended: bool,
        seen: u32,
        lost: &[u32],
    ) -> Said {
        let question = (template, stage, ended, seen, lost.to_vec());
        if let Some(said) = self.damaged.get(&question) {
            return *said;
        }
        let left = (0_u32..).zip(&flow.packets).filter(|(packet, _)| lost.binary_search(packet).is_err());
        let packets: Vec<PacketRecord> = left.map(|(_, packet)| *packet).take(seen as usize).collect();
        let (turned, packets) = as_seen(packets);
        let mut record = flow.of(&packets);
        if turned {
            std::mem::swap(&mut record.source_port, &mut record.destination_port);
        }
        let (stage, prediction) = self.decider.decide_from(stage, &record);
        let said = Said { stage, class: prediction.class };
        self.damaged.insert(question, said);
        said
    }
}

/// Packets as a server sees them that saw no others: the first one's sender is the source, and time begins with it. Whether
/// that turned the flow round.
fn as_seen(mut packets: Vec<PacketRecord>) -> (bool, Vec<PacketRecord>) {
    let Some(first) = packets.first().copied() else { return (false, packets) };
    let turned = !first.from_source;
    for packet in &mut packets {
        packet.time_ns -= first.time_ns;
        packet.from_source ^= turned;
    }
    (turned, packets)
}
