//! The report of a study: one HTML file that needs no network and no script.
//!
//! [`render`] is pure. Every text that comes from a study (labels, feature names, reasons, settings) is escaped, and the
//! page forbids itself to load anything.

mod axis;
mod baselines;
mod courses;
mod evaluations;
mod figure;
mod forecasts;
mod page;
mod scatter;
mod text;

use crate::cost::{Cost, CostMetric};
use crate::quality::{Metrics, Quality};
use crate::search::{Evaluation, QUALITY_METRIC};
use crate::study::{Comparison, Noise};

pub use courses::{Course, Courses, render_courses};
pub use figure::rate;
pub use text::{bytes, nanoseconds, seconds};

/// What a report tells.
#[derive(Clone, Debug, Default)]
pub struct ReportInput<'a> {
    /// Heading of the page: the name of the study.
    pub title: &'a str,
    /// What the study searched over, in one sentence: "flows of the demo, 12 classes".
    pub subject: &'a str,
    /// Settings by name, in the order in which they are shown.
    pub settings: &'a [(String, String)],
    /// Every evaluation, in the order of the search.
    pub evaluations: &'a [Evaluation],
    /// The front, by rising cost.
    pub members: &'a [Member],
    /// What pipelines are compared by.
    pub metric: CostMetric,
    /// Whether costs are counted operations times what each takes, and not measured.
    pub counted: bool,
    /// Baselines beside the front, where they were measured.
    pub comparison: Option<&'a Comparison>,
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
    pub validation: Metrics,
    /// Quality on the test part, which no step of the search saw.
    pub test: Quality,
    /// Its measured cost.
    pub cost: Cost,
    /// How well quality and cost are known.
    pub noise: Noise,
    /// Ids of the members that it cannot be told from.
    pub within_noise_of: Vec<String>,
}

impl Member {
    /// What the search maximised, 0 where it is missing.
    fn validation_f1(&self) -> f64 {
        self.validation.get(QUALITY_METRIC).copied().unwrap_or(0.0)
    }
}

/// The report as an HTML document.
#[must_use]
pub fn render(input: &ReportInput<'_>) -> String {
    page::Page(input).to_string()
}

#[cfg(test)]
mod tests;
