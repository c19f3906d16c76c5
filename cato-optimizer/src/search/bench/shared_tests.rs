//! The algorithms against each other on six features of real flows at depths 1 to 50, all measured.
//!
//! The table is kept beside the workspace, not in it; without it there is nothing to check and the tests say so.

use std::path::PathBuf;

use cato_codegen::catalog::FeatureId;
use cato_codegen::spec::Depth;

use super::*;
use crate::candidate::{Candidate, FeatureSet};

const SEEDS: u64 = 4;

fn shared_table() -> Option<SearchTable> {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", "shared", "data", "tables"].iter().collect();
    let (csv, meta) = (folder.join("iot_sentinel_6x50.csv"), folder.join("iot_sentinel_6x50.meta.json"));
    if !(csv.exists() && meta.exists()) {
        eprintln!("skipped: {} is not there", csv.display());
        return None;
    }
    Some(SearchTable::read(&csv, Some(&meta)).unwrap())
}

fn summary(table: &SearchTable, algorithm: AlgorithmName, proxy: bool) -> Summary {
    let options = BenchOptions { algorithm, evaluations: 50, seeds: SEEDS, lookahead: 0, proxy, threads: 2 };
    let summary = Summary::of(&bench(table, &options).unwrap());
    for at in &summary.at {
        println!("{algorithm} after {}: HVI {:.3?}, strict {:.3?}", at.evaluations, at.hvi, at.strict);
    }
    summary
}

/// Whether one search has found more than another at 15, 25 and 50 evaluations, in the mean and in the worst seed.
fn beats(one: &Summary, other: &Summary) -> bool {
    let pairs = one.at.iter().zip(&other.at).filter(|(at, _)| at.evaluations >= 15);
    pairs.map(|(one, other)| (one.hvi, other.hvi)).all(|(one, other)| one.mean > other.mean && one.min > other.min)
}

/// The shares were computed from the file by other means: as sums over slices of cost.
#[test]
fn one_feature_at_all_depths_has_the_share_that_it_is_known_to_have() {
    let Some(table) = shared_table() else { return };
    assert_eq!(table.objectives().count(), 63 * 50);
    let yardstick = Yardstick::new(&table.objectives().collect::<Vec<_>>());
    let features = FeatureId::by_name("s_bytes_sum").unwrap().index();
    let candidates =
        (1..=50).map(|depth| Candidate { features: FeatureSet::EMPTY.with(features), depth: Depth::Packets(depth) });
    let points: Vec<_> = candidates.map(|candidate| table.row(&candidate).unwrap().objectives).collect();
    let shares = yardstick.shares(&points);
    assert!(
        (shares.hvi - 0.946_072_772_4).abs() < 1e-9 && (shares.strict - 0.672_508_467_2).abs() < 1e-9,
        "{shares:?}"
    );
}

#[test]
fn mobo_beats_every_other_search_with_and_without_a_proxy() {
    let Some(table) = shared_table() else { return };
    let others = [AlgorithmName::Cato, AlgorithmName::Random, AlgorithmName::Anneal, AlgorithmName::Nsga2]
        .map(|algorithm| (algorithm, summary(&table, algorithm, true)));
    for proxy in [true, false] {
        let mobo = summary(&table, AlgorithmName::Mobo, proxy);
        for (name, other) in &others {
            assert!(beats(&mobo, other), "{name}, proxy {proxy}");
        }
    }
}
