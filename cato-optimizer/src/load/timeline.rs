//! Load by step of time.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Profile, Shape};

/// Length of a step in nanoseconds.
pub const STEP_NS: u64 = 10_000_000;
/// The exponent of the distribution of the heights and lengths of bursts: the mean is finite, the variance is not.
const TAIL: f64 = 1.5;
/// The least and the greatest length of a burst in seconds.
const BURST_SECONDS: [f64; 2] = [0.05, 1.0];

/// A profile for one seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// The load of true flows in each step.
    pub flows: Vec<f64>,
    /// SYNs of a flood in each step, in the same unit.
    pub flood: Vec<f64>,
}

impl Timeline {
    /// The course that `profile` takes with `seed`, which only bursts depend on.
    #[must_use]
    pub fn new(profile: &Profile, seed: u64) -> Self {
        let step = STEP_NS as f64 * 1e-9;
        // At most 360,000, see `Profile`.
        let steps = (profile.seconds / step).round().max(1.0) as usize;
        let middle = |place: usize| (place as f64 + 0.5) * step;
        let curve = |load: &dyn Fn(f64) -> f64| (0..steps).map(|place| load(middle(place))).collect::<Vec<f64>>();
        let mut flood = vec![0.0; steps];
        let flows = match &profile.shape {
            Shape::Constant { load } => vec![*load; steps],
            Shape::Diurnal { lowest, highest } => curve(&|second| {
                let turn = core::f64::consts::TAU * second / profile.seconds;
                lowest + (highest - lowest) * 0.5 * (1.0 - libm::cos(turn))
            }),
            Shape::Bursts { base, height, highest } => {
                bursts(steps, seed, *base, *height).into_iter().map(|load| load.min(*highest)).collect()
            }
            Shape::FlashCrowd { base, peak } => curve(&|second| {
                let since = second - 0.3 * profile.seconds;
                let rise = (since / 0.1).clamp(0.0, 1.0);
                let fall = libm::exp(-6.0 * (since - 0.1).max(0.0) / profile.seconds);
                base + (peak - base) * rise * fall
            }),
            Shape::SynFlood { base, flood: syns } => {
                flood[steps / 4..steps - steps / 4].fill(*syns);
                vec![*base; steps]
            }
            Shape::Recorded { points } => curve(&|second| between(points, second)),
        };
        Self { flows, flood }
    }

    /// Its length in nanoseconds.
    #[must_use]
    pub fn length_ns(&self) -> u64 {
        self.flows.len() as u64 * STEP_NS
    }
}

fn bursts(steps: usize, seed: u64, base: f64, height: f64) -> Vec<f64> {
    let mut loads = vec![base; steps];
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(1);
    let step = STEP_NS as f64 * 1e-9;
    let mut second = 0.0;
    loop {
        second += exponential(&mut rng);
        let first = (second / step) as usize;
        if first >= steps {
            return loads;
        }
        let height = height * pareto(&mut rng);
        let length = (BURST_SECONDS[0] * pareto(&mut rng)).min(BURST_SECONDS[1]);
        let last = (first + (length / step).ceil() as usize).min(steps);
        loads[first..last].iter_mut().for_each(|load| *load += height);
    }
}

/// A draw from the exponential distribution with mean 1.
pub(super) fn exponential(rng: &mut impl Rng) -> f64 {
    // From 0 up to but not 1.
    -libm::log(1.0 - rng.random::<f64>())
}

/// A draw from the Pareto distribution with the least value 1.
fn pareto(rng: &mut impl Rng) -> f64 {
    libm::exp(exponential(rng) / TAIL)
}

/// The line through the points at `second`.
fn between(points: &[(f64, f64)], second: f64) -> f64 {
    let next = points.partition_point(|(at, _)| *at <= second);
    match (next.checked_sub(1).and_then(|before| points.get(before)), points.get(next)) {
        (Some((from, low)), Some((to, high))) => low + (high - low) * (second - from) / (to - from),
        (Some((_, load)), None) | (None, Some((_, load))) => *load,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, seed: u64) -> Timeline {
        Timeline::new(&name.parse().unwrap(), seed)
    }

    #[test]
    fn a_day_goes_up_and_down() {
        let day = of("diurnal", 1);
        assert_eq!((day.flows.len(), day.length_ns()), (2_000, 20_000_000_000));
        assert!((day.flows[0] - 0.2).abs() < 1e-3 && (day.flows[1_000] - 3.0).abs() < 1e-3);
        assert!((0..1_000).all(|step| (day.flows[step] - day.flows[1_999 - step]).abs() < 1e-9));
    }

    #[test]
    fn bursts_are_the_seeds() {
        assert_eq!(of("bursts", 7), of("bursts", 7));
        assert_ne!(of("bursts", 7), of("bursts", 8));
        let loads = of("bursts", 7).flows;
        assert!(loads.iter().all(|load| (0.5..=6.0).contains(load)));
        assert!(loads.iter().filter(|&&load| load == 0.5).count() > 500, "between bursts there is the base");
        assert!(loads.iter().any(|&load| load > 1.5));
    }

    #[test]
    fn a_crowd_comes_fast_and_goes_slowly() {
        let loads = of("flash-crowd", 1).flows;
        assert_eq!(loads[599], 0.5);
        assert!(loads[611] > 3.9 && loads[900] > 1.5 && loads[1_999] < 0.6);
    }

    #[test]
    fn a_flood_is_in_the_middle() {
        let Timeline { flows, flood } = of("syn-flood", 1);
        assert!(flows.iter().all(|&load| load == 0.5));
        assert_eq!((flood[499], flood[500], flood[1_499], flood[1_500]), (0.0, 5.0, 5.0, 0.0));
    }

    #[test]
    fn recordings_are_joined() {
        let points = [(1.0, 2.0), (3.0, 4.0)];
        assert_eq!([0.0, 1.0, 2.0, 3.0, 9.0].map(|second| between(&points, second)), [2.0, 2.0, 3.0, 4.0, 4.0]);
    }
}
