//! Expansions pass the strictest lints of a user's crate.
#![deny(missing_docs, unsafe_code, unused, unreachable_pub, missing_debug_implementations, nonstandard_style, warnings)]

use cato_macros::cato_pipeline;
use cato_runtime::{Depth, Pipeline};

/// Ten packets.
#[cato_pipeline(depth = 10, features = ["dur", "tcp_rtt", "s_bytes_std", "d_iat_med", "syn_cnt"])]
#[derive(Clone, Copy, Debug)]
pub struct Ten;

/// One packet, of which nothing need be kept.
#[cato_pipeline(depth = 1, features = ["dur", "s_load"])]
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

mod inner {
    /// The whole flow, seen from elsewhere.
    #[cato_macros::cato_pipeline(depth = "all", features = ["d_ttl_min"])]
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Whole;
}

fn main() {
    /// In a function, and without other uses.
    #[cato_pipeline(depth = 2, features = ["dur"])]
    struct Local;

    assert_eq!(Ten::DEPTH, Depth::Packets(10));
    assert_eq!(Nothing::extract(&Nothing::start()), [0.0, -1.0]);
    assert_eq!(size_of::<NothingState>(), 0);
    assert_eq!(inner::Whole::DEPTH, Depth::All);
    let _: inner::WholeState = inner::Whole::start();
    assert_eq!(Local::FEATURES, ["dur"]);
}
