//! What an answer is worth beside another one, in macro-F1.

/// How much each pair of a true class and an answer adds to macro-F1, to the first order, beside some answers that are
/// there: by the counts from which the F1 of each class is made.
///
/// The unit is a right answer to a flow of a class of mean size, so that what `n` flows gain is macro-F1 times `n`.
#[derive(Clone, Debug, PartialEq)]
pub struct Influence {
    /// By class: F1, and flows of it and answers with it over twice its flows' mean number.
    classes: Vec<(f64, f64)>,
}

impl Influence {
    /// Around `answers` to flows of which `truth` gives the class; there are `classes`.
    #[must_use]
    pub fn around(truth: &[u16], answers: &[u16], classes: usize) -> Self {
        // Twice the hits, and flows and answers together: their ratio is F1.
        let mut counts = vec![(0.0, 0.0); classes];
        for (&right, &answer) in truth.iter().zip(answers) {
            counts[usize::from(right)].1 += 1.0;
            counts[usize::from(answer)].1 += 1.0;
            counts[usize::from(right)].0 += if right == answer { 2.0 } else { 0.0 };
        }
        let present = counts.iter().filter(|(_, all)| *all > 0.0).count().max(1);
        let unit = truth.len() as f64 / present as f64;
        let class = |&(hits, all): &(f64, f64)| (hits / f64::max(all, 1.0), f64::max(all, 1.0) / unit);
        Self { classes: counts.iter().map(class).collect() }
    }

    /// What `answer` to a flow of the class `truth` adds; a right one adds, a wrong one takes away.
    #[must_use]
    pub fn of(&self, truth: u16, answer: u16) -> f64 {
        // F1 is 2 hits / (flows + answers): an answer adds one to the answers of its class, and two hits where it is right.
        let (f1, weight) = self.classes[usize::from(answer)];
        (if truth == answer { 2.0 - f1 } else { -f1 }) / weight
    }

    /// What is lost where a flow of `class` gets no right answer.
    #[must_use]
    pub fn at_stake(&self, class: u16) -> f64 {
        2.0 / self.classes[usize::from(class)].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::Quality;

    #[test]
    fn gains_are_differences_of_macro_f1() {
        let labels: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
        let truth: Vec<u16> = (0..3_000).map(|flow| [0, 0, 0, 1, 1, 2][flow % 6]).collect();
        let last: Vec<u16> = (0..3_000).map(|flow| if flow % 7 == 0 { 1 } else { truth[flow] }).collect();
        let influence = Influence::around(&truth, &last, 3);
        // A few answers differ: some are worse, some are better, some are wrong in another way.
        for (every, answer) in [(97, 2), (83, 0), (89, 1)] {
            let other: Vec<u16> = (0..3_000).map(|flow| if flow % every == 0 { answer } else { last[flow] }).collect();
            let gained =
                |answers: &[u16]| -> f64 { (0..3_000).map(|flow| influence.of(truth[flow], answers[flow])).sum() };
            let exact = |answers: &[u16]| Quality::of(&truth, answers, &labels).macro_f1;
            let (estimate, exact) = ((gained(&other) - gained(&last)) / 3_000.0, exact(&other) - exact(&last));
            assert!((estimate - exact).abs() < 0.05 * exact.abs() + 1e-5, "{estimate} beside {exact}");
            assert!(exact.abs() > 1e-3);
        }
        assert!(influence.at_stake(2) > influence.at_stake(0), "a flow of a rare class weighs more");
    }
}
