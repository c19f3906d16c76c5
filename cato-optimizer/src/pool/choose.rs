//! The few members that span a front.

use crate::search::{Objectives, hypervolume};

/// The most members that are chosen.
pub const MOST_CHOSEN: usize = 8;

/// How far beyond the dearest member the reference point lies.
const BEYOND: f64 = 1.1;

/// The places of at most `most` of `members` that together dominate the largest area, as far as choosing one after the other
/// finds them: each is the one that adds most to those before it. In ascending order; members that add nothing are left out.
#[must_use]
pub fn spanning(members: &[Objectives], most: usize) -> Vec<usize> {
    let worst = BEYOND * members.iter().map(|member| member.cost).fold(0.0, f64::max);
    let area = |chosen: &[usize]| {
        let points: Vec<Objectives> = chosen.iter().filter_map(|&place| members.get(place).copied()).collect();
        hypervolume(&points, worst)
    };
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < most {
        let before = area(&chosen);
        let gains = (0..members.len()).map(|place| {
            let with: Vec<usize> = chosen.iter().copied().chain([place]).collect();
            (place, area(&with) - before)
        });
        // Of equal gains the first.
        let best = gains.fold((0, 0.0), |best, next| if next.1 > best.1 { next } else { best });
        if best.1 <= 0.0 {
            break;
        }
        chosen.push(best.0);
    }
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_dominates_most_is_chosen_and_what_adds_nothing_is_not() {
        let point = |quality, cost| Objectives { quality, cost };
        let front = [point(0.1, 1.0), point(0.5, 2.0), point(0.505, 2.1), point(0.9, 10.0), point(0.3, 5.0)];
        assert_eq!(spanning(&front, 1), [1]);
        assert_eq!(spanning(&front, 2), [1, 3]);
        assert_eq!(spanning(&front, 8), [0, 1, 2, 3], "the last is dominated");
        assert!(spanning(&[], 8).is_empty());
    }
}
