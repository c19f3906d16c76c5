//! Readings of the proxy, and what of them is worth believing.
//!
//! A proxy is computed on few flows, so it has spikes of its own. What it says of a candidate is taken together with what
//! it says of neighbours: the smooth part is believed, the rough part hardly.

use std::collections::BTreeMap;

use super::quality::angle;
use super::view::ProxyView;
use crate::candidate::Candidate;
use crate::search::knowledge::Proxy;
use crate::search::space::CandidateSpace;

/// Standard deviation of the smoothing along the logarithm of depth.
const DEPTH_RANGE: f64 = 0.2;

/// Features in which sets differ, over which the smoothing falls by e.
const SET_RANGE: f64 = 0.4;

/// The proxy and what was read of it.
#[derive(Debug)]
pub(super) struct Readings {
    proxy: Option<Box<dyn Proxy>>,
    read: BTreeMap<Candidate, ProxyView>,
}

impl Readings {
    pub(super) fn new(proxy: Option<Box<dyn Proxy>>) -> Self {
        Self { proxy, read: BTreeMap::new() }
    }

    /// Whether there is a proxy.
    pub(super) fn any(&self) -> bool {
        self.proxy.is_some()
    }

    /// Reads a whole space, unless that was done, and smooths what was read.
    pub(super) fn read_all(&mut self, space: &CandidateSpace) {
        let Some(proxy) = self.proxy.as_mut().filter(|_| self.read.is_empty()) else { return };
        let candidates: Vec<Candidate> = space.iter().collect();
        let sets: Vec<&[Candidate]> = candidates.chunks(space.max_depth().into()).collect();
        let mut read = |candidate: &Candidate| proxy.read(candidate).map_or(0.0, angle);
        let raw: Vec<Vec<f64>> = sets.iter().map(|set| set.iter().map(&mut read).collect()).collect();
        let along: Vec<Vec<f64>> = raw.iter().map(|row| smooth_along(row)).collect();
        for (set, raw) in sets.iter().zip(&raw) {
            let likeness = |other: &&[Candidate]| {
                libm::exp(-(set[0].features.differing(other[0].features).len() as f64) / SET_RANGE)
            };
            let weights: Vec<f64> = sets.iter().map(likeness).collect();
            let total: f64 = weights.iter().sum();
            for (depth, (candidate, raw)) in set.iter().zip(raw).enumerate() {
                let sum: f64 = weights.iter().zip(&along).map(|(weight, along)| weight * along[depth]).sum();
                let smooth = sum / total;
                self.read.insert(*candidate, ProxyView { smooth, rough: raw - smooth });
            }
        }
    }

    /// What the proxy says of a candidate, read now where it was not before; nothing where there is no proxy.
    pub(super) fn view(&mut self, candidate: &Candidate) -> ProxyView {
        if let Some(view) = self.read.get(candidate) {
            return *view;
        }
        let Some(reading) = self.proxy.as_mut().and_then(|proxy| proxy.read(candidate)) else {
            return ProxyView::default();
        };
        let view = ProxyView { smooth: angle(reading), rough: 0.0 };
        self.read.insert(*candidate, view);
        view
    }
}

/// The means of a row of depths, 1 first, around each depth.
fn smooth_along(row: &[f64]) -> Vec<f64> {
    let logs: Vec<f64> = (0..row.len()).map(|depth| libm::log((depth + 1) as f64)).collect();
    let around = |centre: &f64| {
        let weight = |log: &f64| libm::exp(-0.5 * ((log - centre) / DEPTH_RANGE).powi(2));
        let total: f64 = logs.iter().map(weight).sum();
        logs.iter().zip(row).map(|(log, value)| weight(log) * value).sum::<f64>() / total
    };
    logs.iter().map(around).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use cato_codegen::spec::Depth;

    use super::*;

    #[derive(Debug)]
    struct Counted(Rc<Cell<u32>>);

    impl Proxy for Counted {
        fn read(&mut self, candidate: &Candidate) -> Option<f64> {
            self.0.set(self.0.get() + 1);
            let Depth::Packets(packets) = candidate.depth else { return None };
            Some(0.1 * candidate.features.len() as f64 + if packets == 7 { 0.2 } else { 0.0 })
        }
    }

    #[test]
    fn a_spike_of_one_depth_is_rough() {
        let space = CandidateSpace::new([1, 5, 9].into_iter().collect(), 20).unwrap();
        let count = Rc::new(Cell::new(0));
        let mut readings = Readings::new(Some(Box::new(Counted(Rc::clone(&count)))));
        readings.read_all(&space);
        readings.read_all(&space);
        let candidate = |depth| Candidate { features: [1, 5].into_iter().collect(), depth: Depth::Packets(depth) };
        let (level, spike) = (readings.view(&candidate(15)), readings.view(&candidate(7)));
        assert!(level.rough.abs() < 0.03 && spike.rough > 0.1, "{level:?} {spike:?}");
        assert!((spike.smooth + spike.rough - angle(0.4)).abs() < 1e-12);
        assert_eq!(count.get(), 7 * 20, "each candidate once");
    }

    #[test]
    fn a_candidate_is_read_once() {
        let count = Rc::new(Cell::new(0));
        let mut readings = Readings::new(Some(Box::new(Counted(Rc::clone(&count)))));
        let candidate = Candidate { features: [1].into_iter().collect(), depth: Depth::Packets(3) };
        assert_eq!(readings.view(&candidate), readings.view(&candidate));
        assert_eq!(count.get(), 1);
        assert_eq!(Readings::new(None).view(&candidate), ProxyView::default());
    }
}
