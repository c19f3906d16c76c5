//! The search against the answers of an exhaustive table: six features of real flows at depths 1 to 50, all measured.
//!
//! The table is kept beside the workspace, not in it; without it there is nothing to check and the test says so.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;

use cato_codegen::catalog::FeatureId;
use cato_codegen::spec::Depth;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::testing::TableEvaluator;
use super::*;
use crate::candidate::{Candidate, FeatureSet};

const SEEDS: u64 = 20;
const BUDGETS: [usize; 3] = [15, 25, 50];

struct Table {
    information: Vec<f64>,
    rows: BTreeMap<Candidate, Objectives>,
    worst_cost: f64,
    true_hypervolume: f64,
}

impl Table {
    fn read(csv: &Path, meta: &Path) -> Self {
        let meta: serde_json::Value = serde_json::from_slice(&std::fs::read(meta).unwrap()).unwrap();
        let mut information = vec![0.0; FeatureId::ALL.len()];
        for (name, value) in meta["mutual_information"].as_object().unwrap() {
            information[FeatureId::by_name(name).unwrap().index()] = value.as_f64().unwrap();
        }
        let mut rows = BTreeMap::new();
        for row in csv::Reader::from_path(csv).unwrap().deserialize() {
            let row: BTreeMap<String, String> = row.unwrap();
            let features = row["feature_set"].split(',').map(|name| FeatureId::by_name(name).unwrap().index());
            let candidate =
                Candidate { features: features.collect(), depth: Depth::Packets(row["depth"].parse().unwrap()) };
            let objectives = Objectives { quality: row["f1"].parse().unwrap(), cost: row["cost"].parse().unwrap() };
            rows.insert(candidate, objectives);
        }
        let all: Vec<_> = rows.values().copied().collect();
        let worst_cost = all.iter().map(|point| point.cost).fold(0.0, f64::max);
        let true_hypervolume = hypervolume(&all, worst_cost);
        Self { information, rows, worst_cost, true_hypervolume }
    }

    /// Share of the true front's hypervolume after each budget.
    fn shares(&self, points: &[Objectives]) -> [f64; 3] {
        BUDGETS.map(|budget| hypervolume(&points[..budget], self.worst_cost) / self.true_hypervolume)
    }

    fn search(&self, seed: u64) -> [f64; 3] {
        let features: FeatureSet = (0..self.information.len()).collect();
        let priors = Priors::new(features, &self.information, 50).unwrap();
        let lookup = |candidate: &Candidate| Ok(self.rows[candidate]);
        let solver = SearchSolver::new(Cato::new(priors, seed));
        let found = run(solver, TableEvaluator::new(&lookup), Vec::new(), 50, |_| ()).unwrap();
        let points: Vec<_> = found.evaluations.iter().filter_map(Evaluation::objectives).collect();
        self.shares(&points)
    }

    fn random(&self, seed: u64) -> [f64; 3] {
        let mut points: Vec<_> = self.rows.values().copied().collect();
        points.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        self.shares(&points)
    }
}

fn mean(shares: &[[f64; 3]]) -> [f64; 3] {
    [0, 1, 2].map(|at| shares.iter().map(|share| share[at]).sum::<f64>() / shares.len() as f64)
}

#[test]
fn the_search_beats_random_search_on_real_flows() {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", "shared", "data", "tables"].iter().collect();
    let (csv, meta) = (folder.join("iot_sentinel_6x50.csv"), folder.join("iot_sentinel_6x50.meta.json"));
    if !(csv.exists() && meta.exists()) {
        eprintln!("skipped: {} is not there", csv.display());
        return;
    }
    let table = Table::read(&csv, &meta);
    assert_eq!(table.rows.len(), 63 * 50);
    let shares: Vec<_> = thread::scope(|scope| {
        let seeds = |from: u64| (from..SEEDS).step_by(2).map(|seed| table.search(seed)).collect::<Vec<_>>();
        let threads = [0, 1].map(|from| scope.spawn(move || seeds(from)));
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let random: Vec<_> = (0..SEEDS).map(|seed| table.random(seed)).collect();
    let (searched, random) = (mean(&shares), mean(&random));
    println!("share of the true front's hypervolume after {BUDGETS:?}: {searched:.3?}, random search {random:.3?}");
    assert!(searched.iter().zip(random).all(|(searched, random)| *searched > random), "{searched:?} {random:?}");
}
