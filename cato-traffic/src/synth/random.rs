//! The random numbers of one flow.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The numbers of one flow: a stream of its own under the seed of the whole, so that no flow's content depends on what
/// another flow drew.
#[derive(Clone, Debug)]
pub(super) struct FlowRandom(ChaCha8Rng);

impl FlowRandom {
    pub(super) fn new(seed: u64, flow: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(flow);
        Self(generator)
    }

    /// 64 even bits.
    pub(super) fn word(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Evenly in [0, 1), in steps of 2^-53.
    pub(super) fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Evenly in (0, 1], whose logarithm is finite.
    pub(super) fn positive_unit(&mut self) -> f64 {
        1.0 - self.unit()
    }

    /// Evenly in 0..`end`; 0 where `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.word()) * u128::from(end)) >> 64) as u64
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }
}

#[cfg(test)]
mod tests {
    use super::FlowRandom;

    #[test]
    fn flows_have_streams_of_their_own() {
        let first = |seed, flow| FlowRandom::new(seed, flow).word();
        assert_eq!(first(1, 5), first(1, 5));
        assert_ne!(first(1, 5), first(1, 6));
        assert_ne!(first(1, 5), first(2, 5));
    }

    #[test]
    fn draws_stay_in_range() {
        let mut random = FlowRandom::new(3, 0);
        let mean = (0..10_000)
            .map(|_| {
                assert!(random.below(7) < 7);
                let unit = random.unit();
                assert!((0.0..1.0).contains(&unit));
                unit
            })
            .sum::<f64>()
            / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        assert_eq!(random.below(0), 0);
    }
}
