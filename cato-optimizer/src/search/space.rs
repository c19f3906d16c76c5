//! The candidates that a search may choose from.

use std::collections::BTreeSet;

use cato_codegen::spec::Depth;
use rand::{Rng, RngExt};

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

    /// The candidate at a place of [`iter`](Self::iter); none beyond the last one.
    #[must_use]
    pub fn at(&self, place: u128) -> Option<Candidate> {
        if place >= self.size() {
            return None;
        }
        let depths = u128::from(self.max_depth);
        let subset = place / depths + 1;
        // Below the largest depth, which is a u16.
        let depth = (place % depths) as u16 + 1;
        let features = self.features.iter().enumerate().filter(|(bit, _)| subset >> bit & 1 == 1);
        let features = features.map(|(_, &feature)| feature).collect();
        Some(Candidate { features, depth: Depth::Packets(depth) })
    }

    /// A candidate drawn uniformly: each feature is in or out by a toss, and no depth is likelier than another.
    pub(super) fn draw(&self, rng: &mut impl Rng) -> Candidate {
        let features = loop {
            let drawn: FeatureSet = self.features.iter().copied().filter(|_| rng.random()).collect();
            if !drawn.is_empty() {
                break drawn;
            }
        };
        Candidate { features, depth: Depth::Packets(rng.random_range(1..=self.max_depth)) }
    }

    /// A candidate drawn uniformly among those that were not proposed; none where all were.
    pub(super) fn draw_new(&self, proposed: &BTreeSet<Candidate>, rng: &mut impl Rng) -> Option<Candidate> {
        // Where nearly all were proposed, drawing until one was not would take long.
        const ATTEMPTS: usize = 1_000;
        let mut draws = (0..ATTEMPTS).map(|_| self.draw(rng));
        let drawn = draws.find(|candidate| !proposed.contains(candidate));
        drawn.or_else(|| self.iter().find(|candidate| !proposed.contains(candidate)))
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
    use std::collections::BTreeMap;

    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn every_candidate_once() {
        let space = CandidateSpace::new([3, 64, 66].into_iter().collect(), 4).unwrap();
        let all: BTreeSet<_> = space.iter().collect();
        assert_eq!(all.len(), 7 * 4);
        assert_eq!(space.size(), 7 * 4);
        assert_eq!(space.iter().count(), 7 * 4);
        assert!(space.iter().eq((0..7 * 4).map(|place| space.at(place).unwrap())));
        assert_eq!(space.at(7 * 4), None);
        assert!(all.iter().all(|candidate| !candidate.features.is_empty()));
        assert!(all.iter().flat_map(|candidate| candidate.features.iter()).all(|f| [3, 64, 66].contains(&f)));
    }

    #[test]
    fn draws_are_spread_evenly_and_new() {
        let space = CandidateSpace::new([3, 64, 66].into_iter().collect(), 4).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut counts = BTreeMap::<_, usize>::new();
        for _ in 0..2_800 {
            *counts.entry(space.draw(&mut rng)).or_default() += 1;
        }
        assert_eq!(counts.len(), 7 * 4);
        assert!(counts.values().all(|count| (60..150).contains(count)), "{counts:?}");
        let mut proposed = BTreeSet::new();
        while let Some(candidate) = space.draw_new(&proposed, &mut rng) {
            assert!(proposed.insert(candidate));
        }
        assert_eq!(proposed.len(), 7 * 4);
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
