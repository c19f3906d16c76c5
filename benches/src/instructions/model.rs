//! Decision trees for reference pipelines, trained on the flows that are counted.

use cato_codegen::catalog::FeatureId;
use cato_codegen::model::{Model, ModelKind, Node};
use cato_codegen::spec::Depth;
use cato_optimizer::candidate::FeatureSet;
use cato_optimizer::train::{self, Dataset, DatasetError, ModelChoice, Split, TrainOptions, TreeTrainer};
use cato_traffic::{FlowRecords, Inputs, LabelSource, Labels, RecordOptions};

/// A class with fewer flows is left out of training.
const MIN_FLOWS: usize = 20;
const SEED: u64 = 1;

/// Trains trees on the flows of some captures, labelled by folder or, where there is one folder only, by file.
#[derive(Debug)]
pub struct Trainer {
    records: FlowRecords,
    /// `None` where the captures do not make two classes.
    labelled: Option<(Dataset, Split)>,
}

impl Trainer {
    /// Reads the flows of `inputs`.
    ///
    /// # Errors
    /// Where a capture cannot be read.
    pub fn new(inputs: &Inputs) -> anyhow::Result<Self> {
        let records = FlowRecords::read(inputs, &RecordOptions::default())?;
        let mut labelled = None;
        for source in [LabelSource::Folder, LabelSource::File] {
            match Dataset::of_records(&records, &Labels::assign(&source, &records)?, MIN_FLOWS) {
                Ok(dataset) => {
                    let split = Split::new(&dataset, None, SEED)?;
                    labelled = Some((dataset, split));
                    break;
                }
                Err(DatasetError::TooFewClasses { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Self { records, labelled })
    }

    /// Whether there are classes to learn.
    #[must_use]
    pub fn has_classes(&self) -> bool {
        self.labelled.is_some()
    }

    /// The tree for a feature representation; one leaf where there is nothing to learn.
    ///
    /// # Errors
    /// Where training fails.
    pub fn tree(&self, features: &[FeatureId], depth: Depth) -> anyhow::Result<Model> {
        let Some((dataset, split)) = &self.labelled else { return Ok(leaf(features)) };
        let set = FeatureId::ALL.iter().enumerate().filter(|(_, feature)| features.contains(feature));
        let set: FeatureSet = set.map(|(place, _)| place).collect();
        let threads = std::thread::available_parallelism().map_or(1, Into::into);
        let matrix = train::feature_matrix(&self.records, dataset, set, depth, threads)?;
        let choice = ModelChoice::DecisionTree(TreeTrainer::Rafor);
        Ok(train::train(&matrix, dataset, split, &TrainOptions { choice, seed: SEED, threads })?.model)
    }
}

fn leaf(features: &[FeatureId]) -> Model {
    Model {
        kind: ModelKind::DecisionTree,
        features: features.iter().map(|feature| feature.name().to_owned()).collect(),
        classes: vec!["unknown".to_owned()],
        leaves: vec![vec![(0, u16::MAX)]],
        trees: vec![vec![Node::Leaf { leaf: 0 }]],
    }
}
