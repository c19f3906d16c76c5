//! What the tests that look at the whole of cato share.

pub mod bless;
pub mod draw;
pub mod drive;
pub mod gate;
pub mod golden;
pub mod kit;
#[cfg(target_os = "linux")]
pub mod network;
pub mod specs;

use cato_codegen::record::{FlowRecord, PacketRecord};
use cato_traffic::FlowRecords;

/// The packets of a flow as the interpreter reads them.
#[must_use]
pub fn packet_records(records: &FlowRecords, flow: usize) -> Vec<PacketRecord> {
    let packets = records.packets(flow).iter();
    let record = packets.map(|packet| PacketRecord {
        time_ns: packet.time_ns(),
        bytes: packet.bytes(),
        winsize: packet.winsize(),
        ttl: packet.ttl(),
        flags: packet.flags(),
        from_source: packet.from_source(),
    });
    record.collect()
}

/// A flow with its `packets` as the interpreter reads it.
///
/// # Panics
/// Where there is no flow of that number.
#[must_use]
pub fn flow_record<'a>(records: &FlowRecords, flow: usize, packets: &'a [PacketRecord]) -> FlowRecord<'a> {
    let flow = &records.flows[flow];
    FlowRecord {
        protocol: flow.protocol(),
        source_port: flow.source.port,
        destination_port: flow.destination.port,
        packets,
    }
}
