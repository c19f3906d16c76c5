//! Where the time of a search went.

use std::fmt;

use crate::repeat::median;
use crate::report::seconds;
use crate::search::Evaluation;

/// Seconds of wall time by kind of work. Kinds overlap in time: candidates are trained and built while another is
/// measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spending {
    /// One entry for each kind of work, in the order in which a candidate meets them.
    pub work: Vec<Work>,
    /// Median time from a new candidate to its measured cost, training left out; `None` where nothing was measured.
    pub turnaround_seconds: Option<f64>,
}

/// Time spent on one kind of work.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// Its name: "choose", "train", "build" or "measure".
    pub name: &'static str,
    /// Seconds over the whole search.
    pub total_seconds: f64,
    /// Median seconds of one evaluation.
    pub median_seconds: f64,
}

impl Spending {
    /// What `evaluations` took. Failed ones count in the totals and medians of the work, but not in the turnaround.
    #[must_use]
    pub fn of(evaluations: &[Evaluation]) -> Self {
        let work = |name, seconds: fn(&Evaluation) -> f64| Work {
            name,
            total_seconds: evaluations.iter().map(seconds).sum(),
            median_seconds: median(evaluations.iter().map(seconds)).unwrap_or(0.0),
        };
        let measured = evaluations.iter().filter(|evaluation| evaluation.measured().is_some());
        Self {
            work: vec![
                work("choose", |evaluation| evaluation.seconds.choose),
                work("train", |evaluation| evaluation.seconds.train),
                work("build", |evaluation| evaluation.seconds.build),
                work("measure", |evaluation| evaluation.seconds.measure),
            ],
            turnaround_seconds: median(measured.map(|evaluation| evaluation.seconds.turnaround())),
        }
    }
}

impl fmt::Display for Spending {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Work { name, total_seconds, median_seconds } in &self.work {
            writeln!(out, "{name:<8} {:>8} in all, {:>8} median", seconds(*total_seconds), seconds(*median_seconds))?;
        }
        match self.turnaround_seconds {
            Some(median) => {
                writeln!(out, "median from a new candidate to its cost, without training: {}", seconds(median))
            }
            None => writeln!(out, "no candidate was measured"),
        }
    }
}

#[cfg(test)]
mod tests {
    use cato_codegen::spec::Depth;

    use super::Spending;
    use crate::candidate::{Candidate, FeatureSet};
    use crate::search::{Choice, Evaluation, Origin, Outcome, Seconds};

    #[test]
    fn failed_evaluations_have_no_turnaround() {
        let failed = Evaluation {
            index: 0,
            candidate: Candidate { features: FeatureSet::EMPTY.with(0), depth: Depth::All },
            choice: Choice::unforeseen(Origin::Start),
            outcome: Outcome::Failed { reason: "no".to_owned() },
            seconds: Seconds { choose: 1.0, train: 2.0, build: 3.0, measure: 4.0 },
        };
        let spending = Spending::of(&[failed.clone(), failed]);
        assert_eq!(spending.turnaround_seconds, None);
        let totals: Vec<_> = spending.work.iter().map(|work| (work.name, work.total_seconds)).collect();
        assert_eq!(totals, [("choose", 2.0), ("train", 4.0), ("build", 6.0), ("measure", 8.0)]);
        assert!(spending.to_string().contains("no candidate was measured"));
    }
}
