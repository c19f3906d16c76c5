//! How good a model's answers are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Metric names to values. Classification has `macro_f1` and `accuracy`, both from 0 to 1.
pub type Metrics = BTreeMap<String, f64>;

/// Precision, recall and F1 of one class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassQuality {
    /// The class's label.
    pub class: String,
    /// Right answers among the flows given this class, 0 where there are none.
    pub precision: f64,
    /// Right answers among the flows of this class.
    pub recall: f64,
    /// Harmonic mean of the two, 0 where both are.
    pub f1: f64,
    /// Flows of this class.
    pub support: usize,
}

/// Quality over one part of the flows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Mean F1 over the classes that have flows in this part.
    pub macro_f1: f64,
    /// Right answers among all flows.
    pub accuracy: f64,
    /// By class, in the order of the labels.
    pub classes: Vec<ClassQuality>,
}

impl Quality {
    /// Compares answers with truth, both as class indices into `labels`; the slices are of equal length.
    #[must_use]
    pub fn of(truth: &[u16], answers: &[u16], labels: &[String]) -> Self {
        let mut hits = vec![0usize; labels.len()];
        let mut asked = vec![0usize; labels.len()];
        let mut given = vec![0usize; labels.len()];
        for (&right, &answer) in truth.iter().zip(answers) {
            asked[usize::from(right)] += 1;
            given[usize::from(answer)] += 1;
            hits[usize::from(right)] += usize::from(right == answer);
        }
        let classes: Vec<_> = labels
            .iter()
            .enumerate()
            .map(|(class, label)| ClassQuality {
                class: label.clone(),
                precision: ratio(hits[class], given[class]),
                recall: ratio(hits[class], asked[class]),
                f1: ratio(2 * hits[class], asked[class] + given[class]),
                support: asked[class],
            })
            .collect();
        let present = classes.iter().filter(|class| class.support > 0);
        let macro_f1 = present.clone().map(|class| class.f1).sum::<f64>() / present.count().max(1) as f64;
        Self { macro_f1, accuracy: ratio(hits.iter().sum(), truth.len()), classes }
    }

    /// The headline figures by name.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        Metrics::from([("accuracy".to_owned(), self.accuracy), ("macro_f1".to_owned(), self.macro_f1)])
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::Quality;

    #[test]
    fn macro_f1_weighs_classes_alike() {
        let labels = ["a", "b", "c"].map(str::to_owned);
        let quality = Quality::of(&[0, 0, 0, 1], &[0, 0, 1, 1], &labels);
        assert!((quality.classes[0].f1 - 0.8).abs() < 1e-12);
        assert!((quality.classes[1].f1 - 2.0 / 3.0).abs() < 1e-12);
        assert!((quality.macro_f1 - (0.8 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
        assert!((quality.accuracy - 0.75).abs() < 1e-12);
    }
}
