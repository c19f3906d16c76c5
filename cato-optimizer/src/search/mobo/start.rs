//! The first candidates: far apart on the front as it can be guessed, instead of at random.

use cato_codegen::spec::Depth;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::candidate::Candidate;
use crate::search::space::CandidateSpace;

/// From so many features on, a set of all is far from the front, and its ends are larger.
const MANY: usize = 20;

/// Candidates of the start.
pub(super) const STARTS: usize = 3;

/// The start: many features late, a few earlier, the best alone early. Features go by mutual information.
pub(super) fn start(space: &CandidateSpace, information: &[f64], seed: u64) -> [Candidate; STARTS] {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut features = space.features().to_vec();
    let of = |feature: usize| information.get(feature).copied().unwrap_or(0.0);
    features.sort_by(|&a, &b| of(b).total_cmp(&of(a)).then(a.cmp(&b)));
    let depths = [8..=14u16, 5..=9, 3..=5].map(|depths| rng.random_range(depths));
    let few = rng.random_range(2..=3);
    let sizes = if features.len() > MANY { [MANY, 8, 2] } else { [features.len(), few, 1] };
    [0, 1, 2].map(|place| Candidate {
        features: features.iter().copied().take(sizes[place]).collect(),
        depth: Depth::Packets(space.clamp(depths[place].into())),
    })
}
