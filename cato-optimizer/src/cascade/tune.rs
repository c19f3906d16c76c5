//! The choice of early stages and of the shares of the vote that they need.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::calibrate::Calibration;
use super::gain::Influence;
use super::staged::{Answers, Cascade, Decision, Scores};
use crate::cost::Spread;
use crate::parallel;

/// What an early answer may lose beside a later one, in right answers to flows of a class of mean size; one price holds
/// for every class of every early stage of a cascade.
pub const PRICES: [f64; 14] = [0.0, 0.003, 0.006, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.09, 0.13, 0.2, 0.3, 0.5];

/// How much more than what is asked for a cascade answers in its first stage, and how much later than in the median its
/// wait is looked at, as a share of the flows: other flows will be a little different.
pub const RESERVE: f64 = 0.04;

/// A model that may be a stage.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its depth, for telling which stage comes first; `u32::MAX` for a flow's end.
    pub depth: u32,
    /// Answers to the flows that are tuned on, of models that have not seen the flow.
    pub answers: Answers,
}

/// The flows that are tuned on.
#[derive(Clone, Copy, Debug)]
pub struct Flows<'a> {
    /// The true class of each, an index into the labels.
    pub truth: &'a [u16],
    /// The group of each: thresholds are judged on one group after the other, chosen on those that are left.
    pub groups: &'a [u8],
    /// The labels of the classes.
    pub labels: &'a [String],
}

/// What is held of a cascade.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// How far macro-F1 may fall below that of the last stage alone.
    pub tolerance: f64,
    /// The share of the flows that the first stage should answer.
    pub answered: f64,
    /// The median wait that is aimed at, as a share of the last stage's.
    pub latency: f64,
    /// The largest number of early stages, 1 or 2.
    pub most_early: usize,
}

/// The cascade that was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Places of the early stages among those offered, by ascending depth.
    pub early: Vec<usize>,
    /// What an early answer may lose.
    pub price: f64,
    /// For each early stage and class the share of the vote that it needs; none never answers.
    pub thresholds: Vec<Vec<Option<u16>>>,
    /// What is expected of it.
    pub expected: Expected,
}

/// What is expected of a cascade: the figures of thresholds on flows that they were not chosen on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// How much macro-F1 is above that of the last stage alone.
    pub gain: f64,
    /// Standard error of that.
    pub gain_error: f64,
    /// The share of the flows that the first stage answers.
    pub answered: f64,
    /// The median wait, as a share of that of the last stage alone.
    pub latency: f64,
}

/// The best cascade in front of `last`; none where no cascade holds the tolerance and answers a flow early.
///
/// Thresholds are chosen by what early answers gain and lose beside the last stage's: a flow that no stage gets right is
/// best answered early. A cascade is judged on one group of flows after the other, with thresholds chosen on the others,
/// so not by what it was fitted to. Of those that hold the tolerance by that it is the best that comes nearest to answering
/// the share asked for in its first stage and to the median wait asked for, with some reserve; among those that reach both
/// the one with the highest macro-F1 less its standard error; then the one with fewer stages, and by the order of the
/// offers. `threads` share the work, at least one; the choice is the same.
#[must_use]
pub fn tune(offers: &[Stage], last: &Stage, flows: Flows<'_>, rules: Rules, threads: usize) -> Option<Choice> {
    let classes = flows.labels.len();
    let influence = Influence::around(flows.truth, &classes_of(&last.answers), classes);
    let gains = |stage: &Stage| -> Vec<f64> {
        let pairs = stage.answers.predictions.iter().zip(&last.answers.predictions).zip(flows.truth);
        pairs
            .map(|((early, late), &truth)| influence.of(truth, early.class) - influence.of(truth, late.class))
            .collect()
    };
    let offers: Vec<Offer<'_>> =
        offers.iter().map(|stage| Offer { depth: stage.depth, answers: &stage.answers, gains: gains(stage) }).collect();
    let mut groups = flows.groups.to_vec();
    groups.sort_unstable();
    groups.dedup();
    let alone = Cascade { early: Vec::new(), last: &last.answers }.decide();
    let tuner = Tuner {
        stakes: (0..classes).map(|class| influence.at_stake(class as u16)).collect(),
        alone: Scores::of(&alone, 1, flows.truth, flows.labels),
        last,
        offers: &offers,
        flows,
        groups,
        rules,
    };
    // By first stage and price, so that what they leave is found once.
    let firsts = offers.len() * PRICES.len();
    let found = parallel::map(firsts, threads, |at| tuner.best(at / PRICES.len(), PRICES[at % PRICES.len()]));
    let better = |best: Found, other: Found| if other.key.compare(&best.key).is_lt() { other } else { best };
    let Found { early, price, expected, .. } = found.into_iter().flatten().reduce(better)?;
    let mut open = tuner.all_but(None);
    let thresholds = early.iter().map(|&place| tuner.ask(place, price, &mut open)).collect();
    Some(Choice { early, price, thresholds, expected })
}

/// A model with what each of its answers gains.
struct Offer<'a> {
    depth: u32,
    answers: &'a Answers,
    gains: Vec<f64>,
}

struct Tuner<'a> {
    last: &'a Stage,
    offers: &'a [Offer<'a>],
    flows: Flows<'a>,
    /// The groups that there are.
    groups: Vec<u8>,
    stakes: Vec<f64>,
    rules: Rules,
    /// The last stage alone.
    alone: Scores,
}

/// A cascade that was judged.
struct Found {
    key: Key,
    early: Vec<usize>,
    price: f64,
    expected: Expected,
}

/// What makes a cascade better than another: less of each, in turn.
#[derive(Clone, Copy, Debug)]
struct Key {
    shortfall: f64,
    loss: f64,
    stages: usize,
}

impl Key {
    fn compare(&self, other: &Self) -> Ordering {
        let by_loss = self.loss.total_cmp(&other.loss);
        self.shortfall.total_cmp(&other.shortfall).then(by_loss).then(self.stages.cmp(&other.stages))
    }
}

/// One early stage per group, with thresholds chosen on the other groups, and the flows of those that it leaves open.
type PerGroup = Vec<(Vec<Option<u16>>, Vec<usize>)>;

impl Tuner<'_> {
    /// The best cascade with this first stage at this price.
    fn best(&self, first: usize, price: f64) -> Option<Found> {
        let is_early = |place: usize| self.offers[place].depth < self.last.depth;
        if self.rules.most_early == 0 || !is_early(first) {
            return None;
        }
        let after_first = self.per_group(first, price, None);
        let alone = self.judge(&[first], price, &[&after_first]);
        let later = |&second: &usize| is_early(second) && self.offers[first].depth < self.offers[second].depth;
        let seconds = (0..self.offers.len()).filter(|second| self.rules.most_early > 1 && later(second));
        let pairs = seconds.filter_map(|second| {
            let after_second = self.per_group(second, price, Some(&after_first));
            self.judge(&[first, second], price, &[&after_first, &after_second])
        });
        alone.into_iter().chain(pairs).reduce(
            |best, other| {
                if other.key.compare(&best.key).is_lt() { other } else { best }
            },
        )
    }

    /// The flows that are not of a group.
    fn all_but(&self, group: Option<u8>) -> Vec<usize> {
        (0..self.flows.truth.len()).filter(|&flow| Some(self.flows.groups[flow]) != group).collect()
    }

    /// A stage after another one, or after none, for each group that is left out.
    fn per_group(&self, place: usize, price: f64, before: Option<&PerGroup>) -> PerGroup {
        let groups = self.groups.iter().enumerate().map(|(at, &group)| {
            let mut open = before.map_or_else(|| self.all_but(Some(group)), |before| before[at].1.clone());
            (self.ask(place, price, &mut open), open)
        });
        groups.collect()
    }

    /// Thresholds of a stage at a price, by the flows that are open; those that it answers are no longer.
    fn ask(&self, place: usize, price: f64, open: &mut Vec<usize>) -> Vec<Option<u16>> {
        let Offer { answers: Answers { predictions, .. }, gains, .. } = &self.offers[place];
        let seen = open.iter().map(|&flow| (predictions[flow], gains[flow]));
        let thresholds = Calibration::of(seen, &self.stakes).thresholds(price);
        open.retain(|&flow| {
            let least = thresholds[usize::from(predictions[flow].class)];
            least.is_none_or(|least| predictions[flow].confidence < least)
        });
        thresholds
    }

    /// How a cascade does on flows that its thresholds were not chosen on; none where it breaks the tolerance.
    fn judge(&self, early: &[usize], price: f64, per_group: &[&PerGroup]) -> Option<Found> {
        let Self { flows, rules, .. } = *self;
        let cascades = (0..self.groups.len()).map(|at| {
            let stage = |(&place, groups): (&usize, &&PerGroup)| (self.offers[place].answers, groups[at].0.clone());
            Cascade { early: early.iter().zip(per_group).map(stage).collect(), last: &self.last.answers }
        });
        let cascades: Vec<_> = cascades.collect();
        let of_group = |group: u8| self.groups.iter().position(|&other| other == group).map(|at| &cascades[at]);
        let decided = (0..flows.truth.len()).filter_map(|flow| Some(of_group(flows.groups[flow])?.decide_one(flow)));
        let decisions: Vec<Decision> = decided.collect();
        let scores = Scores::of(&decisions, early.len() + 1, flows.truth, flows.labels);
        if scores.answered[early.len()] >= 1.0 {
            return None;
        }
        let gain = scores.quality.macro_f1 - self.alone.quality.macro_f1;
        if -gain > rules.tolerance {
            return None;
        }
        let gained = decisions.iter().enumerate();
        let gained =
            gained.map(|(flow, decision)| early.get(decision.stage).map_or(0.0, |&at| self.offers[at].gains[flow]));
        let gain_error = sum_error(gained) / flows.truth.len() as f64;
        let alone = self.alone.waiting.median_ns;
        let ratio = |waiting: f64| if waiting == 0.0 { 0.0 } else { waiting / alone.max(1.0) };
        let late = Spread::at(decisions.iter().map(|decision| decision.waiting_ns as f64), 0.5 + RESERVE);
        let answered = (rules.answered + RESERVE).min(1.0);
        let shortfall = (1.0 - scores.answered[0] / answered).max(0.0) + (ratio(late) - rules.latency).max(0.0);
        let expected =
            Expected { gain, gain_error, answered: scores.answered[0], latency: ratio(scores.waiting.median_ns) };
        let key = Key { shortfall, loss: gain_error - gain, stages: early.len() };
        Some(Found { key, early: early.to_vec(), price, expected })
    }
}

/// The standard error of a sum of independent terms.
fn sum_error(terms: impl Iterator<Item = f64>) -> f64 {
    let terms: Vec<f64> = terms.collect();
    let mean = terms.iter().sum::<f64>() / terms.len().max(1) as f64;
    terms.iter().map(|term| (term - mean).powi(2)).sum::<f64>().sqrt()
}

fn classes_of(answers: &Answers) -> Vec<u16> {
    answers.predictions.iter().map(|prediction| prediction.class).collect()
}

#[cfg(test)]
mod tests {
    use cato_codegen::model::Prediction;

    use super::*;

    const FLOWS: usize = 1_200;
    const RULES: Rules = Rules { tolerance: 0.005, answered: 0.5, latency: 0.2, most_early: 1 };

    fn truth() -> Vec<u16> {
        (0..FLOWS).map(|flow| (flow % 2) as u16).collect()
    }

    /// A stage that is right, with the whole vote, on a share of the flows, and of the others on every other one, with half
    /// of the vote, or all of it where it is `boastful`. Groups have equal shares of each kind.
    fn stage(depth: u32, sure: f64, boastful: bool) -> Stage {
        let prediction = |flow: usize| {
            let class = (flow % 2) as u16;
            let is_sure = ((flow / 8) as f64) < sure * (FLOWS / 8) as f64;
            let confidence = if is_sure || boastful { 65_535 } else { 32_768 };
            Prediction { class: if !is_sure && flow / 2 % 2 == 1 { 1 - class } else { class }, confidence }
        };
        let predictions: Vec<_> = (0..FLOWS).map(prediction).collect();
        Stage { depth, answers: Answers { predictions, waiting_ns: vec![u64::from(depth) * 1_000; FLOWS] } }
    }

    fn tuned(offers: &[Stage], last: &Stage, rules: Rules) -> Option<Choice> {
        let (truth, labels) = (truth(), ["a", "b"].map(str::to_owned));
        let groups: Vec<u8> = (0..FLOWS).map(|flow| (flow / 4 % 2) as u8).collect();
        let flows = Flows { truth: &truth, groups: &groups, labels: &labels };
        let [one, two] = [1, 2].map(|threads| tune(offers, last, flows, rules, threads));
        assert_eq!(one, two);
        one
    }

    #[test]
    fn a_stage_that_answers_enough_early_and_well_is_chosen() {
        let offers = [stage(8, 0.95, false), stage(3, 0.7, false), stage(1, 0.25, false), stage(2, 0.7, true)];
        let chosen = tuned(&offers, &stage(20, 1.0, false), RULES).unwrap();
        assert_eq!(
            chosen.early,
            [1],
            "that at depth 8 is late, that at depth 2 does not know when it is wrong, that at depth 1 knows too little"
        );
        assert_eq!(chosen.thresholds, [[Some(65_535), Some(65_535)]]);
        let Expected { gain, gain_error, answered, latency } = chosen.expected;
        assert_eq!((gain, gain_error, latency), (0.0, 0.0, 0.15));
        assert!((answered - 0.7).abs() < 0.01);
        let first = tuned(&offers[2..3], &stage(20, 1.0, false), RULES).unwrap();
        assert_eq!(first.early, [0], "a quarter of the flows is better than none");
        let late = tuned(&offers, &stage(20, 1.0, false), Rules { latency: 0.5, answered: 0.9, ..RULES }).unwrap();
        assert_eq!(late.early, [0], "it is early enough where that is all that is asked for");
    }

    #[test]
    fn a_flow_that_no_stage_gets_right_is_answered_early() {
        // Both are wrong on the same flows, and boast.
        let (first, last) = (stage(2, 0.5, true), stage(20, 0.5, true));
        let chosen = tuned(&[first], &last, RULES).unwrap();
        assert_eq!((chosen.expected.answered, chosen.expected.gain), (1.0, 0.0));
    }

    #[test]
    fn a_second_stage_answers_what_the_first_does_not() {
        // The last stage is worse than the second.
        let offers = [stage(8, 0.95, false), stage(3, 0.7, false)];
        let last = stage(20, 0.8, false);
        let rules = Rules { most_early: 2, ..RULES };
        let chosen = tuned(&offers, &last, rules).unwrap();
        assert_eq!(chosen.early, [1, 0]);
        assert!(chosen.expected.gain > 0.05, "{:?}", chosen.expected);
        assert_eq!(tuned(&offers, &last, RULES).unwrap().early, [1]);
    }

    #[test]
    fn what_harms_is_not_chosen() {
        let last = stage(20, 1.0, false);
        assert_eq!(tuned(&[stage(2, 0.7, true)], &last, RULES), None);
        assert!(tuned(&[stage(2, 0.7, true)], &last, Rules { tolerance: 1.0, ..RULES }).is_some());
    }

    #[test]
    fn thresholds_are_judged_on_flows_that_they_were_not_chosen_on() {
        // In one group of flows it is right where it boasts, in the other one it is not.
        let (mut fickle, last) = (stage(2, 1.0, false), stage(20, 1.0, false));
        assert!(tuned(std::slice::from_ref(&fickle), &last, RULES).is_some());
        for (flow, prediction) in fickle.answers.predictions.iter_mut().enumerate() {
            if flow / 4 % 2 == 1 {
                prediction.class = 1 - prediction.class;
            }
        }
        assert_eq!(tuned(&[fickle], &last, RULES), None);
    }

    #[test]
    fn early_is_before_the_last() {
        assert_eq!(tuned(&[stage(20, 1.0, false)], &stage(20, 1.0, false), RULES), None);
        assert_eq!(tuned(&[], &stage(20, 1.0, false), RULES), None);
    }
}
