//! The Pareto front of what was measured, and the area that it dominates.

use super::evaluation::{Evaluation, Objectives};

/// Places of the evaluations that no other one beats: higher validation F1 at no higher execution time, or lower
/// execution time at no lower F1. By rising cost; of equal ones the first evaluated. Failed evaluations are in no front.
#[must_use]
pub fn front(evaluations: &[Evaluation]) -> Vec<usize> {
    front_of(&evaluations.iter().map(Evaluation::objectives).collect::<Vec<_>>())
}

/// The same of points by themselves; where there is none, something failed.
#[must_use]
pub fn front_of(points: &[Option<Objectives>]) -> Vec<usize> {
    pareto_front((0..points.len()).filter_map(|at| points[at].map(|point| (at, point))))
}

/// The keys of the points that no other one beats, by rising cost; of equal points the one with the lowest key.
pub(super) fn pareto_front<K: Ord + Copy>(points: impl IntoIterator<Item = (K, Objectives)>) -> Vec<K> {
    let mut points: Vec<_> = points.into_iter().collect();
    points.sort_by(|(a_key, a), (b_key, b)| {
        a.cost.total_cmp(&b.cost).then(b.quality.total_cmp(&a.quality)).then(a_key.cmp(b_key))
    });
    let mut best = f64::NEG_INFINITY;
    points.retain(|(_, point)| {
        let rises = point.quality > best;
        best = best.max(point.quality);
        rises
    });
    points.into_iter().map(|(key, _)| key).collect()
}

/// The area that `points` dominate, as a share of the rectangle from quality 0 to 1 and from cost 0 to `worst_cost`.
///
/// The reference point is (quality 0, `worst_cost`): a point counts with its quality and with `1 - cost / worst_cost`,
/// and points at or above `worst_cost` count nothing. 0 where `worst_cost` is not a positive number.
#[must_use]
pub fn hypervolume(points: &[Objectives], worst_cost: f64) -> f64 {
    if !(worst_cost.is_finite() && worst_cost > 0.0) {
        return 0.0;
    }
    let mut reached = 0.0;
    let mut area = 0.0;
    for at in pareto_front(points.iter().copied().enumerate()) {
        let point = points[at];
        if point.cost < worst_cost && point.quality > reached {
            area += (point.quality - reached) * (1.0 - point.cost / worst_cost);
            reached = point.quality;
        }
    }
    area
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(quality: f64, cost: f64) -> Objectives {
        Objectives { quality, cost }
    }

    fn area_front(points: &[Objectives]) -> Vec<usize> {
        pareto_front(points.iter().copied().enumerate())
    }

    #[test]
    fn the_front_rises_in_cost_and_quality() {
        let points = [point(0.9, 30.0), point(0.5, 10.0), point(0.4, 20.0), point(0.7, 20.0), point(0.9, 40.0)];
        assert_eq!(area_front(&points), [1, 3, 0]);
    }

    #[test]
    fn of_equal_points_the_first_stays() {
        let points = [point(0.2, 9.0), point(0.5, 10.0), point(0.5, 10.0), point(0.5, 11.0), point(0.4, 10.0)];
        assert_eq!(area_front(&points), [0, 1]);
        assert_eq!(area_front(&[]), [0; 0]);
    }

    #[test]
    fn hypervolume_is_the_area_of_a_staircase() {
        let points = [point(0.5, 2.0), point(0.8, 5.0), point(0.3, 4.0)];
        let expected = 0.5 * 0.8 + 0.3 * 0.5;
        assert!((hypervolume(&points, 10.0) - expected).abs() < 1e-12);
        assert!((hypervolume(&[point(1.0, 0.0)], 10.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn hypervolume_counts_nothing_at_or_beyond_the_reference() {
        assert_eq!(hypervolume(&[point(0.9, 10.0), point(0.9, 11.0), point(0.0, 1.0)], 10.0), 0.0);
        assert_eq!(hypervolume(&[point(0.9, 10.0)], 0.0), 0.0);
        assert_eq!(hypervolume(&[point(0.9, 10.0)], f64::NAN), 0.0);
        assert_eq!(hypervolume(&[], 10.0), 0.0);
    }

    #[test]
    fn a_dominated_point_adds_nothing() {
        let points = vec![point(0.5, 2.0), point(0.8, 5.0)];
        let before = hypervolume(&points, 10.0);
        let after = hypervolume(&[points, vec![point(0.79, 5.5)]].concat(), 10.0);
        assert_eq!(before, after);
    }
}
