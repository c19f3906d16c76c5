//! Evaluations out of a table.

use std::collections::VecDeque;

use crate::cost::{Cost, CostMetric};
use crate::quality::Metrics;
use crate::search::evaluation::{
    Evaluation, Evaluator, EvaluatorError, Measured, Objectives, Outcome, Proposal, QUALITY_METRIC, Seconds,
};
use crate::search::table::SearchTable;

/// Looks up what candidates measure as.
#[derive(Debug)]
pub struct TableEvaluator<'a> {
    table: &'a SearchTable,
    submitted: VecDeque<Proposal>,
}

impl<'a> TableEvaluator<'a> {
    /// An evaluator of a table's candidates. One that the table does not have fails, and counts all the same.
    #[must_use]
    pub fn new(table: &'a SearchTable) -> Self {
        Self { table, submitted: VecDeque::new() }
    }
}

impl Evaluator for TableEvaluator<'_> {
    fn submit(&mut self, proposal: Proposal) -> Result<(), EvaluatorError> {
        self.submitted.push_back(proposal);
        Ok(())
    }

    fn collect(&mut self) -> Result<Evaluation, EvaluatorError> {
        let proposal = self.submitted.pop_front().ok_or("no candidate is under way")?;
        let outcome = match self.table.row(&proposal.candidate) {
            Some(row) => Outcome::Measured(measured(row.objectives)),
            None => Outcome::Failed { reason: format!("the table has no row for {}", proposal.candidate) },
        };
        Ok(Evaluation::new(&proposal, outcome, Seconds::default()))
    }
}

/// A table says nothing of the figures that are 0 here.
fn measured(objectives: Objectives) -> Measured {
    Measured {
        validation: Metrics::from([(QUALITY_METRIC.to_owned(), objectives.quality)]),
        cost: Cost {
            execution_time_ns: objectives.cost,
            per_packet_ns: 0.0,
            p99_ns: objectives.cost,
            metric: CostMetric::ExecutionTime,
            latency: None,
            throughput: None,
            baseline_ns: 0.0,
            reference_ns: 0.0,
            state_bytes: 0,
            code_bytes: 0,
        },
        model_depth: 0,
    }
}
