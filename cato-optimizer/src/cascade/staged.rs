//! Which stage answers a flow, and what comes of it.

use cato_codegen::model::Prediction;

use crate::cost::Spread;
use crate::quality::Quality;

/// What one stage would say of some flows, and when.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// Its answer to each flow, from the packets up to its depth or the flow's end.
    pub predictions: Vec<Prediction>,
    /// Nanoseconds from the first packet of each flow to the last one of those.
    pub waiting_ns: Vec<u64>,
}

/// Stages over the same flows, by ascending depth. The last one always answers.
#[derive(Clone, Debug)]
pub struct Cascade<'a> {
    /// Each stage before the last, with the share of the vote that it needs for each class; none never answers it.
    pub early: Vec<(&'a Answers, Vec<Option<u16>>)>,
    /// The last stage.
    pub last: &'a Answers,
}

/// How a flow was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The stage, from 0.
    pub stage: usize,
    /// The class.
    pub class: u16,
    /// Nanoseconds from the first packet to the last one that the verdict takes in.
    pub waiting_ns: u64,
}

impl Cascade<'_> {
    /// The first stage that is sure answers, flow by flow.
    #[must_use]
    pub fn decide(&self) -> Vec<Decision> {
        (0..self.last.predictions.len()).map(|flow| self.decide_one(flow)).collect()
    }

    /// How the flow at this place is answered.
    pub(super) fn decide_one(&self, flow: usize) -> Decision {
        let decision = |stage: usize, answers: &Answers| {
            let Prediction { class, .. } = answers.predictions[flow];
            Decision { stage, class, waiting_ns: answers.waiting_ns[flow] }
        };
        for (stage, (answers, thresholds)) in self.early.iter().enumerate() {
            let Prediction { class, confidence } = answers.predictions[flow];
            if thresholds.get(usize::from(class)).copied().flatten().is_some_and(|least| confidence >= least) {
                return decision(stage, answers);
            }
        }
        decision(self.early.len(), self.last)
    }
}

/// How good and how late a cascade's answers are, over some flows.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// Against the true classes.
    pub quality: Quality,
    /// The share of the flows that each stage answers, from 0 to 1.
    pub answered: Vec<f64>,
    /// Waiting for packets, in packet time.
    pub waiting: Spread,
}

impl Scores {
    /// Of `decisions` of a cascade with `stages` over flows of which `truth` gives the class, an index into `labels`.
    #[must_use]
    pub fn of(decisions: &[Decision], stages: usize, truth: &[u16], labels: &[String]) -> Self {
        let mut answered = vec![0usize; stages];
        for decision in decisions {
            answered[decision.stage] += 1;
        }
        let answers: Vec<u16> = decisions.iter().map(|decision| decision.class).collect();
        let share = |count: usize| count as f64 / decisions.len().max(1) as f64;
        Self {
            quality: Quality::of(truth, &answers, labels),
            answered: answered.into_iter().map(share).collect(),
            waiting: Spread::of(decisions.iter().map(|decision| decision.waiting_ns as f64)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(of: &[(u16, u16, u64)]) -> Answers {
        Answers {
            predictions: of.iter().map(|&(class, confidence, _)| Prediction { class, confidence }).collect(),
            waiting_ns: of.iter().map(|&(_, _, waiting)| waiting).collect(),
        }
    }

    #[test]
    fn the_first_sure_stage_answers_and_the_last_always_does() {
        let first = answers(&[(0, 100, 0), (0, 99, 0), (1, 65_535, 0), (0, 99, 0)]);
        let second = answers(&[(1, 500, 5), (1, 500, 5), (1, 500, 5), (1, 499, 5)]);
        let last = answers(&[(1, 1, 9), (0, 1, 9), (0, 1, 9), (0, 1, 9)]);
        let early = vec![(&first, vec![Some(100), None]), (&second, vec![None, Some(500)])];
        let decisions = Cascade { early, last: &last }.decide();
        let expected = [(0, 0, 0), (1, 1, 5), (1, 1, 5), (2, 0, 9)];
        let expected = expected.map(|(stage, class, waiting_ns)| Decision { stage, class, waiting_ns });
        assert_eq!(decisions, expected);

        let labels = ["a", "b"].map(str::to_owned);
        let scores = Scores::of(&decisions, 3, &[0, 1, 1, 1], &labels);
        assert_eq!((scores.answered, scores.quality.accuracy), (vec![0.25, 0.5, 0.25], 0.75));
        assert_eq!(scores.waiting, Spread { mean_ns: 4.75, median_ns: 5.0, p99_ns: 9.0 });
    }
}
