//! Runs of a search with several seeds, and what they come to.

use super::GOALS;
use super::share::Shares;

/// A share of the true front's hypervolume that a search is to reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goal {
    /// What the number of evaluations up to it is called.
    pub name: &'static str,
    /// The share, 0 to 1.
    pub share: f64,
}

/// One search.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its seed.
    pub seed: u64,
    /// What it had found at each mark within its budget, by rising number of evaluations.
    pub at: Vec<RunAt>,
    /// Evaluations to each of [`GOALS`]; none where it was not reached.
    pub to: [Option<usize>; GOALS.len()],
    /// Evaluations made.
    pub evaluations: usize,
    /// How many times the proxy was read.
    pub proxy_readings: u64,
    /// The algorithm's own time in seconds per evaluation, its preparation included.
    pub overhead_s: f64,
}

/// What a search had found after some evaluations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunAt {
    /// How many evaluations.
    pub evaluations: usize,
    /// How much of the true front it had.
    pub shares: Shares,
}

/// A figure over the seeds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Mean.
    pub mean: f64,
    /// Standard deviation over the seeds (of a sample: divided by one less than their number); 0 for a single one.
    pub sd: f64,
    /// The worst seed's.
    pub min: f64,
}

/// All runs of a search on a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// At each mark, by rising number of evaluations.
    pub at: Vec<SummaryAt>,
    /// Mean number of evaluations to each of [`GOALS`]; none where not every run reached it.
    pub to: [Option<f64>; GOALS.len()],
    /// How many runs reached each of [`GOALS`].
    pub reached: [usize; GOALS.len()],
    /// Mean number of times that the proxy was read in a run.
    pub proxy_readings: f64,
    /// The algorithm's own time in seconds per evaluation, mean over the runs.
    pub overhead_s: f64,
}

/// What the runs had found after some evaluations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SummaryAt {
    /// How many evaluations.
    pub evaluations: usize,
    /// Share of the true front's hypervolume.
    pub hvi: Spread,
    /// The same from the strict reference point on.
    pub strict: Spread,
}

impl Spread {
    /// The spread of some figures; all 0 where there are none.
    #[must_use]
    pub fn of(figures: &[f64]) -> Self {
        if figures.is_empty() {
            return Self { mean: 0.0, sd: 0.0, min: 0.0 };
        }
        let mean = mean(figures.iter().copied());
        let squares: f64 = figures.iter().map(|figure| (figure - mean).powi(2)).sum();
        let sd = (squares / (figures.len() - 1).max(1) as f64).sqrt();
        Self { mean, sd, min: figures.iter().copied().fold(f64::INFINITY, f64::min) }
    }
}

impl Summary {
    /// What some runs come to. All of them have the same marks.
    #[must_use]
    pub fn of(runs: &[Run]) -> Self {
        let marks = runs.iter().map(|run| run.at.len()).min().unwrap_or(0);
        let at = (0..marks).map(|mark| {
            let spread = |share: fn(&Shares) -> f64| {
                Spread::of(&runs.iter().map(|run| share(&run.at[mark].shares)).collect::<Vec<_>>())
            };
            SummaryAt {
                evaluations: runs[0].at[mark].evaluations,
                hvi: spread(|shares| shares.hvi),
                strict: spread(|shares| shares.strict),
            }
        });
        let reached: [Vec<usize>; GOALS.len()] =
            std::array::from_fn(|goal| runs.iter().filter_map(|run| run.to[goal]).collect());
        Self {
            at: at.collect(),
            to: std::array::from_fn(|goal| {
                let all = !runs.is_empty() && reached[goal].len() == runs.len();
                all.then(|| mean(reached[goal].iter().map(|&count| count as f64)))
            }),
            reached: std::array::from_fn(|goal| reached[goal].len()),
            proxy_readings: mean(runs.iter().map(|run| run.proxy_readings as f64)),
            overhead_s: mean(runs.iter().map(|run| run.overhead_s)),
        }
    }
}

/// The mean; 0 of nothing.
fn mean(figures: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = figures.len().max(1);
    figures.sum::<f64>() / count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(seed: u64, hvi: f64, to: [Option<usize>; 2]) -> Run {
        let shares = Shares { hvi, strict: hvi / 2.0 };
        let at = vec![RunAt { evaluations: 10, shares }];
        Run { seed, at, to, evaluations: 12, proxy_readings: seed * 10, overhead_s: 0.1 * seed as f64 }
    }

    #[test]
    fn the_spread_is_that_of_a_sample() {
        let spread = Spread::of(&[0.5, 0.7, 0.9]);
        assert!((spread.mean - 0.7).abs() < 1e-12 && (spread.sd - 0.2).abs() < 1e-12);
        assert_eq!(spread.min, 0.5);
        assert_eq!(Spread::of(&[0.3]), Spread { mean: 0.3, sd: 0.0, min: 0.3 });
    }

    #[test]
    fn a_goal_counts_only_where_every_run_reached_it() {
        let runs = [run(1, 0.9, [Some(4), Some(9)]), run(2, 1.0, [Some(7), None])];
        let summary = Summary::of(&runs);
        assert_eq!(summary.to, [Some(5.5), None]);
        assert_eq!(summary.reached, [2, 1]);
        assert_eq!(summary.proxy_readings, 15.0);
        assert!((summary.at[0].strict.mean - 0.475).abs() < 1e-12);
        assert_eq!((summary.at[0].evaluations, summary.at[0].hvi.min), (10, 0.9));
    }

    #[test]
    fn no_runs_come_to_nothing() {
        let summary = Summary::of(&[]);
        assert!(summary.at.is_empty());
        assert_eq!((summary.to, summary.overhead_s), ([None, None], 0.0));
    }
}
