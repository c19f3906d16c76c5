//! Costs of candidates, and an evaluator that neither builds nor measures.

use std::collections::VecDeque;
use std::time::Instant;

use cato_codegen::ir::{Emission, Pipeline};
use cato_codegen::operations::Operations;
use cato_codegen::spec::Depth;
use cato_traffic::FlowRecords;

use super::reach::reach;
use super::terms::{Term, Terms};
use super::walk::Walks;
use super::weights::Weights;
use crate::cost::{Cost, CostMetric, Latency};
use crate::evaluate::{Bench, Chain, spec_of, write_spec};
use crate::measure::Waits;
use crate::search::{
    Evaluation, Evaluator, EvaluatorError, Measured, Outcome, Proposal, Reach, Seconds, evaluation_id,
};
use crate::train::{Matrix, Part, Split, feature_matrix, train};

/// A stage of a pipeline that is counted.
#[derive(Clone, Debug)]
pub struct CountedStage<'a> {
    /// The stage by itself: its features, depth and model.
    pub alone: Pipeline,
    /// The share of the flows that reach it, from 0 to 1; 1 for the first.
    pub reached: f64,
    /// Rows of its features, for its model to walk with.
    pub rows: Vec<&'a [f32]>,
}

/// Counts what a pipeline does on some captures, and weighs it.
#[derive(Clone, Debug)]
pub struct OperationCost {
    weights: Weights,
    reach: Vec<Reach>,
    /// Frames of the captures for each flow.
    frames: f64,
    /// Cost of the reference pipeline, which others are compared with.
    reference_ns: f64,
    /// Where latency is what is compared.
    waits: Option<Waits>,
}

impl OperationCost {
    /// The cost on the captures that `records` are of, up to `max_depth` packets, where `reference` is the pipeline that
    /// others are compared with.
    #[must_use]
    pub fn new(weights: Weights, records: &FlowRecords, max_depth: u16, reference: &Pipeline) -> Self {
        let frames = records.counts.frames as f64 / records.flows.len().max(1) as f64;
        let mut cost = Self { weights, reach: reach(records, max_depth), frames, reference_ns: 0.0, waits: None };
        cost.reference_ns = cost.weights.sum(&cost.terms(reference, std::iter::empty()));
        cost
    }

    /// Compares pipelines by their latency, of flows that wait as these do.
    #[must_use]
    pub fn by_latency(mut self, waits: Waits) -> Self {
        self.waits = Some(waits);
        self
    }

    /// How flows wait, where latency is what is compared.
    #[must_use]
    pub fn waits(&self) -> Option<&Waits> {
        self.waits.as_ref()
    }

    /// The weights.
    #[must_use]
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// How often each term occurs in a flow. The model of `pipeline`, where it has one, is walked with `rows` of its
    /// features.
    pub fn terms<'a>(&self, pipeline: &Pipeline, rows: impl Iterator<Item = &'a [f32]>) -> Terms {
        let reach = self.reach_at(pipeline.depth());
        let mut terms = self.following(reach);
        if pipeline.classifier().is_none() {
            terms.add_operations(&Operations::of(pipeline), reach, 1.0);
            return terms;
        }
        terms.add_operations(&Operations::keeping(pipeline), reach, 1.0);
        self.add_answer(&mut terms, pipeline, rows, 1.0);
        terms
    }

    /// The cost of a pipeline with `stages`, in their order: what every packet up to the answer takes, and of each stage
    /// what it finishes and asks, weighed with the share of the flows that reach it. Latency is that of the last stage; see
    /// [`Latency::staged`].
    #[must_use]
    pub fn staged(&self, pipeline: &Pipeline, stages: &[CountedStage<'_>]) -> Cost {
        // What a flow has reached where it is answered, in the mean.
        let mut reach = Reach { source: 0.0, destination: 0.0 };
        for (at, stage) in stages.iter().enumerate() {
            let answered = stage.reached - stages.get(at + 1).map_or(0.0, |next| next.reached);
            let until = self.reach_at(stage.alone.depth());
            reach.source += answered * until.source;
            reach.destination += answered * until.destination;
        }
        let mut terms = self.following(reach);
        terms.add_operations(&Operations::keeping(pipeline), reach, 1.0);
        for stage in stages {
            self.add_answer(&mut terms, &stage.alone, stage.rows.iter().copied(), stage.reached);
        }
        self.of_terms(pipeline, &terms)
    }

    /// What runs with each frame, packet and flow, whatever the pipeline.
    fn following(&self, reach: Reach) -> Terms {
        let mut terms = Terms::none();
        terms.add(Term::Frame, self.frames);
        terms.add(Term::Packet, reach.source + reach.destination);
        terms.add(Term::Flow, 1.0);
        terms
    }

    /// What finishes features and asks the model of a pipeline, in this share of the flows.
    fn add_answer<'a>(
        &self,
        terms: &mut Terms,
        pipeline: &Pipeline,
        rows: impl Iterator<Item = &'a [f32]>,
        share: f64,
    ) {
        let Some(classifier) = pipeline.classifier() else { return };
        let reach = self.reach_at(pipeline.depth());
        let walks = Walks::of(&classifier.model, rows);
        let finished = match classifier.emission {
            // Only what is on the way is finished.
            Emission::NestedIf => {
                terms.add(Term::NestedNode, share * walks.splits);
                walks.read
            }
            Emission::ConstTable => {
                terms.add(Term::TableNode, share * walks.splits);
                terms.add(Term::Tree, share * classifier.model.trees.len() as f64);
                Walks::read_by_any(&classifier.model)
            }
        };
        for (place, &read) in finished.iter().enumerate().filter(|(_, read)| **read > 0.0) {
            terms.add_operations(&Operations::finishing(pipeline, place), reach, share * read);
        }
    }

    /// The cost of a pipeline, of which `rows` are as for [`OperationCost::terms`]. Nothing is known of its spread, so the
    /// 99th percentile is the cost itself, and nothing of its code, which counts no bytes. Of latency, what is counted is
    /// all given as extraction.
    pub fn cost<'a>(&self, pipeline: &Pipeline, rows: impl Iterator<Item = &'a [f32]>) -> Cost {
        self.of_terms(pipeline, &self.terms(pipeline, rows))
    }

    fn of_terms(&self, pipeline: &Pipeline, terms: &Terms) -> Cost {
        let execution_time_ns = self.weights.sum(terms);
        Cost {
            execution_time_ns,
            per_packet_ns: execution_time_ns / self.frames.max(1.0),
            p99_ns: execution_time_ns,
            baseline_ns: self.reference_ns,
            reference_ns: self.reference_ns,
            state_bytes: pipeline.state_bytes() as u64,
            code_bytes: 0,
            metric: if self.waits.is_some() { CostMetric::Latency } else { CostMetric::ExecutionTime },
            latency: self.waits.as_ref().map(|waits| Latency::of(&waits.at(pipeline.depth()), execution_time_ns, 0.0)),
            throughput: None,
        }
    }

    /// Packets reached at a depth; those of the deepest that is known where it lies beyond.
    fn reach_at(&self, depth: Depth) -> Reach {
        let known = self.reach.len();
        let place = match depth {
            Depth::Packets(packets) => usize::from(packets).min(known),
            Depth::All => known,
        };
        place.checked_sub(1).map_or(Reach { source: 0.0, destination: 0.0 }, |place| self.reach[place])
    }
}

/// An [`Evaluator`] that trains candidates and counts their cost. A candidate is evaluated when it is collected.
#[derive(Debug)]
pub struct Counted<'a> {
    bench: &'a Bench,
    cost: &'a OperationCost,
    proposals: VecDeque<Proposal>,
}

impl<'a> Counted<'a> {
    /// Trains as `bench` says.
    #[must_use]
    pub fn new(bench: &'a Bench, cost: &'a OperationCost) -> Self {
        Self { bench, cost, proposals: VecDeque::new() }
    }

    fn evaluate(&self, proposal: &Proposal, seconds: &mut Seconds) -> Result<Measured, EvaluatorError> {
        let Bench { records, dataset, split, training, .. } = self.bench;
        let started = Instant::now();
        let candidate = proposal.candidate;
        let matrix = feature_matrix(records, dataset, candidate.features, candidate.depth, training.threads)?;
        let trained = train(&matrix, dataset, split, training)?;
        seconds.train = started.elapsed().as_secs_f64();
        let started = Instant::now();
        let spec = spec_of(candidate, &trained.model);
        let pipeline = cato_codegen::compile(&spec, &[&trained.model])?;
        let folder = self.bench.specs.join(evaluation_id(proposal.index));
        write_spec(&folder, &spec, &trained.model).map_err(|error| format!("{}: {error}", folder.display()))?;
        let cost = self.cost.cost(&pipeline, seen(&matrix, split).into_iter());
        seconds.measure = started.elapsed().as_secs_f64();
        Ok(Measured { validation: trained.validation.metrics(), cost, model_depth: trained.max_depth })
    }
}

/// The rows of a matrix that a search may see: all but those of the test part.
#[must_use]
pub fn seen<'a>(matrix: &'a Matrix, split: &Split) -> Vec<&'a [f32]> {
    let rows = [Part::Train, Part::Validation].into_iter().flat_map(|part| split.rows(part));
    rows.map(|row| matrix.row(row)).collect()
}

impl Evaluator for Counted<'_> {
    fn submit(&mut self, proposal: Proposal) -> Result<(), EvaluatorError> {
        self.proposals.push_back(proposal);
        Ok(())
    }

    fn collect(&mut self) -> Result<Evaluation, EvaluatorError> {
        let proposal = self.proposals.pop_front().ok_or("nothing was submitted")?;
        let mut seconds = Seconds::default();
        let outcome = match self.evaluate(&proposal, &mut seconds) {
            Ok(measured) => Outcome::Measured(measured),
            Err(error) => Outcome::Failed { reason: Chain(&*error).to_string() },
        };
        Ok(Evaluation::new(&proposal, outcome, seconds))
    }
}
