//! What the interpreter reads: plain records of packets, with nothing of the runtime in them.

/// One packet of a flow, its fields already read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacketRecord {
    /// Nanoseconds since the flow's first packet, never falling.
    pub time_ns: u64,
    /// IP length in bytes, at most 65,575.
    pub bytes: u32,
    /// TCP window as sent; 0 for UDP.
    pub winsize: u16,
    /// Time to live or hop limit.
    pub ttl: u8,
    /// TCP flags octet; 0 for UDP.
    pub flags: u8,
    /// Whether the flow's source sent it; otherwise its destination did.
    pub from_source: bool,
}

/// One flow: what holds for all of it, and its packets in order of arrival, at least up to the depth in question.
#[derive(Clone, Copy, Debug)]
pub struct FlowRecord<'a> {
    /// Transport protocol number: 6 or 17.
    pub protocol: u8,
    /// Transport port of the source.
    pub source_port: u16,
    /// Transport port of the destination.
    pub destination_port: u16,
    /// Packets in order of arrival, both directions.
    pub packets: &'a [PacketRecord],
}
