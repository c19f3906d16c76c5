//! Measurements made several times: how far they lie apart, and what is too close to call.

use crate::cost::{Cost, Latency, Spread, Throughput};
use crate::search::{self, Evaluation};

/// By which share a cost may be off in a single measurement: what is as near to the front is measured again too.
pub const MARGIN: f64 = 0.03;

/// What several measurements of one pipeline come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Repeated {
    /// The median of each figure.
    pub cost: Cost,
    /// How far single measurements of the objective lie apart, as a robust standard deviation in nanoseconds; 0 for one
    /// alone.
    pub noise_ns: f64,
    /// How many there are.
    pub measurements: usize,
}

impl Repeated {
    /// The measurements of one pipeline by themselves; `None` where there are none.
    #[must_use]
    pub fn of(measured: &[Cost]) -> Option<Self> {
        let &first = measured.first()?;
        let figure = |figure: fn(&Cost) -> f64| median(measured.iter().map(figure)).unwrap_or(f64::NAN);
        let cost = Cost {
            execution_time_ns: figure(|cost| cost.execution_time_ns),
            per_packet_ns: figure(|cost| cost.per_packet_ns),
            p99_ns: figure(|cost| cost.p99_ns),
            reference_ns: figure(|cost| cost.reference_ns),
            latency: latency(measured),
            throughput: throughput(measured),
            ..first
        };
        let apart = measured.iter().map(|other| (other.objective() - cost.objective()).abs());
        let noise_ns = median(apart).unwrap_or(0.0) * scale(measured.len());
        Some(Self { cost, noise_ns, measurements: measured.len() })
    }

    /// The measurements of several pipelines, made in turn.
    ///
    /// A few measurements can lie close together by chance. So no pipeline that was measured more than once has less
    /// noise, in relation to what is measured of its cost, than half of those beside it.
    #[must_use]
    pub fn all(measured: &[Vec<Cost>]) -> Vec<Option<Self>> {
        let mut all: Vec<_> = measured.iter().map(|measured| Self::of(measured)).collect();
        let several = |repeated: &&mut Self| repeated.measurements > 1;
        let relative = all.iter_mut().flatten().filter(several).map(|one| one.noise_ns / one.cost.uncertain());
        let usual = median(relative).unwrap_or(0.0);
        for repeated in all.iter_mut().flatten().filter(several) {
            repeated.noise_ns = repeated.noise_ns.max(usual * repeated.cost.uncertain());
        }
        all
    }
}

/// The median of each figure of the latency; none where one measurement has none. The parts add up as they do in one.
fn latency(measured: &[Cost]) -> Option<Latency> {
    let all: Vec<Latency> = measured.iter().map(|cost| cost.latency).collect::<Option<_>>()?;
    let middle = |values: &mut dyn Iterator<Item = f64>| median(values).unwrap_or(f64::NAN);
    let spread = |part: fn(&Latency) -> Spread| Spread::each(&all.iter().map(part).collect::<Vec<_>>(), middle);
    let (waiting, extraction) = (spread(|one| one.waiting), spread(|one| one.extraction));
    let prediction_ns = middle(&mut all.iter().map(|one| one.prediction_ns));
    let mean_ns = waiting.mean_ns + extraction.mean_ns + prediction_ns;
    Some(Latency { waiting, extraction, prediction_ns, total: Spread { mean_ns, ..spread(|one| one.total) } })
}

/// The median of each rate, within all that was seen; none where one measurement has none.
fn throughput(measured: &[Cost]) -> Option<Throughput> {
    let all: Vec<Throughput> = measured.iter().map(|cost| cost.throughput).collect::<Option<_>>()?;
    let middle = |rate: fn(&Throughput) -> f64| median(all.iter().map(rate)).unwrap_or(f64::NAN);
    let sum = |count: fn(&Throughput) -> u32| all.iter().map(count).sum();
    let low = all.iter().map(|one| one.spread_packets_per_s[0]).fold(f64::INFINITY, f64::min);
    let high = all.iter().map(|one| one.spread_packets_per_s[1]).fold(0.0, f64::max);
    Some(Throughput {
        packets_per_s: middle(|one| one.packets_per_s),
        bits_per_s: middle(|one| one.bits_per_s),
        classifications_per_s: middle(|one| one.classifications_per_s),
        spread_packets_per_s: [low, high],
        searches: sum(|one| one.searches),
        trials: sum(|one| one.trials),
        disturbed: sum(|one| one.disturbed),
        generator_bound: all.iter().any(|one| one.generator_bound),
    })
}

/// Measures each of `items` `rounds` times, in turn: whatever the machine does meanwhile meets all alike. Every second
/// round goes backwards, so that a steady drift does too.
///
/// An item that cannot be measured is not asked for again.
pub fn in_turn<T, E>(
    items: &[T],
    rounds: usize,
    mut measure: impl FnMut(&T) -> Result<Cost, E>,
) -> Vec<Result<Vec<Cost>, E>> {
    let mut all: Vec<Result<Vec<Cost>, E>> = items.iter().map(|_| Ok(Vec::new())).collect();
    for round in 0..rounds {
        for step in 0..items.len() {
            let at = if round % 2 == 0 { step } else { items.len() - 1 - step };
            if let Ok(measured) = &mut all[at] {
                match measure(&items[at]) {
                    Ok(cost) => measured.push(cost),
                    Err(error) => all[at] = Err(error),
                }
            }
        }
    }
    all
}

/// Places of the evaluations that are on the front, or would be if what is measured of their cost were [`MARGIN`] less;
/// ascending.
#[must_use]
pub fn contenders(evaluations: &[Evaluation]) -> Vec<usize> {
    let front: Vec<_> =
        search::front(evaluations).into_iter().filter_map(|at| Some((at, evaluations[at].objectives()?))).collect();
    let contends = |at: &usize| {
        let (Some(own), Some(measured)) = (evaluations[*at].objectives(), evaluations[*at].measured()) else {
            return false;
        };
        let cost = own.cost - measured.cost.uncertain() * MARGIN;
        front.iter().all(|&(member, other)| member == *at || other.quality < own.quality || other.cost > cost)
    };
    (0..evaluations.len()).filter(contends).collect()
}

/// What is known of a member of a front, and how well.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// The figure of cost that pipelines are compared by, in nanoseconds.
    pub cost: f64,
    /// Its noise, in the same unit.
    pub cost_noise: f64,
    /// Macro-F1 on the validation part.
    pub quality: f64,
    /// Its standard error.
    pub quality_noise: f64,
}

impl Known {
    /// Whether the two cannot be told apart: neither cost nor quality differ by more than the larger noise of the two.
    #[must_use]
    pub fn is_within_noise_of(&self, other: &Self) -> bool {
        (self.cost - other.cost).abs() <= self.cost_noise.max(other.cost_noise)
            && (self.quality - other.quality).abs() <= self.quality_noise.max(other.quality_noise)
    }
}

/// The middle value, or the mean of the two middle ones; `None` where there are none.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    let high = *values.get(values.len() / 2)?;
    let low = *values.get(values.len().checked_sub(1)? / 2)?;
    Some((low + high) / 2.0)
}

/// What makes the median distance from the median of `count` values an estimate of their standard deviation: 1.4826 for
/// many, and for few values the factors of Croux and Rousseeuw (1992) besides.
fn scale(count: usize) -> f64 {
    const FEW: [f64; 10] = [1.0, 1.0, 1.196, 1.495, 1.363, 1.206, 1.200, 1.140, 1.129, 1.107];
    1.4826 * FEW.get(count).copied().unwrap_or_else(|| count as f64 / (count as f64 - 0.8))
}

#[cfg(test)]
mod tests {
    use cato_codegen::spec::Depth;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::candidate::FeatureSet;
    use crate::cost::CostMetric;
    use crate::search::testing::{failed_evaluation, measured_evaluation};

    fn cost(execution_time_ns: f64) -> Cost {
        Cost {
            execution_time_ns,
            per_packet_ns: execution_time_ns / 10.0,
            p99_ns: execution_time_ns * 2.0,
            baseline_ns: 100.0,
            reference_ns: 101.0,
            state_bytes: 8,
            code_bytes: 512,
            metric: CostMetric::ExecutionTime,
            latency: None,
            throughput: None,
        }
    }

    fn costs(times: &[f64]) -> Vec<Cost> {
        times.iter().copied().map(cost).collect()
    }

    #[test]
    fn medians() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), Some(2.0));
        assert_eq!(median([4.0, 1.0].into_iter()), Some(2.5));
        assert_eq!(median(std::iter::empty()), None);
    }

    #[test]
    fn the_median_counts_and_one_outlier_does_not() {
        let repeated = Repeated::of(&costs(&[100.0, 102.0, 900.0])).unwrap();
        assert_eq!(repeated.cost, Cost { reference_ns: 101.0, ..cost(102.0) });
        assert_eq!(repeated.measurements, 3);
        assert!((repeated.noise_ns - 2.0 * 1.4826 * 1.495).abs() < 1e-12);
        assert_eq!(Repeated::of(&costs(&[100.0, 104.0])).unwrap().cost.execution_time_ns, 102.0);
        assert_eq!(Repeated::of(&costs(&[100.0])).unwrap().noise_ns, 0.0);
        assert_eq!(Repeated::of(&[]), None);
    }

    #[test]
    fn the_noise_is_a_standard_deviation() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        for count in [3, 4, 7, 40] {
            let mut sum = 0.0;
            for _ in 0..4_000 {
                // The sum of twelve uniform draws: nearly normal, with a standard deviation of 1.
                let draw = |_| 1_000.0 + (0..12).map(|_| rng.random::<f64>()).sum::<f64>();
                let times: Vec<f64> = (0..count).map(draw).collect();
                sum += Repeated::of(&costs(&times)).unwrap().noise_ns;
            }
            assert!((sum / 4_000.0 - 1.0).abs() < 0.07, "{count}: {}", sum / 4_000.0);
        }
    }

    #[test]
    fn agreement_by_chance_is_not_believed() {
        let measured = [costs(&[100.0, 101.0, 104.0]), costs(&[200.0, 200.0, 200.0]), costs(&[50.0]), vec![]];
        let [noisy, calm, once, none] = Repeated::all(&measured)[..] else { panic!() };
        let own = noisy.unwrap().noise_ns;
        assert!((own - 1.4826 * 1.495).abs() < 1e-12);
        // Half of the two relative noises' way between them, times its own cost.
        assert!((calm.unwrap().noise_ns - own / 101.0 / 2.0 * 200.0).abs() < 1e-12);
        assert_eq!(once.unwrap().noise_ns, 0.0);
        assert_eq!(none, None);
    }

    #[test]
    fn rounds_alternate_and_a_failure_ends_its_own() {
        let mut asked = Vec::new();
        let all = in_turn(&['a', 'b', 'c'], 3, |&item| {
            asked.push(item);
            if item == 'b' { Err("no") } else { Ok(cost(asked.len() as f64)) }
        });
        assert_eq!(asked, ['a', 'b', 'c', 'c', 'a', 'a', 'c']);
        assert_eq!(all[0], Ok(costs(&[1.0, 5.0, 6.0])));
        assert_eq!(all[1], Err("no"));
        assert_eq!(all[2], Ok(costs(&[3.0, 4.0, 7.0])));
    }

    #[test]
    fn what_is_close_to_the_front_contends() {
        let points = [(0.9, 100.0), (0.9, 102.0), (0.9, 104.0), (0.5, 50.0), (0.7, 60.0), (0.89, 101.0), (0.95, 300.0)];
        let mut evaluations: Vec<_> = (0..)
            .zip(points)
            .map(|(index, (quality, cost))| {
                measured_evaluation(index, FeatureSet::EMPTY.with(index), Depth::All, quality, cost)
            })
            .collect();
        evaluations.push(failed_evaluation(7, FeatureSet::EMPTY.with(7), Depth::All, "no"));
        assert_eq!(search::front(&evaluations), [3, 4, 0, 6]);
        assert_eq!(contenders(&evaluations), [0, 1, 3, 4, 5, 6]);
        assert_eq!(contenders(&[]), [0; 0]);
    }

    #[test]
    fn two_are_within_noise_only_in_both_figures() {
        let known = Known { cost: 100.0, cost_noise: 2.0, quality: 0.9, quality_noise: 0.01 };
        let near = Known { cost: 103.0, cost_noise: 3.5, quality: 0.908, quality_noise: 0.005 };
        assert!(known.is_within_noise_of(&near) && near.is_within_noise_of(&known));
        assert!(!known.is_within_noise_of(&Known { cost: 104.0, ..near }));
        assert!(!known.is_within_noise_of(&Known { quality: 0.92, ..near }));
        let exact = Known { cost_noise: 0.0, ..known };
        assert!(!exact.is_within_noise_of(&Known { cost: 100.1, cost_noise: 0.0, ..near }));
        assert!(exact.is_within_noise_of(&exact));
    }
}
