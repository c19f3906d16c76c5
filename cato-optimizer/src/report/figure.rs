//! How costs are written for people, by what they are measured in.

use super::text::{nanoseconds, with_unit};
use crate::cost::CostMetric;

const RATES: [(f64, &str); 4] = [(1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G")];

impl CostMetric {
    /// A cost with its unit, three significant digits: "431 ns", "4.31 ms", "4.31 M/s" (packets).
    #[must_use]
    pub fn text(self, cost_ns: f64) -> String {
        match self {
            Self::ExecutionTime | Self::Latency => nanoseconds(cost_ns),
            Self::Throughput => rate(self.shown(cost_ns)),
        }
    }

    /// What an axis or a column is named.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::ExecutionTime => "execution time per flow",
            Self::Latency => "latency per flow, mean",
            Self::Throughput => "packets per second without loss, one core",
        }
    }

    /// How far costs lie apart, in the unit of [`CostMetric::text`].
    pub(crate) fn noise_text(self, cost_ns: f64, noise_ns: f64) -> String {
        match self {
            Self::ExecutionTime | Self::Latency => nanoseconds(noise_ns),
            Self::Throughput => rate(self.shown(cost_ns) * noise_ns / cost_ns),
        }
    }

    /// The number that an axis shows for a cost.
    pub(super) fn shown(self, cost_ns: f64) -> f64 {
        match self {
            Self::ExecutionTime | Self::Latency => cost_ns,
            Self::Throughput => 1e9 / cost_ns,
        }
    }

    /// Whether the number shown is larger where the cost is lower.
    pub(super) fn falls(self) -> bool {
        self == Self::Throughput
    }
}

/// A number in a second, with three significant digits: "431 /s", "4.31 M/s".
#[must_use]
pub fn rate(per_second: f64) -> String {
    let text = with_unit(per_second, &RATES);
    if per_second.is_finite() { format!("{text}/s") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_have_the_unit_of_what_they_are() {
        assert_eq!(CostMetric::ExecutionTime.text(431.4), "431 ns");
        assert_eq!(CostMetric::Latency.text(4.314e6), "4.31 ms");
        assert_eq!(CostMetric::Throughput.text(100.0), "10.0 M/s");
        assert_eq!(CostMetric::Throughput.noise_text(100.0, 1.0), "100 k/s");
        assert_eq!(CostMetric::Latency.noise_text(100.0, 1.0), "1.00 ns");
        assert_eq!((rate(431.0), rate(f64::NAN)), ("431 /s".to_owned(), "unknown".to_owned()));
    }
}
