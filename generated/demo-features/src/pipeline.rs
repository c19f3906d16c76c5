// Made by cato 0.1.0 from spec.toml (blake3 080a2e1ba2e9c2c2); do not edit.

#![forbid(unsafe_code)]

use super::rt;

/// 6 features after at most 10 packets of a flow.
///
/// | column | feature | unit | what it is |
/// |---|---|---|---|
/// | 0 | `dur` | ns | time of the last packet minus time of the first |
/// | 1 | `s_load` | bit/s | bits that the source sent, over the duration |
/// | 2 | `s_pkt_cnt` | packets | packets of the source |
/// | 3 | `s_iat_mean` | ns | mean of the source's gaps between packets |
/// | 4 | `s_bytes_sum` | bytes | sum of the source's IP lengths |
/// | 5 | `s_bytes_mean` | bytes | mean of the source's IP lengths |
///
/// An undefined feature is -1. Between packets, [`State`] keeps 32 bytes of a flow.
#[derive(Clone, Copy, Debug)]
pub struct Extractor;

/// What is kept of one flow between its packets.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct State {
    last_ns: u64,
    s_first_ns: u64,
    s_last_ns: u64,
    s_bytes_sum: u32,
    s_pkt_cnt: u8,
}

#[automatically_derived]
impl rt::Pipeline for Extractor {
    type State = State;
    type Features = [f32; 6];

    const DEPTH: rt::Depth = rt::Depth::Packets(10);
    const FEATURES: &'static [&'static str] = &[
        "dur",
        "s_load",
        "s_pkt_cnt",
        "s_iat_mean",
        "s_bytes_sum",
        "s_bytes_mean",
    ];
    const CLASSES: &'static [&'static str] = &[];

    #[inline]
    fn start() -> State {
        State {
            last_ns: 0,
            s_first_ns: 0,
            s_last_ns: 0,
            s_bytes_sum: 0,
            s_pkt_cnt: 0,
        }
    }

    #[inline]
    fn reset(state: &mut State) {
        state.s_bytes_sum = 0;
        state.s_pkt_cnt = 0;
    }

    #[inline]
    fn update(state: &mut State, packet: &rt::Packet) {
        let time_ns = packet.time_ns;
        state.last_ns = time_ns;
        if packet.direction == rt::Direction::Source {
            let bytes = packet.view.bytes();
            let count = state.s_pkt_cnt;
            if count == 0 {
                state.s_first_ns = time_ns;
            }
            state.s_bytes_sum = state.s_bytes_sum.wrapping_add(bytes);
            state.s_last_ns = time_ns;
            state.s_pkt_cnt = count.wrapping_add(1);
        }
    }

    #[inline]
    fn extract(state: &State) -> [f32; 6] {
        let mut features = [-1.0; 6];
        features[0] = rt::math::to_f32(state.last_ns);
        features[2] = state.s_pkt_cnt as f32;
        features[4] = state.s_bytes_sum as f32;
        if state.last_ns != 0 {
            features[1] = (f64::from(state.s_bytes_sum) * 8e9
                / rt::math::to_f64(state.last_ns)) as f32;
        }
        if state.s_pkt_cnt >= 2 {
            features[3] = (rt::math::to_f64(
                state.s_last_ns.wrapping_sub(state.s_first_ns),
            ) / f64::from(state.s_pkt_cnt.wrapping_sub(1))) as f32;
        }
        if state.s_pkt_cnt != 0 {
            features[5] = (f64::from(state.s_bytes_sum) / f64::from(state.s_pkt_cnt))
                as f32;
        }
        features
    }

    #[inline]
    fn predict(_features: &[f32; 6]) -> rt::Verdict {
        rt::Verdict::FEATURES_ONLY
    }
}
