//! Pipelines expanded by the macro in this file, against the interpreter.

use cato_codegen::catalog::FeatureId;
use cato_codegen::interp::Interpreter;
use cato_codegen::record::{FlowRecord, PacketRecord};
use cato_codegen::spec::{self, Spec};
use cato_macros::cato_pipeline;
use cato_runtime::{Depth, Direction, Packet, PacketView, Pipeline, Verdict};

#[cato_pipeline(depth = 10, features = ["dur", "s_bytes_mean", "tcp_rtt"])]
struct Three;

macro_rules! all_features {
    ($name:ident, $depth:literal) => {
        #[cato_pipeline(depth = $depth, features = [
            "dur", "proto", "s_port", "d_port", "s_load", "d_load", "s_pkt_cnt", "d_pkt_cnt", "s_iat_mean",
            "d_iat_mean", "tcp_rtt", "syn_ack", "ack_dat", "s_bytes_sum", "d_bytes_sum", "s_bytes_mean",
            "d_bytes_mean", "s_bytes_min", "d_bytes_min", "s_bytes_max", "d_bytes_max", "s_bytes_med", "d_bytes_med",
            "s_bytes_std", "d_bytes_std", "s_iat_sum", "d_iat_sum", "s_iat_min", "d_iat_min", "s_iat_max",
            "d_iat_max", "s_iat_med", "d_iat_med", "s_iat_std", "d_iat_std", "s_winsize_sum", "d_winsize_sum",
            "s_winsize_mean", "d_winsize_mean", "s_winsize_min", "d_winsize_min", "s_winsize_max", "d_winsize_max",
            "s_winsize_med", "d_winsize_med", "s_winsize_std", "d_winsize_std", "s_ttl_sum", "d_ttl_sum",
            "s_ttl_mean", "d_ttl_mean", "s_ttl_min", "d_ttl_min", "s_ttl_max", "d_ttl_max", "s_ttl_med", "d_ttl_med",
            "s_ttl_std", "d_ttl_std", "cwr_cnt", "ece_cnt", "urg_cnt", "ack_cnt", "psh_cnt", "rst_cnt", "syn_cnt",
            "fin_cnt",
        ])]
        struct $name;
    };
}

all_features!(AllAt1, 1);
all_features!(AllAt2, 2);
all_features!(AllAt10, 10);
all_features!(AllAt300, 300);
all_features!(AllAtEnd, "all");

/// Numbers that look random and are the same on every run.
struct Noise(u64);

impl Noise {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn flow(noise: &mut Noise, tcp: bool) -> Vec<PacketRecord> {
    let mut time_ns = 0;
    let packets = 1 + noise.below(400);
    (0..packets)
        .map(|at| {
            if at > 0 {
                let scale = [1, 1_000, 5_000_000_000][noise.below(3) as usize];
                time_ns += noise.below(1_000) * scale;
            }
            PacketRecord {
                time_ns,
                bytes: if noise.below(10) == 0 { 65_575 } else { 20 + noise.below(1_480) as u32 },
                winsize: if tcp { noise.below(65_536) as u16 } else { 0 },
                ttl: noise.below(256) as u8,
                flags: if tcp { noise.below(256) as u8 } else { 0 },
                from_source: noise.below(3) > 0,
            }
        })
        .collect()
}

/// The headers of a packet, for a view.
struct Headers {
    ip: [u8; 20],
    tcp: [u8; 20],
}

impl Headers {
    fn of(packet: &PacketRecord, source_port: u16, destination_port: u16) -> Self {
        let mut ip = [0; 20];
        ip[0] = 0x45;
        ip[8] = packet.ttl;
        let (from, to) =
            if packet.from_source { (source_port, destination_port) } else { (destination_port, source_port) };
        let mut tcp = [0; 20];
        tcp[..2].copy_from_slice(&from.to_be_bytes());
        tcp[2..4].copy_from_slice(&to.to_be_bytes());
        tcp[13] = packet.flags;
        tcp[14..16].copy_from_slice(&packet.winsize.to_be_bytes());
        Self { ip, tcp }
    }

    fn view(&self, packet: &PacketRecord, tcp: bool) -> PacketView {
        if tcp {
            PacketView::tcp(&self.ip, &self.tcp, packet.bytes)
        } else {
            PacketView::udp(&self.ip, self.tcp.first_chunk().expect("20 bytes begin with 8"), packet.bytes)
        }
    }
}

fn emitted<P: Pipeline>(flow: &FlowRecord<'_>) -> P::Features {
    let mut state = P::start();
    let depth = match P::DEPTH {
        Depth::Packets(packets) => packets as usize,
        Depth::All => usize::MAX,
    };
    for record in flow.packets.iter().take(depth) {
        let headers = Headers::of(record, flow.source_port, flow.destination_port);
        let direction = if record.from_source { Direction::Source } else { Direction::Destination };
        let view = headers.view(record, flow.protocol == PacketView::TCP);
        P::update(&mut state, &Packet { view, time_ns: record.time_ns, direction });
    }
    P::extract(&state)
}

fn compare<P: Pipeline>(depth: spec::Depth) {
    let features = P::FEATURES.iter().map(|&name| name.to_owned()).collect();
    let spec = Spec { version: 1, name: None, early: vec![], depth, features, model: None };
    let pipeline = cato_codegen::compile(&spec, &[]).expect("a sound spec");
    assert_eq!(size_of::<P::State>(), pipeline.state_bytes(), "the layout is the compiler's own");
    let interpreter = Interpreter::new(&pipeline);
    let mut noise = Noise(7);
    for number in 0..200 {
        let tcp = number % 3 != 0;
        let packets = flow(&mut noise, tcp);
        let protocol = if tcp { PacketView::TCP } else { PacketView::UDP };
        let flow = FlowRecord { protocol, source_port: 51_234, destination_port: 443, packets: &packets };
        let expected = interpreter.features(&flow);
        let found = emitted::<P>(&flow);
        for ((name, expected), found) in P::FEATURES.iter().zip(&expected).zip(found.as_ref()) {
            assert_eq!(expected.to_bits(), found.to_bits(), "{name} of flow {number}: {expected} {found}");
        }
    }
}

#[test]
fn every_feature_at_every_kind_of_depth() {
    assert_eq!(AllAt10::FEATURES, FeatureId::ALL.map(FeatureId::name));
    compare::<AllAt1>(spec::Depth::Packets(1));
    compare::<AllAt2>(spec::Depth::Packets(2));
    compare::<AllAt10>(spec::Depth::Packets(10));
    compare::<AllAt300>(spec::Depth::Packets(300));
    compare::<AllAtEnd>(spec::Depth::All);
}

#[test]
fn a_pipeline_without_a_model_has_no_classes() {
    assert_eq!(Three::DEPTH, Depth::Packets(10));
    assert_eq!(Three::FEATURES, ["dur", "tcp_rtt", "s_bytes_mean"]);
    assert!(Three::CLASSES.is_empty());
    assert_eq!(Three::classify(&Three::start()), Verdict::FEATURES_ONLY);
}
