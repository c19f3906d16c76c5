//! Baselines of a study, trained, scored and ready to be measured.

use std::collections::BTreeMap;

use anyhow::Context as _;
use cato_artifact::{Artifact, Kit};
use cato_codegen::catalog::FeatureId;
use cato_codegen::model::Model;
use cato_codegen::spec::{Depth, Spec};

use super::context::Context;
use super::finish;
use super::target::Target;
use crate::baseline::{self, Method};
use crate::candidate::{Candidate, FeatureSet};
use crate::cli::Member;
use crate::cost::Cost;
use crate::evaluate::{Bench, SPEC_FILE, spec_of, write_spec};
use crate::measure::{MeasureFailure, Meter};
use crate::operations::{OperationCost, seen};
use crate::quality::Quality;
use crate::study::{FrontMember, Study};
use crate::train::{FOREST_TREES, Matrix, ModelSize, Part, feature_matrix, score};

/// Folder of the baselines' specs and models, in the study's.
pub(super) const FOLDER: &str = "baselines";

/// Where costs come from: as in the study.
pub(super) enum Costs {
    Measured(Box<Meter>),
    Counted(Box<OperationCost>),
}

/// A pipeline that its cost can be asked of.
#[derive(Clone)]
pub(super) enum Ready {
    Built(Artifact),
    Counted(Cost),
}

impl Costs {
    /// The cost of a pipeline, once more.
    pub(super) fn ask(&mut self, pipeline: &Ready) -> Result<Cost, MeasureFailure> {
        match (self, pipeline) {
            (_, Ready::Counted(cost)) => Ok(*cost),
            (Self::Measured(meter), Ready::Built(artifact)) => meter.measure(artifact),
            (Self::Counted(_), Ready::Built(_)) => Err(MeasureFailure::Unusable("costs are counted".to_owned())),
        }
    }

    /// A member of the front. What was counted of it stays as it is.
    pub(super) fn of_front(&self, kit: &Kit, study: &Study, member: &FrontMember) -> anyhow::Result<Ready> {
        if let Self::Counted(_) = self {
            return study
                .measured(&member.id)
                .map(|counted| Ready::Counted(counted.cost))
                .with_context(|| format!("the study has no evaluation {}", member.id));
        }
        let target = Target::one(&Member { path: study.folder().to_owned(), id: Some(member.id.clone()) })?;
        Ok(Ready::Built(kit.build(&target.spec, &target.models())?))
    }

    fn ready(&self, bench: &Bench, spec: &Spec, model: &Model, matrix: &Matrix) -> anyhow::Result<Ready> {
        Ok(match self {
            Self::Measured(_) => Ready::Built(bench.kit.build(spec, &[model])?),
            Self::Counted(cost) => {
                let pipeline = cato_codegen::compile(spec, &[model])?;
                Ready::Counted(cost.cost(&pipeline, seen(matrix, &bench.split).into_iter()))
            }
        })
    }
}

/// A baseline before it is measured.
pub(super) struct Built {
    pub(super) method: Method,
    pub(super) depth: Depth,
    pub(super) features: Vec<String>,
    pub(super) pipeline: Result<Pipeline, String>,
}

/// A pipeline with its scores.
#[derive(Clone)]
pub(super) struct Pipeline {
    /// Path of its spec in the study's folder.
    pub(super) spec: String,
    pub(super) ready: Ready,
    pub(super) validation: Quality,
    pub(super) test: Quality,
}

/// Trains and builds baselines.
pub(super) struct Builder<'a> {
    bench: &'a Bench,
    costs: &'a Costs,
    /// The features that the study searched over.
    candidates: FeatureSet,
    /// Where there are ten candidate features or fewer, several methods come to the same.
    built: BTreeMap<Candidate, Result<Pipeline, String>>,
}

impl<'a> Builder<'a> {
    /// Baselines of a study that searched over `candidates`.
    pub(super) fn new(bench: &'a Bench, costs: &'a Costs, candidates: FeatureSet) -> Self {
        Self { bench, costs, candidates, built: BTreeMap::new() }
    }

    /// Every method at every depth.
    pub(super) fn all(mut self, context: &Context) -> anyhow::Result<Vec<Built>> {
        let mut all = Vec::new();
        for method in Method::EVERY {
            for depth in baseline::DEPTHS {
                context.say(format_args!("training {method} at depth {}", finish::depth_text(depth)));
                all.push(self.one(method, depth)?);
            }
        }
        Ok(all)
    }

    fn one(&mut self, method: Method, depth: Depth) -> anyhow::Result<Built> {
        let candidate = Candidate { features: self.features(method, depth)?, depth };
        let name = format!("{}-{}", method.name().to_lowercase().replace('+', ""), finish::depth_text(depth));
        let pipeline = match self.built.get(&candidate) {
            Some(built) => built.clone(),
            None => {
                let built = self.pipeline(candidate, &name);
                self.built.insert(candidate, built.clone());
                built
            }
        };
        let names = candidate.features.iter().filter_map(FeatureId::by_index);
        let features = names.map(|feature| feature.name().to_owned()).collect();
        Ok(Built { method, depth, features, pipeline })
    }

    /// The features of a method, by what the train part says at this depth.
    fn features(&self, method: Method, depth: Depth) -> anyhow::Result<FeatureSet> {
        if let Some(features) = method.fixed() {
            return Ok(features);
        }
        if method == Method::All || self.candidates.len() <= baseline::SELECTED {
            return Ok(self.candidates);
        }
        let Bench { records, dataset, split, training, .. } = self.bench;
        let matrix = feature_matrix(records, dataset, self.candidates, depth, training.threads)?;
        let rows = split.rows(Part::Train);
        let columns = if method == Method::Rfe10 {
            let all = crate::train::train(&matrix, dataset, split, training)?;
            let size = ModelSize { max_depth: all.max_depth, trees: FOREST_TREES as u16 };
            baseline::eliminate(&matrix, dataset, &rows, training, size, baseline::SELECTED)?
        } else {
            baseline::most_informative(&matrix, dataset, &rows, training.seed, baseline::SELECTED)
        };
        let candidates: Vec<usize> = self.candidates.iter().collect();
        Ok(columns.into_iter().map(|column| candidates[column]).collect())
    }

    /// Trains, scores and builds as the search does. What keeps one pipeline from being built is its reason to fail.
    fn pipeline(&self, candidate: Candidate, name: &str) -> Result<Pipeline, String> {
        let Bench { records, dataset, split, training, .. } = self.bench;
        let trained = self.bench.train(candidate).map_err(|error| format!("training: {error}"))?;
        let matrix = feature_matrix(records, dataset, candidate.features, candidate.depth, training.threads)
            .map_err(|error| error.to_string())?;
        let test = score(&trained.model, &matrix, dataset, &split.rows(Part::Test));
        let spec = spec_of(candidate, &trained.model);
        let folder = self.bench.specs.join(name);
        write_spec(&folder, &spec, &trained.model).map_err(|error| format!("{}: {error}", folder.display()))?;
        let ready = self.costs.ready(self.bench, &spec, &trained.model, &matrix);
        let ready = ready.map_err(|error| format!("building: {error:#}"))?;
        Ok(Pipeline { spec: format!("{FOLDER}/{name}/{SPEC_FILE}"), ready, validation: trained.validation, test })
    }
}
