//! What the share of the vote is worth, class by class.

use cato_codegen::model::Prediction;

use super::isotonic::{Block, isotonic};

/// For each class, what an answer gains that gives this class with this share of the vote, beside the answer that a later
/// stage would give.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// By class: what two answers that prove nothing would gain, and the steps.
    classes: Vec<(f64, Vec<Block>)>,
}

impl Calibration {
    /// Learnt from answers to flows that the model has not seen, each with what it gained; `stakes` has for each class what
    /// is lost with a right answer.
    #[must_use]
    pub fn of(answers: impl Iterator<Item = (Prediction, f64)>, stakes: &[f64]) -> Self {
        let mut points = vec![Vec::new(); stakes.len()];
        for (answer, gain) in answers {
            if let Some(points) = points.get_mut(usize::from(answer.class)) {
                points.push((answer.confidence, gain));
            }
        }
        Self { classes: stakes.iter().map(|stake| -stake).zip(points.iter().map(|points| isotonic(points))).collect() }
    }

    /// For each class the lowest share of the vote with which an answer loses no more than `price`; none where no share
    /// that was seen does.
    #[must_use]
    pub fn thresholds(&self, price: f64) -> Vec<Option<u16>> {
        let sure = |(doubt, blocks): &(f64, Vec<Block>)| {
            blocks.iter().find(|block| block.rate(*doubt) >= -price).map(|block| block.from)
        };
        self.classes.iter().map(sure).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `count` answers of a class and a share, of which `lost` were right only later.
    fn answers(class: u16, confidence: u16, count: usize, lost: usize) -> Vec<(Prediction, f64)> {
        let answer = Prediction { class, confidence };
        (0..count).map(|at| (answer, if at < lost { -1.0 } else { 0.0 })).collect()
    }

    #[test]
    fn each_class_has_its_own_threshold() {
        let seen = [
            answers(0, 30_000, 100, 40),
            answers(0, 50_000, 98, 1),
            answers(1, 30_000, 98, 1),
            answers(2, 65_535, 3, 0),
        ];
        let calibration = Calibration::of(seen.concat().into_iter(), &[1.0; 4]);
        assert_eq!(
            calibration.thresholds(0.05),
            [Some(50_000), Some(30_000), None, None],
            "three answers prove little"
        );
        assert_eq!(calibration.thresholds(0.5), [Some(30_000), Some(30_000), Some(65_535), None]);
        assert_eq!(calibration.thresholds(0.001), [None; 4]);
    }

    #[test]
    fn thresholds_fall_with_the_price() {
        let seen: Vec<_> =
            (1..20u16).flat_map(|step| answers(0, step * 3_000, 40, 40 - usize::from(step * 2))).collect();
        let calibration = Calibration::of(seen.into_iter(), &[1.0]);
        let thresholds: Vec<u16> =
            [0.8, 0.6, 0.4, 0.2, 0.1].iter().map(|&price| calibration.thresholds(price)[0].unwrap()).collect();
        assert!(thresholds.is_sorted() && thresholds[0] < thresholds[4], "{thresholds:?}");
    }
}
