//! The candidates among which the acquisition function chooses.

use std::collections::BTreeSet;

use cato_codegen::spec::Depth;
use rand::{Rng, RngExt};

use super::priors::Priors;
use super::space::CandidateSpace;
use crate::candidate::{Candidate, FeatureSet};

/// A space of at most so many candidates is its own pool.
pub(super) const WHOLE_SPACE: u128 = 4_096;

/// Candidates drawn from the priors.
const DRAWS: usize = 500;

/// Candidates made from members of the front by several changes at once.
const VARIATIONS: usize = 500;

/// Steps in depth from a member of the front.
const DEPTH_STEPS: [i32; 6] = [-5, -2, -1, 1, 2, 5];

/// Candidates of the space that were not proposed yet, each once.
///
/// A small space is taken whole. Of a large one: draws from the priors, all neighbours of the front's members (one
/// feature in or out, one feature exchanged for another, a step in depth) and random combinations of members.
/// Where all of those were proposed, the first candidate of the space that was not; none where the space is exhausted.
pub(super) fn pool(
    priors: &Priors,
    members: &[Candidate],
    proposed: &BTreeSet<Candidate>,
    rng: &mut impl Rng,
) -> Vec<Candidate> {
    let space = priors.space();
    if space.size() <= WHOLE_SPACE {
        return space.iter().filter(|candidate| !proposed.contains(candidate)).collect();
    }
    let mut pool = Pool { priors, proposed, taken: BTreeSet::new(), candidates: Vec::new() };
    for _ in 0..DRAWS {
        pool.add(priors.draw(rng));
    }
    for member in members {
        pool.add_neighbours(member, rng);
    }
    if !members.is_empty() {
        for _ in 0..VARIATIONS {
            let variation = vary(priors, members, rng);
            pool.add(variation);
        }
    }
    if pool.candidates.is_empty() {
        pool.candidates.extend(space.iter().find(|candidate| !proposed.contains(candidate)));
    }
    pool.candidates
}

struct Pool<'a> {
    priors: &'a Priors,
    proposed: &'a BTreeSet<Candidate>,
    taken: BTreeSet<Candidate>,
    candidates: Vec<Candidate>,
}

impl Pool<'_> {
    fn add(&mut self, candidate: Candidate) {
        if !candidate.features.is_empty() && !self.proposed.contains(&candidate) && self.taken.insert(candidate) {
            self.candidates.push(candidate);
        }
    }

    fn add_neighbours(&mut self, member: &Candidate, rng: &mut impl Rng) {
        for neighbour in neighbours(self.priors.space(), member, rng) {
            self.add(neighbour);
        }
    }
}

/// The neighbours of a candidate, those outside of the space left out: one feature in or out, one feature exchanged for
/// another at random, a step in depth.
pub(super) fn neighbours(space: &CandidateSpace, member: &Candidate, rng: &mut impl Rng) -> Vec<Candidate> {
    let mut neighbours = Vec::new();
    for &feature in space.features() {
        let flipped = flip(member.features, feature);
        neighbours.push(Candidate { features: flipped, ..*member });
        let other = space.features()[rng.random_range(0..space.features().len())];
        if member.features.contains(other) != member.features.contains(feature) {
            neighbours.push(Candidate { features: flip(flipped, other), ..*member });
        }
    }
    let packets = i32::from(space.packets(member.depth));
    for step in DEPTH_STEPS {
        neighbours.push(Candidate { depth: Depth::Packets(space.clamp(packets + step)), ..*member });
    }
    neighbours.retain(|neighbour| !neighbour.features.is_empty());
    neighbours
}

/// A member of the front with several changes.
fn vary(priors: &Priors, members: &[Candidate], rng: &mut impl Rng) -> Candidate {
    let space = priors.space();
    let one = members[rng.random_range(0..members.len())];
    let other = members[rng.random_range(0..members.len())];
    let packets = i32::from(space.packets(one.depth));
    match rng.random_range(0..5u8) {
        // The features that both have, and some of those that one has.
        0 => {
            let features = space
                .features()
                .iter()
                .copied()
                .filter(|&feature| (if rng.random() { one } else { other }).features.contains(feature));
            Candidate { features: features.collect(), depth: if rng.random() { one.depth } else { other.depth } }
        }
        // A part of the features.
        1 => {
            let share = rng.random::<f64>();
            let features = one.features.iter().filter(|_| rng.random_bool(share)).collect();
            Candidate { features, ..one }
        }
        // Another depth.
        2 => Candidate { depth: Depth::Packets(priors.draw_depth(rng)), ..one },
        // A few features in or out, and a small step in depth.
        3 => {
            let mut features = one.features;
            for _ in 0..rng.random_range(1..=4) {
                features = flip(features, space.features()[rng.random_range(0..space.features().len())]);
            }
            Candidate { features, depth: Depth::Packets(space.clamp(packets + rng.random_range(-3..=3))) }
        }
        // Joined with, or cut down to, a set from the priors.
        _ => {
            let drawn = priors.draw_features(rng);
            let join: bool = rng.random();
            let both = space.features().iter().copied().filter(|&feature| {
                let (a, b) = (one.features.contains(feature), drawn.contains(feature));
                if join { a || b } else { a && b }
            });
            Candidate { features: both.collect(), ..one }
        }
    }
}

fn flip(features: FeatureSet, feature: usize) -> FeatureSet {
    if features.contains(feature) { features.without(feature) } else { features.with(feature) }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn rng() -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(3)
    }

    /// Thirty features of the catalogue, every second one, at depths up to 20.
    fn priors() -> Priors {
        let information: Vec<f64> = (0..60).map(|feature| f64::from(feature % 2)).collect();
        Priors::new((0..60).collect(), &information, 20).unwrap()
    }

    fn candidate(features: &[usize], depth: u16) -> Candidate {
        Candidate { features: features.iter().copied().collect(), depth: Depth::Packets(depth) }
    }

    #[test]
    fn the_pool_is_new_candidates_of_the_space() {
        let priors = priors();
        let members = [candidate(&[1, 3], 1), candidate(&[1, 5, 7, 9], 20)];
        let first = pool(&priors, &members, &BTreeSet::new(), &mut rng());
        assert!(first.len() > DRAWS);
        let proposed: BTreeSet<_> = first.iter().copied().step_by(2).chain(members).collect();
        let pool = pool(&priors, &members, &proposed, &mut rng());
        let different: BTreeSet<_> = pool.iter().copied().collect();
        assert_eq!(different.len(), pool.len());
        assert!(different.is_disjoint(&proposed));
        for candidate in pool {
            assert!(!candidate.features.is_empty());
            assert!(candidate.features.iter().all(|feature| priors.space().features().contains(&feature)));
            assert!((1..=20).contains(&priors.space().packets(candidate.depth)));
        }
    }

    #[test]
    fn the_pool_has_the_neighbours_of_the_front() {
        let member = candidate(&[1, 3], 6);
        let pool: BTreeSet<_> = pool(&priors(), &[member], &BTreeSet::from([member]), &mut rng()).into_iter().collect();
        for neighbour in [&[1][..], &[3], &[1, 3, 5], &[1, 3, 59]] {
            assert!(pool.contains(&candidate(neighbour, 6)), "{neighbour:?}");
        }
        for depth in [1, 4, 5, 7, 8, 11] {
            assert!(pool.contains(&candidate(&[1, 3], depth)), "{depth}");
        }
        let exchanged = |found: &&Candidate| {
            found.depth == member.depth
                && found.features.len() == 2
                && found.features.contains(1) != found.features.contains(3)
        };
        assert!(pool.iter().find(exchanged).is_some());
    }

    #[test]
    fn a_small_space_is_its_own_pool() {
        let priors = Priors::new((0..3).collect(), &[1.0; 3], 5).unwrap();
        let proposed = BTreeSet::from([candidate(&[0], 1), candidate(&[0, 1, 2], 5)]);
        let pool = pool(&priors, &[], &proposed, &mut rng());
        assert_eq!(pool.len(), 7 * 5 - 2);
    }

    #[test]
    fn where_every_draw_was_proposed_the_first_other_candidate_is_the_pool() {
        let priors = priors();
        let proposed: BTreeSet<_> = pool(&priors, &[], &BTreeSet::new(), &mut rng()).into_iter().collect();
        assert!(!proposed.contains(&candidate(&[1], 1)));
        assert_eq!(pool(&priors, &[], &proposed, &mut rng()), [candidate(&[1], 1)]);
    }
}
