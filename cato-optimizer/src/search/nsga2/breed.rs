//! From two parents to a child.

use cato_codegen::spec::Depth;
use rand::{Rng, RngExt};

use super::rank::Individual;
use crate::candidate::{Candidate, FeatureSet};
use crate::search::space::CandidateSpace;

/// How likely a child has two parents; else it is a mutated copy of one.
const CROSSOVER: f64 = 0.9;

/// How likely the depth is mutated.
const DEPTH_MUTATION: f64 = 0.5;

/// Distribution index of simulated binary crossover: the larger, the nearer children are to a parent.
const CROSSOVER_INDEX: f64 = 3.0;

/// Distribution index of polynomial mutation: the larger, the smaller the steps.
const MUTATION_INDEX: f64 = 3.0;

/// A child of two winners of tournaments among the parents, of which there are some.
pub(super) fn child(space: &CandidateSpace, parents: &[Individual], rng: &mut impl Rng) -> Candidate {
    let (a, b) = (tournament(parents, rng), tournament(parents, rng));
    let (mut features, mut depth) = (a.features, f64::from(space.packets(a.depth)));
    if rng.random_bool(CROSSOVER) {
        let other = f64::from(space.packets(b.depth));
        let inherited = space.features().iter().filter(|&&feature| {
            let parent = if rng.random() { a } else { b };
            parent.features.contains(feature)
        });
        features = inherited.copied().collect();
        depth = simulated_binary(depth, other, rng);
    }
    let chance = 1.0 / space.features().len() as f64;
    let mutated = space.features().iter().filter(|&&feature| features.contains(feature) != rng.random_bool(chance));
    features = mutated.copied().collect();
    if rng.random_bool(DEPTH_MUTATION) {
        depth += polynomial(rng) * f64::from(space.max_depth() - 1);
    }
    if features.is_empty() {
        features = FeatureSet::EMPTY.with(space.features()[rng.random_range(0..space.features().len())]);
    }
    // What lies beyond the bounds is moved into them.
    Candidate { features, depth: Depth::Packets(space.clamp(depth.round() as i32)) }
}

/// The better of two parents drawn at random.
fn tournament(parents: &[Individual], rng: &mut impl Rng) -> Candidate {
    let [a, b] = std::array::from_fn(|_| &parents[rng.random_range(0..parents.len())]);
    if b.beats(a) { b.candidate } else { a.candidate }
}

/// One of the two children that simulated binary crossover gives two numbers (Deb and Agrawal, 1995).
fn simulated_binary(a: f64, b: f64, rng: &mut impl Rng) -> f64 {
    let toss: f64 = rng.random();
    let spread = if toss <= 0.5 { 2.0 * toss } else { 0.5 / (1.0 - toss) }.powf(1.0 / (CROSSOVER_INDEX + 1.0));
    0.5 * ((1.0 + spread) * a + (1.0 - spread) * b)
}

/// A step of polynomial mutation (Deb and Goyal, 1996), from -1 to 1 in units of the range.
fn polynomial(rng: &mut impl Rng) -> f64 {
    let toss: f64 = rng.random();
    let exponent = 1.0 / (MUTATION_INDEX + 1.0);
    if toss < 0.5 { (2.0 * toss).powf(exponent) - 1.0 } else { 1.0 - (2.0 * (1.0 - toss)).powf(exponent) }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::search::evaluation::Objectives;

    fn parent(features: &[usize], depth: u16) -> Individual {
        let candidate = Candidate { features: features.iter().copied().collect(), depth: Depth::Packets(depth) };
        Individual::new(candidate, Objectives { quality: 0.5, cost: 10.0 })
    }

    fn children(parents: &[Individual]) -> Vec<Candidate> {
        let space = CandidateSpace::new((10..30).collect(), 50).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        (0..2_000).map(|_| child(&space, parents, &mut rng)).collect()
    }

    #[test]
    fn children_are_of_the_space_and_near_their_parents() {
        let children = children(&[parent(&[10, 11, 12, 13], 20), parent(&[20, 21, 22, 23], 22)]);
        let mut strangers = 0;
        let mut distance = 0.0;
        for child in &children {
            assert!(!child.features.is_empty() && child.features.iter().all(|feature| (10..30).contains(&feature)));
            let Depth::Packets(depth) = child.depth else { panic!("{child}") };
            assert!((1..=50).contains(&depth));
            distance += (f64::from(depth) - 21.0).abs();
            strangers += child.features.iter().filter(|feature| !matches!(feature, 10..14 | 20..24)).count();
        }
        // Twelve features that neither parent has, each with a chance of 1 in 20.
        let strangers = strangers as f64 / children.len() as f64;
        assert!((0.4..0.8).contains(&strangers), "{strangers}");
        let distance = distance / children.len() as f64;
        assert!((2.0..8.0).contains(&distance), "{distance}");
    }

    #[test]
    fn one_parent_alone_has_children_too() {
        let children = children(&[parent(&[10], 1)]);
        assert!(children.iter().all(|child| !child.features.is_empty()));
        assert!(children.iter().any(|child| child.depth != Depth::Packets(1)));
    }

    #[test]
    fn features_of_both_parents_come_together() {
        let children = children(&[parent(&[10, 11], 20), parent(&[20, 21], 20)]);
        let both = |child: &&Candidate| child.features.contains(10) && child.features.contains(20);
        assert!(children.iter().filter(both).count() > 100);
    }
}
