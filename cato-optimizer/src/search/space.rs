//! The candidates that a search may choose from.

use cato_codegen::spec::Depth;

use crate::candidate::{Candidate, FeatureSet};

/// Every non-empty subset of some features at every depth from 1 to a largest one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CandidateSpace {
    features: Vec<usize>,
    max_depth: u16,
}

/// Why there is nothing to search over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpaceError {
    /// No feature is left.
    #[error("no feature to search over: none of those asked for says anything about the classes")]
    NoFeatures,
    /// There is no depth from 1 on.
    #[error("the largest depth is 0: a candidate sees at least one packet")]
    NoDepth,
}

impl CandidateSpace {
    /// The subsets of `features` at the depths 1 to `max_depth` (packets).
    ///
    /// # Errors
    /// Where there are no features or `max_depth` is 0.
    pub fn new(features: FeatureSet, max_depth: u16) -> Result<Self, SpaceError> {
        if features.is_empty() {
            return Err(SpaceError::NoFeatures);
        }
        if max_depth == 0 {
            return Err(SpaceError::NoDepth);
        }
        Ok(Self { features: features.iter().collect(), max_depth })
    }

    /// The features by their place in the catalogue, ascending.
    #[must_use]
    pub fn features(&self) -> &[usize] {
        &self.features
    }

    /// The largest depth in packets.
    #[must_use]
    pub fn max_depth(&self) -> u16 {
        self.max_depth
    }

    /// How many candidates there are.
    #[must_use]
    pub fn size(&self) -> u128 {
        // At most 128 features, all bits of the mask: the count of non-empty subsets is the largest mask.
        let subsets = u128::MAX >> (128 - self.features.len());
        subsets.saturating_mul(u128::from(self.max_depth))
    }

    /// All candidates, subset by subset, by rising depth. There can be very many.
    pub fn iter(&self) -> impl Iterator<Item = Candidate> + '_ {
        let subsets = 1..=u128::MAX >> (128 - self.features.len());
        subsets.flat_map(move |subset| {
            let features = self.features.iter().enumerate().filter(|(bit, _)| subset >> bit & 1 == 1);
            let features: FeatureSet = features.map(|(_, &feature)| feature).collect();
            (1..=self.max_depth).map(move |depth| Candidate { features, depth: Depth::Packets(depth) })
        })
    }

    /// The depth of a candidate as packets; "all" counts as the largest depth.
    pub(super) fn packets(&self, depth: Depth) -> u16 {
        match depth {
            Depth::Packets(packets) => packets,
            Depth::All => self.max_depth,
        }
    }

    /// The depth `packets`, moved into the space.
    pub(super) fn clamp(&self, packets: i32) -> u16 {
        // The bounds are those of a u16.
        packets.clamp(1, i32::from(self.max_depth)) as u16
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_candidate_once() {
        let space = CandidateSpace::new([3, 64, 66].into_iter().collect(), 4).unwrap();
        let all: BTreeSet<_> = space.iter().collect();
        assert_eq!(all.len(), 7 * 4);
        assert_eq!(space.size(), 7 * 4);
        assert_eq!(space.iter().count(), 7 * 4);
        assert!(all.iter().all(|candidate| !candidate.features.is_empty()));
        assert!(all.iter().flat_map(|candidate| candidate.features.iter()).all(|f| [3, 64, 66].contains(&f)));
    }

    #[test]
    fn empty_spaces_are_refused() {
        assert_eq!(CandidateSpace::new(FeatureSet::EMPTY, 4), Err(SpaceError::NoFeatures));
        assert_eq!(CandidateSpace::new(FeatureSet::EMPTY.with(1), 0), Err(SpaceError::NoDepth));
    }

    #[test]
    fn all_features_fit_the_count() {
        let space = CandidateSpace::new((0..67).collect(), 50).unwrap();
        assert_eq!(space.size(), ((1 << 67) - 1) * 50);
    }
}
