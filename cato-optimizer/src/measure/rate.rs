//! The search for the highest rate without loss.
//!
//! As RFC 2544 has it, a rate holds when a trial at it loses nothing. As in MLRsearch (draft-ietf-bmwg-mlrsearch), trials are
//! short where the rate is still far off and of full length only at the end, and one bad trial does not decide: a rate
//! that loses is tried again, and the majority counts. The full-length search is repeated, each time from where the last
//! one ended and free to go up as well as down, so a disturbance that got past all this moves one result of several, of
//! which the median is taken.

use std::time::Duration;

/// What came of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing was lost.
    Kept,
    /// Something was lost, and the system under test had no excuse.
    Lost,
    /// It says nothing: the rate was not offered, or the machine took the core away for too long.
    Disturbed,
}

/// What the rates are tried on.
pub(super) trait System {
    /// Offers packets at `rate`, in packets per second, for about `length`.
    fn trial(&mut self, rate: f64, length: Duration) -> Outcome;
}

/// How to search.
#[derive(Clone, Copy, Debug)]
pub(super) struct Search {
    /// Length of the first trials.
    pub(super) first: Duration,
    /// Full length.
    pub(super) last: Duration,
    /// Searches of full length.
    pub(super) searches: u32,
    /// By which share the result may be below the rate that is just too high.
    pub(super) width: f64,
    /// The highest rate that can be offered.
    pub(super) most: f64,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    /// The rate that each search of full length found; empty where not even the lowest rate tried was kept, and fewer than
    /// were asked for where the machine became too busy to tell.
    pub(super) rates: Vec<f64>,
    /// Trials, of all lengths.
    pub(super) trials: u32,
    /// Trials that said nothing.
    pub(super) disturbed: u32,
}

/// Trials in a row that may say nothing before the search is given up.
const MOST_DISTURBED: u32 = 100;
/// How far below the first guess rates are tried.
const DEEPEST: f64 = 1e-4;
/// First step of the first search, as a share of the rate.
const FIRST_STEP: f64 = 0.2;

impl Search {
    /// Searches from `guess`, in packets per second.
    pub(super) fn run(&self, system: &mut impl System, guess: f64) -> Found {
        let mut trier = Trier { system, found: Found { rates: Vec::new(), trials: 0, disturbed: 0 } };
        let least = guess * DEEPEST;
        let between = self.first.mul_f64((self.last.as_secs_f64() / self.first.as_secs_f64()).sqrt());
        let mut rate = guess.min(self.most);
        for (length, step, width) in [(self.first, FIRST_STEP, 0.05_f64), (between, 0.05, 0.03)] {
            match self.bracket(&mut trier, rate, length, step, width.max(self.width), least) {
                Some(found) => rate = found,
                None => return trier.found,
            }
        }
        for _ in 0..self.searches {
            match self.bracket(&mut trier, rate, self.last, 1.5 * self.width, self.width, least) {
                Some(found) => {
                    rate = found;
                    trier.found.rates.push(found);
                }
                None => return trier.found,
            }
        }
        trier.found
    }

    /// A rate that holds, below one by no more than `width` that does not, or the highest there is. Goes away from `rate` in
    /// steps that double, then halves what is between. `None` where nothing holds, or nothing can be told.
    fn bracket(
        &self,
        trier: &mut Trier<'_, impl System>,
        mut rate: f64,
        length: Duration,
        mut step: f64,
        width: f64,
        least: f64,
    ) -> Option<f64> {
        let (mut low, mut high) = (None, None);
        loop {
            if trier.holds(rate, length)? {
                low = Some(rate)
            } else {
                high = Some(rate)
            }
            rate = match (low, high) {
                (Some(low), Some(high)) if high <= low * (1.0 + width) => return Some(low),
                (Some(low), Some(high)) => (low * high).sqrt(),
                (Some(low), None) if low >= self.most => return Some(low),
                (Some(low), None) => (low * (1.0 + step)).min(self.most),
                (None, Some(high)) if high <= least => return None,
                (None, _) => rate / (1.0 + step),
            };
            if low.is_none() || high.is_none() {
                step *= 2.0;
            }
        }
    }
}

struct Trier<'a, S> {
    system: &'a mut S,
    found: Found,
}

impl<S: System> Trier<'_, S> {
    /// Whether nothing is lost at a rate: in the first trial, or else in most of three.
    fn holds(&mut self, rate: f64, length: Duration) -> Option<bool> {
        let mut kept = self.kept(rate, length)?;
        if !kept {
            kept = self.kept(rate, length)? && self.kept(rate, length)?;
        }
        Some(kept)
    }

    /// What a trial says that is not disturbed.
    fn kept(&mut self, rate: f64, length: Duration) -> Option<bool> {
        for _ in 0..MOST_DISTURBED {
            self.found.trials += 1;
            match self.system.trial(rate, length) {
                Outcome::Kept => return Some(true),
                Outcome::Lost => return Some(false),
                Outcome::Disturbed => self.found.disturbed += 1,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// Loses what is beyond its capacity, and now and then for no reason of its own.
    struct Simulated {
        capacity: f64,
        /// Chance of a loss below the capacity, and of a trial that says nothing.
        bad: f64,
        disturbed: f64,
        rng: ChaCha8Rng,
        offered: Vec<(f64, Duration)>,
    }

    impl Simulated {
        fn new(capacity: f64, bad: f64, disturbed: f64, seed: u64) -> Self {
            Self { capacity, bad, disturbed, rng: ChaCha8Rng::seed_from_u64(seed), offered: Vec::new() }
        }
    }

    impl System for Simulated {
        fn trial(&mut self, rate: f64, length: Duration) -> Outcome {
            self.offered.push((rate, length));
            if self.rng.random::<f64>() < self.disturbed {
                Outcome::Disturbed
            } else if rate > self.capacity || self.rng.random::<f64>() < self.bad {
                Outcome::Lost
            } else {
                Outcome::Kept
            }
        }
    }

    fn search() -> Search {
        let millis = Duration::from_millis;
        Search { first: millis(10), last: millis(160), searches: 5, width: 0.01, most: 1e9 }
    }

    fn median(rates: &[f64]) -> f64 {
        crate::repeat::median(rates.iter().copied()).unwrap()
    }

    #[test]
    fn a_steady_capacity_is_found_from_any_guess() {
        for guess in [1e3, 0.9e6, 1e6, 1.1e6, 5e7] {
            let mut system = Simulated::new(1e6, 0.0, 0.0, 1);
            let found = search().run(&mut system, guess);
            assert_eq!(found.rates.len(), 5);
            assert!(found.rates.iter().all(|rate| (0.99e6..=1e6).contains(rate)), "{guess}: {found:?}");
            assert_eq!((found.trials, found.disturbed), (system.offered.len() as u32, 0));
        }
    }

    #[test]
    fn bad_trials_do_not_decide() {
        for seed in 0..200 {
            let mut system = Simulated::new(3e6, 0.15, 0.1, seed);
            let found = search().run(&mut system, 4e6);
            let median = median(&found.rates);
            assert!((0.97 * 3e6..=3e6).contains(&median), "{seed}: {found:?}");
            assert!(found.rates.iter().all(|rate| *rate <= 3e6));
        }
    }

    #[test]
    fn most_trials_are_short() {
        let mut system = Simulated::new(1e6, 0.0, 0.0, 1);
        search().run(&mut system, 3e6);
        let at =
            |length| system.offered.iter().filter(|(_, offered)| *offered == Duration::from_millis(length)).count();
        assert!(at(10) > 5 && at(40) > 0, "{:?}", system.offered);
        // Two searches of the same place: the rate itself, a step up that fails thrice, and a little between.
        assert!(at(160) <= 5 * 8, "{:?}", system.offered);
        assert!(system.offered.is_sorted_by_key(|(_, length)| *length));
    }

    #[test]
    fn what_holds_all_that_can_be_offered_is_found_to() {
        let mut system = Simulated::new(5e9, 0.0, 0.0, 1);
        assert_eq!(search().run(&mut system, 3e8).rates, [1e9; 5]);
    }

    #[test]
    fn what_holds_nothing_has_no_rate_and_the_search_ends() {
        let mut system = Simulated::new(0.0, 0.0, 0.0, 1);
        assert_eq!(search().run(&mut system, 1e6).rates, [0.0; 0]);
        // A machine that never says anything.
        let mut system = Simulated::new(1e6, 0.0, 1.0, 1);
        let found = search().run(&mut system, 1e6);
        assert_eq!((found.rates.len(), found.trials), (0, found.disturbed));
    }
}
