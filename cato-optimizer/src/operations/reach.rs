//! How many packets flows have reached.

use cato_traffic::FlowRecords;

use crate::search::Reach;

/// Packets that a flow has reached at each depth from 1 to `max_depth`, as means over all recorded flows, with or without
/// a label. The records reach at least as far.
#[must_use]
pub fn reach(records: &FlowRecords, max_depth: u16) -> Vec<Reach> {
    let depths = usize::from(max_depth);
    // Flows whose packet number d + 1 comes from either end.
    let (mut source, mut destination) = (vec![0u64; depths], vec![0u64; depths]);
    for flow in 0..records.flows.len() {
        for (depth, packet) in records.packets(flow).iter().take(depths).enumerate() {
            let side = if packet.from_source() { &mut source } else { &mut destination };
            side[depth] += 1;
        }
    }
    let flows = records.flows.len().max(1) as f64;
    let mut reached = (0, 0);
    let sums = source.iter().zip(&destination).map(|(source, destination)| {
        reached = (reached.0 + source, reached.1 + destination);
        Reach { source: reached.0 as f64 / flows, destination: reached.1 as f64 / flows }
    });
    sums.collect()
}
