//! Timing whole runs over a trace, with Criterion as a library.

use std::cell::RefCell;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use cato_artifact::Loaded;
use cato_runtime::{Driver, FlowSettings, Frame};
use cato_traffic::GrowingStorage;
use criterion::{Criterion, SamplingMode};

use super::clock::Clock;
use super::protocol::Ratio;

/// Criterion takes no fewer samples than this.
const FEWEST_SAMPLES: usize = 10;
const MOST_SAMPLES: usize = 100;

/// How long to measure, and where Criterion keeps its files.
#[derive(Debug)]
pub(crate) struct Bench<'a> {
    pub(crate) clock: Clock,
    pub(crate) warm_up: Duration,
    pub(crate) measurement: Duration,
    pub(crate) folder: &'a Path,
}

/// Something that is timed.
pub(crate) trait Timed {
    /// Once.
    fn run(&mut self);

    /// Wall time of a run before any that counts.
    fn first(&self) -> Duration;

    /// Several runs in a row.
    fn timed(&mut self, runs: u64, clock: Clock) -> Sample {
        let start = clock.now();
        for _ in 0..runs {
            self.run();
        }
        Sample { runs, elapsed: clock.now().saturating_sub(start) }
    }
}

/// Something without preparations that is timed.
pub(crate) struct Plain<F> {
    work: F,
    first: Duration,
}

impl<F: FnMut()> Plain<F> {
    /// Runs once.
    pub(crate) fn new(mut work: F) -> Self {
        let start = Instant::now();
        work();
        Self { work, first: start.elapsed() }
    }
}

impl<F: FnMut()> Timed for Plain<F> {
    fn run(&mut self) {
        (self.work)();
    }

    fn first(&self) -> Duration {
        self.first
    }
}

/// A loaded pipeline with all that a run over the trace needs, made before anything is timed.
pub(crate) struct Runner<'a> {
    driver: Driver<&'a mut Loaded, GrowingStorage>,
    segments: &'a [&'a [Frame<'a>]],
    /// Wall time of the run that gave table and states their size: about what a run takes, or a little more.
    first: Duration,
}

impl<'a> Runner<'a> {
    /// Runs once, so that table and states have the size that the trace asks for and no run after this one allocates.
    pub(crate) fn new(pipeline: &'a mut Loaded, settings: FlowSettings, segments: &'a [&'a [Frame<'a>]]) -> Self {
        let driver = Driver::new(pipeline, settings, GrowingStorage::new());
        let mut runner = Self { driver, segments, first: Duration::ZERO };
        let start = Instant::now();
        runner.run();
        runner.first = start.elapsed();
        runner
    }

    /// Wall time of one run.
    pub(crate) fn wall_time(&mut self) -> Duration {
        let start = Instant::now();
        self.run();
        start.elapsed()
    }
}

impl Timed for Runner<'_> {
    /// One run over the trace, from raw packet bytes to the verdict of every flow.
    fn run(&mut self) {
        let mut verdicts = 0u64;
        let mut count = |class: u16| verdicts = verdicts.wrapping_add(u64::from(class));
        for segment in self.segments {
            self.driver.run(segment, |flow, _| count(flow.verdict.class));
            self.driver.end_input(|flow, _| count(flow.verdict.class));
        }
        black_box(verdicts);
    }

    fn first(&self) -> Duration {
        self.first
    }
}

/// What one call of the timing loop took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    runs: u64,
    elapsed: Duration,
}

impl Bench<'_> {
    /// Times `candidate` in turn with `reference`, sample by sample, over a trace of `flows` flows. `id` names it in what
    /// Criterion writes.
    pub(crate) fn measure(
        &self,
        id: &str,
        candidate: &mut impl Timed,
        reference: &mut impl Timed,
        flows: u64,
    ) -> Ratio {
        let wall = candidate.first() + reference.first();
        let fitting = self.measurement.as_nanos() / wall.as_nanos().max(1);
        let samples = usize::try_from(fitting).unwrap_or(MOST_SAMPLES).clamp(FEWEST_SAMPLES, MOST_SAMPLES);
        // Criterion publishes no results, so every call of its timing loop is kept. The warm-up's calls come first.
        let taken = RefCell::new((Vec::new(), Vec::new()));
        let mut criterion = Criterion::default()
            .without_plots()
            .output_directory(self.folder)
            .warm_up_time(self.warm_up)
            .measurement_time(self.measurement)
            .sample_size(samples)
            .nresamples(2_000);
        let mut group = criterion.benchmark_group("trace");
        group.sampling_mode(SamplingMode::Flat).bench_function(id, |bencher| {
            bencher.iter_custom(|runs| {
                let sample = candidate.timed(runs, self.clock);
                let (own, references) = &mut *taken.borrow_mut();
                own.push(sample);
                references.push(reference.timed(runs, self.clock));
                sample.elapsed
            });
        });
        group.finish();
        let (own, references) = taken.into_inner();
        let own = per_flow(&own, samples, flows);
        let references = per_flow(&references, samples, flows);
        // Each sample and the reference's right after it met the same machine, whatever it does from one to the next.
        let ratios = ascending(own.iter().zip(&references).map(|(own, reference)| own / reference).collect());
        Ratio {
            ratio: quantile(&ratios, 0.5),
            p99_ratio: quantile(&ratios, 0.99),
            reference_ns: quantile(&ascending(references), 0.5),
        }
    }
}

/// Nanoseconds per flow of the last `samples` samples, in the order in which they were taken.
fn per_flow(taken: &[Sample], samples: usize, flows: u64) -> Vec<f64> {
    let measured = &taken[taken.len().saturating_sub(samples)..];
    let cost = |sample: &Sample| sample.elapsed.as_nanos() as f64 / (sample.runs * flows) as f64;
    measured.iter().map(cost).collect()
}

fn ascending(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// The smallest value that a share `share` of the ascending `values` does not exceed; NaN where there is none.
fn quantile(values: &[f64], share: f64) -> f64 {
    let rank = (share * values.len() as f64).ceil() as usize;
    values.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Sample, per_flow, quantile};

    #[test]
    fn quantiles_are_values_that_were_seen() {
        let values: Vec<_> = (1..=100).map(f64::from).collect();
        assert_eq!((quantile(&values, 0.5), quantile(&values, 0.99), quantile(&values, 1.0)), (50.0, 99.0, 100.0));
        assert_eq!((quantile(&[7.0], 0.5), quantile(&[7.0], 0.99)), (7.0, 7.0));
        assert_eq!(quantile(&[1.0, 2.0, 3.0], 0.5), 2.0);
    }

    #[test]
    fn warm_up_does_not_count() {
        let sample = |runs, micros| Sample { runs, elapsed: Duration::from_micros(micros) };
        let taken = [sample(1, 900), sample(2, 900), sample(3, 60), sample(3, 30)];
        assert_eq!(per_flow(&taken, 2, 10), [2_000.0, 1_000.0]);
    }
}
