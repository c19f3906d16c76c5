//! Values that a user types, and what they mean.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use cato_codegen::catalog::{self, FeatureId};
use cato_codegen::diag::nearest;
use cato_codegen::spec::Depth;

use crate::candidate::FeatureSet;

/// A packet depth: a number from 1 to 65,535, or `all`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepthArg(pub Depth);

impl FromStr for DepthArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<u16>() {
            _ if text == "all" => Ok(Self(Depth::All)),
            Ok(packets) if packets > 0 => Ok(Self(Depth::Packets(packets))),
            _ => Err("a depth is a number of packets from 1 to 65535, or all".to_owned()),
        }
    }
}

/// Features by name: `all`, a named set, or a comma-separated list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeatureChoice(pub FeatureSet);

impl FromStr for FeatureChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names: Vec<&str> = match text {
            "all" => return Ok(Self((0..FeatureId::ALL.len()).collect())),
            "mini" => catalog::sets::MINI.to_vec(),
            "pc" => catalog::sets::PC.to_vec(),
            "pcpt" => catalog::sets::PCPT.to_vec(),
            "pcpttc" => catalog::sets::PCPTTC.to_vec(),
            list => list.split(',').map(str::trim).filter(|name| !name.is_empty()).collect(),
        };
        let mut set = FeatureSet::EMPTY;
        for name in names {
            let feature = FeatureId::by_name(name).ok_or_else(|| unknown_feature(name))?;
            set = set.with(feature.index());
        }
        if set.is_empty() { Err("name at least one feature".to_owned()) } else { Ok(Self(set)) }
    }
}

fn unknown_feature(name: &str) -> String {
    match nearest(name, FeatureId::ALL.iter().map(|feature| feature.name())) {
        Some(near) => format!("there is no feature `{name}`; the nearest name is `{near}`"),
        None => format!("there is no feature `{name}`"),
    }
}

/// A spec file, a study, or a member of a study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The spec file or the study's folder.
    pub path: PathBuf,
    /// The member's id, where one was named behind `#`.
    pub id: Option<String>,
}

impl FromStr for Member {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        // A path that exists as typed is meant, even with # in its name.
        Ok(match text.rsplit_once('#') {
            Some((path, id)) if !Path::new(text).exists() => Self { path: path.into(), id: Some(id.to_owned()) },
            _ => Self { path: text.into(), id: None },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depths() {
        assert_eq!("all".parse(), Ok(DepthArg(Depth::All)));
        assert_eq!("50".parse(), Ok(DepthArg(Depth::Packets(50))));
        assert!("0".parse::<DepthArg>().is_err());
        assert!("65536".parse::<DepthArg>().is_err());
    }

    #[test]
    fn feature_lists() {
        assert_eq!("all".parse::<FeatureChoice>().unwrap().0.len(), 67);
        assert_eq!("mini".parse::<FeatureChoice>().unwrap().0.len(), 6);
        assert_eq!("s_port, dur".parse::<FeatureChoice>().unwrap().0.iter().collect::<Vec<_>>(), [0, 2]);
        assert!("s_byte_mean".parse::<FeatureChoice>().unwrap_err().contains("s_bytes_mean"));
    }

    #[test]
    fn members() {
        let member: Member = "a/b#e07".parse().unwrap();
        assert_eq!((member.path, member.id), ("a/b".into(), Some("e07".to_owned())));
    }
}
