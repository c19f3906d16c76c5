//! Frozen models: trees as plain data, and the reference prediction on them.

mod json;
mod predict;
mod validate;

use std::fmt;

pub(crate) use predict::winner;

use serde::{Deserialize, Serialize};

/// The version of the model format that this compiler reads and writes.
pub const MODEL_VERSION: u32 = 1;

/// How the trees of a forest are put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vote {
    /// The leaf distributions are added up.
    #[default]
    Soft,
    /// Each tree votes for the most frequent class of its leaf, the lowest one on a tie.
    Hard,
}

/// What the trees are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum ModelKind {
    /// One tree.
    DecisionTree,
    /// Any number of trees that vote.
    RandomForest {
        /// How they vote.
        vote: Vote,
    },
}

/// One node of a tree, in preorder: the left child of a split is the node right after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node {
    /// Goes to the next node where `features[feature] <= threshold`, else to node `right`.
    Split {
        /// Index into the model's features.
        feature: u16,
        /// A finite number.
        threshold: f32,
        /// Index of the right child, larger than that of the split.
        right: u32,
    },
    /// Ends the walk.
    Leaf {
        /// Index into the model's leaves.
        leaf: u32,
    },
}

/// A class distribution in 65535ths, sparse: (class, share) by ascending class, shares above 0.
///
/// A share is 65535 p rounded to nearest, ties to even.
pub type Leaf = Vec<(u16, u16)>;

/// A tree: its nodes in preorder, never empty.
pub type Tree = Vec<Node>;

/// A trained model, frozen.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// What the trees are.
    pub kind: ModelKind,
    /// Feature names in the order of the columns that the model was trained on: the catalogue's order.
    pub features: Vec<String>,
    /// Class labels, bytewise ascending, at most 65,535.
    pub classes: Vec<String>,
    /// The distinct leaf distributions, shared by all trees.
    pub leaves: Vec<Leaf>,
    /// One tree for a decision tree, one or more for a forest.
    pub trees: Vec<Tree>,
}

/// What a model says of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// Index into the classes.
    pub class: u16,
    /// Share of the vote that the class got, in 65535ths: the winning sum divided by the number of trees, rounded down.
    pub confidence: u16,
}

/// Why a text is not a model, or a model not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelError {
    /// The text is not JSON of the expected shape.
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the parser says.
        reason: String,
    },
    /// A version of the format that this compiler does not read.
    Version {
        /// The version.
        found: u32,
    },
    /// A rule of the format is broken.
    Invalid {
        /// Which rule, and where.
        reason: String,
    },
}

impl fmt::Display for ModelError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { line, column, reason } => write!(formatter, "line {line}, column {column}: {reason}"),
            Self::Version { found } => {
                write!(formatter, "a model of version {found}, and this compiler reads version {MODEL_VERSION}")
            }
            Self::Invalid { reason } => formatter.write_str(reason),
        }
    }
}

impl std::error::Error for ModelError {}
