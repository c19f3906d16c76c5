//! Isotonic regression of what an answer gains on the share of the vote.

/// Answers of neighbouring vote shares that are taken to gain equally much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block {
    /// The lowest share among them; 65,535 is the whole vote.
    pub from: u16,
    /// How many they are.
    pub seen: usize,
    /// What they gain, all together.
    pub gain: f64,
}

impl Block {
    /// What such an answer gains, in the mean, were there two more answers that gain `doubt` together: few answers prove
    /// little.
    #[must_use]
    pub fn rate(&self, doubt: f64) -> f64 {
        (self.gain + doubt) / (self.seen + 2) as f64
    }

    /// Whether the answers of `self` gain more than those of `other`.
    fn is_above(&self, other: &Self) -> bool {
        self.gain * other.seen as f64 > other.gain * self.seen as f64
    }
}

/// The monotone function that fits (share of the vote, gain) best by least squares, as steps by ascending share, by
/// pooling adjacent violators. Points come in any order.
#[must_use]
pub fn isotonic(points: &[(u16, f64)]) -> Vec<Block> {
    let mut points = points.to_vec();
    // By gain too, so that sums do not depend on the order in which points come.
    points.sort_unstable_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
    let mut blocks: Vec<Block> = Vec::new();
    for equal in points.chunk_by(|one, other| one.0 == other.0) {
        let gain = equal.iter().map(|point| point.1).sum();
        let mut block = Block { from: equal[0].0, seen: equal.len(), gain };
        while let Some(below) = blocks.pop_if(|below| !block.is_above(below)) {
            block = Block { from: below.from, seen: below.seen + block.seen, gain: below.gain + block.gain };
        }
        blocks.push(block);
    }
    blocks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn violators_are_pooled_with_their_neighbours() {
        let points = [(10, 0.0), (20, 1.0), (30, 0.0), (30, 0.0), (40, 1.0), (50, 1.0)];
        let expected = [(10, 1, 0.0), (20, 3, 1.0), (40, 2, 2.0)];
        assert_eq!(isotonic(&points), expected.map(|(from, seen, gain)| Block { from, seen, gain }));
        assert!(isotonic(&[]).is_empty());
    }

    /// The value of the isotonic regression at each distinct share, by its min-max formula.
    fn min_max(points: &[(u16, f64)], shares: &[u16]) -> Vec<f64> {
        let mean = |low: u16, high: u16| {
            let among: Vec<_> = points.iter().filter(|point| (low..=high).contains(&point.0)).collect();
            among.iter().map(|point| point.1).sum::<f64>() / among.len() as f64
        };
        let value = |at: u16| {
            let lows = shares.iter().filter(|&&low| low <= at);
            let highs = || shares.iter().filter(|&&high| high >= at);
            let least = |low: u16| highs().map(|&high| mean(low, high)).fold(f64::INFINITY, f64::min);
            lows.map(|&low| least(low)).fold(f64::NEG_INFINITY, f64::max)
        };
        shares.iter().map(|&share| value(share)).collect()
    }

    proptest! {
        #[test]
        fn blocks_are_the_regression(points in prop::collection::vec((0u16..12, -3i8..4), 1..60)) {
            let points: Vec<_> = points.into_iter().map(|(share, gain)| (share, f64::from(gain))).collect();
            let blocks = isotonic(&points);
            prop_assert_eq!(blocks.iter().map(|block| block.seen).sum::<usize>(), points.len());
            let mut shares: Vec<u16> = points.iter().map(|point| point.0).collect();
            shares.sort_unstable();
            shares.dedup();
            for (share, expected) in shares.iter().zip(min_max(&points, &shares)) {
                let block = blocks.iter().rev().find(|block| block.from <= *share).unwrap();
                prop_assert!((block.gain / block.seen as f64 - expected).abs() < 1e-9);
            }
        }
    }
}
