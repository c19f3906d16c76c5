//! What a pipeline does for a flow, read off its intermediate representation.

use cato_codegen::catalog::FeatureId;
use cato_codegen::ir::Accumulator;
use cato_codegen::operations::{Kind, operations};
use cato_codegen::spec::{Depth, SPEC_VERSION, Spec};

use crate::candidate::FeatureSet;
use crate::search::knowledge::Reach;
use crate::search::space::CandidateSpace;

/// Something that a pipeline does, by its place among all such things, and how often it does so for a mean flow.
pub(super) type Term = (usize, f64);

/// Terms that no operation stands for.
const BASES: [Expectation; 5] = [
    // Finding the flow and answering.
    Expectation { weight: 5.0, spread: 3.0 },
    // Decoding a packet.
    Expectation { weight: 2.0, spread: 3.0 },
    // Walking a tree that has something to ask, that has had more packets to ask about, and by how much it can ask.
    Expectation { weight: 1.0, spread: 2.0 },
    Expectation { weight: 1.0, spread: 2.0 },
    Expectation { weight: 1.0, spread: 2.0 },
];

/// Questions that a tree asks along a path, where values have more than so many bits.
const PATH: f64 = 8.0;

/// By how much, in units of [`PATH`], a path gets longer where there is e times as much to ask.
const PATH_GROWTH: f64 = 0.3;

/// What a term is expected to cost beforehand, in units of the cheapest operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expectation {
    pub(super) weight: f64,
    /// Standard deviation in units of the weight.
    pub(super) spread: f64,
}

/// What each term is expected to cost, in the order of the terms' places.
pub(super) fn expectations() -> Vec<Expectation> {
    let operations = Kind::ALL.iter().map(|&kind| Expectation { weight: weight(kind), spread: 2.0 });
    // A feature beyond the catalogue costs something with each packet, and something once.
    let unknown =
        (FeatureId::ALL.len()..u128::BITS as usize).flat_map(|_| [Expectation { weight: 1.0, spread: 2.0 }; 2]);
    BASES.into_iter().chain(operations).chain(unknown).collect()
}

fn weight(kind: Kind) -> f64 {
    match kind {
        Kind::AddSquare | Kind::AddSquareWide | Kind::Convert | Kind::ConvertWord => 2.0,
        Kind::Select | Kind::SelectWide => 2.0,
        Kind::Append | Kind::AppendWide => 3.0,
        Kind::Divide | Kind::Load => 4.0,
        Kind::SortedMedian | Kind::WindowMedian | Kind::WindowMedianWide => 5.0,
        Kind::Insert => 6.0,
        Kind::InsertWide => 8.0,
        Kind::Deviation => 10.0,
        Kind::DeviationWide => 15.0,
        _ => 1.0,
    }
}

/// What the pipeline of some features does at a depth of `packets`, for a flow of which `reach` packets are seen. Those
/// in `moving` are no constants at that depth.
pub(super) fn terms(features: FeatureSet, moving: FeatureSet, packets: u16, reach: Reach) -> Vec<Term> {
    let all = reach.source + reach.destination;
    let any = f64::from(u8::from(!moving.is_empty()));
    let later = 1.0 - 1.0 / f64::from(packets);
    let mut terms = vec![(0, 1.0), (1, all), (2, any), (3, any * later), (4, path(moving, packets))];
    let known: Vec<FeatureId> = catalogued(features).collect();
    if !known.is_empty() {
        let runs = operations(&known, Depth::Packets(packets)).runs(reach.source, reach.destination);
        terms.extend(runs.into_iter().enumerate().map(|(kind, runs)| (BASES.len() + kind, runs)));
    }
    for feature in features.iter().filter(|&feature| feature >= FeatureId::ALL.len()) {
        let place = BASES.len() + Kind::ALL.len() + 2 * (feature - FeatureId::ALL.len());
        terms.extend([(place, all), (place + 1, 1.0)]);
    }
    terms.retain(|&(_, times)| times > 0.0);
    terms
}

/// About how many questions a tree asks along a path: more where features can take more values.
fn path(moving: FeatureSet, packets: u16) -> f64 {
    let bits = |feature: usize| match FeatureId::ALL.get(feature) {
        // A count of packets is at most the depth.
        Some(id) if id.name().ends_with("_cnt") => libm::log2(f64::from(packets) + 1.0),
        _ => PATH,
    };
    let bits: f64 = moving.iter().map(bits).sum();
    bits.min(PATH * (1.0 + PATH_GROWTH * libm::log((bits / PATH).max(1.0))))
}

/// The features of a set that the catalogue has.
pub(super) fn catalogued(features: FeatureSet) -> impl Iterator<Item = FeatureId> {
    features.iter().filter_map(|feature| FeatureId::ALL.get(feature).copied())
}

/// By place in the catalogue: what a pipeline of this feature keeps of a flow, one bit for each accumulator that some
/// feature of the space needs. A feature beyond the catalogue keeps something of its own.
pub(super) fn kept(space: &CandidateSpace) -> Vec<u128> {
    let mut known: Vec<Option<Accumulator>> = Vec::new();
    let mut kept = vec![0; u128::BITS as usize];
    for &feature in space.features() {
        for accumulator in accumulators(feature) {
            let place = known.iter().position(|other| accumulator.is_some() && *other == accumulator);
            let place = place.unwrap_or_else(|| {
                known.push(accumulator);
                known.len() - 1
            });
            // Two accumulators share a bit only where there are more than bits.
            kept[feature] |= 1 << (place % u128::BITS as usize);
        }
    }
    kept
}

/// What a feature keeps of a flow; one unknown thing for a feature beyond the catalogue.
fn accumulators(feature: usize) -> Vec<Option<Accumulator>> {
    /// Deep enough that nothing is a constant, and shallow enough that medians sort as packets come.
    const DEPTH: Depth = Depth::Packets(10);
    let Some(id) = FeatureId::ALL.get(feature) else { return vec![None] };
    let spec = Spec {
        version: SPEC_VERSION,
        name: None,
        early: vec![],
        depth: DEPTH,
        features: vec![id.name().to_owned()],
        model: None,
    };
    let slots = cato_codegen::compile(&spec, &[]).map(|pipeline| pipeline.slots().to_vec()).unwrap_or_default();
    slots.into_iter().map(|slot| Some(slot.accumulator)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REACH: Reach = Reach { source: 3.0, destination: 2.0 };

    fn set(names: &[&str]) -> FeatureSet {
        names.iter().map(|name| FeatureId::by_name(name).unwrap().index()).collect()
    }

    #[test]
    fn every_term_has_an_expectation() {
        let all: FeatureSet = (0..u128::BITS as usize).collect();
        let expectations = expectations();
        let terms = terms(all, all, 5, REACH);
        assert!(terms.iter().all(|&(place, times)| place < expectations.len() && times > 0.0));
        assert!(terms.iter().any(|&(place, _)| place == expectations.len() - 1));
        assert!(terms.windows(2).all(|pair| pair[0].0 < pair[1].0), "each once, in order");
    }

    #[test]
    fn more_features_do_more() {
        let times = |names: &[&str]| terms(set(names), set(names), 5, REACH).iter().map(|term| term.1).sum::<f64>();
        assert!(times(&["s_bytes_mean", "d_iat_std"]) > times(&["s_bytes_mean"]));
    }

    #[test]
    fn counts_give_short_paths() {
        assert!(path(set(&["s_pkt_cnt"]), 1) < path(set(&["s_pkt_cnt"]), 30));
        assert!(path(set(&["s_pkt_cnt"]), 30) < path(set(&["s_bytes_sum"]), 30));
        assert_eq!(path(FeatureSet::EMPTY, 9), 0.0);
    }

    #[test]
    fn a_feature_keeps_what_its_pipeline_keeps() {
        let features = set(&["s_bytes_sum", "s_pkt_cnt", "s_bytes_mean", "d_ttl_max"]).with(100).with(101);
        let kept = kept(&CandidateSpace::new(features, 10).unwrap());
        let of = |name: &str| kept[FeatureId::by_name(name).unwrap().index()];
        assert_eq!(of("s_bytes_mean"), of("s_bytes_sum") | of("s_pkt_cnt"));
        assert_eq!(of("d_ttl_max") & of("s_bytes_mean"), 0);
        assert_ne!(kept[100], kept[101]);
    }
}
