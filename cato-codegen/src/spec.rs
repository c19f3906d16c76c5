//! Specs: what a user or the search writes to name a pipeline, as data and as TOML.

mod places;
mod stage;
mod stages;
mod text;
mod write;

pub use stage::{Confidence, MOST_STAGES, Stage, Threshold};

use serde::{Deserialize, Serialize};

/// The version of the spec format that this compiler reads and writes.
pub const SPEC_VERSION: u32 = 1;

/// How many packets of a flow are seen before the record is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Depth {
    /// Right after this many packets, both directions together, or at the end of the flow; from 1 to 65,535.
    Packets(u16),
    /// At the end of the flow.
    All,
}

/// How a model's trees are written as code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// The compiler chooses by size.
    #[default]
    Auto,
    /// Nested `if`: fast, and its code grows with the model.
    NestedIf,
    /// A table of nodes that a loop walks: compiles in no time.
    ConstTable,
}

impl Strategy {
    /// Every strategy.
    pub const ALL: [Self; 3] = [Self::Auto, Self::NestedIf, Self::ConstTable];

    /// The strategy as specs write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::NestedIf => "nested-if",
            Self::ConstTable => "const-table",
        }
    }

    /// The strategy of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|strategy| strategy.name() == name)
    }
}

/// The model that a spec names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    /// Path of the frozen model, relative to the spec.
    pub file: String,
    /// How its trees are written.
    #[serde(default)]
    pub strategy: Strategy,
    /// The classes that whoever uses the pipeline counts on, in the model's order; `None` takes whatever it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<Vec<String>>,
}

impl ModelSpec {
    /// The model in that file, whatever its classes.
    #[must_use]
    pub fn new(file: impl Into<String>, strategy: Strategy) -> Self {
        Self { file: file.into(), strategy, classes: None }
    }
}

/// A pipeline as declared: not yet checked.
///
/// Where there are stages, depth, features and model are those of the last one.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// Format version; see [`SPEC_VERSION`].
    pub version: u32,
    /// A name for people.
    pub name: Option<String>,
    /// The stages before the last, by ascending depth; none in a plain spec.
    pub early: Vec<Stage>,
    /// The inference point.
    pub depth: Depth,
    /// Feature names in any order; columns follow the catalogue's order.
    pub features: Vec<String>,
    /// The model; without one the pipeline gives features only.
    pub model: Option<ModelSpec>,
}
