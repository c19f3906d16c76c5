//! The report of a study: one HTML file that needs no network and no script.
//!
//! [`render`] is pure. Every text that comes from a study (labels, feature names, reasons, settings) is escaped, and the
//! page forbids itself to load anything.

mod axis;
mod page;
mod scatter;
mod text;

use crate::cost::Cost;
use crate::quality::Quality;

pub use text::{bytes, nanoseconds, seconds};

/// What a report tells.
#[derive(Clone, Debug, Default)]
pub struct ReportInput {
    /// Heading of the page: the name of the study.
    pub title: String,
    /// What the study searched over, in one sentence: "flows of the demo, 12 classes".
    pub subject: String,
    /// Settings by name, in the order in which they are shown.
    pub settings: Vec<(String, String)>,
    /// Every evaluation, in the order of the search.
    pub evaluations: Vec<Evaluated>,
    /// The front, by rising cost.
    pub members: Vec<Member>,
    /// Where the time went, one row for each kind of work.
    pub spending: Vec<Spending>,
    /// Median seconds from a new candidate to its measured cost, training left out; `None` where nothing was measured.
    pub turnaround_seconds: Option<f64>,
}

/// One evaluation of the search.
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// Its number in the search.
    pub index: usize,
    /// The candidate: "12 features at depth 7".
    pub candidate: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of an evaluation.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The candidate was trained, built and measured.
    Measured {
        /// Macro-F1 on the validation part, 0 to 1.
        macro_f1: f64,
        /// Execution time in nanoseconds per flow.
        execution_time_ns: f64,
    },
    /// The candidate could not be built or measured.
    Failed {
        /// Why.
        reason: String,
    },
}

/// One member of the front.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its id in the study.
    pub id: String,
    /// Packets up to the inference point, or "all".
    pub depth: String,
    /// Names of its features, in the catalogue's order.
    pub features: Vec<String>,
    /// Its model in a few words: "random forest, 100 trees, depth 15".
    pub model: String,
    /// Quality on the validation part, which the search saw.
    pub validation: Quality,
    /// Quality on the test part, which no step of the search saw.
    pub test: Quality,
    /// Its measured cost.
    pub cost: Cost,
}

/// Time spent on one kind of work.
#[derive(Clone, Debug)]
pub struct Spending {
    /// The work: "train", "build", "measure", "choose".
    pub work: String,
    /// Seconds over the whole search.
    pub total_seconds: f64,
    /// Median seconds of one evaluation.
    pub median_seconds: f64,
}

/// The report as an HTML document.
#[must_use]
pub fn render(input: &ReportInput) -> String {
    page::Page(input).to_string()
}

#[cfg(test)]
mod tests;
