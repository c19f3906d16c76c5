//! Who lives on: fronts behind fronts, and within a front those who stand apart.

use crate::candidate::Candidate;
use crate::search::evaluation::Objectives;

/// A candidate in a population.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Individual {
    pub(super) candidate: Candidate,
    pub(super) objectives: Objectives,
    /// How many fronts stand before its own.
    pub(super) rank: usize,
    /// How far apart its neighbours in the front are: the sum over both objectives, in units of the front's range;
    /// infinite at the front's ends.
    pub(super) crowding: f64,
}

impl Individual {
    pub(super) fn new(candidate: Candidate, objectives: Objectives) -> Self {
        Self { candidate, objectives, rank: 0, crowding: 0.0 }
    }

    /// Whether it wins against another: by a lower rank, or by more room around it.
    pub(super) fn beats(&self, other: &Self) -> bool {
        (self.rank, -self.crowding) < (other.rank, -other.crowding)
    }
}

/// At most `count` individuals, the best first, with their ranks and crowding in the whole population.
pub(super) fn survivors(mut population: Vec<Individual>, count: usize) -> Vec<Individual> {
    let mut ranked = Vec::with_capacity(population.len());
    for rank in 0.. {
        if population.is_empty() {
            break;
        }
        let ahead = |one: &Individual| !population.iter().any(|other| dominates(&other.objectives, &one.objectives));
        let (mut front, behind): (Vec<_>, Vec<_>) = population.iter().partition(|one| ahead(one));
        crowd(&mut front);
        front.iter_mut().for_each(|one| one.rank = rank);
        front.sort_by(|a, b| b.crowding.total_cmp(&a.crowding));
        ranked.extend(front);
        population = behind;
    }
    ranked.truncate(count);
    ranked
}

/// Whether `a` is better than `b` in one objective and no worse in the other.
fn dominates(a: &Objectives, b: &Objectives) -> bool {
    a.quality >= b.quality && a.cost <= b.cost && (a.quality > b.quality || a.cost < b.cost)
}

/// Gives each individual of a front its crowding distance.
fn crowd(front: &mut [Individual]) {
    front.iter_mut().for_each(|one| one.crowding = 0.0);
    let Some(last) = front.len().checked_sub(1) else { return };
    for objective in [|one: &Individual| one.objectives.quality, |one: &Individual| one.objectives.cost] {
        front.sort_by(|a, b| objective(a).total_cmp(&objective(b)));
        let range = objective(&front[last]) - objective(&front[0]);
        for at in 1..last {
            let apart = objective(&front[at + 1]) - objective(&front[at - 1]);
            front[at].crowding += if range > 0.0 { apart / range } else { 0.0 };
        }
        front[0].crowding = f64::INFINITY;
        front[last].crowding = f64::INFINITY;
    }
}

#[cfg(test)]
mod tests {
    use cato_codegen::spec::Depth;

    use super::*;
    use crate::candidate::FeatureSet;

    fn individual(depth: u16, quality: f64, cost: f64) -> Individual {
        let candidate = Candidate { features: FeatureSet::EMPTY.with(0), depth: Depth::Packets(depth) };
        Individual::new(candidate, Objectives { quality, cost })
    }

    fn depths(population: &[Individual]) -> Vec<Depth> {
        population.iter().map(|one| one.candidate.depth).collect()
    }

    #[test]
    fn fronts_stand_behind_fronts() {
        let population = vec![
            individual(1, 0.5, 10.0),
            individual(2, 0.4, 12.0),
            individual(3, 0.9, 30.0),
            individual(4, 0.8, 35.0),
            individual(5, 0.3, 40.0),
        ];
        let ranked = survivors(population, 5);
        let rank = |depth: u16| ranked.iter().find(|one| one.candidate.depth == Depth::Packets(depth)).unwrap().rank;
        assert_eq!([1, 2, 3, 4, 5].map(rank), [0, 1, 0, 1, 2]);
    }

    #[test]
    fn within_a_front_those_in_a_crowd_go_first() {
        let population = vec![
            individual(1, 0.1, 10.0),
            individual(2, 0.50, 20.0),
            individual(3, 0.51, 21.0),
            individual(4, 0.7, 30.0),
            individual(5, 0.9, 50.0),
        ];
        let mut kept = depths(&survivors(population, 4));
        kept.sort();
        // Depth 2 has its neighbours at 0.41 / 0.8 + 11 / 40, depth 3 at 0.2 / 0.8 + 10 / 40, depth 4 at 0.39 / 0.8 + 29 / 40.
        assert_eq!(kept, [1, 2, 4, 5].map(Depth::Packets));
    }

    #[test]
    fn tournaments_go_by_rank_then_room() {
        let of = |rank, crowding| Individual { rank, crowding, ..individual(1, 0.5, 10.0) };
        assert!(of(0, 0.1).beats(&of(1, f64::INFINITY)));
        assert!(of(1, 0.7).beats(&of(1, 0.6)));
        assert!(!of(1, 0.6).beats(&of(1, 0.6)));
    }

    #[test]
    fn individuals_that_are_all_alike_are_no_obstacle() {
        let alike: Vec<_> = (1..=5).map(|depth| individual(depth, 0.5, 10.0)).collect();
        let kept = survivors(alike, 3);
        assert_eq!(kept.len(), 3);
        assert!(kept.iter().all(|one| one.rank == 0 && !one.crowding.is_nan()));
        assert!(survivors(Vec::new(), 3).is_empty());
    }
}
