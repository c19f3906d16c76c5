//! How much of a table's true front a search has found.

use crate::search::evaluation::Objectives;
use crate::search::front::hypervolume;

/// Where the strict hypervolume begins: at this share of the table's best macro-F1.
pub const STRICT: f64 = 0.8;

/// Shares of the true front's hypervolume.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    /// With the reference point at macro-F1 0 and the table's largest cost.
    pub hvi: f64,
    /// With the reference point at [`STRICT`] of the table's best macro-F1 and the table's largest cost: only the part of
    /// the front that anyone would use counts.
    pub strict: f64,
}

/// The true front of a table, as a yardstick.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Yardstick {
    worst_cost: f64,
    floor: f64,
    whole: Shares,
}

impl Yardstick {
    /// The yardstick of all points of a table.
    #[must_use]
    pub fn new(table: &[Objectives]) -> Self {
        let worst_cost = table.iter().map(|point| point.cost).fold(0.0, f64::max);
        let floor = STRICT * table.iter().map(|point| point.quality).fold(0.0, f64::max);
        let mut yardstick = Self { worst_cost, floor, whole: Shares { hvi: 1.0, strict: 1.0 } };
        yardstick.whole = yardstick.areas(table);
        yardstick
    }

    /// How much of the true front's hypervolume some points of the table have; 1 where the true front has none.
    #[must_use]
    pub fn shares(&self, found: &[Objectives]) -> Shares {
        let share = |area: f64, whole: f64| if whole > 0.0 { area / whole } else { 1.0 };
        let areas = self.areas(found);
        Shares { hvi: share(areas.hvi, self.whole.hvi), strict: share(areas.strict, self.whole.strict) }
    }

    fn areas(&self, points: &[Objectives]) -> Shares {
        let above = points.iter().map(|point| Objectives { quality: point.quality - self.floor, ..*point });
        Shares {
            hvi: hypervolume(points, self.worst_cost),
            strict: hypervolume(&above.collect::<Vec<_>>(), self.worst_cost),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(quality: f64, cost: f64) -> Objectives {
        Objectives { quality, cost }
    }

    /// True front: (0.5, 20), (0.75, 50) and (1, 80); the largest cost is 100.
    fn table() -> Vec<Objectives> {
        vec![point(0.5, 20.0), point(0.75, 50.0), point(1.0, 80.0), point(0.7, 60.0), point(0.9, 100.0)]
    }

    fn assert_shares(found: &[Objectives], hvi: f64, strict: f64) {
        let shares = Yardstick::new(&table()).shares(found);
        assert!((shares.hvi - hvi).abs() < 1e-12, "{shares:?}, not {hvi}");
        assert!((shares.strict - strict).abs() < 1e-12, "{shares:?}, not {strict}");
    }

    #[test]
    fn shares_are_of_the_true_fronts_area() {
        // 0.5 * 0.8 + 0.25 * 0.5 + 0.25 * 0.2 = 0.575; above 0.8 there is 0.2 * 0.2.
        assert_shares(&table(), 1.0, 1.0);
        assert_shares(&[], 0.0, 0.0);
        assert_shares(&[point(0.5, 20.0)], 0.4 / 0.575, 0.0);
        assert_shares(&[point(0.75, 50.0), point(0.7, 60.0)], 0.375 / 0.575, 0.0);
        assert_shares(&[point(1.0, 80.0)], 0.2 / 0.575, 1.0);
        assert_shares(&[point(0.9, 100.0)], 0.0, 0.0);
    }

    #[test]
    fn the_strict_share_counts_from_the_floor() {
        let table = vec![point(1.0, 50.0), point(0.9, 25.0), point(0.1, 100.0)];
        // 0.1 * 0.75 + 0.1 * 0.5 above 0.8.
        let yardstick = Yardstick::new(&table);
        assert!((yardstick.shares(&table[1..]).strict - 0.075 / 0.125).abs() < 1e-12);
        assert!((yardstick.shares(&table[..1]).strict - 0.1 / 0.125).abs() < 1e-12);
    }

    #[test]
    fn where_nothing_can_be_found_all_of_it_is() {
        let yardstick = Yardstick::new(&[point(0.5, 7.0), point(0.6, 7.0)]);
        assert_eq!(yardstick.shares(&[]), Shares { hvi: 1.0, strict: 1.0 });
    }
}
