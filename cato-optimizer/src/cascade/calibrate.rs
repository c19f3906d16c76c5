//! What the share of the vote is worth, class by class.

use cato_codegen::model::Prediction;

use super::isotonic::{Block, isotonic};

/// For each class, how often an answer is right that gives this class with this share of the vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calibration {
    classes: Vec<Vec<Block>>,
}

impl Calibration {
    /// Learnt from answers to flows that the model has not seen, each with the flow's true class; there are `classes`.
    #[must_use]
    pub fn of(answers: &[(Prediction, u16)], classes: usize) -> Self {
        let mut points = vec![Vec::new(); classes];
        for (answer, truth) in answers {
            if let Some(points) = points.get_mut(usize::from(answer.class)) {
                points.push((answer.confidence, answer.class == *truth));
            }
        }
        Self { classes: points.iter().map(|points| isotonic(points)).collect() }
    }

    /// For each class the lowest share of the vote with which an answer is right with probability `tau` or more; none
    /// where no share that was seen is.
    #[must_use]
    pub fn thresholds(&self, tau: f64) -> Vec<Option<u16>> {
        let sure = |blocks: &Vec<Block>| blocks.iter().find(|block| block.rate() >= tau).map(|block| block.from);
        self.classes.iter().map(sure).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `count` answers of a class and a share, of which `right` are right.
    fn answers(class: u16, confidence: u16, count: usize, right: usize) -> Vec<(Prediction, u16)> {
        let answer = Prediction { class, confidence };
        (0..count).map(|at| (answer, if at < right { class } else { class + 1 })).collect()
    }

    #[test]
    fn each_class_has_its_own_threshold() {
        let seen = [
            answers(0, 30_000, 100, 60),
            answers(0, 50_000, 98, 97),
            answers(1, 30_000, 98, 97),
            answers(2, 65_535, 3, 3),
        ];
        let calibration = Calibration::of(&seen.concat(), 4);
        assert_eq!(
            calibration.thresholds(0.95),
            [Some(50_000), Some(30_000), None, None],
            "three answers prove little"
        );
        assert_eq!(calibration.thresholds(0.5), [Some(30_000), Some(30_000), Some(65_535), None]);
        assert_eq!(calibration.thresholds(0.999), [None; 4]);
    }

    #[test]
    fn thresholds_rise_with_the_confidence_asked_for() {
        let seen: Vec<_> = (1..20u16).flat_map(|step| answers(0, step * 3_000, 40, usize::from(step * 2))).collect();
        let calibration = Calibration::of(&seen, 1);
        let thresholds: Vec<u16> =
            [0.2, 0.4, 0.6, 0.8, 0.9].iter().map(|&tau| calibration.thresholds(tau)[0].unwrap()).collect();
        assert!(thresholds.is_sorted() && thresholds[0] < thresholds[4], "{thresholds:?}");
    }
}
