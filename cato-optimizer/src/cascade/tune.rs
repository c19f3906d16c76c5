//! The choice of early stages and of the confidence that they need.

use super::calibrate::Calibration;
use super::staged::{Answers, Cascade, Scores};
use crate::cost::Spread;

/// The confidences tried, ascending; one holds for every class of every early stage of a cascade.
pub const TAUS: [f64; 12] = [0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99];

/// The share of the flows that the first stage should answer and that latency is compared by: more than the half that is
/// wanted, as other flows will be answered a little less often.
pub const AIM: f64 = 0.6;

/// A model that may be a stage.
#[derive(Clone, Debug)]
pub struct Stage {
    /// What its vote is worth, learnt on the train part.
    pub calibration: Calibration,
    /// Its depth, for telling which stage comes first; `u32::MAX` for a flow's end.
    pub depth: u32,
    /// Answers to the train part, of models that have not seen the flow.
    pub train: Answers,
    /// Answers to the validation part.
    pub validation: Answers,
}

/// What is held of a cascade.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// How far macro-F1 may fall below that of the last stage alone.
    pub tolerance: f64,
    /// The largest number of early stages, 1 or 2.
    pub most_early: usize,
}

/// The cascade that was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Places of the early stages among those offered, by ascending depth.
    pub early: Vec<usize>,
    /// The confidence that they need.
    pub tau: f64,
}

/// The flows of a part: the true class of each, and the labels of the classes.
type Truth<'a> = (&'a [u16], &'a [String]);

/// The best cascade in front of `last`; none where no cascade holds the rules and answers a flow early.
///
/// `train` and `validation` are the true classes of the flows that the stages' answers are for, indices into `labels`.
/// A cascade holds the rules where macro-F1 falls by no more than the tolerance below that of the last stage alone, on
/// the validation part and, as a guard against what a small part says by chance, on the train part too. Of those it is
/// the best, by these in turn: its first stage answers [`AIM`] of the validation flows, or not; the least waiting that
/// [`AIM`] of these flows do not exceed; the most flows answered before the last stage; the least mean waiting; fewer
/// stages, and the order of the offers.
#[must_use]
pub fn tune(
    offers: &[Stage],
    last: &Stage,
    train: &[u16],
    validation: &[u16],
    labels: &[String],
    rules: Rules,
) -> Option<Choice> {
    let alone = |answers: &Answers, truth: Truth<'_>| score(&[], &[], answers, truth).0.quality.macro_f1;
    let (train, validation) = ((train, labels), (validation, labels));
    let floors = [alone(&last.train, train), alone(&last.validation, validation)].map(|f1| f1 - rules.tolerance);
    let mut best: Option<([f64; 4], Choice)> = None;
    for early in sequences(offers, last.depth, rules.most_early) {
        for tau in TAUS {
            let stages: Vec<&Stage> = early.iter().map(|&place| &offers[place]).collect();
            let thresholds: Vec<_> = stages.iter().map(|stage| stage.calibration.thresholds(tau)).collect();
            let answers = |part: fn(&Stage) -> &Answers| stages.iter().map(|stage| part(stage)).collect::<Vec<_>>();
            let (scores, late) = score(&answers(|stage| &stage.validation), &thresholds, &last.validation, validation);
            let before_last = 1.0 - scores.answered[early.len()];
            if before_last == 0.0 || scores.quality.macro_f1 < floors[1] {
                continue;
            }
            let misses = f64::from(u8::from(scores.answered[0] < AIM));
            let key = [misses, late, -before_last, scores.waiting.mean_ns];
            if best.as_ref().is_some_and(|(least, _)| key.partial_cmp(least).is_none_or(std::cmp::Ordering::is_ge)) {
                continue;
            }
            let guard = score(&answers(|stage| &stage.train), &thresholds, &last.train, train).0;
            if guard.quality.macro_f1 >= floors[0] {
                best = Some((key, Choice { early: early.clone(), tau }));
            }
        }
    }
    best.map(|(_, choice)| choice)
}

/// The sequences of early stages of rising depth: those of one stage, then those of two.
fn sequences(offers: &[Stage], last: u32, most: usize) -> Vec<Vec<usize>> {
    let singles: Vec<usize> = (0..offers.len()).filter(|&place| offers[place].depth < last).collect();
    let mut all: Vec<_> = if most >= 1 { singles.iter().map(|&place| vec![place]).collect() } else { Vec::new() };
    if most >= 2 {
        for &first in &singles {
            let later = singles.iter().filter(|&&second| offers[first].depth < offers[second].depth);
            all.extend(later.map(|&second| vec![first, second]));
        }
    }
    all
}

/// The scores of a cascade, and the waiting that [`AIM`] of the flows do not exceed.
fn score(
    early: &[&Answers],
    thresholds: &[Vec<Option<u16>>],
    last: &Answers,
    (truth, labels): Truth<'_>,
) -> (Scores, f64) {
    let early: Vec<_> = early.iter().copied().zip(thresholds.iter().cloned()).collect();
    let stages = early.len() + 1;
    let decisions = Cascade { early, last }.decide();
    let late = Spread::at(decisions.iter().map(|decision| decision.waiting_ns as f64), AIM);
    (Scores::of(&decisions, stages, truth, labels), late)
}

#[cfg(test)]
mod tests {
    use cato_codegen::model::Prediction;

    use super::*;

    const FLOWS: usize = 400;

    fn truth() -> Vec<u16> {
        (0..FLOWS).map(|flow| (flow % 2) as u16).collect()
    }

    /// A stage that is right, with the whole vote, on flows below `sure`, and of those after it on every other one, with
    /// half of the vote, or all of it where it is `boastful`.
    fn stage(depth: u32, sure: usize, boastful: bool) -> Stage {
        let prediction = |flow: usize| {
            let class = (flow % 2) as u16;
            let wrong = flow >= sure && flow / 2 % 2 == 1;
            let confidence = if flow < sure || boastful { 65_535 } else { 32_768 };
            Prediction { class: if wrong { 1 - class } else { class }, confidence }
        };
        let predictions: Vec<_> = (0..FLOWS).map(prediction).collect();
        let seen: Vec<_> = predictions.iter().copied().zip(truth()).collect();
        let answers = Answers { predictions, waiting_ns: vec![u64::from(depth) * 1_000; FLOWS] };
        Stage { calibration: Calibration::of(&seen, 2), depth, train: answers.clone(), validation: answers }
    }

    fn tuned(offers: &[Stage], last: &Stage, rules: Rules) -> Option<Choice> {
        tune(offers, last, &truth(), &truth(), &["a", "b"].map(str::to_owned), rules)
    }

    const RULES: Rules = Rules { tolerance: 0.005, most_early: 1 };

    #[test]
    fn the_earliest_stage_that_answers_enough_and_well_is_chosen() {
        let offers = [stage(8, 390, false), stage(3, 280, false), stage(1, 100, false), stage(2, 280, true)];
        let chosen = tuned(&offers, &stage(20, FLOWS, false), RULES).unwrap();
        assert_eq!(
            chosen.early,
            [1],
            "that at depth 2 does not know when it is wrong, that at depth 1 knows too little"
        );
        assert!(chosen.tau > 0.5);
        let first = tuned(&offers[2..3], &stage(20, FLOWS, false), RULES).unwrap();
        assert_eq!(first.early, [0], "a quarter of the flows is better than none");
    }

    #[test]
    fn a_second_stage_answers_what_the_first_does_not() {
        let offers = [stage(8, 390, false), stage(3, 280, false)];
        let rules = Rules { most_early: 2, ..RULES };
        assert_eq!(tuned(&offers, &stage(20, FLOWS, false), rules).unwrap().early, [1, 0]);
    }

    #[test]
    fn what_harms_either_part_is_not_chosen() {
        let last = stage(20, FLOWS, false);
        assert_eq!(tuned(&[stage(2, 280, true)], &last, RULES), None);
        assert!(tuned(&[stage(2, 280, true)], &last, Rules { tolerance: 1.0, ..RULES }).is_some());
        // On the validation part it looks flawless.
        let mut lucky = stage(2, FLOWS, false);
        assert!(tuned(std::slice::from_ref(&lucky), &last, RULES).is_some());
        lucky.train = stage(2, 280, true).train;
        assert_eq!(tuned(&[lucky], &last, RULES), None);
    }

    #[test]
    fn early_is_before_the_last() {
        assert_eq!(tuned(&[stage(20, FLOWS, false)], &stage(20, FLOWS, false), RULES), None);
        assert_eq!(tuned(&[], &stage(20, FLOWS, false), RULES), None);
    }
}
