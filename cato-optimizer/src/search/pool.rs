//! The candidates among which the acquisition function chooses.

use std::collections::BTreeSet;

use cato_codegen::spec::Depth;
use rand::{Rng, RngExt};

use super::priors::Priors;
use crate::candidate::{Candidate, FeatureSet};

/// A space of at most so many candidates is its own pool.
const WHOLE_SPACE: u128 = 4_096;

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
        let space = self.priors.space();
        for &feature in space.features() {
            let flipped = flip(member.features, feature);
            self.add(Candidate { features: flipped, ..*member });
            let other = space.features()[rng.random_range(0..space.features().len())];
            if member.features.contains(other) != member.features.contains(feature) {
                self.add(Candidate { features: flip(flipped, other), ..*member });
            }
        }
        let packets = i32::from(space.packets(member.depth));
        for step in DEPTH_STEPS {
            self.add(Candidate { depth: Depth::Packets(space.clamp(packets + step)), ..*member });
        }
    }
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
