//! Recorded flows as the interpreter reads them.

use cato_codegen::record::{FlowRecord, PacketRecord};
use cato_codegen::spec::Depth;
use cato_traffic::{FlowRecords, PacketFields};

/// The record of a flow up to `depth`, with its packets in `packets`, which is overwritten; `None` where there is no such
/// flow.
pub fn flow_record<'a>(
    records: &FlowRecords,
    flow: usize,
    depth: Depth,
    packets: &'a mut Vec<PacketRecord>,
) -> Option<FlowRecord<'a>> {
    let depth = match depth {
        Depth::Packets(depth) => usize::from(depth),
        Depth::All => usize::MAX,
    };
    packets.clear();
    packets.extend(records.packets(flow).iter().take(depth).map(packet));
    let flow = records.flows.get(flow)?;
    let (source_port, destination_port) = (flow.source.port, flow.destination.port);
    Some(FlowRecord { protocol: flow.protocol(), source_port, destination_port, packets })
}

fn packet(fields: &PacketFields) -> PacketRecord {
    PacketRecord {
        time_ns: fields.time_ns(),
        bytes: fields.bytes(),
        winsize: fields.winsize(),
        ttl: fields.ttl(),
        flags: fields.flags(),
        from_source: fields.from_source(),
    }
}
