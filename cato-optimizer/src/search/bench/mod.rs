//! Searches on exhaustive tables, where the true front is known: how much of it is found, how soon, and at what cost of
//! the search's own.

mod evaluator;
mod share;
mod summary;

use std::time::Instant;

pub use evaluator::TableEvaluator;
pub use share::{STRICT, Shares, Yardstick};
pub use summary::{Goal, Run, RunAt, Spread, Summary, SummaryAt};

use super::evaluation::{Evaluation, Objectives};
use super::named::AlgorithmName;
use super::solver::{SearchError, SearchSolver, run};
use super::space::SpaceError;
use super::table::SearchTable;
use crate::parallel;

/// The numbers of evaluations at which a search is looked at.
pub const MARKS: [usize; 5] = [10, 15, 25, 50, 100];

/// The shares of the true front's hypervolume to which the way is counted.
pub const GOALS: [Goal; 2] = [Goal { name: "to_0.95", share: 0.95 }, Goal { name: "to_0.99", share: 0.99 }];

/// How to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BenchOptions {
    /// The algorithm.
    pub algorithm: AlgorithmName,
    /// Evaluations of each search.
    pub evaluations: usize,
    /// Searches: with the seeds from 1 to this number.
    pub seeds: u64,
    /// How many evaluations a choice does not wait for, where the algorithm allows it.
    pub lookahead: usize,
    /// Whether the table's proxy may be read.
    pub proxy: bool,
    /// Searches side by side, at least one; the results are the same.
    pub threads: usize,
}

/// Why a search on a table has come to nothing.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The algorithm finds nothing to search over.
    #[error(transparent)]
    Space(#[from] SpaceError),
    /// The search failed.
    #[error(transparent)]
    Search(#[from] SearchError),
}

/// Searches a table once for each seed; the runs in the order of their seeds.
///
/// # Errors
/// See [`BenchError`]; of several, that of the lowest seed.
pub fn bench(table: &SearchTable, options: &BenchOptions) -> Result<Vec<Run>, BenchError> {
    let yardstick = Yardstick::new(&table.objectives().collect::<Vec<_>>());
    let seeds = usize::try_from(options.seeds).unwrap_or(usize::MAX);
    let runs = parallel::map(seeds, options.threads, |at| search(table, &yardstick, options, at as u64 + 1));
    runs.into_iter().collect()
}

fn search(table: &SearchTable, yardstick: &Yardstick, options: &BenchOptions, seed: u64) -> Result<Run, BenchError> {
    let (knowledge, readings) = table.knowledge(options.proxy);
    let started = Instant::now();
    let algorithm = options.algorithm.algorithm(table.space(), knowledge, seed)?;
    let setup = started.elapsed().as_secs_f64();
    let solver = SearchSolver::new(algorithm).lookahead(options.lookahead);
    let found = run(solver, TableEvaluator::new(table), Vec::new(), options.evaluations, |_| ())?;
    Ok(judge(yardstick, options.evaluations, seed, &found.evaluations, setup, readings.get()))
}

/// What a search was worth. One that came to its end before `budget` evaluations stays where it ended.
fn judge(
    yardstick: &Yardstick,
    budget: usize,
    seed: u64,
    evaluations: &[Evaluation],
    setup: f64,
    proxy_readings: u64,
) -> Run {
    let points: Vec<Option<Objectives>> = evaluations.iter().map(Evaluation::objectives).collect();
    let shares = |count: usize| -> Shares {
        let known: Vec<Objectives> = points.iter().take(count).copied().flatten().collect();
        yardstick.shares(&known)
    };
    let at = MARKS.into_iter().filter(|&mark| mark <= budget);
    // The share never falls as points are added, so the way to it can be bisected.
    let to = |goal: Goal| {
        let counts: Vec<usize> = (1..=points.len()).collect();
        counts.get(counts.partition_point(|&count| shares(count).hvi < goal.share)).copied()
    };
    let chosen: f64 = evaluations.iter().map(|evaluation| evaluation.seconds.choose).sum();
    Run {
        seed,
        at: at.map(|mark| RunAt { evaluations: mark, shares: shares(mark) }).collect(),
        to: GOALS.map(to),
        evaluations: evaluations.len(),
        proxy_readings,
        overhead_s: (setup + chosen) / evaluations.len().max(1) as f64,
    }
}

#[cfg(test)]
mod shared_tests;
#[cfg(test)]
mod tests;
