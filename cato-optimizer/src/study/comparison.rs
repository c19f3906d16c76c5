//! `baselines.json`: baselines and the members of a front, measured in one run.

use std::fmt;

use cato_codegen::spec::Depth;
use serde::{Deserialize, Serialize};

use super::{MemberCost, text};
use crate::baseline::Method;
use crate::quality::Metrics;
use crate::search::QUALITY_METRIC;

/// Baselines and the members of a front, measured in one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// How often each pipeline was measured; costs are medians.
    pub measurements: usize,
    /// The members of the front by rising cost, measured again beside the baselines.
    pub front: Vec<MemberFigures>,
    /// The baselines, method by method and by rising depth.
    pub baselines: Vec<Baseline>,
    /// Names of the baselines for which no member of the front has an F1 no lower at a cost no higher; those that failed
    /// are not among them.
    pub unmatched: Vec<String>,
}

/// Quality and cost of a pipeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Quality on the validation part, which the search saw.
    pub validation: Metrics,
    /// Quality on the test part.
    pub test: Metrics,
    /// The median of its measured costs.
    pub cost: MemberCost,
    /// How far single measurements of it lie apart, as a standard deviation in nanoseconds.
    pub noise_ns: f64,
}

/// A member of the front.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberFigures {
    /// Its id in the study.
    pub id: String,
    /// Its quality and cost.
    #[serde(flatten)]
    pub figures: Figures,
}

/// A baseline and how the front stands beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// How its features were chosen.
    pub method: Method,
    /// Its inference point.
    #[serde(with = "text::depth")]
    pub depth: Depth,
    /// Its features in the catalogue's order.
    pub features: Vec<String>,
    /// What came of it.
    pub outcome: BaselineOutcome,
}

/// What came of a baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::large_enum_variant, reason = "most are of the large kind, and there are few")]
pub enum BaselineOutcome {
    /// It was trained, built and measured.
    Measured {
        /// Path of its spec, relative to the study's folder; the model lies beside it.
        spec: String,
        /// Its quality and cost.
        #[serde(flatten)]
        figures: Figures,
        /// The front beside it.
        beside: Beside,
    },
    /// It could not be.
    Failed {
        /// Why, in one sentence.
        reason: String,
    },
}

/// A member of the front beside a baseline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beside {
    /// The cheapest member with an F1 no lower than the baseline's; where there is none, the member of highest F1.
    pub member: String,
    /// Whether its F1 is no lower (macro-F1, validation part).
    pub as_good: bool,
    /// Whether, besides, its cost is no higher.
    pub no_worse: bool,
    /// The baseline's cost over the member's.
    pub cost_ratio: f64,
    /// The member's F1 on the validation part less the baseline's.
    pub validation_difference: f64,
    /// The same on the test part.
    pub test_difference: f64,
}

impl Comparison {
    /// What was found, with the names of the baselines that the front does not match.
    #[must_use]
    pub fn new(measurements: usize, front: Vec<MemberFigures>, baselines: Vec<Baseline>) -> Self {
        let unmatched = baselines.iter().filter(|baseline| baseline.beside().is_some_and(|beside| !beside.no_worse));
        let unmatched = unmatched.map(ToString::to_string).collect();
        Self { measurements, front, baselines, unmatched }
    }

    /// The baselines that were measured.
    pub fn measured(&self) -> impl Iterator<Item = (&Baseline, &Figures, &Beside)> {
        self.baselines.iter().filter_map(|baseline| match &baseline.outcome {
            BaselineOutcome::Measured { figures, beside, .. } => Some((baseline, figures, beside)),
            BaselineOutcome::Failed { .. } => None,
        })
    }
}

impl Baseline {
    /// How the front stands beside it; `None` where it failed.
    #[must_use]
    pub fn beside(&self) -> Option<&Beside> {
        match &self.outcome {
            BaselineOutcome::Measured { beside, .. } => Some(beside),
            BaselineOutcome::Failed { .. } => None,
        }
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.depth {
            Depth::Packets(packets) => write!(formatter, "{} at depth {packets}", self.method),
            Depth::All => write!(formatter, "{} at depth all", self.method),
        }
    }
}

impl Figures {
    /// Macro-F1 on the validation part, which the search maximised; 0 where it is missing.
    #[must_use]
    pub fn validation_f1(&self) -> f64 {
        f1(&self.validation)
    }

    /// Macro-F1 on the test part; 0 where it is missing.
    #[must_use]
    pub fn test_f1(&self) -> f64 {
        f1(&self.test)
    }
}

fn f1(metrics: &Metrics) -> f64 {
    metrics.get(QUALITY_METRIC).copied().unwrap_or(0.0)
}

impl Beside {
    /// The member of `front` that a baseline is set beside; `None` for a front without members.
    #[must_use]
    pub fn of(baseline: &Figures, front: &[MemberFigures]) -> Option<Self> {
        let cost = |member: &MemberFigures| member.figures.cost.objective();
        let quality = |member: &MemberFigures| member.figures.validation_f1();
        let cheapest = |members: &mut dyn Iterator<Item = &'_ MemberFigures>| {
            members.min_by(|a, b| cost(a).total_cmp(&cost(b))).map(|member| member.id.clone())
        };
        let good = cheapest(&mut front.iter().filter(|member| quality(member) >= baseline.validation_f1()));
        let as_good = good.is_some();
        let best = front.iter().map(quality).fold(f64::NEG_INFINITY, f64::max);
        let id = good.or_else(|| cheapest(&mut front.iter().filter(|member| quality(member) >= best)))?;
        let member = front.iter().find(|member| member.id == id)?;
        let cost_ratio = baseline.cost.objective() / cost(member);
        Some(Self {
            member: id,
            as_good,
            no_worse: as_good && cost_ratio >= 1.0,
            cost_ratio,
            validation_difference: quality(member) - baseline.validation_f1(),
            test_difference: member.figures.test_f1() - baseline.test_f1(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostMetric;

    fn figures(quality: f64, cost: f64) -> Figures {
        Figures {
            validation: Metrics::from([(QUALITY_METRIC.to_owned(), quality)]),
            test: Metrics::from([(QUALITY_METRIC.to_owned(), quality - 0.1)]),
            cost: MemberCost {
                execution_time_ns: cost,
                per_packet_ns: cost / 10.0,
                p99_ns: cost * 1.5,
                state_bytes: 64,
                code_bytes: 4_096,
                metric: CostMetric::ExecutionTime,
                latency: None,
                throughput: None,
            },
            noise_ns: cost / 100.0,
        }
    }

    fn front() -> Vec<MemberFigures> {
        [("e03", 0.5, 100.0), ("e01", 0.8, 200.0), ("e12", 0.9, 800.0)]
            .map(|(id, quality, cost)| MemberFigures { id: id.to_owned(), figures: figures(quality, cost) })
            .to_vec()
    }

    fn beside(quality: f64, cost: f64) -> Beside {
        Beside::of(&figures(quality, cost), &front()).unwrap()
    }

    #[test]
    fn the_cheapest_member_as_good_is_beside() {
        let dominated = beside(0.7, 500.0);
        assert_eq!((dominated.member.as_str(), dominated.as_good, dominated.no_worse), ("e01", true, true));
        assert!((dominated.cost_ratio - 2.5).abs() < 1e-12);
        assert!((dominated.validation_difference - 0.1).abs() < 1e-12);

        // Equal in both counts as no worse.
        let equal = beside(0.8, 200.0);
        assert_eq!((equal.member.as_str(), equal.no_worse, equal.cost_ratio), ("e01", true, 1.0));

        // As good only at a higher cost.
        let between = beside(0.85, 400.0);
        assert_eq!((between.member.as_str(), between.as_good, between.no_worse), ("e12", true, false));
        assert_eq!(between.cost_ratio, 0.5);
    }

    #[test]
    fn beyond_the_front_the_best_member_is_beside() {
        let beyond = beside(0.95, 8_000.0);
        assert_eq!((beyond.member.as_str(), beyond.as_good, beyond.no_worse), ("e12", false, false));
        assert_eq!(beyond.cost_ratio, 10.0);
        assert!((beyond.validation_difference + 0.05).abs() < 1e-12);
        assert_eq!(Beside::of(&figures(0.5, 100.0), &[]), None);
    }

    #[test]
    fn unmatched_ones_are_named_and_all_survive_the_file() {
        let baseline = |method, depth, outcome| Baseline { method, depth, features: vec!["dur".to_owned()], outcome };
        let measured = |quality, cost| BaselineOutcome::Measured {
            spec: "baselines/x/spec.toml".to_owned(),
            figures: figures(quality, cost),
            beside: Beside::of(&figures(quality, cost), &front()).unwrap(),
        };
        let comparison = Comparison::new(
            3,
            front(),
            vec![
                baseline(Method::All, Depth::Packets(10), measured(0.7, 500.0)),
                baseline(Method::Rfe10, Depth::All, measured(0.85, 400.0)),
                baseline(Method::PcPt, Depth::All, BaselineOutcome::Failed { reason: "no".to_owned() }),
                baseline(Method::PcPtTc, Depth::Packets(50), measured(0.99, 900.0)),
            ],
        );
        assert_eq!(comparison.unmatched, ["RFE10 at depth all", "PC+PT+TC at depth 50"]);
        let text = serde_json::to_string(&comparison).unwrap();
        assert_eq!(serde_json::from_str::<Comparison>(&text).unwrap(), comparison);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["baselines"][1]["method"], "RFE10");
        assert_eq!(json["baselines"][1]["depth"], "all");
        assert_eq!(json["baselines"][3]["method"], "PC+PT+TC");
        assert_eq!(json["baselines"][0]["outcome"]["measured"]["beside"]["cost_ratio"], 2.5);
        assert_eq!(json["front"][0]["cost"]["execution_time_ns"], 100.0);
    }
}
