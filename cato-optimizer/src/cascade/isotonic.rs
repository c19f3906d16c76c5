//! Isotonic regression of right and wrong on the share of the vote.

/// Answers of neighbouring vote shares that are taken to be right equally often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The lowest share among them; 65,535 is the whole vote.
    pub from: u16,
    /// How many they are.
    pub seen: usize,
    /// How many of them are right.
    pub right: usize,
}

impl Block {
    /// How often such an answer is right, from 0 to 1, by the rule of succession: few answers prove little.
    #[must_use]
    pub fn rate(&self) -> f64 {
        (self.right + 1) as f64 / (self.seen + 2) as f64
    }

    /// Whether the answers of `self` are right more often than those of `other`.
    fn is_above(&self, other: &Self) -> bool {
        self.right * other.seen > other.right * self.seen
    }
}

/// The monotone function that fits (share of the vote, answer is right) best by least squares, as steps by ascending
/// share, by pooling adjacent violators. Points come in any order.
#[must_use]
pub fn isotonic(points: &[(u16, bool)]) -> Vec<Block> {
    let mut points = points.to_vec();
    points.sort_unstable();
    let mut blocks: Vec<Block> = Vec::new();
    for equal in points.chunk_by(|one, other| one.0 == other.0) {
        let right = equal.iter().filter(|(_, right)| *right).count();
        let mut block = Block { from: equal[0].0, seen: equal.len(), right };
        while let Some(below) = blocks.pop_if(|below| !block.is_above(below)) {
            block = Block { from: below.from, seen: below.seen + block.seen, right: below.right + block.right };
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
        let points = [(10, false), (20, true), (30, false), (30, false), (40, true), (50, true)];
        let expected = [(10, 1, 0), (20, 3, 1), (40, 2, 2)].map(|(from, seen, right)| Block { from, seen, right });
        assert_eq!(isotonic(&points), expected);
        assert!(isotonic(&[]).is_empty());
    }

    /// The value of the isotonic regression at each distinct share, by its min-max formula.
    fn min_max(points: &[(u16, bool)]) -> Vec<f64> {
        let mut shares: Vec<u16> = points.iter().map(|point| point.0).collect();
        shares.sort_unstable();
        shares.dedup();
        let mean = |low: u16, high: u16| {
            let among: Vec<_> = points.iter().filter(|point| (low..=high).contains(&point.0)).collect();
            among.iter().filter(|point| point.1).count() as f64 / among.len() as f64
        };
        let value = |at: u16| {
            let lows = shares.iter().filter(|&&low| low <= at);
            let highs = || shares.iter().filter(|&&high| high >= at);
            let least = |low: u16| highs().map(|&high| mean(low, high)).fold(f64::INFINITY, f64::min);
            lows.map(|&low| least(low)).fold(0.0, f64::max)
        };
        shares.iter().map(|&share| value(share)).collect()
    }

    proptest! {
        #[test]
        fn blocks_are_the_regression(points in prop::collection::vec((0u16..12, any::<bool>()), 1..60)) {
            let blocks = isotonic(&points);
            prop_assert_eq!(blocks.iter().map(|block| block.seen).sum::<usize>(), points.len());
            let mut shares: Vec<u16> = points.iter().map(|point| point.0).collect();
            shares.sort_unstable();
            shares.dedup();
            for (share, expected) in shares.into_iter().zip(min_max(&points)) {
                let block = blocks.iter().rev().find(|block| block.from <= share).unwrap();
                prop_assert!((block.right as f64 / block.seen as f64 - expected).abs() < 1e-12);
            }
        }
    }
}
