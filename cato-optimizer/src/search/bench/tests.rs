//! Searches on a table made by rule.

use std::path::Path;

use super::*;

/// All subsets of three made-up features at depths 1 to 8.
fn table(folder: &Path) -> SearchTable {
    let mut rows = "feature_set,depth,f1,cost,proxy_f1\n".to_owned();
    for set in 1..8u32 {
        let names: Vec<_> = (0..3).filter(|bit| set >> bit & 1 == 1).map(|bit| ["a", "b", "c"][bit]).collect();
        for depth in 1..=8u32 {
            let told = f64::from(names.len() as u32 * 10 + set * 3) * f64::from(depth).sqrt() / 150.0;
            let cost = 5.0 + f64::from(set + depth * names.len() as u32);
            rows += &format!("\"{}\",{depth},{told},{cost},{}\n", names.join(","), told / 2.0);
        }
    }
    let path = folder.join("table.csv");
    std::fs::write(&path, rows).unwrap();
    SearchTable::read(&path, None).unwrap()
}

fn options(algorithm: AlgorithmName, evaluations: usize) -> BenchOptions {
    BenchOptions { algorithm, evaluations, seeds: 5, lookahead: 0, proxy: true, threads: 1 }
}

/// The runs without their times.
fn timeless(runs: Vec<Run>) -> Vec<Run> {
    runs.into_iter().map(|run| Run { overhead_s: 0.0, ..run }).collect()
}

#[test]
fn runs_are_the_same_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let table = table(folder.path());
    for name in AlgorithmName::ALL {
        let once = options(name, 16);
        let runs = timeless(bench(&table, &once).unwrap());
        assert!(runs.iter().map(|run| run.seed).eq(1..=5));
        assert!(runs.iter().all(|run| run.at.iter().map(|at| at.evaluations).eq([10, 15])));
        assert_eq!(runs, timeless(bench(&table, &BenchOptions { threads: 3, ..once }).unwrap()));
    }
}

#[test]
fn the_whole_table_has_the_whole_front() {
    let folder = tempfile::tempdir().unwrap();
    let table = table(folder.path());
    for name in [AlgorithmName::Exhaustive, AlgorithmName::Random] {
        for run in bench(&table, &options(name, 100)).unwrap() {
            assert_eq!(run.evaluations, 7 * 8);
            let last = run.at.last().unwrap();
            assert_eq!((last.evaluations, last.shares), (100, Shares { hvi: 1.0, strict: 1.0 }));
            assert!(run.at.is_sorted_by(|a, b| a.shares.hvi <= b.shares.hvi));
            let [near, nearer] = run.to.map(Option::unwrap);
            assert!(near <= nearer && nearer <= 7 * 8);
        }
    }
}

#[test]
fn the_way_to_a_goal_ends_with_the_evaluation_that_reaches_it() {
    let folder = tempfile::tempdir().unwrap();
    let table = table(folder.path());
    for run in bench(&table, &options(AlgorithmName::Random, 50)).unwrap() {
        for (goal, to) in GOALS.iter().zip(run.to) {
            let budget = |evaluations| BenchOptions { seeds: run.seed, ..options(AlgorithmName::Random, evaluations) };
            let reached = |evaluations| bench(&table, &budget(evaluations)).unwrap().pop().unwrap().to;
            let at = GOALS.iter().position(|other| other == goal).unwrap();
            let Some(to) = to else { continue };
            assert_eq!(reached(to)[at], Some(to));
            assert_eq!(reached(to - 1)[at], None);
        }
    }
}

#[test]
fn a_candidate_that_the_table_lacks_counts_and_fails() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holes.csv");
    std::fs::write(&path, "feature_set,depth,f1,cost\na,1,0.5,10\nb,12,0.6,20\n").unwrap();
    let table = SearchTable::read(&path, None).unwrap();
    let runs = bench(&table, &options(AlgorithmName::Exhaustive, 40)).unwrap();
    // The last of the twelve depths of b; the last place but one of the space's three subsets.
    assert_eq!(runs[0].to, [Some(1), Some(1)], "b costs most and adds nothing");
    assert_eq!(runs[0].evaluations, 3 * 12);
    assert_eq!(runs[0].at.iter().map(|at| at.shares.strict).collect::<Vec<_>>(), [1.0; 3]);
}

#[test]
fn an_algorithm_without_anything_to_search_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (csv, meta) = (folder.path().join("t.csv"), folder.path().join("t.meta.json"));
    std::fs::write(&csv, "feature_set,depth,f1,cost\na,1,0.5,10\n").unwrap();
    std::fs::write(&meta, r#"{"mutual_information": {"a": 0.0}, "mean_packets_at_depth": [1.0]}"#).unwrap();
    let table = SearchTable::read(&csv, Some(&meta)).unwrap();
    let error = bench(&table, &options(AlgorithmName::Cato, 5)).unwrap_err();
    assert!(matches!(error, BenchError::Space(SpaceError::NoFeatures)), "{error:?}");
}
