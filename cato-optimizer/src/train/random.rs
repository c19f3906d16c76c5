//! The random numbers of training: each purpose has a stream of its own of the seed.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// What random numbers are for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    /// Dealing flows to the parts.
    Split,
    /// Dealing the flows of the train part to the folds.
    Folds,
    /// Shuffling the classes, the how-manieth time.
    Shuffle(u32),
    /// One tree of one of the forests that a training fits.
    Tree { fit: u16, tree: u16 },
    /// Drawing rows to score on.
    Bootstrap,
}

/// The random numbers for one purpose.
pub(super) fn generator(seed: u64, purpose: Purpose) -> ChaCha8Rng {
    let (kind, item) = match purpose {
        Purpose::Split => (0, 0),
        Purpose::Folds => (1, 0),
        Purpose::Shuffle(shuffle) => (2, shuffle),
        Purpose::Tree { fit, tree } => (3, u32::from(fit) << 16 | u32::from(tree)),
        Purpose::Bootstrap => (4, 0),
    };
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(kind << 32 | u64::from(item));
    generator
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::{Purpose, generator};

    #[test]
    fn every_purpose_has_its_own_numbers() {
        let first = |seed, purpose| generator(seed, purpose).next_u64();
        let purposes = [
            Purpose::Split,
            Purpose::Folds,
            Purpose::Shuffle(0),
            Purpose::Shuffle(1),
            Purpose::Tree { fit: 0, tree: 1 },
            Purpose::Tree { fit: 1, tree: 0 },
            Purpose::Bootstrap,
        ];
        let mut numbers: Vec<u64> =
            [1, 2].into_iter().flat_map(|seed| purposes.map(|purpose| first(seed, purpose))).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 14);
        assert_eq!(first(1, Purpose::Split), first(1, Purpose::Split));
    }
}
