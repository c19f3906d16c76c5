//! What the search searches over: feature representations (feature set, packet depth).

use std::fmt;

use cato_codegen::spec::Depth;
use serde::{Deserialize, Serialize};

/// A set of candidate features, by their place in the catalogue (0 to 66).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FeatureSet(u128);

impl FeatureSet {
    /// The set without features.
    pub const EMPTY: Self = Self(0);

    /// The set with `feature` added; `feature` is a place in the catalogue below 128.
    #[must_use]
    pub const fn with(self, feature: usize) -> Self {
        Self(self.0 | 1 << feature)
    }

    /// The set with `feature` taken out; `feature` is a place in the catalogue below 128.
    #[must_use]
    pub const fn without(self, feature: usize) -> Self {
        Self(self.0 & !(1 << feature))
    }

    /// Whether `feature` is in the set.
    #[must_use]
    pub const fn contains(self, feature: usize) -> bool {
        self.0 >> feature & 1 == 1
    }

    /// Number of features.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether there is no feature.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The features that one of the two sets has and the other has not.
    #[must_use]
    pub const fn differing(self, other: Self) -> Self {
        Self(self.0 ^ other.0)
    }

    /// The features in the catalogue's order.
    pub fn iter(self) -> impl Iterator<Item = usize> + Clone {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let next = (left != 0).then(|| left.trailing_zeros() as usize);
            left &= left.wrapping_sub(1);
            next
        })
    }
}

impl FromIterator<usize> for FeatureSet {
    fn from_iter<I: IntoIterator<Item = usize>>(features: I) -> Self {
        features.into_iter().fold(Self::EMPTY, Self::with)
    }
}

/// A feature representation: which features, after how many packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Candidate {
    /// The features; never empty.
    pub features: FeatureSet,
    /// The inference point.
    pub depth: Depth,
}

impl fmt::Display for Candidate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.depth {
            Depth::Packets(packets) => write!(formatter, "{} features at depth {packets}", self.features.len()),
            Depth::All => write!(formatter, "{} features at depth all", self.features.len()),
        }
    }
}
