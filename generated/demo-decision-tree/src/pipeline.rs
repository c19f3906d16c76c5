// Made by cato 0.1.0 from spec.toml (blake3 ca8f2206847f2d71) and
// model.json (blake3 77621b8b96e66241); do not edit.

#![forbid(unsafe_code)]

use super::rt;

/// 48 features after at most 32 packets of a flow.
///
/// | column | feature | unit | what it is |
/// |---|---|---|---|
/// | 0 | `dur` | ns | time of the last packet minus time of the first |
/// | 1 | `d_port` | - | transport port of the destination |
/// | 2 | `s_load` | bit/s | bits that the source sent, over the duration |
/// | 3 | `d_load` | bit/s | bits that the destination sent, over the duration |
/// | 4 | `d_pkt_cnt` | packets | packets of the destination |
/// | 5 | `s_iat_mean` | ns | mean of the source's gaps between packets |
/// | 6 | `d_iat_mean` | ns | mean of the destination's gaps between packets |
/// | 7 | `ack_dat` | ns | from the SYN-ACK to the source's next ACK |
/// | 8 | `s_bytes_sum` | bytes | sum of the source's IP lengths |
/// | 9 | `d_bytes_sum` | bytes | sum of the destination's IP lengths |
/// | 10 | `s_bytes_mean` | bytes | mean of the source's IP lengths |
/// | 11 | `d_bytes_mean` | bytes | mean of the destination's IP lengths |
/// | 12 | `s_bytes_min` | bytes | smallest of the source's IP lengths |
/// | 13 | `d_bytes_min` | bytes | smallest of the destination's IP lengths |
/// | 14 | `s_bytes_max` | bytes | largest of the source's IP lengths |
/// | 15 | `d_bytes_max` | bytes | largest of the destination's IP lengths |
/// | 16 | `s_bytes_med` | bytes | median of the source's IP lengths |
/// | 17 | `d_bytes_med` | bytes | median of the destination's IP lengths |
/// | 18 | `s_bytes_std` | bytes | standard deviation of the source's IP lengths |
/// | 19 | `d_bytes_std` | bytes | standard deviation of the destination's IP lengths |
/// | 20 | `d_iat_sum` | ns | sum of the destination's gaps between packets |
/// | 21 | `s_iat_min` | ns | smallest of the source's gaps between packets |
/// | 22 | `s_iat_max` | ns | largest of the source's gaps between packets |
/// | 23 | `d_iat_max` | ns | largest of the destination's gaps between packets |
/// | 24 | `s_iat_med` | ns | median of the source's gaps between packets |
/// | 25 | `d_iat_med` | ns | median of the destination's gaps between packets |
/// | 26 | `s_iat_std` | ns | standard deviation of the source's gaps between packets |
/// | 27 | `d_iat_std` | ns | standard deviation of the destination's gaps between packets |
/// | 28 | `s_winsize_sum` | - | sum of the source's TCP windows |
/// | 29 | `d_winsize_sum` | - | sum of the destination's TCP windows |
/// | 30 | `s_winsize_mean` | - | mean of the source's TCP windows |
/// | 31 | `d_winsize_mean` | - | mean of the destination's TCP windows |
/// | 32 | `s_winsize_min` | - | smallest of the source's TCP windows |
/// | 33 | `d_winsize_min` | - | smallest of the destination's TCP windows |
/// | 34 | `d_winsize_max` | - | largest of the destination's TCP windows |
/// | 35 | `s_winsize_med` | - | median of the source's TCP windows |
/// | 36 | `d_winsize_med` | - | median of the destination's TCP windows |
/// | 37 | `s_winsize_std` | - | standard deviation of the source's TCP windows |
/// | 38 | `d_winsize_std` | - | standard deviation of the destination's TCP windows |
/// | 39 | `s_ttl_sum` | hops | sum of the source's hop limits |
/// | 40 | `d_ttl_sum` | hops | sum of the destination's hop limits |
/// | 41 | `s_ttl_mean` | hops | mean of the source's hop limits |
/// | 42 | `s_ttl_min` | hops | smallest of the source's hop limits |
/// | 43 | `d_ttl_min` | hops | smallest of the destination's hop limits |
/// | 44 | `d_ttl_max` | hops | largest of the destination's hop limits |
/// | 45 | `cwr_cnt` | packets | packets with CWR, both directions |
/// | 46 | `psh_cnt` | packets | packets with PSH, both directions |
/// | 47 | `syn_cnt` | packets | packets with SYN, both directions |
///
/// An undefined feature is -1. Between packets, [`State`] keeps 1120 bytes of a flow.
///
/// Decided by a decision tree, written as nested `if`. Classes by number: 0 `camera`, 1 `cloud_storage`, 2 `game`, 3 `messaging`, 4 `music`, 5 `smart_plug`, 6 `social`, 7 `software_update`, 8 `video`, 9 `video_call`, 10 `voice_assistant`, 11 `web`.
#[derive(Clone, Copy, Debug)]
pub struct Classifier;

/// What is kept of one flow between its packets.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct State {
    s_iat_squares: u128,
    d_iat_squares: u128,
    last_ns: u64,
    ack_ns: u64,
    s_first_ns: u64,
    s_last_ns: u64,
    s_bytes_squares: u64,
    s_winsize_squares: u64,
    s_iat_min: u64,
    s_iat_max: u64,
    syn_ack_ns: u64,
    d_first_ns: u64,
    d_last_ns: u64,
    d_bytes_squares: u64,
    d_winsize_squares: u64,
    d_iat_max: u64,
    s_bytes_sum: u32,
    s_winsize_sum: u32,
    s_bytes_min: u32,
    s_bytes_max: u32,
    d_bytes_sum: u32,
    d_winsize_sum: u32,
    d_bytes_min: u32,
    d_bytes_max: u32,
    d_port: u16,
    s_ttl_sum: u16,
    s_winsize_min: u16,
    d_ttl_sum: u16,
    d_winsize_min: u16,
    d_winsize_max: u16,
    protocol: u8,
    flag_cnts: rt::accumulate::FlagCounts,
    handshake: u8,
    s_pkt_cnt: u8,
    s_ttl_min: u8,
    d_pkt_cnt: u8,
    d_ttl_min: u8,
    d_ttl_max: u8,
    s_iat_window: rt::accumulate::Window<u64, 31>,
    d_iat_window: rt::accumulate::Window<u64, 31>,
    s_bytes_window: rt::accumulate::Window<u32, 32>,
    d_bytes_window: rt::accumulate::Window<u32, 32>,
    s_winsize_window: rt::accumulate::Window<u16, 32>,
    d_winsize_window: rt::accumulate::Window<u16, 32>,
}

#[automatically_derived]
impl rt::Pipeline for Classifier {
    type State = State;
    type Features = [f32; 48];

    const DEPTH: rt::Depth = rt::Depth::Packets(32);
    const FEATURES: &'static [&'static str] = &[
        "dur",
        "d_port",
        "s_load",
        "d_load",
        "d_pkt_cnt",
        "s_iat_mean",
        "d_iat_mean",
        "ack_dat",
        "s_bytes_sum",
        "d_bytes_sum",
        "s_bytes_mean",
        "d_bytes_mean",
        "s_bytes_min",
        "d_bytes_min",
        "s_bytes_max",
        "d_bytes_max",
        "s_bytes_med",
        "d_bytes_med",
        "s_bytes_std",
        "d_bytes_std",
        "d_iat_sum",
        "s_iat_min",
        "s_iat_max",
        "d_iat_max",
        "s_iat_med",
        "d_iat_med",
        "s_iat_std",
        "d_iat_std",
        "s_winsize_sum",
        "d_winsize_sum",
        "s_winsize_mean",
        "d_winsize_mean",
        "s_winsize_min",
        "d_winsize_min",
        "d_winsize_max",
        "s_winsize_med",
        "d_winsize_med",
        "s_winsize_std",
        "d_winsize_std",
        "s_ttl_sum",
        "d_ttl_sum",
        "s_ttl_mean",
        "s_ttl_min",
        "d_ttl_min",
        "d_ttl_max",
        "cwr_cnt",
        "psh_cnt",
        "syn_cnt",
    ];
    const CLASSES: &'static [&'static str] = &[
        "camera",
        "cloud_storage",
        "game",
        "messaging",
        "music",
        "smart_plug",
        "social",
        "software_update",
        "video",
        "video_call",
        "voice_assistant",
        "web",
    ];

    #[inline]
    fn start() -> State {
        State {
            s_iat_squares: 0,
            d_iat_squares: 0,
            last_ns: 0,
            ack_ns: 0,
            s_first_ns: 0,
            s_last_ns: 0,
            s_bytes_squares: 0,
            s_winsize_squares: 0,
            s_iat_min: u64::MAX,
            s_iat_max: 0,
            syn_ack_ns: 0,
            d_first_ns: 0,
            d_last_ns: 0,
            d_bytes_squares: 0,
            d_winsize_squares: 0,
            d_iat_max: 0,
            s_bytes_sum: 0,
            s_winsize_sum: 0,
            s_bytes_min: u32::MAX,
            s_bytes_max: 0,
            d_bytes_sum: 0,
            d_winsize_sum: 0,
            d_bytes_min: u32::MAX,
            d_bytes_max: 0,
            d_port: 0,
            s_ttl_sum: 0,
            s_winsize_min: u16::MAX,
            d_ttl_sum: 0,
            d_winsize_min: u16::MAX,
            d_winsize_max: 0,
            protocol: 0,
            flag_cnts: rt::accumulate::FlagCounts::new(),
            handshake: 0,
            s_pkt_cnt: 0,
            s_ttl_min: u8::MAX,
            d_pkt_cnt: 0,
            d_ttl_min: u8::MAX,
            d_ttl_max: 0,
            s_iat_window: rt::accumulate::Window::new(),
            d_iat_window: rt::accumulate::Window::new(),
            s_bytes_window: rt::accumulate::Window::new(),
            d_bytes_window: rt::accumulate::Window::new(),
            s_winsize_window: rt::accumulate::Window::new(),
            d_winsize_window: rt::accumulate::Window::new(),
        }
    }

    #[inline]
    fn reset(state: &mut State) {
        state.s_iat_squares = 0;
        state.d_iat_squares = 0;
        state.s_bytes_squares = 0;
        state.s_winsize_squares = 0;
        state.s_iat_min = u64::MAX;
        state.s_iat_max = 0;
        state.d_bytes_squares = 0;
        state.d_winsize_squares = 0;
        state.d_iat_max = 0;
        state.s_bytes_sum = 0;
        state.s_winsize_sum = 0;
        state.s_bytes_min = u32::MAX;
        state.s_bytes_max = 0;
        state.d_bytes_sum = 0;
        state.d_winsize_sum = 0;
        state.d_bytes_min = u32::MAX;
        state.d_bytes_max = 0;
        state.s_ttl_sum = 0;
        state.s_winsize_min = u16::MAX;
        state.d_ttl_sum = 0;
        state.d_winsize_min = u16::MAX;
        state.d_winsize_max = 0;
        state.flag_cnts = rt::accumulate::FlagCounts::new();
        state.handshake = 0;
        state.s_pkt_cnt = 0;
        state.s_ttl_min = u8::MAX;
        state.d_pkt_cnt = 0;
        state.d_ttl_min = u8::MAX;
        state.d_ttl_max = 0;
        state.s_iat_window.clear();
        state.d_iat_window.clear();
        state.s_bytes_window.clear();
        state.d_bytes_window.clear();
        state.s_winsize_window.clear();
        state.d_winsize_window.clear();
    }

    #[inline]
    fn update(state: &mut State, packet: &rt::Packet) {
        let time_ns = packet.time_ns;
        let bytes = packet.view.bytes();
        let ttl = packet.view.ttl();
        let winsize = packet.view.winsize();
        let flags = packet.view.flags();
        state.last_ns = time_ns;
        state.flag_cnts.count(flags);
        match packet.direction {
            rt::Direction::Source => {
                if state.handshake & flags & rt::TcpFlags::ACK != 0 {
                    state.ack_ns = time_ns;
                    state.handshake = !rt::TcpFlags::ACK;
                }
                let count = state.s_pkt_cnt;
                if count == 0 {
                    state.protocol = packet.view.protocol();
                    state.d_port = packet.view.destination_port();
                    state.s_first_ns = time_ns;
                } else {
                    let iat = time_ns.wrapping_sub(state.s_last_ns);
                    state.s_iat_squares = state
                        .s_iat_squares
                        .wrapping_add(u128::from(iat).wrapping_mul(u128::from(iat)));
                    state.s_iat_min = state.s_iat_min.min(iat);
                    state.s_iat_max = state.s_iat_max.max(iat);
                    state.s_iat_window.push(iat);
                }
                state.s_bytes_squares = state
                    .s_bytes_squares
                    .wrapping_add(u64::from(bytes).wrapping_mul(u64::from(bytes)));
                state.s_winsize_squares = state
                    .s_winsize_squares
                    .wrapping_add(u64::from(winsize).wrapping_mul(u64::from(winsize)));
                state.s_bytes_sum = state.s_bytes_sum.wrapping_add(bytes);
                state.s_winsize_sum = state
                    .s_winsize_sum
                    .wrapping_add(u32::from(winsize));
                state.s_bytes_min = state.s_bytes_min.min(bytes);
                state.s_bytes_max = state.s_bytes_max.max(bytes);
                state.s_ttl_sum = state.s_ttl_sum.wrapping_add(u16::from(ttl));
                state.s_winsize_min = state.s_winsize_min.min(winsize);
                state.s_ttl_min = state.s_ttl_min.min(ttl);
                state.s_bytes_window.push(bytes);
                state.s_winsize_window.push(winsize);
                state.s_last_ns = time_ns;
                state.s_pkt_cnt = count.wrapping_add(1);
            }
            rt::Direction::Destination => {
                if state.handshake == 0
                    && flags & (rt::TcpFlags::SYN | rt::TcpFlags::ACK)
                        == rt::TcpFlags::SYN | rt::TcpFlags::ACK
                {
                    state.syn_ack_ns = time_ns;
                    state.handshake = rt::TcpFlags::ACK;
                }
                let count = state.d_pkt_cnt;
                if count == 0 {
                    state.protocol = packet.view.protocol();
                    state.d_port = packet.view.source_port();
                    state.d_first_ns = time_ns;
                } else {
                    let iat = time_ns.wrapping_sub(state.d_last_ns);
                    state.d_iat_squares = state
                        .d_iat_squares
                        .wrapping_add(u128::from(iat).wrapping_mul(u128::from(iat)));
                    state.d_iat_max = state.d_iat_max.max(iat);
                    state.d_iat_window.push(iat);
                }
                state.d_bytes_squares = state
                    .d_bytes_squares
                    .wrapping_add(u64::from(bytes).wrapping_mul(u64::from(bytes)));
                state.d_winsize_squares = state
                    .d_winsize_squares
                    .wrapping_add(u64::from(winsize).wrapping_mul(u64::from(winsize)));
                state.d_bytes_sum = state.d_bytes_sum.wrapping_add(bytes);
                state.d_winsize_sum = state
                    .d_winsize_sum
                    .wrapping_add(u32::from(winsize));
                state.d_bytes_min = state.d_bytes_min.min(bytes);
                state.d_bytes_max = state.d_bytes_max.max(bytes);
                state.d_ttl_sum = state.d_ttl_sum.wrapping_add(u16::from(ttl));
                state.d_winsize_min = state.d_winsize_min.min(winsize);
                state.d_winsize_max = state.d_winsize_max.max(winsize);
                state.d_ttl_min = state.d_ttl_min.min(ttl);
                state.d_ttl_max = state.d_ttl_max.max(ttl);
                state.d_bytes_window.push(bytes);
                state.d_winsize_window.push(winsize);
                state.d_last_ns = time_ns;
                state.d_pkt_cnt = count.wrapping_add(1);
            }
        }
    }

    #[inline]
    fn extract(state: &State) -> [f32; 48] {
        let ack_delay = if state.handshake == !rt::TcpFlags::ACK {
            state.ack_ns.checked_sub(state.syn_ack_ns)
        } else {
            None
        };
        let mut features = [-1.0; 48];
        features[0] = rt::math::to_f32(state.last_ns);
        features[1] = state.d_port as f32;
        features[4] = state.d_pkt_cnt as f32;
        features[7] = match ack_delay {
            Some(ns) => rt::math::to_f32(ns),
            None => -1.0,
        };
        features[8] = state.s_bytes_sum as f32;
        features[9] = state.d_bytes_sum as f32;
        features[39] = state.s_ttl_sum as f32;
        features[40] = state.d_ttl_sum as f32;
        if state.last_ns != 0 {
            features[2] = (f64::from(state.s_bytes_sum) * 8e9
                / rt::math::to_f64(state.last_ns)) as f32;
            features[3] = (f64::from(state.d_bytes_sum) * 8e9
                / rt::math::to_f64(state.last_ns)) as f32;
        }
        if state.s_pkt_cnt >= 2 {
            features[5] = (rt::math::to_f64(
                state.s_last_ns.wrapping_sub(state.s_first_ns),
            ) / f64::from(state.s_pkt_cnt.wrapping_sub(1))) as f32;
            features[21] = rt::math::to_f32(state.s_iat_min);
            features[22] = rt::math::to_f32(state.s_iat_max);
            features[24] = {
                let (low, high) = state.s_iat_window.middle();
                if low == high {
                    rt::math::to_f32(low)
                } else {
                    (rt::math::to_f64(low.wrapping_add(high)) / 2.0) as f32
                }
            };
            features[26] = {
                let sum = u128::from(state.s_last_ns.wrapping_sub(state.s_first_ns));
                let variance = u128::from(state.s_pkt_cnt.wrapping_sub(1))
                    .wrapping_mul(state.s_iat_squares)
                    .wrapping_sub(sum.wrapping_mul(sum));
                (rt::math::sqrt(rt::math::wide_to_f64(variance))
                    / f64::from(state.s_pkt_cnt.wrapping_sub(1))) as f32
            };
        }
        if state.d_pkt_cnt >= 2 {
            features[6] = (rt::math::to_f64(
                state.d_last_ns.wrapping_sub(state.d_first_ns),
            ) / f64::from(state.d_pkt_cnt.wrapping_sub(1))) as f32;
            features[23] = rt::math::to_f32(state.d_iat_max);
            features[25] = {
                let (low, high) = state.d_iat_window.middle();
                if low == high {
                    rt::math::to_f32(low)
                } else {
                    (rt::math::to_f64(low.wrapping_add(high)) / 2.0) as f32
                }
            };
            features[27] = {
                let sum = u128::from(state.d_last_ns.wrapping_sub(state.d_first_ns));
                let variance = u128::from(state.d_pkt_cnt.wrapping_sub(1))
                    .wrapping_mul(state.d_iat_squares)
                    .wrapping_sub(sum.wrapping_mul(sum));
                (rt::math::sqrt(rt::math::wide_to_f64(variance))
                    / f64::from(state.d_pkt_cnt.wrapping_sub(1))) as f32
            };
        }
        if state.s_pkt_cnt != 0 {
            features[10] = (f64::from(state.s_bytes_sum) / f64::from(state.s_pkt_cnt))
                as f32;
            features[12] = state.s_bytes_min as f32;
            features[14] = state.s_bytes_max as f32;
            features[16] = {
                let (low, high) = state.s_bytes_window.middle();
                low.wrapping_add(high) as f32 * 0.5
            };
            features[18] = {
                let sum = u64::from(state.s_bytes_sum);
                let variance = u64::from(state.s_pkt_cnt)
                    .wrapping_mul(state.s_bytes_squares)
                    .wrapping_sub(sum.wrapping_mul(sum));
                (rt::math::sqrt(rt::math::to_f64(variance)) / f64::from(state.s_pkt_cnt))
                    as f32
            };
            features[41] = (f64::from(state.s_ttl_sum) / f64::from(state.s_pkt_cnt))
                as f32;
            features[42] = state.s_ttl_min as f32;
        }
        if state.d_pkt_cnt != 0 {
            features[11] = (f64::from(state.d_bytes_sum) / f64::from(state.d_pkt_cnt))
                as f32;
            features[13] = state.d_bytes_min as f32;
            features[15] = state.d_bytes_max as f32;
            features[17] = {
                let (low, high) = state.d_bytes_window.middle();
                low.wrapping_add(high) as f32 * 0.5
            };
            features[19] = {
                let sum = u64::from(state.d_bytes_sum);
                let variance = u64::from(state.d_pkt_cnt)
                    .wrapping_mul(state.d_bytes_squares)
                    .wrapping_sub(sum.wrapping_mul(sum));
                (rt::math::sqrt(rt::math::to_f64(variance)) / f64::from(state.d_pkt_cnt))
                    as f32
            };
            features[20] = rt::math::to_f32(
                state.d_last_ns.wrapping_sub(state.d_first_ns),
            );
            features[43] = state.d_ttl_min as f32;
            features[44] = state.d_ttl_max as f32;
        }
        if state.protocol == rt::PacketView::TCP {
            features[28] = state.s_winsize_sum as f32;
            features[29] = state.d_winsize_sum as f32;
            features[45] = state.flag_cnts.of::<7>() as f32;
            features[46] = state.flag_cnts.of::<3>() as f32;
            features[47] = state.flag_cnts.of::<1>() as f32;
        }
        if state.protocol == rt::PacketView::TCP && state.s_pkt_cnt != 0 {
            features[30] = (f64::from(state.s_winsize_sum) / f64::from(state.s_pkt_cnt))
                as f32;
            features[32] = state.s_winsize_min as f32;
            features[35] = {
                let (low, high) = state.s_winsize_window.middle();
                u32::from(low).wrapping_add(u32::from(high)) as f32 * 0.5
            };
            features[37] = {
                let sum = u64::from(state.s_winsize_sum);
                let variance = u64::from(state.s_pkt_cnt)
                    .wrapping_mul(state.s_winsize_squares)
                    .wrapping_sub(sum.wrapping_mul(sum));
                (rt::math::sqrt(rt::math::to_f64(variance)) / f64::from(state.s_pkt_cnt))
                    as f32
            };
        }
        if state.protocol == rt::PacketView::TCP && state.d_pkt_cnt != 0 {
            features[31] = (f64::from(state.d_winsize_sum) / f64::from(state.d_pkt_cnt))
                as f32;
            features[33] = state.d_winsize_min as f32;
            features[34] = state.d_winsize_max as f32;
            features[36] = {
                let (low, high) = state.d_winsize_window.middle();
                u32::from(low).wrapping_add(u32::from(high)) as f32 * 0.5
            };
            features[38] = {
                let sum = u64::from(state.d_winsize_sum);
                let variance = u64::from(state.d_pkt_cnt)
                    .wrapping_mul(state.d_winsize_squares)
                    .wrapping_sub(sum.wrapping_mul(sum));
                (rt::math::sqrt(rt::math::to_f64(variance)) / f64::from(state.d_pkt_cnt))
                    as f32
            };
        }
        features
    }

    #[inline]
    fn predict(features: &[f32; 48]) -> rt::Verdict {
        tree(features)
    }

    #[inline]
    fn classify(state: &State) -> rt::Verdict {
        let d_load = finish_d_load(state);
        if at_most(d_load, 2214.1616) {
            let s_winsize_min = finish_s_winsize_min(state);
            if at_most(s_winsize_min, 378.0) {
                let psh_cnt = finish_psh_cnt(state);
                if at_most(psh_cnt, 6.0) {
                    if at_most(d_load, 1763.4504) {
                        rt::Verdict {
                            class: 11,
                            confidence: 65535,
                        }
                    } else {
                        rt::Verdict {
                            class: 4,
                            confidence: 65535,
                        }
                    }
                } else {
                    let d_iat_mean = finish_d_iat_mean(state);
                    if at_most(d_iat_mean, 349021540.0) {
                        let dur = finish_dur(state);
                        if at_most(dur, 43295388000.0) {
                            rt::Verdict {
                                class: 11,
                                confidence: 65535,
                            }
                        } else {
                            rt::Verdict {
                                class: 6,
                                confidence: 65535,
                            }
                        }
                    } else {
                        let s_bytes_mean = finish_s_bytes_mean(state);
                        if at_most(s_bytes_mean, 299.51666) {
                            rt::Verdict {
                                class: 3,
                                confidence: 65535,
                            }
                        } else {
                            rt::Verdict {
                                class: 11,
                                confidence: 65535,
                            }
                        }
                    }
                }
            } else {
                let s_bytes_mean = finish_s_bytes_mean(state);
                if at_most(s_bytes_mean, 141.69318) {
                    if at_most(d_load, 1959.5125) {
                        let s_bytes_std = finish_s_bytes_std(state);
                        if at_most(s_bytes_std, 59.79534) {
                            rt::Verdict {
                                class: 3,
                                confidence: 65535,
                            }
                        } else {
                            let s_bytes_med = finish_s_bytes_med(state);
                            if at_most(s_bytes_med, 97.0) {
                                rt::Verdict {
                                    class: 5,
                                    confidence: 65535,
                                }
                            } else {
                                rt::Verdict {
                                    class: 3,
                                    confidence: 65535,
                                }
                            }
                        }
                    } else {
                        rt::Verdict {
                            class: 3,
                            confidence: 65535,
                        }
                    }
                } else {
                    let s_winsize_sum = finish_s_winsize_sum(state);
                    if at_most(s_winsize_sum, 72239.0) {
                        let d_pkt_cnt = finish_d_pkt_cnt(state);
                        if at_most(d_pkt_cnt, 7.5) {
                            rt::Verdict {
                                class: 11,
                                confidence: 65535,
                            }
                        } else {
                            if at_most(d_load, 1123.0103) {
                                rt::Verdict {
                                    class: 5,
                                    confidence: 65535,
                                }
                            } else {
                                let dur = finish_dur(state);
                                if at_most(dur, 81011380000.0) {
                                    rt::Verdict {
                                        class: 10,
                                        confidence: 65535,
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 4,
                                        confidence: 65535,
                                    }
                                }
                            }
                        }
                    } else {
                        rt::Verdict {
                            class: 3,
                            confidence: 65535,
                        }
                    }
                }
            }
        } else {
            let s_bytes_std = finish_s_bytes_std(state);
            if at_most(s_bytes_std, 569.06177) {
                let d_iat_med = finish_d_iat_med(state);
                if at_most(d_iat_med, 34637000.0) {
                    let s_bytes_med = finish_s_bytes_med(state);
                    if at_most(s_bytes_med, 144.5) {
                        let d_iat_std = finish_d_iat_std(state);
                        if at_most(d_iat_std, 485927840.0) {
                            if at_most(s_bytes_std, 166.48969) {
                                let d_winsize_sum = finish_d_winsize_sum(state);
                                if at_most(d_winsize_sum, 48505.5) {
                                    if at_most(d_load, 483875.38) {
                                        if at_most(s_bytes_med, 77.25) {
                                            if at_most(d_load, 55586.97) {
                                                rt::Verdict {
                                                    class: 2,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 11,
                                                    confidence: 43690,
                                                }
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 9,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 8,
                                            confidence: 65535,
                                        }
                                    }
                                } else {
                                    let s_bytes_min = finish_s_bytes_min(state);
                                    if at_most(s_bytes_min, 66.0) {
                                        let s_load = finish_s_load(state);
                                        if at_most(s_load, 5886.883) {
                                            let dur = finish_dur(state);
                                            if at_most(dur, 2201263600.0) {
                                                rt::Verdict {
                                                    class: 4,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 32768,
                                                }
                                            }
                                        } else {
                                            let s_bytes_sum = finish_s_bytes_sum(state);
                                            if at_most(s_bytes_sum, 2869.0) {
                                                rt::Verdict {
                                                    class: 7,
                                                    confidence: 63956,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 9,
                                                    confidence: 65535,
                                                }
                                            }
                                        }
                                    } else {
                                        let d_pkt_cnt = finish_d_pkt_cnt(state);
                                        if at_most(d_pkt_cnt, 17.5) {
                                            rt::Verdict {
                                                class: 7,
                                                confidence: 65535,
                                            }
                                        } else {
                                            let d_winsize_min = finish_d_winsize_min(state);
                                            if at_most(d_winsize_min, 127.5) {
                                                rt::Verdict {
                                                    class: 8,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 11,
                                                    confidence: 65535,
                                                }
                                            }
                                        }
                                    }
                                }
                            } else {
                                let d_bytes_std = finish_d_bytes_std(state);
                                if at_most(d_bytes_std, 474.7046) {
                                    let d_ttl_sum = finish_d_ttl_sum(state);
                                    if at_most(d_ttl_sum, 1713.5) {
                                        if at_most(d_load, 76587.19) {
                                            if at_most(d_load, 47325.098) {
                                                rt::Verdict {
                                                    class: 9,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 65535,
                                                }
                                            }
                                        } else {
                                            let d_ttl_min = finish_d_ttl_min(state);
                                            if at_most(d_ttl_min, 52.5) {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 52428,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 8,
                                                    confidence: 54300,
                                                }
                                            }
                                        }
                                    } else {
                                        let psh_cnt = finish_psh_cnt(state);
                                        if at_most(psh_cnt, 5.0) {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 65535,
                                            }
                                        } else {
                                            let dur = finish_dur(state);
                                            if at_most(dur, 452864000.0) {
                                                rt::Verdict {
                                                    class: 7,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 1,
                                                    confidence: 65535,
                                                }
                                            }
                                        }
                                    }
                                } else {
                                    let d_iat_max = finish_d_iat_max(state);
                                    if at_most(d_iat_max, 287681000.0) {
                                        let d_winsize_sum = finish_d_winsize_sum(state);
                                        if at_most(d_winsize_sum, 67312.0) {
                                            let s_bytes_mean = finish_s_bytes_mean(state);
                                            if at_most(s_bytes_mean, 221.02716) {
                                                rt::Verdict {
                                                    class: 11,
                                                    confidence: 19660,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 11,
                                                    confidence: 49807,
                                                }
                                            }
                                        } else {
                                            let d_bytes_mean = finish_d_bytes_mean(state);
                                            if at_most(d_bytes_mean, 997.8611) {
                                                rt::Verdict {
                                                    class: 11,
                                                    confidence: 49151,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 7,
                                                    confidence: 35826,
                                                }
                                            }
                                        }
                                    } else {
                                        let d_winsize_med = finish_d_winsize_med(state);
                                        if at_most(d_winsize_med, 225.0) {
                                            let d_bytes_med = finish_d_bytes_med(state);
                                            if at_most(d_bytes_med, 1208.0) {
                                                rt::Verdict {
                                                    class: 11,
                                                    confidence: 37449,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 34192,
                                                }
                                            }
                                        } else {
                                            let dur = finish_dur(state);
                                            if at_most(dur, 1277411000.0) {
                                                rt::Verdict {
                                                    class: 11,
                                                    confidence: 37449,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 1,
                                                    confidence: 38229,
                                                }
                                            }
                                        }
                                    }
                                }
                            }
                        } else {
                            let s_bytes_max = finish_s_bytes_max(state);
                            if at_most(s_bytes_max, 704.0) {
                                let s_winsize_med = finish_s_winsize_med(state);
                                if at_most(s_winsize_med, 265.0) {
                                    let s_load = finish_s_load(state);
                                    if at_most(s_load, 1330.5941) {
                                        rt::Verdict {
                                            class: 3,
                                            confidence: 65535,
                                        }
                                    } else {
                                        let d_port = finish_d_port(state);
                                        if at_most(d_port, 261.5) {
                                            rt::Verdict {
                                                class: 7,
                                                confidence: 65535,
                                            }
                                        } else {
                                            let d_pkt_cnt = finish_d_pkt_cnt(state);
                                            if at_most(d_pkt_cnt, 15.5) {
                                                rt::Verdict {
                                                    class: 4,
                                                    confidence: 32768,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 8,
                                                    confidence: 65535,
                                                }
                                            }
                                        }
                                    }
                                } else {
                                    let s_winsize_sum = finish_s_winsize_sum(state);
                                    if at_most(s_winsize_sum, 72344.5) {
                                        let dur = finish_dur(state);
                                        if at_most(dur, 3094345500.0) {
                                            if at_most(dur, 2906617300.0) {
                                                rt::Verdict {
                                                    class: 4,
                                                    confidence: 32768,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 8,
                                                    confidence: 65535,
                                                }
                                            }
                                        } else {
                                            let d_winsize_sum = finish_d_winsize_sum(state);
                                            if at_most(d_winsize_sum, 67859.0) {
                                                rt::Verdict {
                                                    class: 4,
                                                    confidence: 59172,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 3,
                                                    confidence: 32768,
                                                }
                                            }
                                        }
                                    } else {
                                        if at_most(s_winsize_med, 1080.5) {
                                            let dur = finish_dur(state);
                                            if at_most(dur, 9490947000.0) {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 32768,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 3,
                                                    confidence: 65535,
                                                }
                                            }
                                        } else {
                                            let d_winsize_min = finish_d_winsize_min(state);
                                            if at_most(d_winsize_min, 210.5) {
                                                rt::Verdict {
                                                    class: 4,
                                                    confidence: 60074,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 3,
                                                    confidence: 49151,
                                                }
                                            }
                                        }
                                    }
                                }
                            } else {
                                let d_winsize_min = finish_d_winsize_min(state);
                                if at_most(d_winsize_min, 129.0) {
                                    let d_bytes_sum = finish_d_bytes_sum(state);
                                    if at_most(d_bytes_sum, 8238.0) {
                                        let dur = finish_dur(state);
                                        if at_most(dur, 10233655000.0) {
                                            let s_load = finish_s_load(state);
                                            if at_most(s_load, 1994.5422) {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 11,
                                                    confidence: 65535,
                                                }
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        let s_ttl_sum = finish_s_ttl_sum(state);
                                        if at_most(s_ttl_sum, 1472.0) {
                                            if at_most(d_iat_med, 184000.0) {
                                                rt::Verdict {
                                                    class: 8,
                                                    confidence: 49151,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 50697,
                                                }
                                            }
                                        } else {
                                            let ack_dat = finish_ack_dat(state);
                                            if at_most(ack_dat, 1517500.0) {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 4,
                                                    confidence: 65535,
                                                }
                                            }
                                        }
                                    }
                                } else {
                                    let d_bytes_mean = finish_d_bytes_mean(state);
                                    if at_most(d_bytes_mean, 885.3) {
                                        let s_ttl_sum = finish_s_ttl_sum(state);
                                        if at_most(s_ttl_sum, 800.0) {
                                            let s_bytes_mean = finish_s_bytes_mean(state);
                                            if at_most(s_bytes_mean, 303.9375) {
                                                rt::Verdict {
                                                    class: 11,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 4,
                                                    confidence: 32768,
                                                }
                                            }
                                        } else {
                                            let s_winsize_sum = finish_s_winsize_sum(state);
                                            if at_most(s_winsize_sum, 69372.5) {
                                                rt::Verdict {
                                                    class: 1,
                                                    confidence: 57343,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 10,
                                                    confidence: 32768,
                                                }
                                            }
                                        }
                                    } else {
                                        if at_most(s_bytes_std, 422.62378) {
                                            let s_bytes_sum = finish_s_bytes_sum(state);
                                            if at_most(s_bytes_sum, 2067.5) {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 43690,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 4,
                                                    confidence: 62086,
                                                }
                                            }
                                        } else {
                                            let s_bytes_sum = finish_s_bytes_sum(state);
                                            if at_most(s_bytes_sum, 3566.5) {
                                                rt::Verdict {
                                                    class: 1,
                                                    confidence: 32768,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 65535,
                                                }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    } else {
                        let s_iat_mean = finish_s_iat_mean(state);
                        if at_most(s_iat_mean, 45616096.0) {
                            if at_most(d_iat_med, 8446500.0) {
                                let s_load = finish_s_load(state);
                                if at_most(s_load, 381132.88) {
                                    rt::Verdict {
                                        class: 11,
                                        confidence: 65535,
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 1,
                                        confidence: 65535,
                                    }
                                }
                            } else {
                                let s_load = finish_s_load(state);
                                if at_most(s_load, 392719.3) {
                                    rt::Verdict {
                                        class: 9,
                                        confidence: 65535,
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 1,
                                        confidence: 65535,
                                    }
                                }
                            }
                        } else {
                            let dur = finish_dur(state);
                            if at_most(dur, 1074931500.0) {
                                let s_iat_min = finish_s_iat_min(state);
                                if at_most(s_iat_min, 1616500.0) {
                                    rt::Verdict {
                                        class: 11,
                                        confidence: 65535,
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 6,
                                        confidence: 65535,
                                    }
                                }
                            } else {
                                let d_bytes_std = finish_d_bytes_std(state);
                                if at_most(d_bytes_std, 642.74207) {
                                    let d_iat_mean = finish_d_iat_mean(state);
                                    if at_most(d_iat_mean, 80460200.0) {
                                        rt::Verdict {
                                            class: 9,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(dur, 1655887000.0) {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 65535,
                                            }
                                        } else {
                                            if at_most(dur, 2218460200.0) {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 0,
                                                    confidence: 65535,
                                                }
                                            }
                                        }
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 10,
                                        confidence: 65535,
                                    }
                                }
                            }
                        }
                    }
                } else {
                    let s_bytes_mean = finish_s_bytes_mean(state);
                    if at_most(s_bytes_mean, 185.4423) {
                        let d_iat_mean = finish_d_iat_mean(state);
                        if at_most(d_iat_mean, 393310900.0) {
                            let s_winsize_std = finish_s_winsize_std(state);
                            if at_most(s_winsize_std, 19580.934) {
                                rt::Verdict {
                                    class: 2,
                                    confidence: 65535,
                                }
                            } else {
                                let ack_dat = finish_ack_dat(state);
                                if at_most(ack_dat, 6064500.0) {
                                    rt::Verdict {
                                        class: 3,
                                        confidence: 65535,
                                    }
                                } else {
                                    let dur = finish_dur(state);
                                    if at_most(dur, 2178976500.0) {
                                        rt::Verdict {
                                            class: 11,
                                            confidence: 65535,
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 2,
                                            confidence: 65535,
                                        }
                                    }
                                }
                            }
                        } else {
                            let s_winsize_med = finish_s_winsize_med(state);
                            if at_most(s_winsize_med, 286.25) {
                                rt::Verdict {
                                    class: 3,
                                    confidence: 65535,
                                }
                            } else {
                                let dur = finish_dur(state);
                                if at_most(dur, 8140116500.0) {
                                    rt::Verdict {
                                        class: 1,
                                        confidence: 65535,
                                    }
                                } else {
                                    if at_most(dur, 13541081000.0) {
                                        rt::Verdict {
                                            class: 6,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(dur, 18643984000.0) {
                                            rt::Verdict {
                                                class: 3,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 5,
                                                confidence: 65535,
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    } else {
                        let s_winsize_sum = finish_s_winsize_sum(state);
                        if at_most(s_winsize_sum, 68065.5) {
                            if at_most(d_iat_med, 80109740.0) {
                                let s_load = finish_s_load(state);
                                if at_most(s_load, 1775.0573) {
                                    rt::Verdict {
                                        class: 6,
                                        confidence: 65535,
                                    }
                                } else {
                                    let ack_dat = finish_ack_dat(state);
                                    if at_most(ack_dat, 12092500.0) {
                                        rt::Verdict {
                                            class: 11,
                                            confidence: 65535,
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 9,
                                            confidence: 65535,
                                        }
                                    }
                                }
                            } else {
                                let dur = finish_dur(state);
                                if at_most(dur, 2813217800.0) {
                                    rt::Verdict {
                                        class: 3,
                                        confidence: 65535,
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 1,
                                        confidence: 65535,
                                    }
                                }
                            }
                        } else {
                            let s_bytes_med = finish_s_bytes_med(state);
                            if at_most(s_bytes_med, 115.75) {
                                let s_winsize_min = finish_s_winsize_min(state);
                                if at_most(s_winsize_min, 762.0) {
                                    if at_most(s_bytes_med, 68.0) {
                                        let s_load = finish_s_load(state);
                                        if at_most(s_load, 6179.276) {
                                            let d_pkt_cnt = finish_d_pkt_cnt(state);
                                            if at_most(d_pkt_cnt, 17.0) {
                                                rt::Verdict {
                                                    class: 10,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 11,
                                                    confidence: 65535,
                                                }
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 0,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        let s_iat_med = finish_s_iat_med(state);
                                        if at_most(s_iat_med, 41053250.0) {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 65535,
                                            }
                                        } else {
                                            if at_most(s_bytes_mean, 221.89394) {
                                                rt::Verdict {
                                                    class: 2,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 10,
                                                    confidence: 65535,
                                                }
                                            }
                                        }
                                    }
                                } else {
                                    if at_most(s_bytes_med, 106.0) {
                                        rt::Verdict {
                                            class: 11,
                                            confidence: 65535,
                                        }
                                    } else {
                                        let dur = finish_dur(state);
                                        if at_most(dur, 4802030000.0) {
                                            rt::Verdict {
                                                class: 2,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 65535,
                                            }
                                        }
                                    }
                                }
                            } else {
                                let d_winsize_min = finish_d_winsize_min(state);
                                if at_most(d_winsize_min, 217.0) {
                                    let psh_cnt = finish_psh_cnt(state);
                                    if at_most(psh_cnt, 7.5) {
                                        let dur = finish_dur(state);
                                        if at_most(dur, 1498588900.0) {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 0,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        let s_winsize_min = finish_s_winsize_min(state);
                                        if at_most(s_winsize_min, 252.5) {
                                            rt::Verdict {
                                                class: 3,
                                                confidence: 65535,
                                            }
                                        } else {
                                            let s_winsize_med = finish_s_winsize_med(state);
                                            if at_most(s_winsize_med, 1131.5) {
                                                rt::Verdict {
                                                    class: 10,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 1,
                                                    confidence: 65535,
                                                }
                                            }
                                        }
                                    }
                                } else {
                                    let s_load = finish_s_load(state);
                                    if at_most(s_load, 20894.186) {
                                        rt::Verdict {
                                            class: 2,
                                            confidence: 65535,
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 1,
                                            confidence: 65535,
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            } else {
                let s_winsize_min = finish_s_winsize_min(state);
                if at_most(s_winsize_min, 252.5) {
                    rt::Verdict {
                        class: 1,
                        confidence: 65535,
                    }
                } else {
                    let d_winsize_med = finish_d_winsize_med(state);
                    if at_most(d_winsize_med, 144.75) {
                        if at_most(d_load, 13332.474) {
                            rt::Verdict {
                                class: 10,
                                confidence: 65535,
                            }
                        } else {
                            rt::Verdict {
                                class: 1,
                                confidence: 65535,
                            }
                        }
                    } else {
                        let s_bytes_min = finish_s_bytes_min(state);
                        if at_most(s_bytes_min, 56.0) {
                            let d_pkt_cnt = finish_d_pkt_cnt(state);
                            if at_most(d_pkt_cnt, 14.5) {
                                if at_most(s_winsize_min, 762.0) {
                                    let s_iat_max = finish_s_iat_max(state);
                                    if at_most(s_iat_max, 97754000.0) {
                                        rt::Verdict {
                                            class: 1,
                                            confidence: 65535,
                                        }
                                    } else {
                                        let d_winsize_min = finish_d_winsize_min(state);
                                        if at_most(d_winsize_min, 256.5) {
                                            let d_winsize_std = finish_d_winsize_std(state);
                                            if at_most(d_winsize_std, 6847.0264) {
                                                rt::Verdict {
                                                    class: 10,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 0,
                                                    confidence: 63365,
                                                }
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 65535,
                                            }
                                        }
                                    }
                                } else {
                                    let dur = finish_dur(state);
                                    if at_most(dur, 1457444000.0) {
                                        rt::Verdict {
                                            class: 1,
                                            confidence: 65535,
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 10,
                                            confidence: 65535,
                                        }
                                    }
                                }
                            } else {
                                let dur = finish_dur(state);
                                if at_most(dur, 1107323500.0) {
                                    rt::Verdict {
                                        class: 1,
                                        confidence: 65535,
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 10,
                                        confidence: 65535,
                                    }
                                }
                            }
                        } else {
                            rt::Verdict {
                                class: 1,
                                confidence: 65535,
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Walks a tree to its answer.
#[inline]
fn tree(features: &[f32; 48]) -> rt::Verdict {
    let [dur, d_port, s_load, d_load, d_pkt_cnt, s_iat_mean, d_iat_mean, ack_dat,
    s_bytes_sum, d_bytes_sum, s_bytes_mean, d_bytes_mean, s_bytes_min, _, s_bytes_max, _,
    s_bytes_med, d_bytes_med, s_bytes_std, d_bytes_std, _, s_iat_min, s_iat_max,
    d_iat_max, s_iat_med, d_iat_med, _, d_iat_std, s_winsize_sum, d_winsize_sum, _, _,
    s_winsize_min, d_winsize_min, _, s_winsize_med, d_winsize_med, s_winsize_std,
    d_winsize_std, s_ttl_sum, d_ttl_sum, _, _, d_ttl_min, _, _, psh_cnt, _] = *features;
    if at_most(d_load, 2214.1616) {
        if at_most(s_winsize_min, 378.0) {
            if at_most(psh_cnt, 6.0) {
                if at_most(d_load, 1763.4504) {
                    rt::Verdict {
                        class: 11,
                        confidence: 65535,
                    }
                } else {
                    rt::Verdict {
                        class: 4,
                        confidence: 65535,
                    }
                }
            } else {
                if at_most(d_iat_mean, 349021540.0) {
                    if at_most(dur, 43295388000.0) {
                        rt::Verdict {
                            class: 11,
                            confidence: 65535,
                        }
                    } else {
                        rt::Verdict {
                            class: 6,
                            confidence: 65535,
                        }
                    }
                } else {
                    if at_most(s_bytes_mean, 299.51666) {
                        rt::Verdict {
                            class: 3,
                            confidence: 65535,
                        }
                    } else {
                        rt::Verdict {
                            class: 11,
                            confidence: 65535,
                        }
                    }
                }
            }
        } else {
            if at_most(s_bytes_mean, 141.69318) {
                if at_most(d_load, 1959.5125) {
                    if at_most(s_bytes_std, 59.79534) {
                        rt::Verdict {
                            class: 3,
                            confidence: 65535,
                        }
                    } else {
                        if at_most(s_bytes_med, 97.0) {
                            rt::Verdict {
                                class: 5,
                                confidence: 65535,
                            }
                        } else {
                            rt::Verdict {
                                class: 3,
                                confidence: 65535,
                            }
                        }
                    }
                } else {
                    rt::Verdict {
                        class: 3,
                        confidence: 65535,
                    }
                }
            } else {
                if at_most(s_winsize_sum, 72239.0) {
                    if at_most(d_pkt_cnt, 7.5) {
                        rt::Verdict {
                            class: 11,
                            confidence: 65535,
                        }
                    } else {
                        if at_most(d_load, 1123.0103) {
                            rt::Verdict {
                                class: 5,
                                confidence: 65535,
                            }
                        } else {
                            if at_most(dur, 81011380000.0) {
                                rt::Verdict {
                                    class: 10,
                                    confidence: 65535,
                                }
                            } else {
                                rt::Verdict {
                                    class: 4,
                                    confidence: 65535,
                                }
                            }
                        }
                    }
                } else {
                    rt::Verdict {
                        class: 3,
                        confidence: 65535,
                    }
                }
            }
        }
    } else {
        if at_most(s_bytes_std, 569.06177) {
            if at_most(d_iat_med, 34637000.0) {
                if at_most(s_bytes_med, 144.5) {
                    if at_most(d_iat_std, 485927840.0) {
                        if at_most(s_bytes_std, 166.48969) {
                            if at_most(d_winsize_sum, 48505.5) {
                                if at_most(d_load, 483875.38) {
                                    if at_most(s_bytes_med, 77.25) {
                                        if at_most(d_load, 55586.97) {
                                            rt::Verdict {
                                                class: 2,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 43690,
                                            }
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 9,
                                            confidence: 65535,
                                        }
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 8,
                                        confidence: 65535,
                                    }
                                }
                            } else {
                                if at_most(s_bytes_min, 66.0) {
                                    if at_most(s_load, 5886.883) {
                                        if at_most(dur, 2201263600.0) {
                                            rt::Verdict {
                                                class: 4,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 32768,
                                            }
                                        }
                                    } else {
                                        if at_most(s_bytes_sum, 2869.0) {
                                            rt::Verdict {
                                                class: 7,
                                                confidence: 63956,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 9,
                                                confidence: 65535,
                                            }
                                        }
                                    }
                                } else {
                                    if at_most(d_pkt_cnt, 17.5) {
                                        rt::Verdict {
                                            class: 7,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(d_winsize_min, 127.5) {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 65535,
                                            }
                                        }
                                    }
                                }
                            }
                        } else {
                            if at_most(d_bytes_std, 474.7046) {
                                if at_most(d_ttl_sum, 1713.5) {
                                    if at_most(d_load, 76587.19) {
                                        if at_most(d_load, 47325.098) {
                                            rt::Verdict {
                                                class: 9,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        if at_most(d_ttl_min, 52.5) {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 52428,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 54300,
                                            }
                                        }
                                    }
                                } else {
                                    if at_most(psh_cnt, 5.0) {
                                        rt::Verdict {
                                            class: 11,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(dur, 452864000.0) {
                                            rt::Verdict {
                                                class: 7,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 65535,
                                            }
                                        }
                                    }
                                }
                            } else {
                                if at_most(d_iat_max, 287681000.0) {
                                    if at_most(d_winsize_sum, 67312.0) {
                                        if at_most(s_bytes_mean, 221.02716) {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 19660,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 49807,
                                            }
                                        }
                                    } else {
                                        if at_most(d_bytes_mean, 997.8611) {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 49151,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 7,
                                                confidence: 35826,
                                            }
                                        }
                                    }
                                } else {
                                    if at_most(d_winsize_med, 225.0) {
                                        if at_most(d_bytes_med, 1208.0) {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 37449,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 34192,
                                            }
                                        }
                                    } else {
                                        if at_most(dur, 1277411000.0) {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 37449,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 38229,
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    } else {
                        if at_most(s_bytes_max, 704.0) {
                            if at_most(s_winsize_med, 265.0) {
                                if at_most(s_load, 1330.5941) {
                                    rt::Verdict {
                                        class: 3,
                                        confidence: 65535,
                                    }
                                } else {
                                    if at_most(d_port, 261.5) {
                                        rt::Verdict {
                                            class: 7,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(d_pkt_cnt, 15.5) {
                                            rt::Verdict {
                                                class: 4,
                                                confidence: 32768,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 65535,
                                            }
                                        }
                                    }
                                }
                            } else {
                                if at_most(s_winsize_sum, 72344.5) {
                                    if at_most(dur, 3094345500.0) {
                                        if at_most(dur, 2906617300.0) {
                                            rt::Verdict {
                                                class: 4,
                                                confidence: 32768,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        if at_most(d_winsize_sum, 67859.0) {
                                            rt::Verdict {
                                                class: 4,
                                                confidence: 59172,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 3,
                                                confidence: 32768,
                                            }
                                        }
                                    }
                                } else {
                                    if at_most(s_winsize_med, 1080.5) {
                                        if at_most(dur, 9490947000.0) {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 32768,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 3,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        if at_most(d_winsize_min, 210.5) {
                                            rt::Verdict {
                                                class: 4,
                                                confidence: 60074,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 3,
                                                confidence: 49151,
                                            }
                                        }
                                    }
                                }
                            }
                        } else {
                            if at_most(d_winsize_min, 129.0) {
                                if at_most(d_bytes_sum, 8238.0) {
                                    if at_most(dur, 10233655000.0) {
                                        if at_most(s_load, 1994.5422) {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 1,
                                            confidence: 65535,
                                        }
                                    }
                                } else {
                                    if at_most(s_ttl_sum, 1472.0) {
                                        if at_most(d_iat_med, 184000.0) {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 49151,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 50697,
                                            }
                                        }
                                    } else {
                                        if at_most(ack_dat, 1517500.0) {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 4,
                                                confidence: 65535,
                                            }
                                        }
                                    }
                                }
                            } else {
                                if at_most(d_bytes_mean, 885.3) {
                                    if at_most(s_ttl_sum, 800.0) {
                                        if at_most(s_bytes_mean, 303.9375) {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 4,
                                                confidence: 32768,
                                            }
                                        }
                                    } else {
                                        if at_most(s_winsize_sum, 69372.5) {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 57343,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 10,
                                                confidence: 32768,
                                            }
                                        }
                                    }
                                } else {
                                    if at_most(s_bytes_std, 422.62378) {
                                        if at_most(s_bytes_sum, 2067.5) {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 43690,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 4,
                                                confidence: 62086,
                                            }
                                        }
                                    } else {
                                        if at_most(s_bytes_sum, 3566.5) {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 32768,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 65535,
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                } else {
                    if at_most(s_iat_mean, 45616096.0) {
                        if at_most(d_iat_med, 8446500.0) {
                            if at_most(s_load, 381132.88) {
                                rt::Verdict {
                                    class: 11,
                                    confidence: 65535,
                                }
                            } else {
                                rt::Verdict {
                                    class: 1,
                                    confidence: 65535,
                                }
                            }
                        } else {
                            if at_most(s_load, 392719.3) {
                                rt::Verdict {
                                    class: 9,
                                    confidence: 65535,
                                }
                            } else {
                                rt::Verdict {
                                    class: 1,
                                    confidence: 65535,
                                }
                            }
                        }
                    } else {
                        if at_most(dur, 1074931500.0) {
                            if at_most(s_iat_min, 1616500.0) {
                                rt::Verdict {
                                    class: 11,
                                    confidence: 65535,
                                }
                            } else {
                                rt::Verdict {
                                    class: 6,
                                    confidence: 65535,
                                }
                            }
                        } else {
                            if at_most(d_bytes_std, 642.74207) {
                                if at_most(d_iat_mean, 80460200.0) {
                                    rt::Verdict {
                                        class: 9,
                                        confidence: 65535,
                                    }
                                } else {
                                    if at_most(dur, 1655887000.0) {
                                        rt::Verdict {
                                            class: 1,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(dur, 2218460200.0) {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 0,
                                                confidence: 65535,
                                            }
                                        }
                                    }
                                }
                            } else {
                                rt::Verdict {
                                    class: 10,
                                    confidence: 65535,
                                }
                            }
                        }
                    }
                }
            } else {
                if at_most(s_bytes_mean, 185.4423) {
                    if at_most(d_iat_mean, 393310900.0) {
                        if at_most(s_winsize_std, 19580.934) {
                            rt::Verdict {
                                class: 2,
                                confidence: 65535,
                            }
                        } else {
                            if at_most(ack_dat, 6064500.0) {
                                rt::Verdict {
                                    class: 3,
                                    confidence: 65535,
                                }
                            } else {
                                if at_most(dur, 2178976500.0) {
                                    rt::Verdict {
                                        class: 11,
                                        confidence: 65535,
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 2,
                                        confidence: 65535,
                                    }
                                }
                            }
                        }
                    } else {
                        if at_most(s_winsize_med, 286.25) {
                            rt::Verdict {
                                class: 3,
                                confidence: 65535,
                            }
                        } else {
                            if at_most(dur, 8140116500.0) {
                                rt::Verdict {
                                    class: 1,
                                    confidence: 65535,
                                }
                            } else {
                                if at_most(dur, 13541081000.0) {
                                    rt::Verdict {
                                        class: 6,
                                        confidence: 65535,
                                    }
                                } else {
                                    if at_most(dur, 18643984000.0) {
                                        rt::Verdict {
                                            class: 3,
                                            confidence: 65535,
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 5,
                                            confidence: 65535,
                                        }
                                    }
                                }
                            }
                        }
                    }
                } else {
                    if at_most(s_winsize_sum, 68065.5) {
                        if at_most(d_iat_med, 80109740.0) {
                            if at_most(s_load, 1775.0573) {
                                rt::Verdict {
                                    class: 6,
                                    confidence: 65535,
                                }
                            } else {
                                if at_most(ack_dat, 12092500.0) {
                                    rt::Verdict {
                                        class: 11,
                                        confidence: 65535,
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 9,
                                        confidence: 65535,
                                    }
                                }
                            }
                        } else {
                            if at_most(dur, 2813217800.0) {
                                rt::Verdict {
                                    class: 3,
                                    confidence: 65535,
                                }
                            } else {
                                rt::Verdict {
                                    class: 1,
                                    confidence: 65535,
                                }
                            }
                        }
                    } else {
                        if at_most(s_bytes_med, 115.75) {
                            if at_most(s_winsize_min, 762.0) {
                                if at_most(s_bytes_med, 68.0) {
                                    if at_most(s_load, 6179.276) {
                                        if at_most(d_pkt_cnt, 17.0) {
                                            rt::Verdict {
                                                class: 10,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 0,
                                            confidence: 65535,
                                        }
                                    }
                                } else {
                                    if at_most(s_iat_med, 41053250.0) {
                                        rt::Verdict {
                                            class: 1,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(s_bytes_mean, 221.89394) {
                                            rt::Verdict {
                                                class: 2,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 10,
                                                confidence: 65535,
                                            }
                                        }
                                    }
                                }
                            } else {
                                if at_most(s_bytes_med, 106.0) {
                                    rt::Verdict {
                                        class: 11,
                                        confidence: 65535,
                                    }
                                } else {
                                    if at_most(dur, 4802030000.0) {
                                        rt::Verdict {
                                            class: 2,
                                            confidence: 65535,
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 1,
                                            confidence: 65535,
                                        }
                                    }
                                }
                            }
                        } else {
                            if at_most(d_winsize_min, 217.0) {
                                if at_most(psh_cnt, 7.5) {
                                    if at_most(dur, 1498588900.0) {
                                        rt::Verdict {
                                            class: 11,
                                            confidence: 65535,
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 0,
                                            confidence: 65535,
                                        }
                                    }
                                } else {
                                    if at_most(s_winsize_min, 252.5) {
                                        rt::Verdict {
                                            class: 3,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(s_winsize_med, 1131.5) {
                                            rt::Verdict {
                                                class: 10,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 65535,
                                            }
                                        }
                                    }
                                }
                            } else {
                                if at_most(s_load, 20894.186) {
                                    rt::Verdict {
                                        class: 2,
                                        confidence: 65535,
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 1,
                                        confidence: 65535,
                                    }
                                }
                            }
                        }
                    }
                }
            }
        } else {
            if at_most(s_winsize_min, 252.5) {
                rt::Verdict {
                    class: 1,
                    confidence: 65535,
                }
            } else {
                if at_most(d_winsize_med, 144.75) {
                    if at_most(d_load, 13332.474) {
                        rt::Verdict {
                            class: 10,
                            confidence: 65535,
                        }
                    } else {
                        rt::Verdict {
                            class: 1,
                            confidence: 65535,
                        }
                    }
                } else {
                    if at_most(s_bytes_min, 56.0) {
                        if at_most(d_pkt_cnt, 14.5) {
                            if at_most(s_winsize_min, 762.0) {
                                if at_most(s_iat_max, 97754000.0) {
                                    rt::Verdict {
                                        class: 1,
                                        confidence: 65535,
                                    }
                                } else {
                                    if at_most(d_winsize_min, 256.5) {
                                        if at_most(d_winsize_std, 6847.0264) {
                                            rt::Verdict {
                                                class: 10,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 0,
                                                confidence: 63365,
                                            }
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 1,
                                            confidence: 65535,
                                        }
                                    }
                                }
                            } else {
                                if at_most(dur, 1457444000.0) {
                                    rt::Verdict {
                                        class: 1,
                                        confidence: 65535,
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 10,
                                        confidence: 65535,
                                    }
                                }
                            }
                        } else {
                            if at_most(dur, 1107323500.0) {
                                rt::Verdict {
                                    class: 1,
                                    confidence: 65535,
                                }
                            } else {
                                rt::Verdict {
                                    class: 10,
                                    confidence: 65535,
                                }
                            }
                        }
                    } else {
                        rt::Verdict {
                            class: 1,
                            confidence: 65535,
                        }
                    }
                }
            }
        }
    }
}

/// Whether a value is at most a threshold, neither of them NaN, and the threshold not -0.
#[inline(always)]
fn at_most(value: f32, threshold: f32) -> bool {
    let (value, threshold) = (value.to_bits(), threshold.to_bits());
    if threshold.cast_signed() >= 0 {
        value.cast_signed() <= threshold.cast_signed()
    } else {
        value >= threshold
    }
}

/// Finishes `dur`.
#[inline]
fn finish_dur(state: &State) -> f32 {
    rt::math::to_f32(state.last_ns)
}

/// Finishes `d_port`.
#[inline]
fn finish_d_port(state: &State) -> f32 {
    state.d_port as f32
}

/// Finishes `s_load`.
#[inline]
fn finish_s_load(state: &State) -> f32 {
    if state.last_ns != 0 {
        (f64::from(state.s_bytes_sum) * 8e9 / rt::math::to_f64(state.last_ns)) as f32
    } else {
        -1.0
    }
}

/// Finishes `d_load`.
#[inline]
fn finish_d_load(state: &State) -> f32 {
    if state.last_ns != 0 {
        (f64::from(state.d_bytes_sum) * 8e9 / rt::math::to_f64(state.last_ns)) as f32
    } else {
        -1.0
    }
}

/// Finishes `d_pkt_cnt`.
#[inline]
fn finish_d_pkt_cnt(state: &State) -> f32 {
    state.d_pkt_cnt as f32
}

/// Finishes `s_iat_mean`.
#[inline]
fn finish_s_iat_mean(state: &State) -> f32 {
    if state.s_pkt_cnt >= 2 {
        (rt::math::to_f64(state.s_last_ns.wrapping_sub(state.s_first_ns))
            / f64::from(state.s_pkt_cnt.wrapping_sub(1))) as f32
    } else {
        -1.0
    }
}

/// Finishes `d_iat_mean`.
#[inline]
fn finish_d_iat_mean(state: &State) -> f32 {
    if state.d_pkt_cnt >= 2 {
        (rt::math::to_f64(state.d_last_ns.wrapping_sub(state.d_first_ns))
            / f64::from(state.d_pkt_cnt.wrapping_sub(1))) as f32
    } else {
        -1.0
    }
}

/// Finishes `ack_dat`.
#[inline]
fn finish_ack_dat(state: &State) -> f32 {
    let ack_delay = if state.handshake == !rt::TcpFlags::ACK {
        state.ack_ns.checked_sub(state.syn_ack_ns)
    } else {
        None
    };
    match ack_delay {
        Some(ns) => rt::math::to_f32(ns),
        None => -1.0,
    }
}

/// Finishes `s_bytes_sum`.
#[inline]
fn finish_s_bytes_sum(state: &State) -> f32 {
    state.s_bytes_sum as f32
}

/// Finishes `d_bytes_sum`.
#[inline]
fn finish_d_bytes_sum(state: &State) -> f32 {
    state.d_bytes_sum as f32
}

/// Finishes `s_bytes_mean`.
#[inline]
fn finish_s_bytes_mean(state: &State) -> f32 {
    if state.s_pkt_cnt != 0 {
        (f64::from(state.s_bytes_sum) / f64::from(state.s_pkt_cnt)) as f32
    } else {
        -1.0
    }
}

/// Finishes `d_bytes_mean`.
#[inline]
fn finish_d_bytes_mean(state: &State) -> f32 {
    if state.d_pkt_cnt != 0 {
        (f64::from(state.d_bytes_sum) / f64::from(state.d_pkt_cnt)) as f32
    } else {
        -1.0
    }
}

/// Finishes `s_bytes_min`.
#[inline]
fn finish_s_bytes_min(state: &State) -> f32 {
    if state.s_pkt_cnt != 0 { state.s_bytes_min as f32 } else { -1.0 }
}

/// Finishes `s_bytes_max`.
#[inline]
fn finish_s_bytes_max(state: &State) -> f32 {
    if state.s_pkt_cnt != 0 { state.s_bytes_max as f32 } else { -1.0 }
}

/// Finishes `s_bytes_med`.
#[inline]
fn finish_s_bytes_med(state: &State) -> f32 {
    if state.s_pkt_cnt != 0 {
        {
            let (low, high) = state.s_bytes_window.middle();
            low.wrapping_add(high) as f32 * 0.5
        }
    } else {
        -1.0
    }
}

/// Finishes `d_bytes_med`.
#[inline]
fn finish_d_bytes_med(state: &State) -> f32 {
    if state.d_pkt_cnt != 0 {
        {
            let (low, high) = state.d_bytes_window.middle();
            low.wrapping_add(high) as f32 * 0.5
        }
    } else {
        -1.0
    }
}

/// Finishes `s_bytes_std`.
#[inline]
fn finish_s_bytes_std(state: &State) -> f32 {
    if state.s_pkt_cnt != 0 {
        {
            let sum = u64::from(state.s_bytes_sum);
            let variance = u64::from(state.s_pkt_cnt)
                .wrapping_mul(state.s_bytes_squares)
                .wrapping_sub(sum.wrapping_mul(sum));
            (rt::math::sqrt(rt::math::to_f64(variance)) / f64::from(state.s_pkt_cnt))
                as f32
        }
    } else {
        -1.0
    }
}

/// Finishes `d_bytes_std`.
#[inline]
fn finish_d_bytes_std(state: &State) -> f32 {
    if state.d_pkt_cnt != 0 {
        {
            let sum = u64::from(state.d_bytes_sum);
            let variance = u64::from(state.d_pkt_cnt)
                .wrapping_mul(state.d_bytes_squares)
                .wrapping_sub(sum.wrapping_mul(sum));
            (rt::math::sqrt(rt::math::to_f64(variance)) / f64::from(state.d_pkt_cnt))
                as f32
        }
    } else {
        -1.0
    }
}

/// Finishes `s_iat_min`.
#[inline]
fn finish_s_iat_min(state: &State) -> f32 {
    if state.s_pkt_cnt >= 2 { rt::math::to_f32(state.s_iat_min) } else { -1.0 }
}

/// Finishes `s_iat_max`.
#[inline]
fn finish_s_iat_max(state: &State) -> f32 {
    if state.s_pkt_cnt >= 2 { rt::math::to_f32(state.s_iat_max) } else { -1.0 }
}

/// Finishes `d_iat_max`.
#[inline]
fn finish_d_iat_max(state: &State) -> f32 {
    if state.d_pkt_cnt >= 2 { rt::math::to_f32(state.d_iat_max) } else { -1.0 }
}

/// Finishes `s_iat_med`.
#[inline]
fn finish_s_iat_med(state: &State) -> f32 {
    if state.s_pkt_cnt >= 2 {
        {
            let (low, high) = state.s_iat_window.middle();
            if low == high {
                rt::math::to_f32(low)
            } else {
                (rt::math::to_f64(low.wrapping_add(high)) / 2.0) as f32
            }
        }
    } else {
        -1.0
    }
}

/// Finishes `d_iat_med`.
#[inline]
fn finish_d_iat_med(state: &State) -> f32 {
    if state.d_pkt_cnt >= 2 {
        {
            let (low, high) = state.d_iat_window.middle();
            if low == high {
                rt::math::to_f32(low)
            } else {
                (rt::math::to_f64(low.wrapping_add(high)) / 2.0) as f32
            }
        }
    } else {
        -1.0
    }
}

/// Finishes `d_iat_std`.
#[inline]
fn finish_d_iat_std(state: &State) -> f32 {
    if state.d_pkt_cnt >= 2 {
        {
            let sum = u128::from(state.d_last_ns.wrapping_sub(state.d_first_ns));
            let variance = u128::from(state.d_pkt_cnt.wrapping_sub(1))
                .wrapping_mul(state.d_iat_squares)
                .wrapping_sub(sum.wrapping_mul(sum));
            (rt::math::sqrt(rt::math::wide_to_f64(variance))
                / f64::from(state.d_pkt_cnt.wrapping_sub(1))) as f32
        }
    } else {
        -1.0
    }
}

/// Finishes `s_winsize_sum`.
#[inline]
fn finish_s_winsize_sum(state: &State) -> f32 {
    if state.protocol == rt::PacketView::TCP { state.s_winsize_sum as f32 } else { -1.0 }
}

/// Finishes `d_winsize_sum`.
#[inline]
fn finish_d_winsize_sum(state: &State) -> f32 {
    if state.protocol == rt::PacketView::TCP { state.d_winsize_sum as f32 } else { -1.0 }
}

/// Finishes `s_winsize_min`.
#[inline]
fn finish_s_winsize_min(state: &State) -> f32 {
    if state.protocol == rt::PacketView::TCP && state.s_pkt_cnt != 0 {
        state.s_winsize_min as f32
    } else {
        -1.0
    }
}

/// Finishes `d_winsize_min`.
#[inline]
fn finish_d_winsize_min(state: &State) -> f32 {
    if state.protocol == rt::PacketView::TCP && state.d_pkt_cnt != 0 {
        state.d_winsize_min as f32
    } else {
        -1.0
    }
}

/// Finishes `s_winsize_med`.
#[inline]
fn finish_s_winsize_med(state: &State) -> f32 {
    if state.protocol == rt::PacketView::TCP && state.s_pkt_cnt != 0 {
        {
            let (low, high) = state.s_winsize_window.middle();
            u32::from(low).wrapping_add(u32::from(high)) as f32 * 0.5
        }
    } else {
        -1.0
    }
}

/// Finishes `d_winsize_med`.
#[inline]
fn finish_d_winsize_med(state: &State) -> f32 {
    if state.protocol == rt::PacketView::TCP && state.d_pkt_cnt != 0 {
        {
            let (low, high) = state.d_winsize_window.middle();
            u32::from(low).wrapping_add(u32::from(high)) as f32 * 0.5
        }
    } else {
        -1.0
    }
}

/// Finishes `s_winsize_std`.
#[inline]
fn finish_s_winsize_std(state: &State) -> f32 {
    if state.protocol == rt::PacketView::TCP && state.s_pkt_cnt != 0 {
        {
            let sum = u64::from(state.s_winsize_sum);
            let variance = u64::from(state.s_pkt_cnt)
                .wrapping_mul(state.s_winsize_squares)
                .wrapping_sub(sum.wrapping_mul(sum));
            (rt::math::sqrt(rt::math::to_f64(variance)) / f64::from(state.s_pkt_cnt))
                as f32
        }
    } else {
        -1.0
    }
}

/// Finishes `d_winsize_std`.
#[inline]
fn finish_d_winsize_std(state: &State) -> f32 {
    if state.protocol == rt::PacketView::TCP && state.d_pkt_cnt != 0 {
        {
            let sum = u64::from(state.d_winsize_sum);
            let variance = u64::from(state.d_pkt_cnt)
                .wrapping_mul(state.d_winsize_squares)
                .wrapping_sub(sum.wrapping_mul(sum));
            (rt::math::sqrt(rt::math::to_f64(variance)) / f64::from(state.d_pkt_cnt))
                as f32
        }
    } else {
        -1.0
    }
}

/// Finishes `s_ttl_sum`.
#[inline]
fn finish_s_ttl_sum(state: &State) -> f32 {
    state.s_ttl_sum as f32
}

/// Finishes `d_ttl_sum`.
#[inline]
fn finish_d_ttl_sum(state: &State) -> f32 {
    state.d_ttl_sum as f32
}

/// Finishes `d_ttl_min`.
#[inline]
fn finish_d_ttl_min(state: &State) -> f32 {
    if state.d_pkt_cnt != 0 { state.d_ttl_min as f32 } else { -1.0 }
}

/// Finishes `psh_cnt`.
#[inline]
fn finish_psh_cnt(state: &State) -> f32 {
    if state.protocol == rt::PacketView::TCP {
        state.flag_cnts.of::<3>() as f32
    } else {
        -1.0
    }
}
