//! Evaluating candidates: train and build one while another is measured.
//!
//! Two threads stand in a row. The first turns a candidate into features, a model, a spec and a shared object; the
//! second has it verified and measured by the worker process, which has a core to itself.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};
use std::time::Instant;

use cato_artifact::{Artifact, Kit};
use cato_codegen::catalog::FeatureId;
use cato_codegen::spec::{ModelSpec, SPEC_VERSION, Spec};
use cato_traffic::FlowRecords;

use crate::atomic;
use crate::candidate::Candidate;
use crate::measure::Meter;
use crate::search::{Evaluation, Evaluator, EvaluatorError, Outcome, Seconds};
use crate::train::{Dataset, ModelChoice, Split, Trained, feature_matrix, train};

/// What every evaluation of a search shares.
#[derive(Debug)]
pub struct Bench {
    /// The flows.
    pub records: FlowRecords,
    /// Which of them are learnt from, and their classes.
    pub dataset: Dataset,
    /// Which part each of them is in.
    pub split: Split,
    /// The kind of model.
    pub model: ModelChoice,
    /// Seed of training.
    pub seed: u64,
    /// Builds candidates.
    pub kit: Kit,
    /// The study's folder, below which specs and models are written.
    pub study: PathBuf,
}
