//! The flows of a study, ready to be played.

use cato_codegen::spec::Depth;
use cato_traffic::{Inputs, Trace, TraceOptions};

use super::context::Context;
use super::input::{self, Labelled};
use super::optimize::Source;
use super::{again, describe};
use crate::cli::{AgainArgs, FlowArgs, SourceArgs};
use crate::load::Population;
use crate::study::Study;
use crate::train::{Part, TrainOptions};

/// The labelled flows of a study, and the rules by which they were told apart.
pub(super) struct Played {
    pub(super) labelled: Labelled,
    pub(super) inputs: Inputs,
    /// How flows are told apart.
    pub(super) flow: FlowArgs,
    settings: cato_runtime::FlowSettings,
    training: TrainOptions,
}

impl Played {
    /// Reads the flows again, and holds them to be the study's.
    pub(super) fn read(
        study: &Study,
        source: &SourceArgs,
        again: &AgainArgs,
        context: &Context,
    ) -> anyhow::Result<Self> {
        let (flow, learn) = again::settings(again, study.settings())?;
        let source = Source::of(source, study.folder(), context)?;
        let inputs = input::inputs(&source.paths, &flow)?;
        let records = input::records(&inputs, &flow, Depth::All, context)?;
        let labels = input::require_labels(input::labels(&source.labels, &records)?)?;
        let labelled = input::labelled(records, labels, learn.min_flows, learn.split, learn.seed, context)?;
        let trace_hash = match study.settings().cost_weights {
            Some(_) => String::new(),
            None => Trace::collect(&inputs, &TraceOptions { merge: flow.merge, ..TraceOptions::default() })?.hash(),
        };
        // What the study's costs were measured by does not matter here.
        let rustc = study.settings().measured_by.get(describe::RUSTC).cloned().unwrap_or_default();
        again::check(study, &flow, &learn, &labelled, &trace_hash, &rustc, context)?;
        let training = TrainOptions { choice: input::model(&learn), seed: learn.seed, threads: input::threads() };
        Ok(Self { labelled, inputs, settings: input::settings(&flow), flow, training })
    }

    /// How the study's models were trained.
    pub(super) fn training(&self) -> TrainOptions {
        self.training
    }

    /// The flows of these parts, one part after the other.
    pub(super) fn population(&self, parts: &[Part]) -> Population {
        let Labelled { records, dataset, split } = &self.labelled;
        let rows: Vec<usize> = parts.iter().flat_map(|part| split.rows(*part)).collect();
        Population::new(records, dataset, &rows, self.settings)
    }
}
