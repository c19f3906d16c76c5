//! A struct whose fields are the features: its own typed row, whatever the order of the fields.
#![deny(missing_docs, unsafe_code, unused, unreachable_pub, nonstandard_style, warnings)]

use cato_macros::cato_pipeline;
use cato_runtime::{Direction, Packet, PacketView, Pipeline, Verdict};

/// Fields in another order than columns.
#[cato_pipeline(depth = 10, model = "files/model.json")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sizes {
    /// How large packets are.
    #[feature(name = "s_bytes_mean")]
    pub mean_size: f32,
    #[feature]
    dur: f32,
}

macro_rules! durations {
    ($name:ident, $depth:literal, $feature:literal, $type:ty) => {
        /// Written by a macro, and derived from above.
        #[derive(Clone, Copy, Debug)]
        #[cato_pipeline(depth = $depth)]
        pub struct $name {
            #[feature(name = $feature)]
            value: $type,
        }
    };
}

durations!(Duration, 7, "dur", f32);

/// The fields of a spec in a file.
#[cato_pipeline(spec = "files/sound.toml")]
#[derive(Debug)]
struct OfFile {
    #[feature]
    s_bytes_mean: f32,
    #[feature]
    dur: f32,
}

fn main() {
    assert_eq!(Sizes::FEATURES, ["dur", "s_bytes_mean"]);
    let row = [7.0, 500.0];
    let sizes = Sizes::from(row);
    assert_eq!(sizes, Sizes { mean_size: 500.0, dur: 7.0 });
    assert_eq!(<[f32; 2]>::from(sizes), row);

    let mut state: SizesState = Sizes::start();
    let (ip, udp) = ([0x45; 20], [0; 8]);
    for (time_ns, bytes) in [(0, 100), (40, 300)] {
        let packet = Packet { view: PacketView::udp(&ip, &udp, bytes), time_ns, direction: Direction::Source };
        Sizes::update(&mut state, &packet);
    }
    let sizes = Sizes::from(&state);
    assert_eq!(sizes, Sizes { mean_size: 200.0, dur: 40.0 });
    let verdict: Verdict = Sizes::predict(&sizes.into());
    assert_eq!(verdict, Sizes::classify(&state));

    assert_eq!(Duration::from([3.0]).value, 3.0);
    assert_eq!(Duration::FEATURES, ["dur"]);

    let OfFile { dur, s_bytes_mean } = OfFile::from([7.0, 500.0]);
    assert_eq!((dur, s_bytes_mean), (7.0, 500.0));
}
