//! Candidates as the surrogates see them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use cato_codegen::catalog::FeatureId;
use cato_codegen::operations::{CodeKey, code_key};
use cato_codegen::spec::Depth;

use super::work::{self, Term};
use crate::candidate::{Candidate, FeatureSet};
use crate::search::knowledge::Reach;
use crate::search::space::CandidateSpace;

/// How much of the distance of two sets is of what their pipelines keep; the rest is of the features themselves. Sets
/// that keep the same of a flow say nearly the same of it, whatever their features are called.
const KEPT_SHARE: f64 = 0.75;

/// What an accumulator counts in the distance of two sets; a feature counts from [`LEAST_WEIGHT`] to 1.
const KEPT_WEIGHT: f64 = 0.7;

/// What a feature without information counts in the distance of two sets, next to 1 of the most informative.
const LEAST_WEIGHT: f64 = 0.25;

/// A candidate and what follows from it without measuring.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) candidate: Candidate,
    /// What its pipeline keeps of a flow, one bit for each accumulator of the space.
    kept: u128,
    /// Its place on the axis of depths: logarithmic, with the first packets further apart, between which most changes.
    pub(super) place: f64,
    /// One over the depth in packets.
    pub(super) early: f64,
    /// What quality may rise with: depth, number of features, the most informative one.
    pub(super) trend: [f64; 3],
    /// What its pipeline does for a flow.
    pub(super) terms: Vec<Term>,
    /// How much of its cost is known without measuring, in nanoseconds.
    pub(super) known: f64,
    /// The proxy, transformed as quality is; see [`super::proxy`].
    pub(super) proxy: ProxyView,
}

/// What the proxy says of a candidate: what it has in common with similar ones, and what is beyond that.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct ProxyView {
    pub(super) smooth: f64,
    pub(super) rough: f64,
}

/// Makes views of the candidates of a space.
#[derive(Debug)]
pub(super) struct Viewer {
    space: CandidateSpace,
    reach: Vec<Reach>,
    /// By depth from 1: how much of a cost is known.
    waiting: Vec<f64>,
    /// By place in the catalogue: what a feature counts in the distance of two sets.
    weights: Vec<f64>,
    /// By place in the catalogue: the accumulators that the feature needs.
    kept: Vec<u128>,
    /// Distance of the whole set from the empty one.
    span: f64,
    /// Whether a feature is a constant at a depth, as far as that was asked.
    constant: RefCell<BTreeMap<(usize, u16), bool>>,
}

impl Viewer {
    pub(super) fn new(space: CandidateSpace, information: &[f64], reach: Vec<Reach>, waiting: Vec<f64>) -> Self {
        let of = |feature: usize| information.get(feature).copied().filter(|value| value.is_finite()).unwrap_or(0.0);
        let most = space.features().iter().map(|&feature| of(feature)).fold(0.0, f64::max);
        let weight = |feature| {
            if most > 0.0 { LEAST_WEIGHT + (1.0 - LEAST_WEIGHT) * (of(feature) / most).max(0.0) } else { 1.0 }
        };
        let mut viewer = Self {
            weights: (0..u128::BITS as usize).map(weight).collect(),
            kept: work::kept(&space),
            reach,
            waiting,
            span: 1.0,
            constant: RefCell::default(),
            space,
        };
        let all: FeatureSet = viewer.space.features().iter().copied().collect();
        viewer.span = viewer.set_distance(all, viewer.keeps(all), FeatureSet::EMPTY, 0);
        viewer
    }

    pub(super) fn view(&self, candidate: Candidate, proxy: ProxyView) -> View {
        let packets = self.space.packets(candidate.depth);
        let depth = f64::from(packets);
        let weights = candidate.features.iter().map(|feature| self.weights[feature]);
        let trend = [
            0.5 * libm::log(depth) - 1.0,
            libm::log(weights.clone().sum()),
            weights.fold(0.0, f64::max) - 0.5 * (1.0 + LEAST_WEIGHT),
        ];
        View {
            candidate,
            kept: self.keeps(candidate.features),
            place: libm::log(depth) - 1.0 / depth,
            early: 1.0 / depth,
            trend,
            terms: self.terms(candidate.features, packets),
            known: self.waiting.get(usize::from(packets) - 1).copied().unwrap_or(0.0),
            proxy,
        }
    }

    /// How far the sets of two candidates are apart, 1 being the distance of the whole set from the empty one.
    pub(super) fn distance(&self, a: &View, b: &View) -> f64 {
        self.set_distance(a.candidate.features, a.kept, b.candidate.features, b.kept) / self.span
    }

    /// The view of a candidate of which no proxy is read.
    pub(super) fn bare(&self, candidate: Candidate) -> View {
        self.view(candidate, ProxyView::default())
    }

    fn keeps(&self, features: FeatureSet) -> u128 {
        features.iter().fold(0, |kept, feature| kept | self.kept[feature])
    }

    fn set_distance(&self, a: FeatureSet, kept_a: u128, b: FeatureSet, kept_b: u128) -> f64 {
        let features: f64 = a.differing(b).iter().map(|feature| self.weights[feature]).sum();
        let kept = KEPT_WEIGHT * f64::from((kept_a ^ kept_b).count_ones());
        (1.0 - KEPT_SHARE) * features + KEPT_SHARE * kept
    }

    fn terms(&self, features: FeatureSet, packets: u16) -> Vec<Term> {
        let moving: FeatureSet = features.iter().filter(|&feature| !self.is_constant(feature, packets)).collect();
        let even = f64::from(packets) / 2.0;
        let reach = self.reach.get(usize::from(packets) - 1).copied();
        work::terms(features, moving, packets, reach.unwrap_or(Reach { source: even, destination: even }))
    }

    fn is_constant(&self, feature: usize, packets: u16) -> bool {
        let Some(&id) = FeatureId::ALL.get(feature) else { return false };
        let ask = || code_key(&[id], Depth::Packets(packets)).is_constant();
        *self.constant.borrow_mut().entry((feature, packets)).or_insert_with(ask)
    }
}

/// What a candidate's pipeline does, and the features of it that the catalogue does not have.
pub(super) type Code = (CodeKey, FeatureSet);

/// The code of a candidate: equal for candidates of which measuring one tells all of the other.
pub(super) fn code(candidate: &Candidate) -> Code {
    let known: Vec<FeatureId> = work::catalogued(candidate.features).collect();
    let unknown = candidate.features.iter().filter(|&feature| feature >= FeatureId::ALL.len()).collect();
    (code_key(&known, candidate.depth), unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(name: &str) -> usize {
        FeatureId::by_name(name).unwrap().index()
    }

    fn set(names: &[&str]) -> FeatureSet {
        names.iter().map(|name| feature(name)).collect()
    }

    fn viewer() -> Viewer {
        let features = set(&["dur", "s_load", "s_pkt_cnt", "s_bytes_sum", "s_bytes_mean", "d_ttl_max"]);
        Viewer::new(CandidateSpace::new(features, 50).unwrap(), &[1.0; 67], Vec::new(), Vec::new())
    }

    #[test]
    fn sets_that_keep_the_same_are_near() {
        let viewer = viewer();
        let view = |names: &[&str]| {
            let candidate = Candidate { features: set(names), depth: Depth::Packets(5) };
            viewer.view(candidate, ProxyView::default())
        };
        let (mean, parts, other) = (view(&["s_bytes_mean"]), view(&["s_pkt_cnt", "s_bytes_sum"]), view(&["d_ttl_max"]));
        let (near, far) = (viewer.distance(&mean, &parts), viewer.distance(&mean, &other));
        assert!(mean.kept == parts.kept && near < far, "{near} {far}");
        assert_eq!(viewer.distance(&mean, &mean), 0.0);
        assert_eq!(viewer.distance(&mean, &other), viewer.distance(&other, &mean));
    }

    #[test]
    fn candidates_of_one_code_are_known_as_such() {
        let code =
            |names: &[&str], depth| super::code(&Candidate { features: set(names), depth: Depth::Packets(depth) });
        assert_eq!(code(&["dur", "s_bytes_sum"], 1), code(&["s_bytes_sum"], 1));
        assert_ne!(code(&["dur", "s_bytes_sum"], 2), code(&["s_bytes_sum"], 2));
        assert_ne!(code(&["s_bytes_sum"], 1), code(&["s_bytes_sum"], 2));
    }
}
