//! The passes, in the order in which they run.

mod close;
mod fold;
mod narrow;
mod order;
mod share;
mod strength;

pub(crate) use close::close;
pub(crate) use fold::fold;
pub(crate) use narrow::narrow;
pub(crate) use order::order;
pub(crate) use share::share;
pub(crate) use strength::strength;

use crate::spec::Depth;

/// More packets than a flow can have: five days of the smallest frames on a link of 100 Gbit/s. Sums of their lengths stay
/// below 2^63, where conversion to floats is one instruction.
const PACKETS_WITHOUT_DEPTH: u64 = 1 << 46;

/// The most packets that a pipeline of this depth can see of a flow.
fn most_packets(depth: Depth) -> u64 {
    match depth {
        Depth::Packets(packets) => u64::from(packets),
        Depth::All => PACKETS_WITHOUT_DEPTH,
    }
}
