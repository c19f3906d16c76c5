//! Shares of buckets that follow what comes.

use super::{Buckets, Budget, WorthTable, shares};

/// What an interval counts for in the estimate of how many flows of each bucket come; half of it is a third of a second old
/// at a hundred intervals a second.
const WEIGHT: f64 = 0.02;
/// The share of every bucket that is admitted whatever it is worth.
const FLOOR: f64 = 0.02;

/// Decides, interval by interval, how much of each bucket is admitted.
#[derive(Clone, Debug)]
pub struct Admitter {
    table: WorthTable,
    /// How many flows of each bucket come in an interval.
    arriving: Vec<f64>,
}

impl Admitter {
    /// By this table; no flow has come.
    #[must_use]
    pub fn new(table: WorthTable) -> Self {
        Self { table, arriving: vec![0.0; Buckets::COUNT] }
    }

    /// Takes in how many flows of each bucket came in an interval; the share of each, from 0 to 1, that is admitted in the
    /// next, where the budget is such a share of what all flows would cost.
    pub fn shares(&mut self, came: &[u64], affordable: f64) -> Vec<f64> {
        for (estimate, came) in self.arriving.iter_mut().zip(came) {
            *estimate += WEIGHT * (*came as f64 - *estimate);
        }
        shares(&self.table, &self.arriving, Budget { affordable, floor: FLOOR })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Observed;
    use super::*;

    #[test]
    fn shares_follow_what_comes() {
        let of = |bucket, correct| std::iter::repeat_n(Observed { bucket, class: 0, correct, cost: 10.0 }, 4_000);
        let table = WorthTable::learn(Buckets::default(), of(0, true).chain(of(1, false)), &[1.0]).unwrap();
        let mut admitter = Admitter::new(table);
        let mut came = vec![0; Buckets::COUNT];
        (came[0], came[1]) = (50, 50);
        let mut found = Vec::new();
        (0..500).for_each(|_| found = admitter.shares(&came, 0.5));
        assert!(found[0] > 0.95 && found[1] < 0.05, "{} {}", found[0], found[1]);
        (came[0], came[1]) = (10, 90);
        (0..500).for_each(|_| found = admitter.shares(&came, 0.5));
        assert!(found[0] > 0.99 && (found[1] - 0.44).abs() < 0.03, "{} {}", found[0], found[1]);
        assert!(admitter.shares(&came, 1.0).iter().all(|&share| share > 0.999));
    }
}
