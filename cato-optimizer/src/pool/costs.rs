//! What a pipeline costs as it serves: by flow that starts, by packet before and after the inference point, by verdict.

use std::path::Path;

use cato_artifact::{LoadError, Loaded};
use cato_runtime::{Driver, Frame, Skip};
use cato_traffic::BoundedStorage;

use crate::load::{Arrivals, Event, Frames, Population, Timeline};
use crate::measure::Clock;
use crate::operations::non_negative;

/// Flows a second that begin, of which each goes on [`SPEED`] times as fast as it did: enough for tens of thousands to be
/// open at once, as on a busy link.
const FLOWS_PER_S: f64 = 100_000.0;
const SPEED: f64 = 60.0;
/// The most flows and packets of one run.
const FLOWS: usize = 30_000;
const PACKETS: usize = 300_000;
/// Keys that the flow table holds: as many as a server's holds where nothing else is said, and more than come.
const KEYS: usize = 1 << 16;
/// Frames that are handed over at once.
const BATCH: usize = 256;
/// How often every run is made.
const ROUNDS: usize = 7;
/// What things usually cost in nanoseconds: start, packet, absorbed packet, verdict. What no run tells apart stays near it.
const USUAL_NS: [f64; 4] = [300.0, 80.0, 40.0, 500.0];
const RIDGE: f64 = 1e-6;
/// Nothing costs less, in nanoseconds.
const LEAST_NS: f64 = 1.0;

/// What a pipeline costs, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Costs {
    /// The start of a flow with its first packet.
    pub start_ns: f64,
    /// One further packet up to the inference point.
    pub packet_ns: f64,
    /// One packet after it.
    pub absorbed_ns: f64,
    /// One verdict.
    pub verdict_ns: f64,
}

impl Costs {
    /// A flow of `packets` packets of which the first `seen` are up to its inference point.
    #[must_use]
    pub fn flow_ns(&self, packets: usize, seen: usize) -> f64 {
        let seen = seen.min(packets);
        let absorbed = packets - seen;
        self.start_ns
            + self.packet_ns * seen.saturating_sub(1) as f64
            + self.absorbed_ns * absorbed as f64
            + self.verdict_ns
    }
}

/// What a run had, and how long it took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Run {
    /// Starts, packets, absorbed packets, verdicts.
    had: [f64; 4],
    ns: f64,
}

/// Measures built pipelines, each given with its depth, on flows of `population` that come interleaved: each pipeline on the
/// flows up to several depths, so that what starts, packets and verdicts cost can be told apart. CPU time of the calling
/// thread where the system counts it, by medians over rounds in which all take turns.
///
/// # Errors
/// Where a pipeline cannot be loaded.
pub fn measure(
    pipelines: &[(&Path, Option<u32>)],
    population: &Population,
    seed: u64,
) -> Result<Vec<Costs>, LoadError> {
    let steps = FLOWS as f64 / FLOWS_PER_S / 0.01;
    let timeline = Timeline { flows: vec![1.0; steps as usize], flood: Vec::new() };
    let arrivals = Arrivals::new(population, &timeline, FLOWS_PER_S, SPEED, seed);
    let events = arrivals.events.get(..PACKETS).unwrap_or(&arrivals.events);
    let frames = Frames::new(population, &arrivals.flows, events, SPEED);
    let frames = frames.all();
    let mut loaded = Vec::new();
    for (library, depth) in pipelines {
        loaded.push((Loaded::open(library)?.with_capacity(KEYS)?, cuts(*depth)));
    }
    let mut runs: Vec<Vec<Vec<Run>>> = loaded.iter().map(|(_, cuts)| vec![Vec::new(); cuts.len()]).collect();
    let clock = Clock::choose();
    for _ in 0..ROUNDS {
        for ((pipeline, cuts), runs) in loaded.iter_mut().zip(&mut runs) {
            for (cut, runs) in cuts.iter().zip(runs) {
                runs.push(run(pipeline, population, &up_to(*cut, events, &frames), clock));
            }
        }
    }
    let median = |runs: &Vec<Run>| {
        let mut times: Vec<f64> = runs.iter().map(|run| run.ns).collect();
        times.sort_by(f64::total_cmp);
        Run { ns: times.get(times.len() / 2).copied().unwrap_or(0.0), ..runs.first().copied().unwrap_or_default() }
    };
    Ok(runs.iter().map(|runs| fit(&runs.iter().map(median).collect::<Vec<_>>())).collect())
}

/// Up to how many packets of each flow the runs go; `u32::MAX` stands for all.
fn cuts(depth: Option<u32>) -> Vec<u32> {
    let mut cuts = match depth {
        Some(depth) => vec![1, depth / 4, depth / 2, depth.saturating_sub(1), depth, u32::MAX],
        None => vec![1, 2, 4, 8, 16, u32::MAX],
    };
    cuts.retain(|&cut| cut > 0);
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

fn up_to<'a>(cut: u32, events: &[Event], frames: &[Frame<'a>]) -> Vec<Frame<'a>> {
    events.iter().zip(frames).filter(|(event, _)| event.packet < cut).map(|(_, frame)| *frame).collect()
}

fn run(pipeline: &mut Loaded, population: &Population, frames: &[Frame<'_>], clock: Clock) -> Run {
    let mut driver = Driver::new(pipeline, population.settings, BoundedStorage::new(KEYS));
    let mut verdicts = 0_u64;
    let start = clock.now();
    for batch in frames.chunks(BATCH) {
        driver.run(batch, |_, _| verdicts += 1);
    }
    let ns = clock.now().saturating_sub(start).as_nanos() as f64;
    let passed_over: u64 = Skip::ALL.into_iter().map(|reason| driver.skipped(reason)).sum();
    let behind = driver.absorbed() + passed_over;
    let packets = driver.packets().saturating_sub(behind + driver.flows());
    Run { had: [driver.flows(), packets, behind, verdicts].map(|count| count as f64), ns }
}

/// The costs, none below 0, that explain the runs with the least sum of squares of relative errors.
fn fit(runs: &[Run]) -> Costs {
    let mut gram = vec![vec![0.0; 4]; 4];
    let mut pull = vec![RIDGE; 4];
    for (at, line) in gram.iter_mut().enumerate() {
        line[at] = RIDGE;
    }
    for run in runs.iter().filter(|run| run.ns > 0.0) {
        let row: Vec<f64> = run.had.iter().zip(USUAL_NS).map(|(had, usual)| had * usual / run.ns).collect();
        for (at, line) in gram.iter_mut().enumerate() {
            pull[at] += row[at];
            line.iter_mut().zip(&row).for_each(|(cell, value)| *cell += row[at] * value);
        }
    }
    let found = non_negative(&gram, &pull);
    let cost = |at: usize| (found[at] * USUAL_NS[at]).max(LEAST_NS);
    Costs { start_ns: cost(0), packet_ns: cost(1), absorbed_ns: cost(2), verdict_ns: cost(3) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_told_apart() {
        let truth = [410.0, 55.0, 33.0, 2_700.0];
        let run = |had: [f64; 4]| Run { had, ns: had.iter().zip(truth).map(|(had, cost)| had * cost).sum() };
        let runs = [
            run([1e4, 0.0, 0.0, 0.0]),
            run([1e4, 2e4, 0.0, 100.0]),
            run([1e4, 5e4, 0.0, 3e3]),
            run([1e4, 7e4, 0.0, 9e3]),
            run([1e4, 7e4, 8e4, 9e3]),
        ];
        let costs = fit(&runs);
        let found = [costs.start_ns, costs.packet_ns, costs.absorbed_ns, costs.verdict_ns];
        assert!(found.iter().zip(truth).all(|(found, truth)| (found / truth - 1.0).abs() < 0.01), "{found:?}");
        assert!((costs.flow_ns(10, 3) - (410.0 + 2.0 * 55.0 + 7.0 * 33.0 + 2_700.0)).abs() < 60.0);
    }

    #[test]
    fn what_no_run_has_keeps_its_usual_cost() {
        let costs = fit(&[Run { had: [1e4, 0.0, 0.0, 1e4], ns: 8e6 }]);
        assert_eq!((costs.packet_ns, costs.absorbed_ns), (USUAL_NS[1], USUAL_NS[2]));
        assert!((costs.start_ns + costs.verdict_ns - 800.0).abs() < 5.0, "{costs:?}");
    }

    #[test]
    fn runs_go_up_to_several_depths() {
        assert_eq!(cuts(Some(1)), [1, u32::MAX]);
        assert_eq!(cuts(Some(10)), [1, 2, 5, 9, 10, u32::MAX]);
        assert_eq!(cuts(None), [1, 2, 4, 8, 16, u32::MAX]);
    }
}
