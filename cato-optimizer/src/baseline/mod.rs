//! What a front has to beat: the feature sets that studies of traffic analysis use without a search.
//!
//! Of the candidate features all of them ([`Method::All`]), the ten that recursive elimination leaves ([`Method::Rfe10`])
//! and the ten that tell most of the class by themselves ([`Method::Mi10`]); and the three sets of Traffic Refinery. Each
//! at the depths 10, 50 and all packets, as in CATO's evaluation. Nothing here sees the validation part but the scores.

mod select;

use std::fmt;

use cato_codegen::catalog::{FeatureId, sets};
use cato_codegen::spec::Depth;
use serde::{Deserialize, Serialize};

pub use select::{eliminate, most_informative};

use crate::candidate::FeatureSet;

/// The depths that every baseline is built at.
pub const DEPTHS: [Depth; 3] = [Depth::Packets(10), Depth::Packets(50), Depth::All];

/// How many features a selection leaves.
pub const SELECTED: usize = 10;

/// How a baseline comes to its features.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Method {
    /// Every candidate feature.
    #[serde(rename = "ALL")]
    All,
    /// The candidate features that are left when the one that does least for a model is taken away until ten are left.
    #[serde(rename = "RFE10")]
    Rfe10,
    /// The ten candidate features with the largest mutual information with the class.
    #[serde(rename = "MI10")]
    Mi10,
    /// Traffic Refinery's packet counters.
    #[serde(rename = "PC")]
    Pc,
    /// Packet counters and packet times.
    #[serde(rename = "PC+PT")]
    PcPt,
    /// Packet counters, packet times and TCP counters.
    #[serde(rename = "PC+PT+TC")]
    PcPtTc,
}

impl Method {
    /// All of them, those that look at the data first.
    pub const EVERY: [Self; 6] = [Self::All, Self::Rfe10, Self::Mi10, Self::Pc, Self::PcPt, Self::PcPtTc];

    /// Its name as in the literature.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Rfe10 => "RFE10",
            Self::Mi10 => "MI10",
            Self::Pc => "PC",
            Self::PcPt => "PC+PT",
            Self::PcPtTc => "PC+PT+TC",
        }
    }

    /// The features of a method that names them; `None` for one that looks at the data.
    #[must_use]
    pub fn fixed(self) -> Option<FeatureSet> {
        let names = match self {
            Self::All | Self::Rfe10 | Self::Mi10 => return None,
            Self::Pc => sets::PC,
            Self::PcPt => sets::PCPT,
            Self::PcPtTc => sets::PCPTTC,
        };
        Some(names.iter().filter_map(|name| FeatureId::by_name(name)).map(FeatureId::index).collect())
    }
}

impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Method;

    #[test]
    fn traffic_refinerys_sets_are_whole() {
        let sizes = Method::EVERY.map(|method| method.fixed().map(|features| features.len()));
        assert_eq!(sizes, [None, None, None, Some(4), Some(14), Some(35)]);
    }
}
