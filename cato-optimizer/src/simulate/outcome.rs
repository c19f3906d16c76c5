//! How well a policy did.

use serde::Serialize;

use super::{CONTROL_NS, Tally};
use crate::load::{Arrivals, Population, STEP_NS, Timeline};
use crate::quality::Quality;

/// Moments of a run that are reported.
const MOMENTS: usize = 100;

/// A run in figures. A flow that was lost, not admitted or not classified counts as answered wrongly; SYNs of a flood are
/// packets, and no flows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Flows that began.
    pub flows: u64,
    /// Packets that came.
    pub packets: u64,
    /// Mean F1 over the classes of the flows that began.
    pub macro_f1: f64,
    /// The share of the flows that were answered rightly.
    pub accuracy: f64,
    /// The share of the packets that were lost.
    pub loss: f64,
    /// The share of the flows that were answered.
    pub answered: f64,
    /// The share of the flows that were not admitted.
    pub declined: f64,
    /// From the arrival of the packet that decided to the verdict, the median, in microseconds.
    pub latency_p50_us: f64,
    /// The same, 99 of 100 flows.
    pub latency_p99_us: f64,
    /// How often another member became the one that most flows are bound to, a minute.
    pub switches_per_minute: f64,
    /// The share of the flows that were bound to each member.
    pub members: Vec<f64>,
    /// How it went.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moments: Vec<Moment>,
}

/// A part of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Moment {
    /// Its middle, in seconds from the beginning.
    pub second: f64,
    /// Load in the unit of the profile, a flood's SYNs included.
    pub load: f64,
    /// The mean of the numbers of the members that flows were bound to; null where there were none.
    pub member: Option<f64>,
    /// The share of the packets that were lost.
    pub loss: f64,
    /// The share of the flows that began, and were not admitted or not answered.
    pub unanswered: f64,
    /// Macro-F1 of the flows that began.
    pub macro_f1: f64,
}

impl Outcome {
    /// The figures of a run; latencies are divided by `slowdown`.
    #[must_use]
    pub fn new(
        tally: &Tally,
        population: &Population,
        arrivals: &Arrivals,
        timeline: &Timeline,
        members: usize,
        slowdown: f64,
    ) -> Self {
        let (truth, answers) = tally.answers(population, arrivals, 0..arrivals.flows.len());
        let quality = quality(&truth, &answers, population);
        let none = population.labels.len();
        let flows = truth.len();
        let share = |part: usize| part as f64 / flows.max(1) as f64;
        let real = arrivals.flows.iter().map(|arrival| arrival.template.is_some());
        let mut bound = vec![0_usize; members];
        let mut declined = 0_usize;
        for (member, _) in tally.members.iter().zip(real).filter(|(_, real)| *real) {
            match member.and_then(|member| bound.get_mut(usize::from(member))) {
                Some(count) => *count += 1,
                None => declined += 1,
            }
        }
        let unbound = declined.min(usize::try_from(tally.declined).unwrap_or(usize::MAX));
        let mut latencies: Vec<u64> =
            tally.verdicts.iter().filter_map(|verdict| verdict.and_then(|verdict| verdict.latency_ns)).collect();
        latencies.sort_unstable();
        let latency = |part: f64| {
            let rank = (part * latencies.len() as f64).ceil() as usize;
            latencies.get(rank.saturating_sub(1)).map_or(0.0, |ns| *ns as f64 / 1e3 / slowdown)
        };
        let [packets, lost] = [&tally.offered, &tally.lost].map(|counts| counts.iter().copied().map(u64::from).sum());
        let switches = tally.decided.windows(2).filter(|pair| pair[0] != pair[1]).count();
        let minutes = tally.decided.len() as f64 * CONTROL_NS as f64 * 1e-9 / 60.0;
        Self {
            flows: flows as u64,
            packets,
            macro_f1: quality.macro_f1,
            accuracy: quality.accuracy,
            loss: ratio(lost, packets),
            answered: share(answers.iter().filter(|&&answer| usize::from(answer) < none).count()),
            declined: share(unbound),
            latency_p50_us: latency(0.5),
            latency_p99_us: latency(0.99),
            switches_per_minute: if minutes > 0.0 { switches as f64 / minutes } else { 0.0 },
            members: bound.into_iter().map(share).collect(),
            moments: moments(tally, population, arrivals, timeline),
        }
    }
}

impl Outcome {
    /// Medians, figure by figure, without moments; `None` of none.
    #[must_use]
    pub fn median(outcomes: &[&Self]) -> Option<Self> {
        let first = *outcomes.first()?;
        let of = |figure: &dyn Fn(&Self) -> f64| {
            let mut figures: Vec<f64> = outcomes.iter().map(|outcome| figure(outcome)).collect();
            figures.sort_by(f64::total_cmp);
            figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
        };
        let member = |place: usize| of(&|outcome| outcome.members.get(place).copied().unwrap_or(0.0));
        Some(Self {
            flows: of(&|outcome| outcome.flows as f64) as u64,
            packets: of(&|outcome| outcome.packets as f64) as u64,
            macro_f1: of(&|outcome| outcome.macro_f1),
            accuracy: of(&|outcome| outcome.accuracy),
            loss: of(&|outcome| outcome.loss),
            answered: of(&|outcome| outcome.answered),
            declined: of(&|outcome| outcome.declined),
            latency_p50_us: of(&|outcome| outcome.latency_p50_us),
            latency_p99_us: of(&|outcome| outcome.latency_p99_us),
            switches_per_minute: of(&|outcome| outcome.switches_per_minute),
            members: (0..first.members.len()).map(member).collect(),
            moments: Vec::new(),
        })
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// Quality, where no answer is a wrong one.
fn quality(truth: &[u16], answers: &[u16], population: &Population) -> Quality {
    // One class more, of which no flow is.
    let labels: Vec<String> = population.labels.iter().cloned().chain([String::new()]).collect();
    Quality::of(truth, answers, &labels)
}

fn moments(tally: &Tally, population: &Population, arrivals: &Arrivals, timeline: &Timeline) -> Vec<Moment> {
    let steps = timeline.flows.len();
    let each = steps.div_ceil(MOMENTS).max(1);
    let mut begin = 0;
    (0..steps)
        .step_by(each)
        .map(|first| {
            let last = (first + each).min(steps);
            let end =
                begin + arrivals.flows[begin..].partition_point(|arrival| arrival.start_ns < last as u64 * STEP_NS);
            let range = begin..end;
            begin = end;
            let mean = |loads: &[f64]| {
                let part = loads.get(first..last).unwrap_or(&[]);
                part.iter().sum::<f64>() / part.len().max(1) as f64
            };
            let sum = |counts: &[u32]| counts.get(first..last).unwrap_or(&[]).iter().copied().map(u64::from).sum();
            let (truth, answers) = tally.answers(population, arrivals, range.clone());
            let none = population.labels.len();
            let unanswered = answers.iter().filter(|&&answer| usize::from(answer) >= none).count();
            let bound: Vec<f64> = tally.members[range].iter().flatten().map(|&member| f64::from(member)).collect();
            Moment {
                second: (first + last) as f64 / 2.0 * STEP_NS as f64 * 1e-9,
                load: mean(&timeline.flows) + mean(&timeline.flood),
                member: (!bound.is_empty()).then(|| bound.iter().sum::<f64>() / bound.len() as f64),
                loss: ratio(sum(&tally.lost), sum(&tally.offered)),
                unanswered: unanswered as f64 / truth.len().max(1) as f64,
                macro_f1: quality(&truth, &answers, population).macro_f1,
            }
        })
        .collect()
}
