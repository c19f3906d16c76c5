//! How far chance alone moves a score.

use cato_codegen::model::Model;
use rand::RngExt;

use super::dataset::Dataset;
use super::matrix::Matrix;
use super::random::{Purpose, generator};
use crate::quality::Quality;

/// How often the rows are drawn anew.
const DRAWS: usize = 200;

/// The standard error of a model's macro-F1 over `rows`: the standard deviation over 200 bootstrap samples of them, the
/// same samples for the same rows and seed. 0 where there are no rows.
///
/// # Panics
///
/// When there is no such row in the matrix or the dataset.
#[must_use]
pub fn score_deviation(model: &Model, matrix: &Matrix, dataset: &Dataset, rows: &[usize], seed: u64) -> f64 {
    let truth: Vec<u16> = rows.iter().map(|&row| dataset.classes()[row]).collect();
    let answers: Vec<u16> = rows.iter().map(|&row| model.predict(matrix.row(row)).class).collect();
    answers_deviation(&truth, &answers, dataset.labels(), seed)
}

/// The same of answers as they are, `truth` and `answers` being classes as indices into `labels`.
#[must_use]
pub fn answers_deviation(truth: &[u16], answers: &[u16], labels: &[String], seed: u64) -> f64 {
    if truth.is_empty() {
        return 0.0;
    }
    let mut rng = generator(seed, Purpose::Bootstrap);
    let (mut drawn_truth, mut drawn_answers) = (truth.to_vec(), answers.to_vec());
    let scores: Vec<f64> = (0..DRAWS)
        .map(|_| {
            for (right, answer) in drawn_truth.iter_mut().zip(&mut drawn_answers) {
                let row = rng.random_range(0..truth.len());
                (*right, *answer) = (truth[row], answers[row]);
            }
            Quality::of(&drawn_truth, &drawn_answers, labels).macro_f1
        })
        .collect();
    let mean = scores.iter().sum::<f64>() / DRAWS as f64;
    let squares: f64 = scores.iter().map(|score| (score - mean).powi(2)).sum();
    (squares / (DRAWS - 1) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::answers_deviation as deviation;

    /// `rows` rows of two classes, every fifth answered wrongly.
    fn answered(rows: u16) -> (Vec<u16>, Vec<u16>) {
        let truth: Vec<u16> = (0..rows).map(|row| row % 2).collect();
        let answers = (0..rows).map(|row| if row % 5 == 0 { 1 - row % 2 } else { row % 2 }).collect();
        (truth, answers)
    }

    #[test]
    fn the_error_is_that_of_a_share_and_falls_with_the_rows() {
        let labels = ["a", "b"].map(str::to_owned);
        let error = |rows: u16| {
            let (truth, answers) = answered(rows);
            deviation(&truth, &answers, &labels, 7)
        };
        // Two equal classes: macro-F1 is about the share of right answers, whose error is sqrt(p (1 - p) / n).
        for rows in [100, 2_500] {
            let expected = (0.8 * 0.2 / f64::from(rows)).sqrt();
            assert!((error(rows) / expected - 1.0).abs() < 0.2, "{rows}: {} beside {expected}", error(rows));
        }
        assert_eq!(error(100), error(100));
    }

    #[test]
    fn what_is_never_wrong_has_no_error() {
        let labels = ["a", "b"].map(str::to_owned);
        let (truth, _) = answered(50);
        assert_eq!(deviation(&truth, &truth, &labels, 1), 0.0);
        assert_eq!(deviation(&[], &[], &labels, 1), 0.0);
    }
}
