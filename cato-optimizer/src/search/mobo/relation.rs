//! What two candidates have to do with each other: all that a kernel asks, computed once for all its settings.

use super::view::View;

/// Distances of sets, as shares of the distance of the whole set from the empty one, over which likeness falls by e.
pub(super) const SET_RANGES: usize = 2;
const SET_RANGE: [f64; SET_RANGES] = [0.35, 0.95];

/// Distances of depths over which likeness falls; the axis of depths is logarithmic.
pub(super) const DEPTH_RANGES: usize = 2;
const DEPTH_RANGE: [f64; DEPTH_RANGES] = [0.45, 1.4];

/// The same for what is particular to a depth and its neighbours: a packet that tells flows apart comes at one place.
const SPIKE_RANGE: f64 = 0.07;

/// The relation of two candidates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Relation {
    /// Likeness of the sets, 0 to 1, by range.
    pub(super) sets: [f64; SET_RANGES],
    /// Likeness of the depths, 0 to 1, by range.
    pub(super) depths: [f64; DEPTH_RANGES],
    /// Whether the depths are nearly the same, 0 to 1.
    pub(super) spike: f64,
    /// Product of the trends.
    pub(super) trend: f64,
    /// Products of the two parts of the proxy, as deviations from its mean.
    pub(super) smooth: f64,
    pub(super) rough: f64,
    /// Product of what both do, as shares of their cost: see [`super::cost`].
    pub(super) work: f64,
    /// Product of the inverse depths' part in what a cost model cannot explain.
    pub(super) unexplained: f64,
}

impl Relation {
    /// The relation of two views whose sets are `distance` apart; `work` is the product of what both do, and `centre`
    /// the mean of the proxy.
    pub(super) fn new(a: &View, b: &View, distance: f64, work: f64, centre: f64) -> Self {
        let apart = (a.place - b.place).abs();
        let trend = a.trend.iter().zip(b.trend).map(|(a, b)| a * b).sum();
        Self {
            sets: SET_RANGE.map(|range| libm::exp(-distance / range)),
            depths: DEPTH_RANGE.map(|range| matern(apart / range)),
            spike: matern(apart / SPIKE_RANGE),
            trend,
            smooth: (a.proxy.smooth - centre) * (b.proxy.smooth - centre),
            rough: a.proxy.rough * b.proxy.rough,
            work,
            unexplained: unexplained(a.early) * unexplained(b.early),
        }
    }
}

/// How much of a cost may be beyond its model: at the first packets what happens once weighs most, and that differs most
/// from candidate to candidate.
fn unexplained(early: f64) -> f64 {
    0.3 + 4.0 * early
}

/// Matern's correlation with smoothness 5/2.
fn matern(distance: f64) -> f64 {
    let scaled = 5.0f64.sqrt() * distance;
    (1.0 + scaled + scaled * scaled / 3.0) * libm::exp(-scaled)
}
