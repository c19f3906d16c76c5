//! What can go wrong in training.

use thiserror::Error;

/// Why there is no model.
#[derive(Debug, Error)]
pub enum TrainError {
    /// The feature values belong to another dataset.
    #[error("the feature matrix has {rows} rows, the dataset {flows} and the split {parts}")]
    Shape {
        /// Rows of the matrix.
        rows: usize,
        /// Rows of the dataset.
        flows: usize,
        /// Rows of the split.
        parts: usize,
    },
    /// `linfa-trees` refused.
    #[error("linfa-trees could not fit a tree")]
    Linfa(#[from] linfa::Error),
    /// The values are no matrix to `ndarray`.
    #[error("the feature values are no matrix")]
    Array(#[from] ndarray::ShapeError),
    /// Another version of `rafor` than the one this was written for.
    #[error("rafor's classifier holds no tree where it was looked for")]
    NoTree,
}
