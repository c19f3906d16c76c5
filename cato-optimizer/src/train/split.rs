//! Which flows train, which validate, which test.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::dataset::Dataset;
use super::random::{Purpose, generator};
use super::stratify;

/// The fewest captures of each class for a split by capture: one for each part.
pub const FEWEST_CAPTURES: usize = 3;

/// Number of folds of the cross-validation inside the train part.
pub const FOLDS: usize = 3;

/// A part of the dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// What models are fitted on: 60 % of each class.
    Train,
    /// What the search compares candidates by: 20 %.
    Validation,
    /// What only the finished front is scored on: 20 %.
    Test,
}

/// What stays together in a split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SplitBy {
    /// Nothing: each flow goes where it falls.
    Flow,
    /// The flows of one capture: a model is judged on captures that it has not seen.
    Capture,
}

/// Each row's part, stratified by class: the same on every machine for the same dataset, kind of split and seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    parts: Vec<Part>,
    by: SplitBy,
}

/// Why a dataset cannot be split as asked.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SplitError {
    /// A part would lack these classes.
    #[error(
        "a split by capture needs {FEWEST_CAPTURES} captures of each class; split by flow, or drop: {}",
        list(.0)
    )]
    TooFewCaptures(
        /// Labels of the classes with fewer, and their numbers of captures.
        Vec<(String, usize)>,
    ),
}

impl Part {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];

    /// The share of each class's flows that this part gets.
    #[must_use]
    pub const fn fraction(self) -> f64 {
        match self {
            Self::Train => 0.6,
            Self::Validation | Self::Test => 0.2,
        }
    }
}

impl Split {
    /// Splits a dataset; without `by`, by capture where each class has [`FEWEST_CAPTURES`] captures, else by flow.
    ///
    /// By flow, each class comes within one flow of its share in each part. By capture, it comes as near as whole
    /// captures allow, and is in each part: only where captures of several classes leave no such choice may a part lack
    /// one, which [`missing`](Self::missing) tells.
    ///
    /// # Errors
    ///
    /// When a split by capture is asked for and a class has too few captures.
    pub fn new(dataset: &Dataset, by: Option<SplitBy>, seed: u64) -> Result<Self, SplitError> {
        let scarce = scarce_classes(dataset);
        let by = by.unwrap_or(if scarce.is_empty() { SplitBy::Capture } else { SplitBy::Flow });
        if by == SplitBy::Capture && !scarce.is_empty() {
            return Err(SplitError::TooFewCaptures(scarce));
        }
        let (classes, class_count) = (dataset.classes(), dataset.labels().len());
        let fractions = Part::ALL.map(Part::fraction);
        let mut rng = generator(seed, Purpose::Split);
        let parts = match by {
            SplitBy::Flow => stratify::rows(classes, class_count, &fractions, &mut rng),
            SplitBy::Capture => stratify::groups(dataset.captures(), classes, class_count, &fractions, &mut rng),
        };
        Ok(Self { parts: parts.into_iter().map(|part| Part::ALL[part]).collect(), by })
    }

    /// What stayed together.
    #[must_use]
    pub fn by(&self) -> SplitBy {
        self.by
    }

    /// Each dataset row's part.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The dataset rows of a part, ascending.
    #[must_use]
    pub fn rows(&self, part: Part) -> Vec<usize> {
        (0..self.parts.len()).filter(|&row| self.parts[row] == part).collect()
    }

    /// The parts that lack a class, as (label, part): empty but in a split by capture with captures of several classes.
    #[must_use]
    pub fn missing<'a>(&self, dataset: &'a Dataset) -> Vec<(&'a str, Part)> {
        let mut present = vec![[false; 3]; dataset.labels().len()];
        for (&class, &part) in dataset.classes().iter().zip(&self.parts) {
            present[usize::from(class)][part as usize] = true;
        }
        let by_class = dataset.labels().iter().zip(present);
        by_class
            .flat_map(|(label, present)| {
                Part::ALL
                    .into_iter()
                    .filter(move |&part| !present[part as usize])
                    .map(move |part| (label.as_str(), part))
            })
            .collect()
    }

    /// The fold, below [`FOLDS`], of each row of the train part, in the order of [`rows`](Self::rows).
    ///
    /// Stratified by class. Where the split is by capture, so are the folds, unless the train part has fewer captures
    /// than there are folds.
    pub(crate) fn folds(&self, dataset: &Dataset, seed: u64) -> Vec<usize> {
        let rows = self.rows(Part::Train);
        let classes: Vec<u16> = rows.iter().map(|&row| dataset.classes()[row]).collect();
        let captures: Vec<u32> = rows.iter().map(|&row| dataset.captures()[row]).collect();
        let fractions = [1.0 / FOLDS as f64; FOLDS];
        let mut rng = generator(seed, Purpose::Folds);
        if self.by == SplitBy::Capture && distinct(captures.iter().copied()) >= FOLDS {
            stratify::groups(&captures, &classes, dataset.labels().len(), &fractions, &mut rng)
        } else {
            stratify::rows(&classes, dataset.labels().len(), &fractions, &mut rng)
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        })
    }
}

impl fmt::Display for SplitBy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Flow => "flow",
            Self::Capture => "capture",
        })
    }
}

/// The classes with too few captures for a split by capture.
fn scarce_classes(dataset: &Dataset) -> Vec<(String, usize)> {
    let mut captures = vec![Vec::new(); dataset.labels().len()];
    for (&class, &capture) in dataset.classes().iter().zip(dataset.captures()) {
        captures[usize::from(class)].push(capture);
    }
    let counts = captures.into_iter().map(distinct);
    let by_class = dataset.labels().iter().cloned().zip(counts);
    by_class.filter(|&(_, count)| count < FEWEST_CAPTURES).collect()
}

fn distinct(captures: impl IntoIterator<Item = u32>) -> usize {
    captures.into_iter().collect::<std::collections::BTreeSet<_>>().len()
}

fn list(classes: &[(String, usize)]) -> String {
    classes.iter().map(|(label, captures)| format!("{label} ({captures})")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::{FOLDS, Part, Split, SplitBy, SplitError};
    use crate::train::dataset::Dataset;

    /// `captures` captures of each of four classes, of 10 to 19 flows each.
    fn dataset(captures: u32) -> Dataset {
        let flows = (0..4 * captures)
            .flat_map(|capture| (0..10 + capture % 10).map(move |_| (capture, Some(format!("class {}", capture % 4)))));
        Dataset::new(flows, 20).unwrap()
    }

    fn shares(dataset: &Dataset, split: &Split) -> BTreeMap<(u16, Part), f64> {
        let mut counts = BTreeMap::new();
        for (&class, &part) in dataset.classes().iter().zip(split.parts()) {
            *counts.entry((class, part)).or_insert(0.0) += 1.0;
        }
        let sizes = dataset.sizes();
        counts.into_iter().map(|(key, count)| (key, count / sizes[usize::from(key.0)].flows as f64)).collect()
    }

    #[test]
    fn the_default_is_by_capture_where_every_class_has_three() {
        assert_eq!(Split::new(&dataset(3), None, 1).unwrap().by(), SplitBy::Capture);
        assert_eq!(Split::new(&dataset(2), None, 1).unwrap().by(), SplitBy::Flow);
    }

    #[test]
    fn by_capture_with_too_few_names_the_classes() {
        let error = Split::new(&dataset(2), Some(SplitBy::Capture), 1).unwrap_err();
        let SplitError::TooFewCaptures(classes) = &error;
        assert_eq!(classes.len(), 4);
        assert!(error.to_string().ends_with("drop: class 0 (2), class 1 (2), class 2 (2), class 3 (2)"), "{error}");
    }

    #[test]
    fn parts_have_their_shares_of_every_class() {
        for (by, tolerance) in [(SplitBy::Flow, 0.02), (SplitBy::Capture, 0.08)] {
            let dataset = dataset(12);
            let split = Split::new(&dataset, Some(by), 3).unwrap();
            assert!(split.missing(&dataset).is_empty());
            for ((class, part), share) in shares(&dataset, &split) {
                assert!((share - part.fraction()).abs() <= tolerance, "{by}: class {class}, {part}: {share}");
            }
        }
    }

    #[test]
    fn parts_are_disjoint_and_whole() {
        let dataset = dataset(5);
        let split = Split::new(&dataset, None, 3).unwrap();
        let mut rows: Vec<usize> = Part::ALL.into_iter().flat_map(|part| split.rows(part)).collect();
        rows.sort_unstable();
        assert_eq!(rows, (0..dataset.len()).collect::<Vec<_>>());
    }

    #[test]
    fn no_capture_is_in_two_parts_or_folds() {
        let dataset = dataset(9);
        let split = Split::new(&dataset, Some(SplitBy::Capture), 5).unwrap();
        let parts: BTreeSet<(u32, Part)> =
            dataset.captures().iter().copied().zip(split.parts().iter().copied()).collect();
        assert_eq!(parts.len(), 36);
        let folds: BTreeSet<(u32, usize)> = split
            .rows(Part::Train)
            .into_iter()
            .map(|row| dataset.captures()[row])
            .zip(split.folds(&dataset, 5))
            .collect();
        let captures: BTreeSet<u32> = folds.iter().map(|&(capture, _)| capture).collect();
        assert_eq!(folds.len(), captures.len());
        assert_eq!(folds.iter().map(|&(_, fold)| fold).collect::<BTreeSet<_>>().len(), FOLDS);
    }

    #[test]
    fn a_seed_gives_one_split_and_another_seed_another() {
        for by in [SplitBy::Flow, SplitBy::Capture] {
            let split = |seed| Split::new(&dataset(9), Some(by), seed).unwrap();
            assert_eq!(split(1), split(1));
            assert_ne!(split(1), split(2));
        }
    }

    #[test]
    fn one_capture_that_trains_is_folded_by_flow() {
        // Three captures, each with all classes: one for each part.
        let flows = (0..180u32).map(|flow| (flow % 3, Some(format!("class {}", flow % 2))));
        let dataset = Dataset::new(flows, 20).unwrap();
        let split = Split::new(&dataset, None, 1).unwrap();
        assert_eq!(split.by(), SplitBy::Capture);
        let folds = split.folds(&dataset, 1);
        assert!((0..FOLDS).all(|fold| folds.iter().filter(|&&other| other == fold).count() >= 18));
    }
}
