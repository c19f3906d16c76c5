//! From labelled flows to a frozen model and its quality.
//!
//! [`Dataset`] says which flows count and of which class they are, [`Split`] which of them train, validate and test, a
//! [`Matrix`] holds their feature values, and [`train`] fits, chooses the depth and freezes. Only [`score`] may be given
//! the rows of the test part, and only for the finished front.

mod bootstrap;
mod dataset;
mod error;
#[cfg(test)]
pub(crate) mod example;
mod fit;
mod freeze;
mod grow_linfa;
mod grow_rafor;
mod importance;
mod leaves;
mod matrix;
mod mutual_information;
mod out_of_fold;
mod random;
mod sample;
mod split;
mod stratify;
mod tree;

pub use bootstrap::{answers_deviation, score_deviation};
pub use dataset::{ClassSize, Dataset, DatasetError, FEWEST_FLOWS, MOST_CLASSES};
pub use error::TrainError;
pub use fit::{
    FOREST_TREES, MAX_DEPTHS, ModelChoice, ModelSize, TrainOptions, Trained, TreeTrainer, fit, score, train,
};
pub use importance::impurity_importance;
pub use matrix::{Matrix, extraction, feature_matrix};
pub use mutual_information::mutual_information;
pub use out_of_fold::{HeldOut, held_out, out_of_fold};
pub use split::{FEWEST_CAPTURES, FOLDS, Part, Split, SplitBy, SplitError};
