//! How a candidate came to be proposed, and what was expected of it.

use serde::{Deserialize, Serialize};

/// How a candidate came to be proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// One of the first, chosen before there was anything to learn from.
    Start,
    /// Drawn at random, or chosen where little is known, although there was something to learn from: so that what was
    /// learnt wrongly is met.
    Exploration,
    /// The best of a pool of candidates by the acquisition function.
    Acquisition,
    /// Bred from candidates that were evaluated before.
    Offspring,
    /// A step away from the candidate at which the search stands.
    Neighbour,
    /// The next one in the order of the space.
    Enumeration,
}

/// A prediction of one number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// What is expected.
    pub mean: f64,
    /// Standard deviation of what may come instead.
    pub deviation: f64,
}

/// What an algorithm expected of a candidate when it chose it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// Macro-F1 on the validation part, 0 to 1.
    pub quality: Prediction,
    /// Cost in nanoseconds per flow.
    pub cost: Prediction,
    /// The value of the acquisition function: for an expected hypervolume improvement, the share of the rectangle
    /// between the reference point and (F1 1, cost 0) by which the front is expected to grow.
    pub acquisition: f64,
}

/// Why a candidate was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// How it came to be proposed.
    pub origin: Origin,
    /// What was expected of it; none from an algorithm that predicts nothing, or before it does.
    pub forecast: Option<Forecast>,
}

impl Choice {
    /// A choice without a forecast.
    #[must_use]
    pub const fn unforeseen(origin: Origin) -> Self {
        Self { origin, forecast: None }
    }
}
