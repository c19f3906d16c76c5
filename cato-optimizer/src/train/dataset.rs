//! The labelled flows that a search learns from: which flows, of which class, from which capture.

use std::collections::BTreeMap;
use std::fmt;

use cato_traffic::{FlowRecords, Labels};
use thiserror::Error;

/// The fewest flows that a class is ever kept with: one for each part of a split.
pub const FEWEST_FLOWS: usize = 3;

/// Largest number of classes; a model names them by 16 bits.
pub const MOST_CLASSES: usize = u16::MAX as usize;

/// The flows of the kept classes, one row each, in the order of the flow records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    flows: Vec<usize>,
    classes: Vec<u16>,
    captures: Vec<u32>,
    labels: Vec<String>,
    dropped: Vec<ClassSize>,
    unlabelled: usize,
}

/// A class and how many flows carry its label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassSize {
    /// The class's label.
    pub label: String,
    /// Flows with that label.
    pub flows: usize,
}

/// Why flows and labels are no dataset.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DatasetError {
    /// There is nothing to tell apart.
    #[error(
        "training needs two or more classes of at least {min_flows} flows each; found {}, and {unlabelled} flows without a label",
        list(found)
    )]
    TooFewClasses {
        /// Flows that a class needs to be kept.
        min_flows: usize,
        /// All classes found, bytewise ascending by label.
        found: Vec<ClassSize>,
        /// Flows without a label.
        unlabelled: usize,
    },
    /// More classes than a model can name.
    #[error("{0} classes are left; a model holds at most {MOST_CLASSES}")]
    TooManyClasses(usize),
}

impl Dataset {
    /// Keeps the labelled flows of `records` as [`new`](Self::new) does; the capture of a flow is its file.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn of_records(records: &FlowRecords, labels: &Labels, min_flows: usize) -> Result<Self, DatasetError> {
        let flows = records.flows.iter().enumerate();
        Self::new(flows.map(|(place, flow)| (flow.file, labels.name(place))), min_flows)
    }

    /// Keeps the labelled flows whose class has `min_flows` flows or more (never fewer than [`FEWEST_FLOWS`]).
    ///
    /// `flows` gives, for every flow record in order, the capture that the flow is from and its label, if it has one.
    ///
    /// # Errors
    ///
    /// When fewer than two classes are left, or more than [`MOST_CLASSES`].
    pub fn new<L: AsRef<str>>(
        flows: impl IntoIterator<Item = (u32, Option<L>)>,
        min_flows: usize,
    ) -> Result<Self, DatasetError> {
        let min_flows = min_flows.max(FEWEST_FLOWS);
        let flows: Vec<_> = flows.into_iter().collect();
        let mut sizes = BTreeMap::<&str, usize>::new();
        for label in flows.iter().filter_map(|(_, label)| label.as_ref()) {
            *sizes.entry(label.as_ref()).or_default() += 1;
        }
        let unlabelled = flows.iter().filter(|(_, label)| label.is_none()).count();

        let (kept, dropped): (Vec<_>, Vec<_>) = sizes.iter().partition(|&(_, &size)| size >= min_flows);
        if kept.len() < 2 {
            let found = sizes.into_iter().map(ClassSize::from).collect();
            return Err(DatasetError::TooFewClasses { min_flows, found, unlabelled });
        }
        if kept.len() > MOST_CLASSES {
            return Err(DatasetError::TooManyClasses(kept.len()));
        }

        let class_of: BTreeMap<&str, u16> = (0..).zip(&kept).map(|(class, &(&label, _))| (label, class)).collect();
        let mut dataset = Self {
            flows: Vec::new(),
            classes: Vec::new(),
            captures: Vec::new(),
            labels: kept.iter().map(|&(&label, _)| label.to_owned()).collect(),
            dropped: dropped.into_iter().map(|(&label, &flows)| ClassSize::from((label, flows))).collect(),
            unlabelled,
        };
        for (flow, (capture, label)) in flows.iter().enumerate() {
            if let Some(&class) = label.as_ref().and_then(|label| class_of.get(label.as_ref())) {
                dataset.flows.push(flow);
                dataset.classes.push(class);
                dataset.captures.push(*capture);
            }
        }
        Ok(dataset)
    }

    /// The dataset of some of the rows, in the order given, with the same classes, of which some may be left without a row.
    ///
    /// # Panics
    ///
    /// When there is no such row.
    #[must_use]
    pub fn pick(&self, rows: &[usize]) -> Self {
        Self {
            flows: rows.iter().map(|&row| self.flows[row]).collect(),
            classes: rows.iter().map(|&row| self.classes[row]).collect(),
            captures: rows.iter().map(|&row| self.captures[row]).collect(),
            ..self.clone()
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.flows.len()
    }

    /// Whether there is no row; never so.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.flows.is_empty()
    }

    /// The flow record of each row, ascending.
    #[must_use]
    pub fn flows(&self) -> &[usize] {
        &self.flows
    }

    /// The class of each row, an index into [`labels`](Self::labels).
    #[must_use]
    pub fn classes(&self) -> &[u16] {
        &self.classes
    }

    /// The capture that each row's flow is from.
    #[must_use]
    pub fn captures(&self) -> &[u32] {
        &self.captures
    }

    /// The labels of the classes, bytewise ascending; two or more.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The kept classes with their sizes, in the order of the labels.
    #[must_use]
    pub fn sizes(&self) -> Vec<ClassSize> {
        let mut sizes: Vec<_> = self.labels.iter().map(|label| ClassSize { label: label.clone(), flows: 0 }).collect();
        for &class in &self.classes {
            sizes[usize::from(class)].flows += 1;
        }
        sizes
    }

    /// The classes that had too few flows, bytewise ascending by label.
    #[must_use]
    pub fn dropped(&self) -> &[ClassSize] {
        &self.dropped
    }

    /// Number of flows that had no label.
    #[must_use]
    pub fn unlabelled(&self) -> usize {
        self.unlabelled
    }
}

impl From<(&str, usize)> for ClassSize {
    fn from((label, flows): (&str, usize)) -> Self {
        Self { label: label.to_owned(), flows }
    }
}

impl fmt::Display for ClassSize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({} flows)", self.label, self.flows)
    }
}

fn list(classes: &[ClassSize]) -> String {
    match classes {
        [] => "no class".to_owned(),
        _ => classes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::{ClassSize, Dataset, DatasetError};

    /// Flows of the labels named, each as often as said, all of capture 0; the empty label is none.
    fn flows(classes: &[(&'static str, usize)]) -> Vec<(u32, Option<&'static str>)> {
        let label = |label: &'static str| (!label.is_empty()).then_some(label);
        classes.iter().flat_map(|&(name, count)| (0..count).map(move |_| (0, label(name)))).collect()
    }

    #[test]
    fn classes_are_ordered_bytewise_and_small_ones_dropped_by_name() {
        let dataset = Dataset::new(flows(&[("zoom", 5), ("", 4), ("Aria", 6), ("rare", 4), ("apple", 5)]), 5).unwrap();
        assert_eq!(dataset.labels(), ["Aria", "apple", "zoom"]);
        assert_eq!(dataset.dropped(), [ClassSize { label: "rare".to_owned(), flows: 4 }]);
        assert_eq!(dataset.unlabelled(), 4);
        assert_eq!(dataset.len(), 16);
        assert_eq!((dataset.flows()[0], dataset.classes()[0]), (0, 2));
        assert_eq!((dataset.flows()[5], dataset.classes()[5]), (9, 0));
        assert_eq!(dataset.sizes().iter().map(|class| class.flows).collect::<Vec<_>>(), [6, 5, 5]);
    }

    #[test]
    fn picked_rows_keep_their_flows_and_classes() {
        let dataset = Dataset::new(flows(&[("a", 5), ("", 2), ("b", 6)]), 5).unwrap();
        let picked = dataset.pick(&[6, 1]);
        assert_eq!((picked.flows(), picked.classes()), (&[8, 1][..], &[1, 0][..]));
        assert_eq!((picked.len(), picked.labels()), (2, dataset.labels()));
    }

    #[test]
    fn one_class_is_an_error_that_says_what_was_found() {
        let error = Dataset::new(flows(&[("web", 50), ("", 7), ("dns", 2)]), 20).unwrap_err();
        assert_eq!(
            error.to_string(),
            "training needs two or more classes of at least 20 flows each; found dns (2 flows), web (50 flows), and 7 \
             flows without a label"
        );
        assert!(matches!(Dataset::new(flows(&[]), 20), Err(DatasetError::TooFewClasses { .. })));
    }

    #[test]
    fn a_class_needs_a_flow_for_each_part() {
        let dataset = Dataset::new(flows(&[("a", 3), ("b", 3), ("c", 2)]), 0).unwrap();
        assert_eq!(dataset.labels(), ["a", "b"]);
    }
}
