//! How much of each bucket is admitted.

use super::WorthTable;

/// What may be spent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// The share of what admitting every flow would cost, from 0 to 1.
    pub affordable: f64,
    /// The share of every bucket that is admitted whatever it is worth, from 0 to 1.
    pub floor: f64,
}

/// The share of the flows of each bucket that is admitted, from 0 to 1, where `arriving` flows of each come in some time.
///
/// First the floor, or as much of it as can be paid; then whole buckets in descending order of worth per cost, the last one
/// in part. That brings most for the budget (the fractional knapsack: Dantzig, Operations Research 5, 1957).
#[must_use]
pub fn shares(table: &WorthTable, arriving: &[f64], Budget { affordable, floor }: Budget) -> Vec<f64> {
    let affordable = affordable.clamp(0.0, 1.0);
    let cost = |bucket: usize| arriving.get(bucket).copied().unwrap_or(0.0).max(0.0) * table.cost(bucket);
    let total: f64 = (0..arriving.len()).map(cost).sum();
    let floor = floor.clamp(0.0, affordable);
    let mut shares = vec![floor; arriving.len()];
    let mut left = (affordable - floor) * total;
    let mut order: Vec<usize> = (0..arriving.len()).collect();
    order.sort_by(|a, b| table.density(*b).total_cmp(&table.density(*a)));
    for bucket in order {
        let whole = cost(bucket) * (1.0 - floor);
        // What does not come now costs nothing, and would be admitted if it came.
        let part = if whole <= left { 1.0 } else { left / whole };
        left -= whole * part;
        if let Some(share) = shares.get_mut(bucket) {
            *share += (1.0 - floor) * part;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::super::{Buckets, Observed};
    use super::*;

    /// Of buckets 0, 1 and 2 the second is worth most per cost, then the first.
    fn table() -> WorthTable {
        let of = |bucket, correct, cost| std::iter::repeat_n(Observed { bucket, class: 0, correct, cost }, 4_000);
        let observed = of(0, true, 20.0).chain(of(1, true, 10.0)).chain(of(2, false, 10.0));
        WorthTable::learn(Buckets::default(), observed, &[1.0]).unwrap()
    }

    fn spent(table: &WorthTable, arriving: &[f64], shares: &[f64]) -> f64 {
        let cost = |(bucket, arriving): (usize, &f64)| arriving * table.cost(bucket);
        let whole: f64 = arriving.iter().enumerate().map(cost).sum();
        let part: f64 = arriving.iter().enumerate().zip(shares).map(|(bucket, share)| cost(bucket) * share).sum();
        part / whole
    }

    #[test]
    fn the_budget_is_spent_where_it_brings_most() {
        let table = table();
        let arriving = [100.0, 100.0, 100.0];
        for affordable in [0.0, 0.01, 0.1, 0.3, 0.5, 0.9, 1.0] {
            let found = shares(&table, &arriving, Budget { affordable, floor: 0.05 });
            assert!((spent(&table, &arriving, &found) - affordable).abs() < 1e-9, "{affordable}: {found:?}");
            assert!(found.iter().all(|share| *share >= 0.05_f64.min(affordable) && *share <= 1.0), "{found:?}");
            assert!(found[1] >= found[0] && found[0] >= found[2], "{affordable}: {found:?}");
        }
    }

    #[test]
    fn what_does_not_come_costs_nothing() {
        let table = table();
        let found = shares(&table, &[0.0, 0.0, 100.0], Budget { affordable: 0.25, floor: 0.0 });
        assert_eq!(found[..2], [1.0, 1.0]);
        assert!((found[2] - 0.25).abs() < 1e-9);
        assert_eq!(shares(&table, &[0.0; 3], Budget { affordable: 0.5, floor: 0.1 }), [1.0; 3]);
    }
}
