//! How long flows wait for the packet at which they are answered.

use cato_codegen::spec::Depth;
use cato_traffic::FlowRecords;

/// The packet times of the flows of a trace.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waits {
    /// Nanoseconds since the first packet of the flow, flow after flow.
    times: Vec<u64>,
    /// Where in `times` each flow ends.
    ends: Vec<usize>,
}

impl Waits {
    /// Of records that hold every packet of the flows, or as many as the largest depth.
    #[must_use]
    pub fn of(records: &FlowRecords) -> Self {
        let mut waits = Self::default();
        for flow in 0..records.flows.len() {
            waits.times.extend(records.packets(flow).iter().map(|packet| packet.time_ns()));
            waits.ends.push(waits.times.len());
        }
        waits
    }

    /// For each flow the nanoseconds from its first packet to the last one that a verdict at `depth` takes in, and how many
    /// packets that are.
    #[must_use]
    pub fn at(&self, depth: Depth) -> Vec<(u64, u64)> {
        let most = match depth {
            Depth::Packets(packets) => usize::from(packets),
            Depth::All => usize::MAX,
        };
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let flows = starts.zip(&self.ends).filter_map(|(start, &end)| self.times.get(start..end));
        flows
            .map(|times| {
                let packets = times.len().min(most);
                let last = packets.checked_sub(1).and_then(|last| times.get(last));
                (last.copied().unwrap_or(0), packets as u64)
            })
            .collect()
    }

    /// The mean wait at `depth`, in nanoseconds.
    #[must_use]
    pub fn mean_ns(&self, depth: Depth) -> f64 {
        let waits = self.at(depth);
        waits.iter().map(|&(waiting, _)| waiting as f64).sum::<f64>() / waits.len().max(1) as f64
    }
}
