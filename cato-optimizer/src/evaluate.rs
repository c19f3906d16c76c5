//! Evaluating candidates: one is trained and built while another is measured.
//!
//! Two threads stand in a row. The first turns a candidate into features, a model, a spec and a shared object; the
//! second has it verified and timed by the measuring process, which has a core to itself.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Scope;
use std::time::Instant;

use cato_artifact::{Artifact, Kit};
use cato_codegen::model::Model;
use cato_codegen::spec::{ModelSpec, SPEC_VERSION, Spec, Strategy};
use cato_traffic::FlowRecords;

use super::atomic;
use super::candidate::Candidate;
use super::measure::Meter;
use super::search::{Evaluation, Evaluator, EvaluatorError, Measured, Outcome, Proposal, Seconds, evaluation_id};
use super::train::{Dataset, Split, TrainOptions, Trained, feature_matrix, train};

/// File name of a candidate's spec in its folder.
pub const SPEC_FILE: &str = "spec.toml";
/// File name of a candidate's model in its folder.
pub const MODEL_FILE: &str = "model.json";

/// What every evaluation of a search shares.
#[derive(Debug)]
pub struct Bench {
    /// The flows.
    pub records: FlowRecords,
    /// Which of them are learnt from, and their classes.
    pub dataset: Dataset,
    /// Which part each of them is in.
    pub split: Split,
    /// What is trained, and from which seed.
    pub training: TrainOptions,
    /// Builds candidates.
    pub kit: Kit,
    /// Folder below which each candidate's spec and model are written, by the evaluation's id.
    pub specs: PathBuf,
}

impl Bench {
    /// Trains a candidate's model.
    ///
    /// # Errors
    /// Where the features cannot be computed or the trainer fails.
    pub fn train(&self, candidate: Candidate) -> Result<Trained, EvaluatorError> {
        let matrix =
            feature_matrix(&self.records, &self.dataset, candidate.features, candidate.depth, self.training.threads)?;
        Ok(train(&matrix, &self.dataset, &self.split, &self.training)?)
    }
}

/// The spec of a candidate whose model lies beside it.
#[must_use]
pub fn spec_of(candidate: Candidate, model: &Model) -> Spec {
    Spec {
        version: SPEC_VERSION,
        name: None,
        early: vec![],
        depth: candidate.depth,
        features: model.features.clone(),
        model: Some(ModelSpec::new(MODEL_FILE, Strategy::Auto)),
    }
}

/// Writes a spec and its model into `folder`, which is made where it is not there.
///
/// # Errors
/// Those of the file system.
pub fn write_spec(folder: &Path, spec: &Spec, model: &Model) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    atomic::write_bytes(&folder.join(MODEL_FILE), model.to_json().as_bytes())?;
    atomic::write_bytes(&folder.join(SPEC_FILE), spec.to_toml().as_bytes())
}

/// An [`Evaluator`] with two stages in two threads.
#[derive(Debug)]
pub struct TwoStages {
    proposals: Sender<Proposal>,
    evaluations: Receiver<Result<Evaluation, EvaluatorError>>,
}

impl TwoStages {
    /// Starts both stages in `scope`; they end when the evaluator is dropped.
    pub fn start<'scope>(scope: &'scope Scope<'scope, '_>, bench: &'scope Bench, meter: &'scope mut Meter) -> Self {
        let (proposals, to_prepare) = channel::<Proposal>();
        let (to_measure, prepared) = channel();
        let (done, evaluations) = channel();
        // Where measuring takes two cores, nothing is prepared meanwhile.
        let alone = meter.takes_two_cores().then(|| Arc::new(Mutex::new(())));
        let measures = alone.clone();
        scope.spawn(move || {
            for proposal in to_prepare {
                let _turn = turn(alone.as_deref());
                if to_measure.send((proposal, prepare(bench, &proposal))).is_err() {
                    break;
                }
            }
        });
        scope.spawn(move || {
            for (proposal, prepared) in prepared {
                let _turn = turn(measures.as_deref());
                let evaluation = prepared.map(|prepared| measure(meter, &proposal, prepared));
                if done.send(evaluation).is_err() {
                    break;
                }
            }
        });
        Self { proposals, evaluations }
    }
}

/// Waits for a turn, where turns are taken. Nothing is left half done by a thread that panics with it.
fn turn(turns: Option<&Mutex<()>>) -> Option<MutexGuard<'_, ()>> {
    turns.map(|turns| turns.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Evaluator for TwoStages {
    fn submit(&mut self, proposal: Proposal) -> Result<(), EvaluatorError> {
        Ok(self.proposals.send(proposal)?)
    }

    fn collect(&mut self) -> Result<Evaluation, EvaluatorError> {
        self.evaluations.recv()?
    }
}

/// A candidate that is ready to be measured, or that could not be built.
struct Prepared {
    built: Result<(Artifact, Trained), String>,
    seconds: Seconds,
}

/// Trains and builds. Only what stops every candidate, such as a full disk, is an error.
fn prepare(bench: &Bench, proposal: &Proposal) -> Result<Prepared, EvaluatorError> {
    let mut seconds = Seconds::default();
    let started = Instant::now();
    let trained = bench.train(proposal.candidate);
    seconds.train = started.elapsed().as_secs_f64();
    let trained = match trained {
        Ok(trained) => trained,
        Err(error) => return Ok(Prepared { built: Err(format!("training: {}", Chain(&*error))), seconds }),
    };
    let started = Instant::now();
    let spec = spec_of(proposal.candidate, &trained.model);
    let folder = bench.specs.join(evaluation_id(proposal.index));
    write_spec(&folder, &spec, &trained.model).map_err(|error| format!("{}: {error}", folder.display()))?;
    let built = bench.kit.build(&spec, &[&trained.model]);
    seconds.build = started.elapsed().as_secs_f64();
    let built = match built {
        Ok(artifact) => Ok((artifact, trained)),
        Err(error) => Err(format!("building: {}", Chain(&error))),
    };
    Ok(Prepared { built, seconds })
}

fn measure(meter: &mut Meter, proposal: &Proposal, prepared: Prepared) -> Evaluation {
    let Prepared { built, mut seconds } = prepared;
    let outcome = match built {
        Ok((artifact, trained)) => {
            let started = Instant::now();
            let cost = meter.measure(&artifact);
            seconds.measure = started.elapsed().as_secs_f64();
            match cost {
                Ok(cost) => Outcome::Measured(Measured {
                    validation: trained.validation.metrics(),
                    cost,
                    model_depth: trained.max_depth,
                }),
                Err(failure) => Outcome::Failed { reason: Chain(&failure).to_string() },
            }
        }
        Err(reason) => Outcome::Failed { reason },
    };
    Evaluation::new(proposal, outcome, seconds)
}

/// An error and what caused it, in one line.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn std::error::Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(formatter, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
