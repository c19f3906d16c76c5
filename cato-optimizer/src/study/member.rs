//! `front.json`: the members of the front, scored on the test part.

use std::collections::BTreeSet;

use cato_codegen::spec::Depth;
use serde::{Deserialize, Serialize};

use super::cascades::CascadeStage;
use super::text;
use crate::candidate::Candidate;
use crate::cost::{Cost, CostMetric, Latency, Throughput};
use crate::pick::Point;
use crate::quality::Metrics;
use crate::repeat::Known;
use crate::search::QUALITY_METRIC;

/// A member of the front.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrontMember {
    /// Its name within the study: that of its evaluation or cascade.
    pub id: String,
    /// What the model is for: "classification".
    pub task: String,
    /// Its features in the catalogue's order.
    pub features: Vec<String>,
    /// Its inference point.
    #[serde(with = "text::depth")]
    pub depth: Depth,
    /// The kind of model: "decision-tree" or "random-forest".
    pub model: String,
    /// Quality on the validation part, which the search saw.
    pub validation: Metrics,
    /// Quality on the test part, which no step of the search saw.
    pub test: Metrics,
    /// Its measured cost: the median of its measurements.
    pub cost: MemberCost,
    /// How well quality and cost are known.
    #[serde(default)]
    pub noise: Noise,
    /// Ids of the members that it cannot be told from: neither cost nor macro-F1 differ by more than the larger noise of
    /// the two.
    #[serde(default)]
    pub within_noise_of: Vec<String>,
    /// Its stages by ascending depth, of which the last always answers and is what features and depth above are of; none
    /// where it is no cascade.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<CascadeStage>,
    /// Path of its spec, relative to the study's folder.
    pub spec: String,
    /// Path of its frozen model, that of the last stage of a cascade, relative to the study's folder.
    pub model_file: String,
}

/// The measured cost of a member of the front.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberCost {
    /// CPU time from raw packet bytes to verdict, in nanoseconds per flow.
    pub execution_time_ns: f64,
    /// The same in nanoseconds per packet of the trace.
    pub per_packet_ns: f64,
    /// 99th percentile of the samples, in nanoseconds per flow.
    pub p99_ns: f64,
    /// State of one flow in bytes.
    pub state_bytes: u64,
    /// Machine code and constant data of the pipeline in bytes.
    pub code_bytes: u64,
    /// Which figure members are compared by.
    #[serde(default, skip_serializing_if = "CostMetric::is_execution_time")]
    pub metric: CostMetric,
    /// From the first packet of a flow to its verdict, where that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
    /// The highest rate without loss, where that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throughput: Option<Throughput>,
}

impl MemberCost {
    /// The figure by which members are compared, in nanoseconds, lower being better; NaN where it was not measured.
    #[must_use]
    pub fn objective(&self) -> f64 {
        self.metric.of(self.execution_time_ns, self.latency.as_ref(), self.throughput.as_ref())
    }
}

/// How well quality and cost of a member are known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Noise {
    /// How often its cost was measured.
    pub measurements: usize,
    /// How far single measurements of the figure that members are compared by lie apart, as a robust standard deviation in
    /// nanoseconds; 0 where it was measured once, and where costs are counted.
    #[serde(alias = "execution_time_ns")]
    pub cost_ns: f64,
    /// Standard error of macro-F1 on the validation part.
    pub macro_f1: f64,
}

impl Default for Noise {
    /// Measured once, and nothing known of the noise.
    fn default() -> Self {
        Self { measurements: 1, cost_ns: 0.0, macro_f1: 0.0 }
    }
}

impl From<&Cost> for MemberCost {
    fn from(cost: &Cost) -> Self {
        let &Cost { execution_time_ns, per_packet_ns, p99_ns, state_bytes, code_bytes, .. } = cost;
        let &Cost { metric, latency, throughput, .. } = cost;
        Self { execution_time_ns, per_packet_ns, p99_ns, state_bytes, code_bytes, metric, latency, throughput }
    }
}

impl FrontMember {
    /// The member's features and depth.
    ///
    /// # Errors
    /// A sentence that names what the catalogue does not know.
    pub fn candidate(&self) -> Result<Candidate, String> {
        text::candidate(&self.features, self.depth)
    }

    /// What is known of it, and how well.
    #[must_use]
    pub fn known(&self) -> Known {
        let Point { quality, cost, .. } = self.point();
        Known { cost, cost_noise: self.noise.cost_ns, quality, quality_noise: self.noise.macro_f1 }
    }

    /// What a choice among members looks at.
    #[must_use]
    pub fn point(&self) -> Point<'_> {
        let quality = self.validation.get(QUALITY_METRIC).copied().unwrap_or(0.0);
        Point { id: &self.id, quality, cost: self.cost.objective() }
    }
}

/// Sets for each member which others it cannot be told from.
pub fn mark_noise(members: &mut [FrontMember]) {
    let known: Vec<_> = members.iter().map(|member| (member.id.clone(), member.known())).collect();
    for member in members {
        let own = member.known();
        let near = known.iter().filter(|(id, other)| *id != member.id && own.is_within_noise_of(other));
        member.within_noise_of = near.map(|(id, _)| id.clone()).collect();
    }
}

/// The members in a `front.json`.
pub(super) fn parse(bytes: &[u8]) -> Result<Vec<FrontMember>, serde_json::Error> {
    use serde::de::Error;
    let members: Vec<FrontMember> = serde_json::from_slice(bytes)?;
    let mut ids = BTreeSet::new();
    for member in &members {
        if !ids.insert(&member.id) {
            return Err(serde_json::Error::custom(format!("two members have the id `{}`", member.id)));
        }
        member.candidate().map_err(|reason| serde_json::Error::custom(format!("member `{}`: {reason}", member.id)))?;
    }
    Ok(members)
}

/// The text of `front.json`: `members` by rising cost, of equally costly ones the lower id first.
pub(super) fn to_json(members: &[FrontMember]) -> serde_json::Result<String> {
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by(|a, b| a.cost.objective().total_cmp(&b.cost.objective()).then(a.id.cmp(&b.id)));
    let mut text = serde_json::to_string_pretty(&members)?;
    text.push('\n');
    Ok(text)
}
