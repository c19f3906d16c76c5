//! An evaluator that looks outcomes up instead of measuring.

use std::collections::{BTreeMap, VecDeque};

use cato_codegen::spec::Depth;

use super::{
    Choice, Evaluation, Evaluator, EvaluatorError, Measured, Objectives, Origin, Outcome, Proposal, QUALITY_METRIC,
    Seconds,
};
use crate::candidate::{Candidate, FeatureSet};
use crate::cost::{Cost, CostMetric};
use crate::quality::Metrics;

/// What a candidate measures as, or why it fails.
pub(crate) type Lookup<'a> = &'a dyn Fn(&Candidate) -> Result<Objectives, String>;

/// Evaluates by look-up, and dies when it was asked for more than it is allowed to give.
pub(crate) struct TableEvaluator<'a> {
    lookup: Lookup<'a>,
    submitted: VecDeque<Proposal>,
    lives: usize,
}

impl<'a> TableEvaluator<'a> {
    pub(crate) fn new(lookup: Lookup<'a>) -> Self {
        Self { lookup, submitted: VecDeque::new(), lives: usize::MAX }
    }

    /// The evaluator that fails after `evaluations` evaluations.
    pub(crate) fn dying_after(lookup: Lookup<'a>, evaluations: usize) -> Self {
        Self { lives: evaluations, ..Self::new(lookup) }
    }
}

impl Evaluator for TableEvaluator<'_> {
    fn submit(&mut self, proposal: Proposal) -> Result<(), EvaluatorError> {
        self.submitted.push_back(proposal);
        Ok(())
    }

    fn collect(&mut self) -> Result<Evaluation, EvaluatorError> {
        let proposal = self.submitted.pop_front().ok_or("nothing was submitted")?;
        self.lives = self.lives.checked_sub(1).ok_or("killed")?;
        let outcome = match (self.lookup)(&proposal.candidate) {
            Ok(objectives) => Outcome::Measured(measured(objectives)),
            Err(reason) => Outcome::Failed { reason },
        };
        Ok(Evaluation::new(&proposal, outcome, Seconds::default()))
    }
}

fn measured(objectives: Objectives) -> Measured {
    Measured {
        validation: Metrics::from([(QUALITY_METRIC.to_owned(), objectives.quality)]),
        cost: Cost {
            execution_time_ns: objectives.cost,
            per_packet_ns: objectives.cost / 10.0,
            p99_ns: objectives.cost * 1.5,
            metric: CostMetric::ExecutionTime,
            latency: None,
            throughput: None,
            baseline_ns: 100.0,
            reference_ns: 100.0,
            state_bytes: 64,
            code_bytes: 1_000,
        },
        model_depth: 5,
    }
}

pub(crate) fn measured_evaluation(
    index: usize,
    features: FeatureSet,
    depth: Depth,
    quality: f64,
    cost: f64,
) -> Evaluation {
    evaluation(index, Candidate { features, depth }, Outcome::Measured(measured(Objectives { quality, cost })))
}

pub(crate) fn failed_evaluation(index: usize, features: FeatureSet, depth: Depth, reason: &str) -> Evaluation {
    evaluation(index, Candidate { features, depth }, Outcome::Failed { reason: reason.to_owned() })
}

fn evaluation(index: usize, candidate: Candidate, outcome: Outcome) -> Evaluation {
    let proposal = Proposal { index, candidate, choice: Choice::unforeseen(Origin::Start), choose_seconds: 0.25 };
    Evaluation::new(&proposal, outcome, Seconds { train: 1.5, build: 0.1, measure: 0.7, choose: 0.0 })
}

/// A made-up problem of some size: features come in groups of which one member says all, every group costs once and
/// every feature a little, and both quality and cost grow with depth.
pub(crate) struct Synthetic {
    pub(crate) information: Vec<f64>,
    groups: usize,
}

impl Synthetic {
    pub(crate) fn new(features: usize, groups: usize) -> Self {
        let information = (0..features).map(|feature| 0.05 + relevance(feature)).collect();
        Self { information, groups }
    }

    pub(crate) fn objectives(&self, candidate: &Candidate) -> Objectives {
        let packets = match candidate.depth {
            Depth::Packets(packets) => f64::from(packets),
            Depth::All => 50.0,
        };
        let mut groups = BTreeMap::new();
        for feature in candidate.features.iter() {
            let seen = 1.0 - (-packets / (2.0 + (feature % 7) as f64)).exp();
            let best: &mut f64 = groups.entry(feature % self.groups).or_default();
            *best = best.max(relevance(feature) * seen);
        }
        let said: f64 = groups.values().sum();
        let per_packet: f64 = 4.0 + groups.keys().map(|group| 2.0 + 3.0 * (group % 4) as f64).sum::<f64>();
        let finish: f64 = candidate.features.iter().map(|feature| 2.0 + 4.0 * (feature % 5) as f64).sum();
        Objectives {
            quality: 0.97 * (1.0 - (-2.0 * said).exp()),
            cost: 20.0 + per_packet * packets.min(8.0 + packets / 5.0) + finish,
        }
    }
}

/// From 0 to 1, unrelated to the group.
fn relevance(feature: usize) -> f64 {
    ((feature * 37 + 11) % 67) as f64 / 67.0
}
