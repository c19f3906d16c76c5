//! The passes, in the order in which they run.

mod close;
mod fold;
mod narrow;
mod order;

pub(crate) use close::close;
pub(crate) use fold::fold;
pub(crate) use narrow::narrow;
pub(crate) use order::order;

use crate::spec::Depth;

/// More packets than a flow can have: eleven days of the smallest frames on a link of 100 Gbit/s.
const PACKETS_WITHOUT_DEPTH: u64 = 1 << 47;

/// The most packets that a pipeline of this depth can see of a flow.
fn most_packets(depth: Depth) -> u64 {
    match depth {
        Depth::Packets(packets) => u64::from(packets),
        Depth::All => PACKETS_WITHOUT_DEPTH,
    }
}
