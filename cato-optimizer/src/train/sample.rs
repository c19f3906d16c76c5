//! The rows that one fit sees.

use super::dataset::Dataset;
use super::matrix::Matrix;

/// Rows to fit on, copied together: nothing of the other rows is within reach of a fit.
pub(super) struct Sample {
    /// Row-major.
    pub(super) values: Vec<f32>,
    /// The class of each row.
    pub(super) classes: Vec<u16>,
    /// Values in a row.
    pub(super) columns: usize,
    /// Classes of the dataset, whether they are in these rows or not.
    pub(super) class_count: usize,
}

impl Sample {
    pub(super) fn new(matrix: &Matrix, dataset: &Dataset, rows: &[usize]) -> Self {
        Self {
            values: rows.iter().flat_map(|&row| matrix.row(row)).copied().collect(),
            classes: rows.iter().map(|&row| dataset.classes()[row]).collect(),
            columns: matrix.columns().len(),
            class_count: dataset.labels().len(),
        }
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.columns)
    }
}
