//! Feature sets and depths as they stand in JSON: lists of names, and a number of packets or "all".

use cato_codegen::catalog::FeatureId;
use cato_codegen::spec::Depth;
use serde::{Deserialize, Serialize};

use crate::candidate::{Candidate, FeatureSet};

/// A depth as a number or "all".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a depth is a number of packets from 1 to 65535 or \"all\"")]
pub(super) enum DepthText {
    /// Packets.
    Packets(u16),
    /// The end of the flow.
    Word(All),
}

/// The one word that is a depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum All {
    /// The end of the flow.
    All,
}

impl From<Depth> for DepthText {
    fn from(depth: Depth) -> Self {
        match depth {
            Depth::Packets(packets) => Self::Packets(packets),
            Depth::All => Self::Word(All::All),
        }
    }
}

impl From<DepthText> for Depth {
    fn from(depth: DepthText) -> Self {
        match depth {
            DepthText::Packets(packets) => Self::Packets(packets),
            DepthText::Word(All::All) => Self::All,
        }
    }
}

/// A [`Depth`] as a field: `#[serde(with = "depth")]`.
pub(super) mod depth {
    use serde::{Deserializer, Serializer};

    use super::{Depth, DepthText, Deserialize, Serialize};

    pub(in crate::study) fn serialize<S: Serializer>(depth: &Depth, serializer: S) -> Result<S::Ok, S::Error> {
        DepthText::from(*depth).serialize(serializer)
    }

    pub(in crate::study) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Depth, D::Error> {
        DepthText::deserialize(deserializer).map(Depth::from)
    }
}

/// The names of a set, in the catalogue's order.
pub(super) fn names(features: FeatureSet) -> Vec<String> {
    let known = FeatureId::ALL.iter().filter(|feature| features.contains(feature.index()));
    known.map(|feature| feature.name().to_owned()).collect()
}

/// The candidate of some feature names and a depth.
pub(super) fn candidate(names: &[String], depth: Depth) -> Result<Candidate, String> {
    let mut features = FeatureSet::EMPTY;
    for name in names {
        let feature = FeatureId::by_name(name).ok_or_else(|| format!("`{name}` is no feature of the catalogue"))?;
        features = features.with(feature.index());
    }
    if features.is_empty() {
        return Err("a candidate without features".to_owned());
    }
    if depth == Depth::Packets(0) {
        return Err("a candidate at depth 0".to_owned());
    }
    Ok(Candidate { features, depth })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sets_agree() {
        let features: FeatureSet = [66, 0, 5].into_iter().collect();
        assert_eq!(names(features), ["dur", "d_load", "fin_cnt"]);
        let back = candidate(&names(features), Depth::All).unwrap();
        assert_eq!(back, Candidate { features, depth: Depth::All });
        assert!(candidate(&["durr".to_owned()], Depth::All).unwrap_err().contains("durr"));
        assert!(candidate(&[], Depth::All).is_err());
        assert!(candidate(&["dur".to_owned()], Depth::Packets(0)).is_err());
    }

    #[test]
    fn depths_are_numbers_or_all() {
        for (depth, text) in [(Depth::Packets(7), "7"), (Depth::All, "\"all\"")] {
            assert_eq!(serde_json::to_string(&DepthText::from(depth)).unwrap(), text);
            assert_eq!(Depth::from(serde_json::from_str::<DepthText>(text).unwrap()), depth);
        }
        for text in ["-1", "\"ALL\"", "70000", "null", "1.5"] {
            let error = serde_json::from_str::<DepthText>(text).unwrap_err();
            assert!(error.to_string().contains("or \"all\""), "{error}");
        }
    }
}
