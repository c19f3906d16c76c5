// Made by cato 0.1.0 from spec.toml (blake3 8416f0f32b471419) and
// model.json (blake3 d0566f888e67688d); do not edit.

#![forbid(unsafe_code)]

use super::rt;

/// 36 features after at most 30 packets of a flow.
///
/// | column | feature | unit | what it is |
/// |---|---|---|---|
/// | 0 | `dur` | ns | time of the last packet minus time of the first |
/// | 1 | `proto` | - | transport protocol number |
/// | 2 | `s_load` | bit/s | bits that the source sent, over the duration |
/// | 3 | `d_load` | bit/s | bits that the destination sent, over the duration |
/// | 4 | `s_pkt_cnt` | packets | packets of the source |
/// | 5 | `d_iat_mean` | ns | mean of the destination's gaps between packets |
/// | 6 | `s_bytes_sum` | bytes | sum of the source's IP lengths |
/// | 7 | `d_bytes_mean` | bytes | mean of the destination's IP lengths |
/// | 8 | `s_bytes_max` | bytes | largest of the source's IP lengths |
/// | 9 | `s_bytes_med` | bytes | median of the source's IP lengths |
/// | 10 | `d_bytes_med` | bytes | median of the destination's IP lengths |
/// | 11 | `s_bytes_std` | bytes | standard deviation of the source's IP lengths |
/// | 12 | `d_bytes_std` | bytes | standard deviation of the destination's IP lengths |
/// | 13 | `s_iat_sum` | ns | sum of the source's gaps between packets |
/// | 14 | `d_iat_sum` | ns | sum of the destination's gaps between packets |
/// | 15 | `s_iat_max` | ns | largest of the source's gaps between packets |
/// | 16 | `d_iat_max` | ns | largest of the destination's gaps between packets |
/// | 17 | `s_iat_med` | ns | median of the source's gaps between packets |
/// | 18 | `s_iat_std` | ns | standard deviation of the source's gaps between packets |
/// | 19 | `d_iat_std` | ns | standard deviation of the destination's gaps between packets |
/// | 20 | `d_winsize_sum` | - | sum of the destination's TCP windows |
/// | 21 | `s_winsize_min` | - | smallest of the source's TCP windows |
/// | 22 | `s_winsize_max` | - | largest of the source's TCP windows |
/// | 23 | `s_winsize_med` | - | median of the source's TCP windows |
/// | 24 | `d_winsize_med` | - | median of the destination's TCP windows |
/// | 25 | `s_winsize_std` | - | standard deviation of the source's TCP windows |
/// | 26 | `d_winsize_std` | - | standard deviation of the destination's TCP windows |
/// | 27 | `d_ttl_sum` | hops | sum of the destination's hop limits |
/// | 28 | `d_ttl_min` | hops | smallest of the destination's hop limits |
/// | 29 | `s_ttl_max` | hops | largest of the source's hop limits |
/// | 30 | `d_ttl_max` | hops | largest of the destination's hop limits |
/// | 31 | `ece_cnt` | packets | packets with ECE, both directions |
/// | 32 | `urg_cnt` | packets | packets with URG, both directions |
/// | 33 | `psh_cnt` | packets | packets with PSH, both directions |
/// | 34 | `rst_cnt` | packets | packets with RST, both directions |
/// | 35 | `fin_cnt` | packets | packets with FIN, both directions |
///
/// An undefined feature is -1. Between packets, [`State`] keeps 784 bytes of a flow.
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
    s_first_ns: u64,
    s_last_ns: u64,
    s_bytes_squares: u64,
    s_winsize_squares: u64,
    s_iat_max: u64,
    d_first_ns: u64,
    d_last_ns: u64,
    d_bytes_squares: u64,
    d_winsize_squares: u64,
    d_iat_max: u64,
    s_bytes_sum: u32,
    s_winsize_sum: u32,
    s_bytes_max: u32,
    d_bytes_sum: u32,
    d_winsize_sum: u32,
    s_winsize_min: u16,
    s_winsize_max: u16,
    d_ttl_sum: u16,
    protocol: u8,
    flag_cnts: rt::accumulate::FlagCounts,
    s_pkt_cnt: u8,
    s_ttl_max: u8,
    d_pkt_cnt: u8,
    d_ttl_min: u8,
    d_ttl_max: u8,
    s_iat_window: rt::accumulate::Window<u64, 29>,
    s_bytes_window: rt::accumulate::Window<u32, 30>,
    d_bytes_window: rt::accumulate::Window<u32, 30>,
    s_winsize_window: rt::accumulate::Window<u16, 30>,
    d_winsize_window: rt::accumulate::Window<u16, 30>,
}

#[automatically_derived]
impl rt::Pipeline for Classifier {
    type State = State;
    type Features = [f32; 36];

    const DEPTH: rt::Depth = rt::Depth::Packets(30);
    const FEATURES: &'static [&'static str] = &[
        "dur",
        "proto",
        "s_load",
        "d_load",
        "s_pkt_cnt",
        "d_iat_mean",
        "s_bytes_sum",
        "d_bytes_mean",
        "s_bytes_max",
        "s_bytes_med",
        "d_bytes_med",
        "s_bytes_std",
        "d_bytes_std",
        "s_iat_sum",
        "d_iat_sum",
        "s_iat_max",
        "d_iat_max",
        "s_iat_med",
        "s_iat_std",
        "d_iat_std",
        "d_winsize_sum",
        "s_winsize_min",
        "s_winsize_max",
        "s_winsize_med",
        "d_winsize_med",
        "s_winsize_std",
        "d_winsize_std",
        "d_ttl_sum",
        "d_ttl_min",
        "s_ttl_max",
        "d_ttl_max",
        "ece_cnt",
        "urg_cnt",
        "psh_cnt",
        "rst_cnt",
        "fin_cnt",
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
            s_first_ns: 0,
            s_last_ns: 0,
            s_bytes_squares: 0,
            s_winsize_squares: 0,
            s_iat_max: 0,
            d_first_ns: 0,
            d_last_ns: 0,
            d_bytes_squares: 0,
            d_winsize_squares: 0,
            d_iat_max: 0,
            s_bytes_sum: 0,
            s_winsize_sum: 0,
            s_bytes_max: 0,
            d_bytes_sum: 0,
            d_winsize_sum: 0,
            s_winsize_min: u16::MAX,
            s_winsize_max: 0,
            d_ttl_sum: 0,
            protocol: 0,
            flag_cnts: rt::accumulate::FlagCounts::new(),
            s_pkt_cnt: 0,
            s_ttl_max: 0,
            d_pkt_cnt: 0,
            d_ttl_min: u8::MAX,
            d_ttl_max: 0,
            s_iat_window: rt::accumulate::Window::new(),
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
        state.s_iat_max = 0;
        state.d_bytes_squares = 0;
        state.d_winsize_squares = 0;
        state.d_iat_max = 0;
        state.s_bytes_sum = 0;
        state.s_winsize_sum = 0;
        state.s_bytes_max = 0;
        state.d_bytes_sum = 0;
        state.d_winsize_sum = 0;
        state.s_winsize_min = u16::MAX;
        state.s_winsize_max = 0;
        state.d_ttl_sum = 0;
        state.flag_cnts = rt::accumulate::FlagCounts::new();
        state.s_pkt_cnt = 0;
        state.s_ttl_max = 0;
        state.d_pkt_cnt = 0;
        state.d_ttl_min = u8::MAX;
        state.d_ttl_max = 0;
        state.s_iat_window.clear();
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
                let count = state.s_pkt_cnt;
                if count == 0 {
                    state.protocol = packet.view.protocol();
                    state.s_first_ns = time_ns;
                } else {
                    let iat = time_ns.wrapping_sub(state.s_last_ns);
                    state.s_iat_squares = state
                        .s_iat_squares
                        .wrapping_add(u128::from(iat).wrapping_mul(u128::from(iat)));
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
                state.s_bytes_max = state.s_bytes_max.max(bytes);
                state.s_winsize_min = state.s_winsize_min.min(winsize);
                state.s_winsize_max = state.s_winsize_max.max(winsize);
                state.s_ttl_max = state.s_ttl_max.max(ttl);
                state.s_bytes_window.push(bytes);
                state.s_winsize_window.push(winsize);
                state.s_last_ns = time_ns;
                state.s_pkt_cnt = count.wrapping_add(1);
            }
            rt::Direction::Destination => {
                let count = state.d_pkt_cnt;
                if count == 0 {
                    state.protocol = packet.view.protocol();
                    state.d_first_ns = time_ns;
                } else {
                    let iat = time_ns.wrapping_sub(state.d_last_ns);
                    state.d_iat_squares = state
                        .d_iat_squares
                        .wrapping_add(u128::from(iat).wrapping_mul(u128::from(iat)));
                    state.d_iat_max = state.d_iat_max.max(iat);
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
                state.d_ttl_sum = state.d_ttl_sum.wrapping_add(u16::from(ttl));
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
    fn extract(state: &State) -> [f32; 36] {
        let mut features = [-1.0; 36];
        features[0] = rt::math::to_f32(state.last_ns);
        features[1] = state.protocol as f32;
        features[4] = state.s_pkt_cnt as f32;
        features[6] = state.s_bytes_sum as f32;
        features[27] = state.d_ttl_sum as f32;
        if state.last_ns != 0 {
            features[2] = (f64::from(state.s_bytes_sum) * 8e9
                / rt::math::to_f64(state.last_ns)) as f32;
            features[3] = (f64::from(state.d_bytes_sum) * 8e9
                / rt::math::to_f64(state.last_ns)) as f32;
        }
        if state.d_pkt_cnt >= 2 {
            features[5] = (rt::math::to_f64(
                state.d_last_ns.wrapping_sub(state.d_first_ns),
            ) / f64::from(state.d_pkt_cnt.wrapping_sub(1))) as f32;
            features[16] = rt::math::to_f32(state.d_iat_max);
            features[19] = {
                let sum = u128::from(state.d_last_ns.wrapping_sub(state.d_first_ns));
                let variance = u128::from(state.d_pkt_cnt.wrapping_sub(1))
                    .wrapping_mul(state.d_iat_squares)
                    .wrapping_sub(sum.wrapping_mul(sum));
                (rt::math::sqrt(rt::math::wide_to_f64(variance))
                    / f64::from(state.d_pkt_cnt.wrapping_sub(1))) as f32
            };
        }
        if state.d_pkt_cnt != 0 {
            features[7] = (f64::from(state.d_bytes_sum) / f64::from(state.d_pkt_cnt))
                as f32;
            features[10] = {
                let (low, high) = state.d_bytes_window.middle();
                low.wrapping_add(high) as f32 * 0.5
            };
            features[12] = {
                let sum = u64::from(state.d_bytes_sum);
                let variance = u64::from(state.d_pkt_cnt)
                    .wrapping_mul(state.d_bytes_squares)
                    .wrapping_sub(sum.wrapping_mul(sum));
                (rt::math::sqrt(rt::math::to_f64(variance)) / f64::from(state.d_pkt_cnt))
                    as f32
            };
            features[14] = rt::math::to_f32(
                state.d_last_ns.wrapping_sub(state.d_first_ns),
            );
            features[28] = state.d_ttl_min as f32;
            features[30] = state.d_ttl_max as f32;
        }
        if state.s_pkt_cnt != 0 {
            features[8] = state.s_bytes_max as f32;
            features[9] = {
                let (low, high) = state.s_bytes_window.middle();
                low.wrapping_add(high) as f32 * 0.5
            };
            features[11] = {
                let sum = u64::from(state.s_bytes_sum);
                let variance = u64::from(state.s_pkt_cnt)
                    .wrapping_mul(state.s_bytes_squares)
                    .wrapping_sub(sum.wrapping_mul(sum));
                (rt::math::sqrt(rt::math::to_f64(variance)) / f64::from(state.s_pkt_cnt))
                    as f32
            };
            features[13] = rt::math::to_f32(
                state.s_last_ns.wrapping_sub(state.s_first_ns),
            );
            features[29] = state.s_ttl_max as f32;
        }
        if state.s_pkt_cnt >= 2 {
            features[15] = rt::math::to_f32(state.s_iat_max);
            features[17] = {
                let (low, high) = state.s_iat_window.middle();
                if low == high {
                    rt::math::to_f32(low)
                } else {
                    (rt::math::to_f64(low.wrapping_add(high)) / 2.0) as f32
                }
            };
            features[18] = {
                let sum = u128::from(state.s_last_ns.wrapping_sub(state.s_first_ns));
                let variance = u128::from(state.s_pkt_cnt.wrapping_sub(1))
                    .wrapping_mul(state.s_iat_squares)
                    .wrapping_sub(sum.wrapping_mul(sum));
                (rt::math::sqrt(rt::math::wide_to_f64(variance))
                    / f64::from(state.s_pkt_cnt.wrapping_sub(1))) as f32
            };
        }
        if state.protocol == rt::PacketView::TCP {
            features[20] = state.d_winsize_sum as f32;
            features[31] = state.flag_cnts.of::<6>() as f32;
            features[32] = state.flag_cnts.of::<5>() as f32;
            features[33] = state.flag_cnts.of::<3>() as f32;
            features[34] = state.flag_cnts.of::<2>() as f32;
            features[35] = state.flag_cnts.of::<0>() as f32;
        }
        if state.protocol == rt::PacketView::TCP && state.s_pkt_cnt != 0 {
            features[21] = state.s_winsize_min as f32;
            features[22] = state.s_winsize_max as f32;
            features[23] = {
                let (low, high) = state.s_winsize_window.middle();
                u32::from(low).wrapping_add(u32::from(high)) as f32 * 0.5
            };
            features[25] = {
                let sum = u64::from(state.s_winsize_sum);
                let variance = u64::from(state.s_pkt_cnt)
                    .wrapping_mul(state.s_winsize_squares)
                    .wrapping_sub(sum.wrapping_mul(sum));
                (rt::math::sqrt(rt::math::to_f64(variance)) / f64::from(state.s_pkt_cnt))
                    as f32
            };
        }
        if state.protocol == rt::PacketView::TCP && state.d_pkt_cnt != 0 {
            features[24] = {
                let (low, high) = state.d_winsize_window.middle();
                u32::from(low).wrapping_add(u32::from(high)) as f32 * 0.5
            };
            features[26] = {
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
    fn predict(features: &[f32; 36]) -> rt::Verdict {
        tree(features)
    }

    #[inline]
    fn classify(state: &State) -> rt::Verdict {
        let d_load = finish_d_load(state);
        if at_most(d_load, 2197.6035) {
            let s_winsize_max = finish_s_winsize_max(state);
            if at_most(s_winsize_max, 64887.5) {
                let s_winsize_min = finish_s_winsize_min(state);
                if at_most(s_winsize_min, 375.5) {
                    let d_bytes_med = finish_d_bytes_med(state);
                    if at_most(d_bytes_med, 151.5) {
                        let dur = finish_dur(state);
                        if at_most(dur, 200949330000.0) {
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
                    } else {
                        rt::Verdict {
                            class: 11,
                            confidence: 65535,
                        }
                    }
                } else {
                    let s_bytes_sum = finish_s_bytes_sum(state);
                    if at_most(s_bytes_sum, 3119.0) {
                        rt::Verdict {
                            class: 5,
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
                        rt::Verdict {
                            class: 6,
                            confidence: 65535,
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
            if at_most(s_bytes_std, 533.7931) {
                let d_bytes_mean = finish_d_bytes_mean(state);
                if at_most(d_bytes_mean, 711.6875) {
                    let d_iat_mean = finish_d_iat_mean(state);
                    if at_most(d_iat_mean, 40710972.0) {
                        let s_bytes_med = finish_s_bytes_med(state);
                        if at_most(s_bytes_med, 79.5) {
                            if at_most(d_iat_mean, 31305528.0) {
                                let dur = finish_dur(state);
                                if at_most(dur, 191600000.0) {
                                    rt::Verdict {
                                        class: 9,
                                        confidence: 65535,
                                    }
                                } else {
                                    if at_most(dur, 809538000.0) {
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
                            } else {
                                rt::Verdict {
                                    class: 11,
                                    confidence: 65535,
                                }
                            }
                        } else {
                            let s_load = finish_s_load(state);
                            if at_most(s_load, 717010.2) {
                                let d_bytes_med = finish_d_bytes_med(state);
                                if at_most(d_bytes_med, 738.0) {
                                    if at_most(d_bytes_mean, 694.5913) {
                                        let d_ttl_sum = finish_d_ttl_sum(state);
                                        if at_most(d_ttl_sum, 396.0) {
                                            let dur = finish_dur(state);
                                            if at_most(dur, 179011500.0) {
                                                rt::Verdict {
                                                    class: 9,
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
                                                class: 9,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        let dur = finish_dur(state);
                                        if at_most(dur, 452735500.0) {
                                            rt::Verdict {
                                                class: 9,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 65535,
                                            }
                                        }
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
                        }
                    } else {
                        if at_most(s_bytes_std, 172.91748) {
                            if at_most(d_iat_mean, 406989570.0) {
                                let d_bytes_med = finish_d_bytes_med(state);
                                if at_most(d_bytes_med, 67.5) {
                                    let s_pkt_cnt = finish_s_pkt_cnt(state);
                                    if at_most(s_pkt_cnt, 12.5) {
                                        let dur = finish_dur(state);
                                        if at_most(dur, 1186029000.0) {
                                            rt::Verdict {
                                                class: 3,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 7,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 10,
                                            confidence: 65535,
                                        }
                                    }
                                } else {
                                    if at_most(d_load, 71719.75) {
                                        let s_winsize_std = finish_s_winsize_std(state);
                                        if at_most(s_winsize_std, 19580.934) {
                                            if at_most(s_bytes_std, 167.53244) {
                                                rt::Verdict {
                                                    class: 2,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 2,
                                                    confidence: 43690,
                                                }
                                            }
                                        } else {
                                            let dur = finish_dur(state);
                                            if at_most(dur, 2145541500.0) {
                                                rt::Verdict {
                                                    class: 3,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 2,
                                                    confidence: 65535,
                                                }
                                            }
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 7,
                                            confidence: 65535,
                                        }
                                    }
                                }
                            } else {
                                let s_load = finish_s_load(state);
                                if at_most(s_load, 2717.0898) {
                                    let s_winsize_std = finish_s_winsize_std(state);
                                    if at_most(s_winsize_std, 15022.477) {
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
                                } else {
                                    rt::Verdict {
                                        class: 10,
                                        confidence: 65535,
                                    }
                                }
                            }
                        } else {
                            let s_bytes_med = finish_s_bytes_med(state);
                            if at_most(s_bytes_med, 115.0) {
                                let psh_cnt = finish_psh_cnt(state);
                                if at_most(psh_cnt, 12.5) {
                                    let d_winsize_std = finish_d_winsize_std(state);
                                    if at_most(d_winsize_std, 7821.6016) {
                                        let s_winsize_med = finish_s_winsize_med(state);
                                        if at_most(s_winsize_med, 531.0) {
                                            let s_pkt_cnt = finish_s_pkt_cnt(state);
                                            if at_most(s_pkt_cnt, 14.5) {
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
                                            let dur = finish_dur(state);
                                            if at_most(dur, 4269397500.0) {
                                                rt::Verdict {
                                                    class: 0,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 1,
                                                    confidence: 32768,
                                                }
                                            }
                                        }
                                    } else {
                                        let s_winsize_std = finish_s_winsize_std(state);
                                        if at_most(s_winsize_std, 16805.207) {
                                            let dur = finish_dur(state);
                                            if at_most(dur, 3468912600.0) {
                                                rt::Verdict {
                                                    class: 0,
                                                    confidence: 21845,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 10,
                                                    confidence: 65535,
                                                }
                                            }
                                        } else {
                                            let s_load = finish_s_load(state);
                                            if at_most(s_load, 1968.7029) {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 32768,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 11,
                                                    confidence: 53247,
                                                }
                                            }
                                        }
                                    }
                                } else {
                                    let dur = finish_dur(state);
                                    if at_most(dur, 8307165700.0) {
                                        rt::Verdict {
                                            class: 2,
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
                                let s_winsize_min = finish_s_winsize_min(state);
                                if at_most(s_winsize_min, 252.5) {
                                    let s_winsize_med = finish_s_winsize_med(state);
                                    if at_most(s_winsize_med, 262.5) {
                                        let d_iat_max = finish_d_iat_max(state);
                                        if at_most(d_iat_max, 293360000.0) {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 65535,
                                            }
                                        } else {
                                            let dur = finish_dur(state);
                                            if at_most(dur, 2055019000.0) {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 3,
                                                    confidence: 32768,
                                                }
                                            }
                                        }
                                    } else {
                                        let dur = finish_dur(state);
                                        if at_most(dur, 1114122000.0) {
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
                                    if at_most(dur, 708746000.0) {
                                        if at_most(dur, 663399040.0) {
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
                                    } else {
                                        let s_winsize_std = finish_s_winsize_std(state);
                                        if at_most(s_winsize_std, 14989.604) {
                                            rt::Verdict {
                                                class: 0,
                                                confidence: 65535,
                                            }
                                        } else {
                                            let s_pkt_cnt = finish_s_pkt_cnt(state);
                                            if at_most(s_pkt_cnt, 10.5) {
                                                rt::Verdict {
                                                    class: 10,
                                                    confidence: 32768,
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
                            }
                        }
                    }
                } else {
                    let d_iat_max = finish_d_iat_max(state);
                    if at_most(d_iat_max, 1814670500.0) {
                        if at_most(s_bytes_std, 188.63948) {
                            let d_winsize_sum = finish_d_winsize_sum(state);
                            if at_most(d_winsize_sum, 48498.0) {
                                let dur = finish_dur(state);
                                if at_most(dur, 1901484500.0) {
                                    let s_bytes_med = finish_s_bytes_med(state);
                                    if at_most(s_bytes_med, 46.0) {
                                        rt::Verdict {
                                            class: 11,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(dur, 1022440000.0) {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 65535,
                                            }
                                        } else {
                                            if at_most(dur, 1693821400.0) {
                                                rt::Verdict {
                                                    class: 9,
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
                                    rt::Verdict {
                                        class: 3,
                                        confidence: 65535,
                                    }
                                }
                            } else {
                                let s_load = finish_s_load(state);
                                if at_most(s_load, 6057.5986) {
                                    let dur = finish_dur(state);
                                    if at_most(dur, 2989400600.0) {
                                        rt::Verdict {
                                            class: 8,
                                            confidence: 65535,
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 6,
                                            confidence: 65535,
                                        }
                                    }
                                } else {
                                    let s_bytes_max = finish_s_bytes_max(state);
                                    if at_most(s_bytes_max, 571.0) {
                                        let s_winsize_med = finish_s_winsize_med(state);
                                        if at_most(s_winsize_med, 1140.5) {
                                            let s_iat_med = finish_s_iat_med(state);
                                            if at_most(s_iat_med, 740500.0) {
                                                rt::Verdict {
                                                    class: 8,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 7,
                                                    confidence: 63350,
                                                }
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 3,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        let s_winsize_std = finish_s_winsize_std(state);
                                        if at_most(s_winsize_std, 18031.95) {
                                            let dur = finish_dur(state);
                                            if at_most(dur, 232717500.0) {
                                                rt::Verdict {
                                                    class: 11,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 7,
                                                    confidence: 58253,
                                                }
                                            }
                                        } else {
                                            let dur = finish_dur(state);
                                            if at_most(dur, 855954000.0) {
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
                            }
                        } else {
                            let d_bytes_std = finish_d_bytes_std(state);
                            if at_most(d_bytes_std, 486.79025) {
                                let d_ttl_sum = finish_d_ttl_sum(state);
                                if at_most(d_ttl_sum, 1597.0) {
                                    let d_ttl_min = finish_d_ttl_min(state);
                                    if at_most(d_ttl_min, 52.5) {
                                        rt::Verdict {
                                            class: 6,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(s_bytes_std, 397.1311) {
                                            let d_iat_mean = finish_d_iat_mean(state);
                                            if at_most(d_iat_mean, 10256130.0) {
                                                rt::Verdict {
                                                    class: 8,
                                                    confidence: 36863,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 8,
                                                    confidence: 58429,
                                                }
                                            }
                                        } else {
                                            let s_load = finish_s_load(state);
                                            if at_most(s_load, 47241.625) {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 56173,
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
                                    let psh_cnt = finish_psh_cnt(state);
                                    if at_most(psh_cnt, 5.0) {
                                        rt::Verdict {
                                            class: 11,
                                            confidence: 65535,
                                        }
                                    } else {
                                        let dur = finish_dur(state);
                                        if at_most(dur, 434237000.0) {
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
                                let d_iat_sum = finish_d_iat_sum(state);
                                if at_most(d_iat_sum, 896944500.0) {
                                    let d_winsize_sum = finish_d_winsize_sum(state);
                                    if at_most(d_winsize_sum, 66846.5) {
                                        let s_pkt_cnt = finish_s_pkt_cnt(state);
                                        if at_most(s_pkt_cnt, 14.5) {
                                            if at_most(d_bytes_mean, 1230.8889) {
                                                rt::Verdict {
                                                    class: 11,
                                                    confidence: 48345,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 8,
                                                    confidence: 65535,
                                                }
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 9,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        let d_winsize_med = finish_d_winsize_med(state);
                                        if at_most(d_winsize_med, 130.25) {
                                            let s_bytes_sum = finish_s_bytes_sum(state);
                                            if at_most(s_bytes_sum, 2759.5) {
                                                rt::Verdict {
                                                    class: 8,
                                                    confidence: 34078,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 11,
                                                    confidence: 49151,
                                                }
                                            }
                                        } else {
                                            let s_bytes_sum = finish_s_bytes_sum(state);
                                            if at_most(s_bytes_sum, 3299.0) {
                                                rt::Verdict {
                                                    class: 7,
                                                    confidence: 42798,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 11,
                                                    confidence: 31882,
                                                }
                                            }
                                        }
                                    }
                                } else {
                                    if at_most(d_bytes_mean, 900.8823) {
                                        let psh_cnt = finish_psh_cnt(state);
                                        if at_most(psh_cnt, 7.5) {
                                            if at_most(d_bytes_mean, 839.4375) {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 32768,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 1,
                                                    confidence: 65535,
                                                }
                                            }
                                        } else {
                                            let d_winsize_sum = finish_d_winsize_sum(state);
                                            if at_most(d_winsize_sum, 67190.5) {
                                                rt::Verdict {
                                                    class: 10,
                                                    confidence: 63350,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 1,
                                                    confidence: 21845,
                                                }
                                            }
                                        }
                                    } else {
                                        let s_bytes_max = finish_s_bytes_max(state);
                                        if at_most(s_bytes_max, 1244.5) {
                                            if at_most(s_bytes_std, 259.5061) {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 22795,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 63108,
                                                }
                                            }
                                        } else {
                                            let s_bytes_sum = finish_s_bytes_sum(state);
                                            if at_most(s_bytes_sum, 4153.5) {
                                                rt::Verdict {
                                                    class: 8,
                                                    confidence: 39321,
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
                        let s_bytes_max = finish_s_bytes_max(state);
                        if at_most(s_bytes_max, 732.5) {
                            let s_iat_med = finish_s_iat_med(state);
                            if at_most(s_iat_med, 75348500.0) {
                                if at_most(s_bytes_std, 106.3508) {
                                    rt::Verdict {
                                        class: 3,
                                        confidence: 65535,
                                    }
                                } else {
                                    let s_winsize_med = finish_s_winsize_med(state);
                                    if at_most(s_winsize_med, 265.0) {
                                        let d_winsize_std = finish_d_winsize_std(state);
                                        if at_most(d_winsize_std, 15098.902) {
                                            let d_winsize_sum = finish_d_winsize_sum(state);
                                            if at_most(d_winsize_sum, 30114.5) {
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
                                            rt::Verdict {
                                                class: 7,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        let s_iat_max = finish_s_iat_max(state);
                                        if at_most(s_iat_max, 2086815500.0) {
                                            let dur = finish_dur(state);
                                            if at_most(dur, 3461439500.0) {
                                                rt::Verdict {
                                                    class: 8,
                                                    confidence: 32768,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 65535,
                                                }
                                            }
                                        } else {
                                            let d_iat_sum = finish_d_iat_sum(state);
                                            if at_most(d_iat_sum, 34880900000.0) {
                                                rt::Verdict {
                                                    class: 4,
                                                    confidence: 57343,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 3,
                                                    confidence: 43690,
                                                }
                                            }
                                        }
                                    }
                                }
                            } else {
                                let dur = finish_dur(state);
                                if at_most(dur, 7929522700.0) {
                                    if at_most(dur, 7394657300.0) {
                                        rt::Verdict {
                                            class: 6,
                                            confidence: 65535,
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 1,
                                            confidence: 65535,
                                        }
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 3,
                                        confidence: 65535,
                                    }
                                }
                            }
                        } else {
                            let d_winsize_med = finish_d_winsize_med(state);
                            if at_most(d_winsize_med, 131.25) {
                                if at_most(s_bytes_max, 1300.0) {
                                    let d_bytes_std = finish_d_bytes_std(state);
                                    if at_most(d_bytes_std, 431.3631) {
                                        let s_load = finish_s_load(state);
                                        if at_most(s_load, 7614.7393) {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        let s_bytes_med = finish_s_bytes_med(state);
                                        if at_most(s_bytes_med, 46.0) {
                                            rt::Verdict {
                                                class: 4,
                                                confidence: 65535,
                                            }
                                        } else {
                                            let psh_cnt = finish_psh_cnt(state);
                                            if at_most(psh_cnt, 9.5) {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 59958,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 4,
                                                    confidence: 32768,
                                                }
                                            }
                                        }
                                    }
                                } else {
                                    let dur = finish_dur(state);
                                    if at_most(dur, 11088996000.0) {
                                        if at_most(dur, 4206049000.0) {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 65535,
                                            }
                                        } else {
                                            if at_most(dur, 7535854000.0) {
                                                rt::Verdict {
                                                    class: 1,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 11,
                                                    confidence: 65535,
                                                }
                                            }
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 4,
                                            confidence: 65535,
                                        }
                                    }
                                }
                            } else {
                                if at_most(d_winsize_med, 233.0) {
                                    if at_most(s_bytes_std, 415.27228) {
                                        let fin_cnt = finish_fin_cnt(state);
                                        if at_most(fin_cnt, 0.5) {
                                            if at_most(d_bytes_mean, 823.6958) {
                                                rt::Verdict {
                                                    class: 3,
                                                    confidence: 65535,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 4,
                                                    confidence: 65535,
                                                }
                                            }
                                        } else {
                                            let dur = finish_dur(state);
                                            if at_most(dur, 8838394000.0) {
                                                rt::Verdict {
                                                    class: 1,
                                                    confidence: 49151,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 6,
                                                    confidence: 39321,
                                                }
                                            }
                                        }
                                    } else {
                                        if at_most(d_winsize_med, 132.5) {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 65535,
                                            }
                                        } else {
                                            let s_load = finish_s_load(state);
                                            if at_most(s_load, 3219.9282) {
                                                rt::Verdict {
                                                    class: 4,
                                                    confidence: 43690,
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
                                    rt::Verdict {
                                        class: 10,
                                        confidence: 65535,
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
                    if at_most(d_winsize_med, 175.5) {
                        if at_most(s_bytes_std, 596.4306) {
                            let s_bytes_sum = finish_s_bytes_sum(state);
                            if at_most(s_bytes_sum, 8615.5) {
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
                        } else {
                            rt::Verdict {
                                class: 1,
                                confidence: 65535,
                            }
                        }
                    } else {
                        let d_winsize_std = finish_d_winsize_std(state);
                        if at_most(d_winsize_std, 6853.47) {
                            if at_most(s_bytes_std, 614.2451) {
                                if at_most(d_load, 110915.3) {
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
                                rt::Verdict {
                                    class: 0,
                                    confidence: 65535,
                                }
                            }
                        } else {
                            if at_most(s_winsize_min, 762.0) {
                                let s_iat_std = finish_s_iat_std(state);
                                if at_most(s_iat_std, 72467620.0) {
                                    let s_winsize_med = finish_s_winsize_med(state);
                                    if at_most(s_winsize_med, 302.5) {
                                        let s_iat_max = finish_s_iat_max(state);
                                        if at_most(s_iat_max, 243457000.0) {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 65535,
                                            }
                                        } else {
                                            let dur = finish_dur(state);
                                            if at_most(dur, 665052500.0) {
                                                rt::Verdict {
                                                    class: 0,
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
                                        rt::Verdict {
                                            class: 0,
                                            confidence: 65535,
                                        }
                                    }
                                } else {
                                    let s_iat_max = finish_s_iat_max(state);
                                    if at_most(s_iat_max, 8674980000.0) {
                                        let d_bytes_mean = finish_d_bytes_mean(state);
                                        if at_most(d_bytes_mean, 262.23077) {
                                            let dur = finish_dur(state);
                                            if at_most(dur, 3557352400.0) {
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
                                            let s_bytes_sum = finish_s_bytes_sum(state);
                                            if at_most(s_bytes_sum, 4909.5) {
                                                rt::Verdict {
                                                    class: 0,
                                                    confidence: 32768,
                                                }
                                            } else {
                                                rt::Verdict {
                                                    class: 0,
                                                    confidence: 63549,
                                                }
                                            }
                                        }
                                    } else {
                                        if at_most(d_load, 3137.7163) {
                                            rt::Verdict {
                                                class: 0,
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
                                if at_most(d_load, 32234.742) {
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
                    }
                }
            }
        }
    }
}

/// Walks a tree to its answer.
#[inline]
fn tree(features: &[f32; 36]) -> rt::Verdict {
    let [dur, _, s_load, d_load, s_pkt_cnt, d_iat_mean, s_bytes_sum, d_bytes_mean,
    s_bytes_max, s_bytes_med, d_bytes_med, s_bytes_std, d_bytes_std, _, d_iat_sum,
    s_iat_max, d_iat_max, s_iat_med, s_iat_std, _, d_winsize_sum, s_winsize_min,
    s_winsize_max, s_winsize_med, d_winsize_med, s_winsize_std, d_winsize_std, d_ttl_sum,
    d_ttl_min, _, _, _, _, psh_cnt, _, fin_cnt] = *features;
    if at_most(d_load, 2197.6035) {
        if at_most(s_winsize_max, 64887.5) {
            if at_most(s_winsize_min, 375.5) {
                if at_most(d_bytes_med, 151.5) {
                    if at_most(dur, 200949330000.0) {
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
                } else {
                    rt::Verdict {
                        class: 11,
                        confidence: 65535,
                    }
                }
            } else {
                if at_most(s_bytes_sum, 3119.0) {
                    rt::Verdict {
                        class: 5,
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
                    rt::Verdict {
                        class: 6,
                        confidence: 65535,
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
        if at_most(s_bytes_std, 533.7931) {
            if at_most(d_bytes_mean, 711.6875) {
                if at_most(d_iat_mean, 40710972.0) {
                    if at_most(s_bytes_med, 79.5) {
                        if at_most(d_iat_mean, 31305528.0) {
                            if at_most(dur, 191600000.0) {
                                rt::Verdict {
                                    class: 9,
                                    confidence: 65535,
                                }
                            } else {
                                if at_most(dur, 809538000.0) {
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
                        } else {
                            rt::Verdict {
                                class: 11,
                                confidence: 65535,
                            }
                        }
                    } else {
                        if at_most(s_load, 717010.2) {
                            if at_most(d_bytes_med, 738.0) {
                                if at_most(d_bytes_mean, 694.5913) {
                                    if at_most(d_ttl_sum, 396.0) {
                                        if at_most(dur, 179011500.0) {
                                            rt::Verdict {
                                                class: 9,
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
                                            class: 9,
                                            confidence: 65535,
                                        }
                                    }
                                } else {
                                    if at_most(dur, 452735500.0) {
                                        rt::Verdict {
                                            class: 9,
                                            confidence: 65535,
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 11,
                                            confidence: 65535,
                                        }
                                    }
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
                    }
                } else {
                    if at_most(s_bytes_std, 172.91748) {
                        if at_most(d_iat_mean, 406989570.0) {
                            if at_most(d_bytes_med, 67.5) {
                                if at_most(s_pkt_cnt, 12.5) {
                                    if at_most(dur, 1186029000.0) {
                                        rt::Verdict {
                                            class: 3,
                                            confidence: 65535,
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 7,
                                            confidence: 65535,
                                        }
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 10,
                                        confidence: 65535,
                                    }
                                }
                            } else {
                                if at_most(d_load, 71719.75) {
                                    if at_most(s_winsize_std, 19580.934) {
                                        if at_most(s_bytes_std, 167.53244) {
                                            rt::Verdict {
                                                class: 2,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 2,
                                                confidence: 43690,
                                            }
                                        }
                                    } else {
                                        if at_most(dur, 2145541500.0) {
                                            rt::Verdict {
                                                class: 3,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 2,
                                                confidence: 65535,
                                            }
                                        }
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 7,
                                        confidence: 65535,
                                    }
                                }
                            }
                        } else {
                            if at_most(s_load, 2717.0898) {
                                if at_most(s_winsize_std, 15022.477) {
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
                            } else {
                                rt::Verdict {
                                    class: 10,
                                    confidence: 65535,
                                }
                            }
                        }
                    } else {
                        if at_most(s_bytes_med, 115.0) {
                            if at_most(psh_cnt, 12.5) {
                                if at_most(d_winsize_std, 7821.6016) {
                                    if at_most(s_winsize_med, 531.0) {
                                        if at_most(s_pkt_cnt, 14.5) {
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
                                        if at_most(dur, 4269397500.0) {
                                            rt::Verdict {
                                                class: 0,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 32768,
                                            }
                                        }
                                    }
                                } else {
                                    if at_most(s_winsize_std, 16805.207) {
                                        if at_most(dur, 3468912600.0) {
                                            rt::Verdict {
                                                class: 0,
                                                confidence: 21845,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 10,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        if at_most(s_load, 1968.7029) {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 32768,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 53247,
                                            }
                                        }
                                    }
                                }
                            } else {
                                if at_most(dur, 8307165700.0) {
                                    rt::Verdict {
                                        class: 2,
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
                            if at_most(s_winsize_min, 252.5) {
                                if at_most(s_winsize_med, 262.5) {
                                    if at_most(d_iat_max, 293360000.0) {
                                        rt::Verdict {
                                            class: 11,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(dur, 2055019000.0) {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 3,
                                                confidence: 32768,
                                            }
                                        }
                                    }
                                } else {
                                    if at_most(dur, 1114122000.0) {
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
                                if at_most(dur, 708746000.0) {
                                    if at_most(dur, 663399040.0) {
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
                                } else {
                                    if at_most(s_winsize_std, 14989.604) {
                                        rt::Verdict {
                                            class: 0,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(s_pkt_cnt, 10.5) {
                                            rt::Verdict {
                                                class: 10,
                                                confidence: 32768,
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
                        }
                    }
                }
            } else {
                if at_most(d_iat_max, 1814670500.0) {
                    if at_most(s_bytes_std, 188.63948) {
                        if at_most(d_winsize_sum, 48498.0) {
                            if at_most(dur, 1901484500.0) {
                                if at_most(s_bytes_med, 46.0) {
                                    rt::Verdict {
                                        class: 11,
                                        confidence: 65535,
                                    }
                                } else {
                                    if at_most(dur, 1022440000.0) {
                                        rt::Verdict {
                                            class: 8,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(dur, 1693821400.0) {
                                            rt::Verdict {
                                                class: 9,
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
                                rt::Verdict {
                                    class: 3,
                                    confidence: 65535,
                                }
                            }
                        } else {
                            if at_most(s_load, 6057.5986) {
                                if at_most(dur, 2989400600.0) {
                                    rt::Verdict {
                                        class: 8,
                                        confidence: 65535,
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 6,
                                        confidence: 65535,
                                    }
                                }
                            } else {
                                if at_most(s_bytes_max, 571.0) {
                                    if at_most(s_winsize_med, 1140.5) {
                                        if at_most(s_iat_med, 740500.0) {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 7,
                                                confidence: 63350,
                                            }
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 3,
                                            confidence: 65535,
                                        }
                                    }
                                } else {
                                    if at_most(s_winsize_std, 18031.95) {
                                        if at_most(dur, 232717500.0) {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 7,
                                                confidence: 58253,
                                            }
                                        }
                                    } else {
                                        if at_most(dur, 855954000.0) {
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
                        }
                    } else {
                        if at_most(d_bytes_std, 486.79025) {
                            if at_most(d_ttl_sum, 1597.0) {
                                if at_most(d_ttl_min, 52.5) {
                                    rt::Verdict {
                                        class: 6,
                                        confidence: 65535,
                                    }
                                } else {
                                    if at_most(s_bytes_std, 397.1311) {
                                        if at_most(d_iat_mean, 10256130.0) {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 36863,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 58429,
                                            }
                                        }
                                    } else {
                                        if at_most(s_load, 47241.625) {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 56173,
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
                                if at_most(psh_cnt, 5.0) {
                                    rt::Verdict {
                                        class: 11,
                                        confidence: 65535,
                                    }
                                } else {
                                    if at_most(dur, 434237000.0) {
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
                            if at_most(d_iat_sum, 896944500.0) {
                                if at_most(d_winsize_sum, 66846.5) {
                                    if at_most(s_pkt_cnt, 14.5) {
                                        if at_most(d_bytes_mean, 1230.8889) {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 48345,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 9,
                                            confidence: 65535,
                                        }
                                    }
                                } else {
                                    if at_most(d_winsize_med, 130.25) {
                                        if at_most(s_bytes_sum, 2759.5) {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 34078,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 49151,
                                            }
                                        }
                                    } else {
                                        if at_most(s_bytes_sum, 3299.0) {
                                            rt::Verdict {
                                                class: 7,
                                                confidence: 42798,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 31882,
                                            }
                                        }
                                    }
                                }
                            } else {
                                if at_most(d_bytes_mean, 900.8823) {
                                    if at_most(psh_cnt, 7.5) {
                                        if at_most(d_bytes_mean, 839.4375) {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 32768,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        if at_most(d_winsize_sum, 67190.5) {
                                            rt::Verdict {
                                                class: 10,
                                                confidence: 63350,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 21845,
                                            }
                                        }
                                    }
                                } else {
                                    if at_most(s_bytes_max, 1244.5) {
                                        if at_most(s_bytes_std, 259.5061) {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 22795,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 63108,
                                            }
                                        }
                                    } else {
                                        if at_most(s_bytes_sum, 4153.5) {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 39321,
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
                    if at_most(s_bytes_max, 732.5) {
                        if at_most(s_iat_med, 75348500.0) {
                            if at_most(s_bytes_std, 106.3508) {
                                rt::Verdict {
                                    class: 3,
                                    confidence: 65535,
                                }
                            } else {
                                if at_most(s_winsize_med, 265.0) {
                                    if at_most(d_winsize_std, 15098.902) {
                                        if at_most(d_winsize_sum, 30114.5) {
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
                                        rt::Verdict {
                                            class: 7,
                                            confidence: 65535,
                                        }
                                    }
                                } else {
                                    if at_most(s_iat_max, 2086815500.0) {
                                        if at_most(dur, 3461439500.0) {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 32768,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        if at_most(d_iat_sum, 34880900000.0) {
                                            rt::Verdict {
                                                class: 4,
                                                confidence: 57343,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 3,
                                                confidence: 43690,
                                            }
                                        }
                                    }
                                }
                            }
                        } else {
                            if at_most(dur, 7929522700.0) {
                                if at_most(dur, 7394657300.0) {
                                    rt::Verdict {
                                        class: 6,
                                        confidence: 65535,
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 1,
                                        confidence: 65535,
                                    }
                                }
                            } else {
                                rt::Verdict {
                                    class: 3,
                                    confidence: 65535,
                                }
                            }
                        }
                    } else {
                        if at_most(d_winsize_med, 131.25) {
                            if at_most(s_bytes_max, 1300.0) {
                                if at_most(d_bytes_std, 431.3631) {
                                    if at_most(s_load, 7614.7393) {
                                        rt::Verdict {
                                            class: 8,
                                            confidence: 65535,
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 6,
                                            confidence: 65535,
                                        }
                                    }
                                } else {
                                    if at_most(s_bytes_med, 46.0) {
                                        rt::Verdict {
                                            class: 4,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(psh_cnt, 9.5) {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 59958,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 4,
                                                confidence: 32768,
                                            }
                                        }
                                    }
                                }
                            } else {
                                if at_most(dur, 11088996000.0) {
                                    if at_most(dur, 4206049000.0) {
                                        rt::Verdict {
                                            class: 6,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(dur, 7535854000.0) {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 65535,
                                            }
                                        }
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 4,
                                        confidence: 65535,
                                    }
                                }
                            }
                        } else {
                            if at_most(d_winsize_med, 233.0) {
                                if at_most(s_bytes_std, 415.27228) {
                                    if at_most(fin_cnt, 0.5) {
                                        if at_most(d_bytes_mean, 823.6958) {
                                            rt::Verdict {
                                                class: 3,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 4,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        if at_most(dur, 8838394000.0) {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 49151,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 39321,
                                            }
                                        }
                                    }
                                } else {
                                    if at_most(d_winsize_med, 132.5) {
                                        rt::Verdict {
                                            class: 6,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(s_load, 3219.9282) {
                                            rt::Verdict {
                                                class: 4,
                                                confidence: 43690,
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
                                rt::Verdict {
                                    class: 10,
                                    confidence: 65535,
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
                if at_most(d_winsize_med, 175.5) {
                    if at_most(s_bytes_std, 596.4306) {
                        if at_most(s_bytes_sum, 8615.5) {
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
                    } else {
                        rt::Verdict {
                            class: 1,
                            confidence: 65535,
                        }
                    }
                } else {
                    if at_most(d_winsize_std, 6853.47) {
                        if at_most(s_bytes_std, 614.2451) {
                            if at_most(d_load, 110915.3) {
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
                            rt::Verdict {
                                class: 0,
                                confidence: 65535,
                            }
                        }
                    } else {
                        if at_most(s_winsize_min, 762.0) {
                            if at_most(s_iat_std, 72467620.0) {
                                if at_most(s_winsize_med, 302.5) {
                                    if at_most(s_iat_max, 243457000.0) {
                                        rt::Verdict {
                                            class: 1,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if at_most(dur, 665052500.0) {
                                            rt::Verdict {
                                                class: 0,
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
                                    rt::Verdict {
                                        class: 0,
                                        confidence: 65535,
                                    }
                                }
                            } else {
                                if at_most(s_iat_max, 8674980000.0) {
                                    if at_most(d_bytes_mean, 262.23077) {
                                        if at_most(dur, 3557352400.0) {
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
                                        if at_most(s_bytes_sum, 4909.5) {
                                            rt::Verdict {
                                                class: 0,
                                                confidence: 32768,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 0,
                                                confidence: 63549,
                                            }
                                        }
                                    }
                                } else {
                                    if at_most(d_load, 3137.7163) {
                                        rt::Verdict {
                                            class: 0,
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
                            if at_most(d_load, 32234.742) {
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

/// Finishes `s_pkt_cnt`.
#[inline]
fn finish_s_pkt_cnt(state: &State) -> f32 {
    state.s_pkt_cnt as f32
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

/// Finishes `s_bytes_sum`.
#[inline]
fn finish_s_bytes_sum(state: &State) -> f32 {
    state.s_bytes_sum as f32
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

/// Finishes `d_iat_sum`.
#[inline]
fn finish_d_iat_sum(state: &State) -> f32 {
    if state.d_pkt_cnt != 0 {
        rt::math::to_f32(state.d_last_ns.wrapping_sub(state.d_first_ns))
    } else {
        -1.0
    }
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

/// Finishes `s_iat_std`.
#[inline]
fn finish_s_iat_std(state: &State) -> f32 {
    if state.s_pkt_cnt >= 2 {
        {
            let sum = u128::from(state.s_last_ns.wrapping_sub(state.s_first_ns));
            let variance = u128::from(state.s_pkt_cnt.wrapping_sub(1))
                .wrapping_mul(state.s_iat_squares)
                .wrapping_sub(sum.wrapping_mul(sum));
            (rt::math::sqrt(rt::math::wide_to_f64(variance))
                / f64::from(state.s_pkt_cnt.wrapping_sub(1))) as f32
        }
    } else {
        -1.0
    }
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

/// Finishes `s_winsize_max`.
#[inline]
fn finish_s_winsize_max(state: &State) -> f32 {
    if state.protocol == rt::PacketView::TCP && state.s_pkt_cnt != 0 {
        state.s_winsize_max as f32
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

/// Finishes `fin_cnt`.
#[inline]
fn finish_fin_cnt(state: &State) -> f32 {
    if state.protocol == rt::PacketView::TCP {
        state.flag_cnts.of::<0>() as f32
    } else {
        -1.0
    }
}
