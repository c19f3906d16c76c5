//! The interpreter: features computed straight from packet records, by their definitions.
//!
//! It is the oracle for emitted code and makes the training data. Of a compiled pipeline it takes only what the pipeline
//! means, features and depth, and neither its accumulators nor its integer types, and it shares no arithmetic with the
//! runtime: it gathers the values of a field and does with them what the definition says.

mod decider;
mod values;

pub use decider::Decider;

use values::Values;

use crate::catalog::{Definition, FeatureId, Field, Flag, Side, Statistic};
use crate::ir::Pipeline;
use crate::record::{FlowRecord, PacketRecord};
use crate::spec::Depth;

const TCP: u8 = 6;
const UNDEFINED: f32 = -1.0;

/// Computes the features of a pipeline from the records of flows.
#[derive(Clone, Debug)]
pub struct Interpreter {
    features: Vec<FeatureId>,
    depth: usize,
}

impl Interpreter {
    /// An interpreter of the features of `pipeline` at its depth.
    #[must_use]
    pub fn new(pipeline: &Pipeline) -> Self {
        Self::of(pipeline.features().to_vec(), pipeline.depth())
    }

    /// An interpreter of those features at that depth.
    fn of(features: Vec<FeatureId>, depth: Depth) -> Self {
        let depth = match depth {
            Depth::Packets(packets) => usize::from(packets),
            Depth::All => usize::MAX,
        };
        Self { features, depth }
    }

    /// Number of features.
    #[must_use]
    pub fn width(&self) -> usize {
        self.features.len()
    }

    /// Writes the features of a flow to `row`, as many as there is room for, in column order; undefined is -1.
    ///
    /// Packets beyond the depth are not looked at.
    pub fn features_into(&self, flow: &FlowRecord<'_>, row: &mut [f32]) {
        let mut flow = Flow::new(flow, flow.packets.get(..self.depth).unwrap_or(flow.packets));
        for (place, feature) in row.iter_mut().zip(&self.features) {
            *place = flow.feature(feature.row().definition).unwrap_or(UNDEFINED);
        }
    }

    /// The features of a flow in column order; undefined is -1.
    #[must_use]
    pub fn features(&self, flow: &FlowRecord<'_>) -> Vec<f32> {
        let mut row = vec![0.0; self.width()];
        self.features_into(flow, &mut row);
        row
    }
}

/// A flow up to the inference point.
struct Flow<'a> {
    record: &'a FlowRecord<'a>,
    packets: &'a [PacketRecord],
    /// The packets of each direction.
    sent: [Vec<PacketRecord>; 2],
    /// The values of each field by direction, gathered when first asked for.
    gathered: [[Option<Values>; 4]; 2],
}

impl<'a> Flow<'a> {
    fn new(record: &'a FlowRecord<'a>, packets: &'a [PacketRecord]) -> Self {
        let sent = Side::BOTH.map(|side| {
            packets.iter().filter(|packet| packet.from_source == (side == Side::Source)).copied().collect()
        });
        Self { record, packets, sent, gathered: Default::default() }
    }

    /// The value of a feature; `None` where it is undefined.
    fn feature(&mut self, definition: Definition) -> Option<f32> {
        match definition {
            Definition::Duration => Some(self.duration() as f32),
            Definition::Protocol => Some(f32::from(self.record.protocol)),
            Definition::Port(Side::Source) => Some(f32::from(self.record.source_port)),
            Definition::Port(Side::Destination) => Some(f32::from(self.record.destination_port)),
            Definition::Load(side) => self.load(side),
            Definition::Packets(side) => Some(self.of(side).len() as f32),
            Definition::TcpRtt => Some((self.syn_ack()? + self.ack_dat()?) as f32),
            Definition::SynAck => Some(self.syn_ack()? as f32),
            Definition::AckDat => Some(self.ack_dat()? as f32),
            Definition::Statistic(side, field, statistic) => self.statistic(side, field, statistic),
            Definition::Flag(flag) => {
                self.is_tcp().then(|| self.packets.iter().filter(|packet| has(packet, flag)).count() as f32)
            }
        }
    }

    fn is_tcp(&self) -> bool {
        self.record.protocol == TCP
    }

    fn of(&self, side: Side) -> &[PacketRecord] {
        &self.sent[side as usize]
    }

    fn duration(&self) -> u64 {
        match (self.packets.first(), self.packets.last()) {
            (Some(first), Some(last)) => last.time_ns - first.time_ns,
            _ => 0,
        }
    }

    fn load(&mut self, side: Side) -> Option<f32> {
        let duration = self.duration();
        if duration == 0 {
            return None;
        }
        let bytes = self.values(side, Field::Bytes).sum();
        Some((bytes as f64 * 8e9 / duration as f64) as f32)
    }

    fn statistic(&mut self, side: Side, field: Field, statistic: Statistic) -> Option<f32> {
        if field.is_tcp_only() && !self.is_tcp() {
            return None;
        }
        // A sum over nothing is 0, but a direction without packets has no gaps that could have one.
        if (field, statistic) == (Field::Iat, Statistic::Sum) {
            self.of(side).first()?;
        }
        let values = self.values(side, field);
        match statistic {
            Statistic::Sum => Some(values.sum() as f32),
            Statistic::Mean => values.mean(),
            Statistic::Min => values.min(),
            Statistic::Max => values.max(),
            Statistic::Med => values.median(),
            Statistic::Std => values.deviation(),
        }
    }

    fn values(&mut self, side: Side, field: Field) -> &Values {
        let packets = &self.sent[side as usize];
        self.gathered[side as usize][field as usize].get_or_insert_with(|| match field {
            Field::Bytes => packets.iter().map(|packet| u64::from(packet.bytes)).collect(),
            Field::Winsize => packets.iter().map(|packet| u64::from(packet.winsize)).collect(),
            Field::Ttl => packets.iter().map(|packet| u64::from(packet.ttl)).collect(),
            Field::Iat => packets.windows(2).map(|pair| pair[1].time_ns - pair[0].time_ns).collect(),
        })
    }

    /// From the source's first packet to the first SYN-ACK of the destination.
    fn syn_ack(&self) -> Option<u64> {
        let first = self.of(Side::Source).first()?;
        self.packets.get(self.syn_ack_at()?)?.time_ns.checked_sub(first.time_ns)
    }

    /// From that SYN-ACK to the source's next packet with ACK.
    fn ack_dat(&self) -> Option<u64> {
        let (syn_ack, later) = self.packets.get(self.syn_ack_at()?..)?.split_first()?;
        let ack = later.iter().find(|packet| packet.from_source && has(packet, Flag::Ack))?;
        Some(ack.time_ns - syn_ack.time_ns)
    }

    fn syn_ack_at(&self) -> Option<usize> {
        let answers = |packet: &PacketRecord| !packet.from_source && has(packet, Flag::Syn) && has(packet, Flag::Ack);
        if self.is_tcp() { self.packets.iter().position(answers) } else { None }
    }
}

fn has(packet: &PacketRecord, flag: Flag) -> bool {
    packet.flags & flag.mask() != 0
}

#[cfg(test)]
mod tests {
    use super::Interpreter;
    use crate::catalog::FeatureId;
    use crate::compile;
    use crate::record::{FlowRecord, PacketRecord};
    use crate::spec::{Depth, Spec};

    const SYN: u8 = 0x02;
    const ACK: u8 = 0x10;

    fn packet(time_ns: u64, from_source: bool, bytes: u32, flags: u8) -> PacketRecord {
        PacketRecord {
            time_ns,
            bytes,
            winsize: 100 + bytes as u16,
            ttl: if from_source { 64 } else { 50 },
            flags,
            from_source,
        }
    }

    /// A handshake and a request, in microseconds of ten, with an answer of two packets.
    fn exchange() -> Vec<PacketRecord> {
        vec![
            packet(0, true, 60, SYN),
            packet(10_000, false, 60, SYN | ACK),
            packet(15_000, true, 40, ACK),
            packet(16_000, true, 140, 0x18),
            packet(30_000, false, 1_500, ACK),
            packet(31_000, false, 500, 0x18),
        ]
    }

    fn row(depth: Depth, protocol: u8, packets: &[PacketRecord]) -> impl Fn(&str) -> f32 + use<> {
        let features = FeatureId::ALL.map(|feature| feature.name().to_owned()).to_vec();
        let spec = Spec { version: 1, name: None, early: vec![], depth, features, model: None };
        let interpreter = Interpreter::new(&compile(&spec, &[]).unwrap());
        let row = interpreter.features(&FlowRecord { protocol, source_port: 40_000, destination_port: 443, packets });
        move |name| row[FeatureId::by_name(name).unwrap().index()]
    }

    #[test]
    fn an_exchange_by_hand() {
        let value = row(Depth::All, 6, &exchange());
        for (name, expected) in [
            ("dur", 31_000.0),
            ("proto", 6.0),
            ("s_port", 40_000.0),
            ("d_port", 443.0),
            ("s_load", (240.0 * 8e9 / 31_000.0) as f32),
            ("s_pkt_cnt", 3.0),
            ("d_pkt_cnt", 3.0),
            ("s_iat_mean", 8_000.0),
            ("d_iat_mean", 10_500.0),
            ("tcp_rtt", 15_000.0),
            ("syn_ack", 10_000.0),
            ("ack_dat", 5_000.0),
            ("s_bytes_sum", 240.0),
            ("s_bytes_mean", 80.0),
            ("s_bytes_min", 40.0),
            ("d_bytes_max", 1_500.0),
            ("s_bytes_med", 60.0),
            ("s_bytes_std", (16_800.0f64.sqrt() / 3.0) as f32),
            ("s_iat_sum", 16_000.0),
            ("s_iat_min", 1_000.0),
            ("s_iat_max", 15_000.0),
            ("s_iat_med", 8_000.0),
            ("s_iat_std", 7_000.0),
            ("d_winsize_sum", 2_360.0),
            ("s_ttl_mean", 64.0),
            ("s_ttl_std", 0.0),
            ("ack_cnt", 5.0),
            ("psh_cnt", 2.0),
            ("syn_cnt", 2.0),
            ("fin_cnt", 0.0),
        ] {
            assert_eq!(value(name), expected, "{name}");
        }
    }

    #[test]
    fn the_depth_cuts_the_flow() {
        let value = row(Depth::Packets(2), 6, &exchange());
        assert_eq!(value("dur"), 10_000.0);
        assert_eq!(value("syn_ack"), 10_000.0);
        assert_eq!((value("ack_dat"), value("tcp_rtt")), (-1.0, -1.0));
        assert_eq!((value("s_pkt_cnt"), value("d_pkt_cnt")), (1.0, 1.0));
        assert_eq!((value("s_iat_sum"), value("s_iat_mean"), value("s_iat_med")), (0.0, -1.0, -1.0));
    }

    #[test]
    fn an_empty_direction_has_sums_and_nothing_else() {
        let value = row(Depth::Packets(1), 6, &exchange());
        assert_eq!((value("dur"), value("s_load"), value("d_load")), (0.0, -1.0, -1.0));
        assert_eq!((value("d_bytes_sum"), value("d_winsize_sum"), value("d_ttl_sum")), (0.0, 0.0, 0.0));
        assert_eq!((value("s_iat_sum"), value("d_iat_sum")), (0.0, -1.0));
        for name in ["d_bytes_mean", "d_bytes_min", "d_bytes_max", "d_bytes_med", "d_bytes_std", "d_ttl_med"] {
            assert_eq!(value(name), -1.0, "{name}");
        }
        assert_eq!((value("s_bytes_std"), value("s_bytes_med")), (0.0, 60.0));
    }

    #[test]
    fn udp_has_no_flags_windows_and_handshakes() {
        let packets: Vec<_> =
            exchange().into_iter().map(|packet| PacketRecord { flags: 0, winsize: 0, ..packet }).collect();
        let value = row(Depth::All, 17, &packets);
        for name in ["s_winsize_sum", "d_winsize_med", "syn_cnt", "fin_cnt", "tcp_rtt", "syn_ack", "ack_dat"] {
            assert_eq!(value(name), -1.0, "{name}");
        }
        assert_eq!((value("proto"), value("s_bytes_sum")), (17.0, 240.0));
    }

    #[test]
    fn a_handshake_seen_from_its_middle_may_be_undefined() {
        let late = [packet(0, false, 60, SYN | ACK), packet(7, true, 40, ACK)];
        let value = row(Depth::All, 6, &late);
        assert_eq!((value("syn_ack"), value("ack_dat"), value("tcp_rtt")), (-1.0, 7.0, -1.0));
        let together = [packet(0, false, 60, SYN | ACK), packet(0, true, 40, ACK)];
        let value = row(Depth::All, 6, &together);
        assert_eq!((value("syn_ack"), value("ack_dat"), value("tcp_rtt")), (0.0, 0.0, 0.0));
    }

    #[test]
    fn medians_see_the_first_128_values() {
        let packets: Vec<_> =
            (0..300).map(|at| packet(at * 10, true, if at < 128 { 100 } else { 9_000 }, ACK)).collect();
        let value = row(Depth::All, 6, &packets);
        assert_eq!((value("s_bytes_med"), value("s_bytes_max")), (100.0, 9_000.0));
    }
}
