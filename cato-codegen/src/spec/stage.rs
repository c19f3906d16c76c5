//! Stages: inference points before the last, at which a pipeline answers where its model there is sure.

use super::{ModelSpec, Spec};

/// The most stages that a spec may have, the last one included.
pub const MOST_STAGES: usize = 8;

/// How sure a model has to be of a class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// At least this share of the vote, from 0 to 1.
    Share(f64),
    /// No vote is enough.
    Never,
}

/// When the answer of a stage is given, and the flow not taken to the next one.
#[derive(Clone, Debug, PartialEq)]
pub enum Confidence {
    /// The same threshold for every class.
    Same(Threshold),
    /// A threshold for each class, in the model's order.
    Each(Vec<Threshold>),
}

impl Confidence {
    /// The threshold of a class; `None` where the list does not reach so far.
    #[must_use]
    pub fn of(&self, class: usize) -> Option<Threshold> {
        match self {
            Self::Same(threshold) => Some(*threshold),
            Self::Each(thresholds) => thresholds.get(class).copied(),
        }
    }
}

/// A stage before the last, as declared.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// The inference point in packets.
    pub depth: u16,
    /// Names of the features that its model reads, in any order.
    pub features: Vec<String>,
    /// Its model.
    pub model: ModelSpec,
    /// When its answer is given.
    pub confidence: Confidence,
}

impl Spec {
    /// The models that the spec names, one for each stage in order; none where it gives features only.
    pub fn models(&self) -> impl Iterator<Item = &ModelSpec> {
        self.early.iter().map(|stage| &stage.model).chain(&self.model)
    }

    /// The same spec with its models in files beside it: `model.json`, and `stage-1.json`, `stage-2.json` and so on for
    /// the stages before the last.
    #[must_use]
    pub fn with_files_beside(&self) -> Self {
        let mut spec = self.clone();
        for (number, stage) in (1..).zip(&mut spec.early) {
            stage.model.file = format!("stage-{number}.json");
        }
        if let Some(model) = &mut spec.model {
            "model.json".clone_into(&mut model.file);
        }
        spec
    }
}
