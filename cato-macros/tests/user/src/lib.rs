//! What an appliance's crate might hold, under the strictest lints.
#![no_std]
#![deny(missing_docs, warnings, unsafe_code, clippy::pedantic)]

use cato_macros::cato_pipeline;

/// Tells devices apart.
#[cato_pipeline(spec = "office.toml")]
#[derive(Clone, Copy, Debug)]
pub struct Office;

/// What a session looks like.
#[cato_pipeline(depth = "all", model = "model.json", strategy = "const-table", classes = ["camera", "hub", "plug"])]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Session {
    /// How large its packets are.
    #[feature(name = "s_bytes_mean")]
    pub size: f32,
    #[feature]
    pub dur: f32,
}

/// A column of each kind.
#[cato_pipeline(depth = 300, features = [
    "dur", "proto", "s_port", "d_port", "s_load", "d_pkt_cnt", "s_iat_mean", "tcp_rtt", "syn_ack", "ack_dat",
    "d_bytes_mean", "s_bytes_min", "s_bytes_max", "s_bytes_med", "s_bytes_std", "d_iat_sum", "d_iat_min", "d_iat_max",
    "d_iat_med", "d_iat_std", "s_winsize_sum", "s_winsize_mean", "s_winsize_min", "s_winsize_max", "s_winsize_med",
    "s_winsize_std", "d_ttl_sum", "d_ttl_mean", "d_ttl_min", "d_ttl_max", "d_ttl_med", "d_ttl_std", "cwr_cnt", "fin_cnt",
])]
#[derive(Clone, Copy, Debug)]
pub struct Wide;

mod parts {
    /// Shown elsewhere than it is written, without the name of its state.
    #[cato_macros::cato_pipeline(depth = 3, features = ["dur"])]
    #[derive(Clone, Copy, Debug)]
    pub struct Part;
}

pub use parts::Part;

mod inner {
    #[cato_macros::cato_pipeline(depth = 1, features = ["s_bytes_sum"])]
    pub(crate) struct First;
}

/// How many columns the first packet gives.
#[must_use]
pub fn first_columns() -> usize {
    <inner::First as cato_runtime::Pipeline>::FEATURES.len()
}
