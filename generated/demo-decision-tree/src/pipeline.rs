// Made by cato 0.1.0 from spec.toml (blake3 e869a6b6d64b4266) and
// model.json (blake3 be9b371e9dde33ff); do not edit.

#![forbid(unsafe_code)]

use super::rt;

/// 32 features after at most 26 packets of a flow.
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
    s_iat_max: u64,
    d_first_ns: u64,
    d_last_ns: u64,
    d_winsize_squares: u64,
    d_iat_max: u64,
    s_bytes_sum: u32,
    d_bytes_sum: u32,
    d_winsize_sum: u32,
    d_bytes_max: u32,
    d_port: u16,
    s_winsize_min: u16,
    d_winsize_min: u16,
    d_winsize_max: u16,
    protocol: u8,
    psh_cnt: u8,
    s_pkt_cnt: u8,
    d_pkt_cnt: u8,
    d_ttl_max: u8,
    s_iat_window: rt::accumulate::Window<u64, 25>,
    d_iat_window: rt::accumulate::Window<u64, 25>,
    s_bytes_window: rt::accumulate::Window<u32, 26>,
    d_bytes_window: rt::accumulate::Window<u32, 26>,
    s_winsize_window: rt::accumulate::Window<u16, 26>,
    d_winsize_window: rt::accumulate::Window<u16, 26>,
}

#[automatically_derived]
impl rt::Pipeline for Classifier {
    type State = State;
    type Features = [f32; 32];

    const DEPTH: rt::Depth = rt::Depth::Packets(26);
    const FEATURES: &'static [&'static str] = &[
        "dur",
        "d_port",
        "s_load",
        "d_load",
        "s_pkt_cnt",
        "s_iat_mean",
        "d_iat_mean",
        "s_bytes_sum",
        "d_bytes_sum",
        "s_bytes_mean",
        "d_bytes_mean",
        "d_bytes_max",
        "s_bytes_med",
        "d_bytes_med",
        "s_bytes_std",
        "s_iat_sum",
        "d_iat_sum",
        "s_iat_max",
        "d_iat_max",
        "s_iat_med",
        "d_iat_med",
        "s_iat_std",
        "d_iat_std",
        "d_winsize_sum",
        "s_winsize_min",
        "d_winsize_min",
        "d_winsize_max",
        "s_winsize_med",
        "d_winsize_med",
        "d_winsize_std",
        "d_ttl_max",
        "psh_cnt",
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
            s_iat_max: 0,
            d_first_ns: 0,
            d_last_ns: 0,
            d_winsize_squares: 0,
            d_iat_max: 0,
            s_bytes_sum: 0,
            d_bytes_sum: 0,
            d_winsize_sum: 0,
            d_bytes_max: 0,
            d_port: 0,
            s_winsize_min: u16::MAX,
            d_winsize_min: u16::MAX,
            d_winsize_max: 0,
            protocol: 0,
            psh_cnt: 0,
            s_pkt_cnt: 0,
            d_pkt_cnt: 0,
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
    fn update(state: &mut State, packet: &rt::Packet<'_>) {
        let time_ns = packet.time_ns;
        let bytes = packet.view.bytes();
        let winsize = packet.view.winsize();
        let flags = packet.view.flags();
        state.last_ns = time_ns;
        state.protocol = packet.view.protocol();
        state.psh_cnt = state
            .psh_cnt
            .wrapping_add(u8::from(flags & rt::TcpFlags::PSH != 0));
        match packet.direction {
            rt::Direction::Source => {
                state.d_port = packet.view.destination_port();
                if state.s_pkt_cnt == 0 {
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
                state.s_bytes_sum = state.s_bytes_sum.wrapping_add(bytes);
                state.s_winsize_min = state.s_winsize_min.min(winsize);
                state.s_bytes_window.push(bytes);
                state.s_winsize_window.push(winsize);
                state.s_last_ns = time_ns;
                state.s_pkt_cnt = state.s_pkt_cnt.wrapping_add(1);
            }
            rt::Direction::Destination => {
                let ttl = packet.view.ttl();
                state.d_port = packet.view.source_port();
                if state.d_pkt_cnt == 0 {
                    state.d_first_ns = time_ns;
                } else {
                    let iat = time_ns.wrapping_sub(state.d_last_ns);
                    state.d_iat_squares = state
                        .d_iat_squares
                        .wrapping_add(u128::from(iat).wrapping_mul(u128::from(iat)));
                    state.d_iat_max = state.d_iat_max.max(iat);
                    state.d_iat_window.push(iat);
                }
                state.d_winsize_squares = state
                    .d_winsize_squares
                    .wrapping_add(u64::from(winsize).wrapping_mul(u64::from(winsize)));
                state.d_bytes_sum = state.d_bytes_sum.wrapping_add(bytes);
                state.d_winsize_sum = state
                    .d_winsize_sum
                    .wrapping_add(u32::from(winsize));
                state.d_bytes_max = state.d_bytes_max.max(bytes);
                state.d_winsize_min = state.d_winsize_min.min(winsize);
                state.d_winsize_max = state.d_winsize_max.max(winsize);
                state.d_ttl_max = state.d_ttl_max.max(ttl);
                state.d_bytes_window.push(bytes);
                state.d_winsize_window.push(winsize);
                state.d_last_ns = time_ns;
                state.d_pkt_cnt = state.d_pkt_cnt.wrapping_add(1);
            }
        }
    }

    #[inline]
    fn extract(state: &State) -> [f32; 32] {
        let dur: f32 = state.last_ns as f32;
        let d_port: f32 = state.d_port as f32;
        let s_load: f32 = if state.last_ns != 0 {
            (state.s_bytes_sum as f64 * 8e9 / state.last_ns as f64) as f32
        } else {
            -1.0
        };
        let d_load: f32 = if state.last_ns != 0 {
            (state.d_bytes_sum as f64 * 8e9 / state.last_ns as f64) as f32
        } else {
            -1.0
        };
        let s_pkt_cnt: f32 = state.s_pkt_cnt as f32;
        let s_iat_mean: f32 = if state.s_pkt_cnt >= 2 {
            (state.s_last_ns.wrapping_sub(state.s_first_ns) as f64
                / state.s_pkt_cnt.wrapping_sub(1) as f64) as f32
        } else {
            -1.0
        };
        let d_iat_mean: f32 = if state.d_pkt_cnt >= 2 {
            (state.d_last_ns.wrapping_sub(state.d_first_ns) as f64
                / state.d_pkt_cnt.wrapping_sub(1) as f64) as f32
        } else {
            -1.0
        };
        let s_bytes_sum: f32 = state.s_bytes_sum as f32;
        let d_bytes_sum: f32 = state.d_bytes_sum as f32;
        let s_bytes_mean: f32 = if state.s_pkt_cnt != 0 {
            (state.s_bytes_sum as f64 / state.s_pkt_cnt as f64) as f32
        } else {
            -1.0
        };
        let d_bytes_mean: f32 = if state.d_pkt_cnt != 0 {
            (state.d_bytes_sum as f64 / state.d_pkt_cnt as f64) as f32
        } else {
            -1.0
        };
        let d_bytes_max: f32 = if state.d_pkt_cnt != 0 {
            state.d_bytes_max as f32
        } else {
            -1.0
        };
        let s_bytes_med: f32 = match state.s_bytes_window.middle() {
            Some((low, high)) => {
                (u64::from(low).wrapping_add(u64::from(high)) as f64 / 2.0) as f32
            }
            None => -1.0,
        };
        let d_bytes_med: f32 = match state.d_bytes_window.middle() {
            Some((low, high)) => {
                (u64::from(low).wrapping_add(u64::from(high)) as f64 / 2.0) as f32
            }
            None => -1.0,
        };
        let s_bytes_std: f32 = if state.s_pkt_cnt != 0 {
            {
                let count = u64::from(state.s_pkt_cnt);
                let sum = u64::from(state.s_bytes_sum);
                let variance = count
                    .wrapping_mul(state.s_bytes_squares)
                    .wrapping_sub(sum.wrapping_mul(sum));
                (rt::math::sqrt(variance as f64) / count as f64) as f32
            }
        } else {
            -1.0
        };
        let s_iat_sum: f32 = if state.s_pkt_cnt != 0 {
            state.s_last_ns.wrapping_sub(state.s_first_ns) as f32
        } else {
            -1.0
        };
        let d_iat_sum: f32 = if state.d_pkt_cnt != 0 {
            state.d_last_ns.wrapping_sub(state.d_first_ns) as f32
        } else {
            -1.0
        };
        let s_iat_max: f32 = if state.s_pkt_cnt >= 2 {
            state.s_iat_max as f32
        } else {
            -1.0
        };
        let d_iat_max: f32 = if state.d_pkt_cnt >= 2 {
            state.d_iat_max as f32
        } else {
            -1.0
        };
        let s_iat_med: f32 = match state.s_iat_window.middle() {
            Some((low, high)) if low == high => low as f32,
            Some((low, high)) => (low.wrapping_add(high) as f64 / 2.0) as f32,
            None => -1.0,
        };
        let d_iat_med: f32 = match state.d_iat_window.middle() {
            Some((low, high)) if low == high => low as f32,
            Some((low, high)) => (low.wrapping_add(high) as f64 / 2.0) as f32,
            None => -1.0,
        };
        let s_iat_std: f32 = if state.s_pkt_cnt >= 2 {
            {
                let count = u128::from(state.s_pkt_cnt.wrapping_sub(1));
                let sum = u128::from(state.s_last_ns.wrapping_sub(state.s_first_ns));
                let variance = count
                    .wrapping_mul(state.s_iat_squares)
                    .wrapping_sub(sum.wrapping_mul(sum));
                (rt::math::sqrt(variance as f64) / count as f64) as f32
            }
        } else {
            -1.0
        };
        let d_iat_std: f32 = if state.d_pkt_cnt >= 2 {
            {
                let count = u128::from(state.d_pkt_cnt.wrapping_sub(1));
                let sum = u128::from(state.d_last_ns.wrapping_sub(state.d_first_ns));
                let variance = count
                    .wrapping_mul(state.d_iat_squares)
                    .wrapping_sub(sum.wrapping_mul(sum));
                (rt::math::sqrt(variance as f64) / count as f64) as f32
            }
        } else {
            -1.0
        };
        let d_winsize_sum: f32 = if state.protocol == rt::PacketView::TCP {
            state.d_winsize_sum as f32
        } else {
            -1.0
        };
        let s_winsize_min: f32 = if state.protocol == rt::PacketView::TCP
            && state.s_pkt_cnt != 0
        {
            state.s_winsize_min as f32
        } else {
            -1.0
        };
        let d_winsize_min: f32 = if state.protocol == rt::PacketView::TCP
            && state.d_pkt_cnt != 0
        {
            state.d_winsize_min as f32
        } else {
            -1.0
        };
        let d_winsize_max: f32 = if state.protocol == rt::PacketView::TCP
            && state.d_pkt_cnt != 0
        {
            state.d_winsize_max as f32
        } else {
            -1.0
        };
        let s_winsize_med: f32 = if state.protocol == rt::PacketView::TCP {
            match state.s_winsize_window.middle() {
                Some((low, high)) => {
                    (u64::from(low).wrapping_add(u64::from(high)) as f64 / 2.0) as f32
                }
                None => -1.0,
            }
        } else {
            -1.0
        };
        let d_winsize_med: f32 = if state.protocol == rt::PacketView::TCP {
            match state.d_winsize_window.middle() {
                Some((low, high)) => {
                    (u64::from(low).wrapping_add(u64::from(high)) as f64 / 2.0) as f32
                }
                None => -1.0,
            }
        } else {
            -1.0
        };
        let d_winsize_std: f32 = if state.protocol == rt::PacketView::TCP
            && state.d_pkt_cnt != 0
        {
            {
                let count = u64::from(state.d_pkt_cnt);
                let sum = u64::from(state.d_winsize_sum);
                let variance = count
                    .wrapping_mul(state.d_winsize_squares)
                    .wrapping_sub(sum.wrapping_mul(sum));
                (rt::math::sqrt(variance as f64) / count as f64) as f32
            }
        } else {
            -1.0
        };
        let d_ttl_max: f32 = if state.d_pkt_cnt != 0 {
            state.d_ttl_max as f32
        } else {
            -1.0
        };
        let psh_cnt: f32 = if state.protocol == rt::PacketView::TCP {
            state.psh_cnt as f32
        } else {
            -1.0
        };
        [
            dur,
            d_port,
            s_load,
            d_load,
            s_pkt_cnt,
            s_iat_mean,
            d_iat_mean,
            s_bytes_sum,
            d_bytes_sum,
            s_bytes_mean,
            d_bytes_mean,
            d_bytes_max,
            s_bytes_med,
            d_bytes_med,
            s_bytes_std,
            s_iat_sum,
            d_iat_sum,
            s_iat_max,
            d_iat_max,
            s_iat_med,
            d_iat_med,
            s_iat_std,
            d_iat_std,
            d_winsize_sum,
            s_winsize_min,
            d_winsize_min,
            d_winsize_max,
            s_winsize_med,
            d_winsize_med,
            d_winsize_std,
            d_ttl_max,
            psh_cnt,
        ]
    }

    #[inline]
    fn predict(features: &[f32; 32]) -> rt::Verdict {
        tree(features)
    }
}

#[inline]
fn tree(features: &[f32; 32]) -> rt::Verdict {
    let [dur, d_port, s_load, d_load, s_pkt_cnt, _, d_iat_mean, s_bytes_sum, d_bytes_sum,
    s_bytes_mean, d_bytes_mean, _, s_bytes_med, d_bytes_med, s_bytes_std, _, d_iat_sum,
    s_iat_max, d_iat_max, s_iat_med, d_iat_med, _, d_iat_std, d_winsize_sum,
    s_winsize_min, d_winsize_min, _, s_winsize_med, d_winsize_med, d_winsize_std,
    d_ttl_max, psh_cnt] = *features;
    if d_load <= 2319.8096 {
        if s_winsize_min <= 378.0 {
            if psh_cnt <= 6.0 {
                if s_pkt_cnt <= 9.5 {
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
                if d_iat_mean <= 349021540.0 {
                    if dur <= 43295388000.0 {
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
                    if s_bytes_mean <= 299.51666 {
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
            if s_bytes_mean <= 146.5 {
                if s_bytes_std <= 60.803436 {
                    rt::Verdict {
                        class: 3,
                        confidence: 65535,
                    }
                } else {
                    if s_pkt_cnt <= 9.5 {
                        rt::Verdict {
                            class: 3,
                            confidence: 65535,
                        }
                    } else {
                        if d_bytes_sum <= 11454.0 {
                            if s_bytes_std <= 145.39189 {
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
                                class: 3,
                                confidence: 65535,
                            }
                        }
                    }
                }
            } else {
                if s_pkt_cnt <= 7.5 {
                    rt::Verdict {
                        class: 11,
                        confidence: 65535,
                    }
                } else {
                    if dur <= 10114769000.0 {
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
            }
        }
    } else {
        if s_bytes_std <= 516.2159 {
            if d_iat_med <= 34766000.0 {
                if d_bytes_mean <= 646.12366 {
                    if d_iat_sum <= 406466500.0 {
                        if s_bytes_med <= 67.25 {
                            if dur <= 247035500.0 {
                                rt::Verdict {
                                    class: 2,
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
                        if s_bytes_sum <= 5121.0 {
                            if psh_cnt <= 11.5 {
                                if d_winsize_med <= 129.5 {
                                    if dur <= 4288472600.0 {
                                        rt::Verdict {
                                            class: 9,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if dur <= 9459100000.0 {
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
                                    }
                                } else {
                                    if d_port <= 4261.5 {
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
                            } else {
                                if dur <= 1103688000.0 {
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
                        } else {
                            if dur <= 1614630500.0 {
                                rt::Verdict {
                                    class: 0,
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
                    if d_iat_max <= 1594179100.0 {
                        if s_bytes_std <= 191.82027 {
                            if d_winsize_sum <= 48079.0 {
                                if d_bytes_mean <= 1165.4792 {
                                    if d_ttl_max <= 246.5 {
                                        if dur <= 1744961000.0 {
                                            rt::Verdict {
                                                class: 2,
                                                confidence: 32768,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 3,
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
                                    rt::Verdict {
                                        class: 8,
                                        confidence: 65535,
                                    }
                                }
                            } else {
                                if dur <= 1622855000.0 {
                                    if s_bytes_std <= 169.98853 {
                                        if s_bytes_mean <= 192.74545 {
                                            rt::Verdict {
                                                class: 7,
                                                confidence: 62487,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 9,
                                                confidence: 32768,
                                            }
                                        }
                                    } else {
                                        if s_iat_med <= 25595000.0 {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 28086,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 7,
                                                confidence: 60074,
                                            }
                                        }
                                    }
                                } else {
                                    if d_iat_med <= 1424500.0 {
                                        rt::Verdict {
                                            class: 8,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if dur <= 1891634400.0 {
                                            rt::Verdict {
                                                class: 4,
                                                confidence: 65535,
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
                        } else {
                            if s_iat_max <= 154688500.0 {
                                if psh_cnt <= 11.0 {
                                    if d_winsize_sum <= 66270.0 {
                                        if d_load <= 438760.7 {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 59193,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 36764,
                                            }
                                        }
                                    } else {
                                        if d_bytes_med <= 1416.5 {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 46260,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 7,
                                                confidence: 35213,
                                            }
                                        }
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 9,
                                        confidence: 65535,
                                    }
                                }
                            } else {
                                if psh_cnt <= 4.5 {
                                    if d_bytes_sum <= 16711.0 {
                                        if s_bytes_mean <= 286.48105 {
                                            rt::Verdict {
                                                class: 11,
                                                confidence: 29127,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 49151,
                                            }
                                        }
                                    } else {
                                        if d_ttl_max <= 53.5 {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 45874,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 8,
                                                confidence: 54325,
                                            }
                                        }
                                    }
                                } else {
                                    if d_winsize_med <= 223.5 {
                                        if d_iat_std <= 71310340.0 {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 19660,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 34044,
                                            }
                                        }
                                    } else {
                                        if s_bytes_med <= 116.5 {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 26699,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 10,
                                                confidence: 50972,
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    } else {
                        if s_bytes_std <= 235.55347 {
                            if s_iat_max <= 2086815500.0 {
                                if s_winsize_med <= 272.5 {
                                    rt::Verdict {
                                        class: 8,
                                        confidence: 65535,
                                    }
                                } else {
                                    if dur <= 1994780900.0 {
                                        rt::Verdict {
                                            class: 4,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if dur <= 3720759800.0 {
                                            rt::Verdict {
                                                class: 3,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 65535,
                                            }
                                        }
                                    }
                                }
                            } else {
                                if s_iat_med <= 76613500.0 {
                                    if d_winsize_min <= 212.5 {
                                        if d_port <= 2832.5 {
                                            rt::Verdict {
                                                class: 4,
                                                confidence: 56622,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 3,
                                                confidence: 65535,
                                            }
                                        }
                                    } else {
                                        if d_bytes_sum <= 10511.5 {
                                            rt::Verdict {
                                                class: 11,
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
                                    if dur <= 9490285000.0 {
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
                            if d_winsize_min <= 129.0 {
                                if d_bytes_sum <= 7937.5 {
                                    rt::Verdict {
                                        class: 11,
                                        confidence: 65535,
                                    }
                                } else {
                                    if s_iat_med <= 1825250.0 {
                                        rt::Verdict {
                                            class: 8,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if d_ttl_max <= 56.5 {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 37941,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 6,
                                                confidence: 62556,
                                            }
                                        }
                                    }
                                }
                            } else {
                                if s_bytes_sum <= 3824.0 {
                                    if d_bytes_mean <= 770.9286 {
                                        if dur <= 7512648000.0 {
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
                                        if s_bytes_mean <= 191.0 {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 4,
                                                confidence: 56173,
                                            }
                                        }
                                    }
                                } else {
                                    if d_iat_med <= 13288000.0 {
                                        rt::Verdict {
                                            class: 6,
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
                        }
                    }
                }
            } else {
                if s_bytes_mean <= 238.125 {
                    if d_iat_max <= 1153468900.0 {
                        if s_bytes_mean <= 192.76224 {
                            if s_iat_med <= 38143750.0 {
                                rt::Verdict {
                                    class: 3,
                                    confidence: 65535,
                                }
                            } else {
                                if d_bytes_med <= 71.5 {
                                    if dur <= 1173102600.0 {
                                        rt::Verdict {
                                            class: 11,
                                            confidence: 65535,
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 10,
                                            confidence: 65535,
                                        }
                                    }
                                } else {
                                    if d_iat_std <= 228253800.0 {
                                        rt::Verdict {
                                            class: 2,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if dur <= 1674681000.0 {
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
                                }
                            }
                        } else {
                            if s_bytes_sum <= 2963.5 {
                                if s_pkt_cnt <= 11.5 {
                                    if d_load <= 114403.0 {
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
                                    if dur <= 854272000.0 {
                                        rt::Verdict {
                                            class: 9,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if dur <= 1891884000.0 {
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
                                }
                            } else {
                                rt::Verdict {
                                    class: 2,
                                    confidence: 65535,
                                }
                            }
                        }
                    } else {
                        if s_load <= 2740.8774 {
                            if s_bytes_mean <= 111.28333 {
                                rt::Verdict {
                                    class: 5,
                                    confidence: 65535,
                                }
                            } else {
                                if psh_cnt <= 7.5 {
                                    if dur <= 7764958000.0 {
                                        rt::Verdict {
                                            class: 1,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if dur <= 13801511000.0 {
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
                                } else {
                                    rt::Verdict {
                                        class: 3,
                                        confidence: 65535,
                                    }
                                }
                            }
                        } else {
                            if d_winsize_std <= 7822.634 {
                                if s_load <= 4076.022 {
                                    if dur <= 4803996000.0 {
                                        rt::Verdict {
                                            class: 2,
                                            confidence: 65535,
                                        }
                                    } else {
                                        rt::Verdict {
                                            class: 5,
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
                                rt::Verdict {
                                    class: 11,
                                    confidence: 65535,
                                }
                            }
                        }
                    }
                } else {
                    if s_winsize_min <= 252.5 {
                        if d_ttl_max <= 58.5 {
                            rt::Verdict {
                                class: 11,
                                confidence: 65535,
                            }
                        } else {
                            if s_bytes_std <= 412.50134 {
                                if dur <= 1941606400.0 {
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
                            } else {
                                rt::Verdict {
                                    class: 1,
                                    confidence: 65535,
                                }
                            }
                        }
                    } else {
                        if psh_cnt <= 7.5 {
                            if s_pkt_cnt <= 11.5 {
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
                            if s_bytes_med <= 70.0 {
                                if dur <= 4040190500.0 {
                                    rt::Verdict {
                                        class: 0,
                                        confidence: 65535,
                                    }
                                } else {
                                    rt::Verdict {
                                        class: 10,
                                        confidence: 65535,
                                    }
                                }
                            } else {
                                if s_winsize_med <= 1116.5 {
                                    if s_load <= 2490.2708 {
                                        rt::Verdict {
                                            class: 11,
                                            confidence: 65535,
                                        }
                                    } else {
                                        if d_winsize_min <= 235.5 {
                                            rt::Verdict {
                                                class: 10,
                                                confidence: 64905,
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
            if s_winsize_min <= 252.5 {
                rt::Verdict {
                    class: 1,
                    confidence: 65535,
                }
            } else {
                if d_winsize_min <= 169.5 {
                    if s_iat_med <= 30787500.0 {
                        rt::Verdict {
                            class: 1,
                            confidence: 65535,
                        }
                    } else {
                        if d_bytes_med <= 397.25 {
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
                } else {
                    if s_bytes_std <= 574.38 {
                        if d_winsize_std <= 7356.5527 {
                            if s_bytes_sum <= 5255.0 {
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
                            if s_load <= 90146.484 {
                                if d_iat_med <= 80801000.0 {
                                    rt::Verdict {
                                        class: 0,
                                        confidence: 65535,
                                    }
                                } else {
                                    if d_port <= 261.5 {
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
                                if dur <= 584225000.0 {
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
                        }
                    } else {
                        if d_bytes_med <= 362.25 {
                            if s_winsize_min <= 762.0 {
                                if d_bytes_sum <= 2872.5 {
                                    rt::Verdict {
                                        class: 1,
                                        confidence: 65535,
                                    }
                                } else {
                                    if d_iat_sum <= 10075224000.0 {
                                        if d_bytes_sum <= 9696.5 {
                                            rt::Verdict {
                                                class: 0,
                                                confidence: 63438,
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
                                }
                            } else {
                                if dur <= 1128512500.0 {
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
                            if d_bytes_mean <= 802.9584 {
                                if d_iat_med <= 57151000.0 {
                                    if s_load <= 67121.78 {
                                        if dur <= 9346693000.0 {
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
                                    } else {
                                        if s_bytes_std <= 668.7853 {
                                            rt::Verdict {
                                                class: 1,
                                                confidence: 65535,
                                            }
                                        } else {
                                            rt::Verdict {
                                                class: 0,
                                                confidence: 65535,
                                            }
                                        }
                                    }
                                } else {
                                    if d_load <= 52000.414 {
                                        rt::Verdict {
                                            class: 0,
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
                                if dur <= 343408000.0 {
                                    rt::Verdict {
                                        class: 1,
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
                    }
                }
            }
        }
    }
}
