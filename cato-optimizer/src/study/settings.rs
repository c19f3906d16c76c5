//! What a search was asked for: the contents of `study.toml`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use toml::Value;

use crate::cost::CostMetric;
use crate::operations::Weights;

/// The version of the study folder that this program reads and writes.
pub const STUDY_VERSION: u32 = 1;

/// Settings that a search may be continued with although they differ: how long it goes on, and how the input was named.
const MAY_DIFFER: [&str; 2] = ["iterations", "input.source"];

/// The weights of operations.
const WEIGHTS: &str = "cost_weights";

/// Everything that decides what a search finds, and what was known before it began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudySettings {
    /// Format version; see [`STUDY_VERSION`].
    pub version: u32,
    /// What the models are for: "classification".
    pub task: String,
    /// Seed of split, training and search. One beyond TOML's integers, which have a sign, stands there as a string.
    #[serde(with = "seed")]
    pub seed: u64,
    /// Evaluations asked for, those of earlier runs included.
    pub iterations: usize,
    /// The algorithm that chooses candidates.
    #[serde(default = "cato")]
    pub algorithm: String,
    /// Whether it reads a cheap estimate of quality.
    #[serde(default)]
    pub proxy: bool,
    /// Evaluations that a choice does not wait for.
    pub lookahead: usize,
    /// Largest packet depth searched.
    pub max_depth: u16,
    /// The kind of model: "decision-tree" or "random-forest".
    pub model: String,
    /// Who fits it.
    pub trainer: String,
    /// What stays together in a split: "flow" or "capture".
    pub split: String,
    /// What candidates are compared by: "execution-time", "latency" or "throughput".
    #[serde(default)]
    pub cost: CostMetric,
    /// Where costs come from: "measured" or, counted, "operations".
    #[serde(default = "measured")]
    pub cost_model: String,
    /// Captures and labels.
    pub input: InputSettings,
    /// Programs and machine that measure, by name: what was measured by others cannot be compared.
    pub measured_by: BTreeMap<String, String>,
    /// What each operation takes, in nanoseconds; none where costs are measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_weights: Option<Weights>,
    /// Classes that models tell apart, bytewise ascending.
    pub classes: Vec<ClassFlows>,
    /// Classes left out for having too few flows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped_classes: Vec<ClassFlows>,
    /// Candidate features in the catalogue's order.
    pub features: Vec<FeatureSettings>,
}

/// The algorithm of studies that name none.
fn cato() -> String {
    "cato".to_owned()
}

/// The cost model of studies from before there was a choice.
fn measured() -> String {
    "measured".to_owned()
}

/// Captures and labels, and how they were read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputSettings {
    /// Captures and labels as they were named, for people: paths, or the profile of the demo.
    pub source: Vec<String>,
    /// Digest of the contents of captures and labels, in hexadecimal.
    pub digest: String,
    /// Whether a TCP flow starts only at a SYN.
    pub require_syn: bool,
    /// Idle time-out of TCP flows in nanoseconds of packet time.
    pub tcp_timeout_ns: u64,
    /// Idle time-out of UDP flows in nanoseconds of packet time.
    pub udp_timeout_ns: u64,
    /// Whether the files are parts of one capture.
    pub merge: bool,
    /// Classes with fewer flows are left out.
    pub min_flows: usize,
}

/// A class and its flows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassFlows {
    /// The class's label.
    pub label: String,
    /// Flows that have it.
    pub flows: usize,
}

/// A candidate feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureSettings {
    /// Its name in the catalogue.
    pub name: String,
    /// Its mutual information with the class, on the training part.
    pub mutual_information: f64,
    /// The probability with which it is drawn; none for a feature that was dropped because it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<f64>,
}

/// Why `study.toml` cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// It is no TOML, or has other fields. The text names line and column.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// It is of another version.
    #[error("version {found} of the study folder; this program reads version {STUDY_VERSION}")]
    Version {
        /// The version that it has.
        found: i64,
    },
}

/// A setting in which a study and a command differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The setting: `input.min_flows`, `features[3].name`.
    pub setting: String,
    /// Its value in the study; none where it has no such setting.
    pub in_study: Option<String>,
    /// Its value as asked for.
    pub asked: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |value: &Option<String>| value.clone().unwrap_or_else(|| "absent".to_owned());
        let (in_study, asked) = (show(&self.in_study), show(&self.asked));
        write!(formatter, "`{}` is {in_study} in the study and {asked} in this command", self.setting)
    }
}

impl StudySettings {
    /// The settings in a `study.toml`.
    ///
    /// # Errors
    /// Where the text is no TOML, is of another version or lacks a setting.
    pub fn from_toml(text: &str) -> Result<Self, SettingsError> {
        // The version first: a study of another one may have other fields, and that is not the user's mistake.
        let table: toml::Table = toml::from_str(text)?;
        match table.get("version").and_then(Value::as_integer) {
            Some(found) if found != i64::from(STUDY_VERSION) => Err(SettingsError::Version { found }),
            _ => Ok(toml::from_str(text)?),
        }
    }

    /// The text of `study.toml`.
    ///
    /// # Errors
    /// Where a number is too large for TOML, whose integers have 64 bits and a sign.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }

    /// The settings that are one value each, by path (`input.min_flows`), paths ascending; lists are left out, and the
    /// many weights of operations.
    ///
    /// # Errors
    /// As for [`StudySettings::to_toml`].
    pub fn plain(&self) -> Result<Vec<(String, Value)>, toml::ser::Error> {
        let mut values = Vec::new();
        flatten("", Value::try_from(self)?, &mut values);
        Ok(values)
    }

    /// The first setting that keeps a search from being continued as `asked`; none where it can be.
    ///
    /// The number of iterations and the names of the input may differ, nothing else.
    ///
    /// # Errors
    /// As for [`StudySettings::to_toml`].
    pub fn difference(&self, asked: &Self) -> Result<Option<Difference>, toml::ser::Error> {
        Ok(difference("", Some(&Value::try_from(self)?), Some(&Value::try_from(asked)?)))
    }
}

fn flatten(setting: &str, value: Value, values: &mut Vec<(String, Value)>) {
    match value {
        Value::Table(_) if setting == WEIGHTS => {}
        Value::Table(table) => {
            table.into_iter().for_each(|(key, value)| flatten(&below(setting, &key), value, values));
        }
        Value::Array(_) => {}
        value => values.push((setting.to_owned(), value)),
    }
}

/// The path of the setting `key` in the table at `setting`.
fn below(setting: &str, key: &str) -> String {
    if setting.is_empty() { key.to_owned() } else { format!("{setting}.{key}") }
}

fn difference(setting: &str, in_study: Option<&Value>, asked: Option<&Value>) -> Option<Difference> {
    if in_study == asked || MAY_DIFFER.contains(&setting) {
        return None;
    }
    let different = || Difference {
        setting: setting.to_owned(),
        in_study: in_study.map(Value::to_string),
        asked: asked.map(Value::to_string),
    };
    match (in_study, asked) {
        (Some(Value::Table(a)), Some(Value::Table(b))) => {
            let keys: std::collections::BTreeSet<_> = a.keys().chain(b.keys()).collect();
            keys.into_iter().find_map(|key| difference(&below(setting, key), a.get(key), b.get(key)))
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            (0..a.len().max(b.len())).find_map(|at| difference(&format!("{setting}[{at}]"), a.get(at), b.get(at)))
        }
        _ => Some(different()),
    }
}

mod seed {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a seed is a number from 0 to 18446744073709551615")]
    enum Seed {
        Number(u64),
        Text(String),
    }

    pub(super) fn serialize<S: Serializer>(seed: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        match i64::try_from(*seed) {
            Ok(number) => number.serialize(serializer),
            Err(_) => seed.to_string().serialize(serializer),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        match Seed::deserialize(deserializer)? {
            Seed::Number(number) => Ok(number),
            Seed::Text(text) => text.parse().map_err(|_| D::Error::custom(format!("`{text}` is no seed"))),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::study) fn settings() -> StudySettings {
        StudySettings {
            version: STUDY_VERSION,
            task: "classification".to_owned(),
            seed: 1,
            iterations: 50,
            algorithm: "mobo".to_owned(),
            proxy: true,
            lookahead: 2,
            max_depth: 50,
            model: "decision-tree".to_owned(),
            trainer: "rafor".to_owned(),
            split: "flow".to_owned(),
            input: InputSettings {
                source: vec!["captures".to_owned(), "labels.csv".to_owned()],
                digest: "00ff".to_owned(),
                require_syn: true,
                tcp_timeout_ns: 300_000_000_000,
                udp_timeout_ns: 60_000_000_000,
                merge: false,
                min_flows: 20,
            },
            cost: CostMetric::ExecutionTime,
            cost_model: measured(),
            cost_weights: None,
            measured_by: BTreeMap::from([("rustc".to_owned(), "1.0".to_owned())]),
            classes: vec![ClassFlows { label: "camera".to_owned(), flows: 20 }],
            dropped_classes: Vec::new(),
            features: vec![
                FeatureSettings { name: "dur".to_owned(), mutual_information: 0.1 + 0.2, prior: Some(0.8) },
                FeatureSettings { name: "proto".to_owned(), mutual_information: 0.0, prior: None },
            ],
        }
    }

    #[test]
    fn settings_survive_the_file() {
        let text = settings().to_toml().unwrap();
        assert_eq!(StudySettings::from_toml(&text).unwrap(), settings());
    }

    #[test]
    fn differences_that_matter_are_named() {
        let study = settings();
        assert_eq!(study.difference(&study).unwrap(), None);
        let mut asked = settings();
        asked.iterations = 80;
        asked.input.source = vec!["./captures".to_owned()];
        assert_eq!(study.difference(&asked).unwrap(), None);

        asked.input.min_flows = 10;
        let difference = study.difference(&asked).unwrap().unwrap();
        assert_eq!(difference.to_string(), "`input.min_flows` is 20 in the study and 10 in this command");

        let mut asked = settings();
        asked.features[1].prior = Some(0.2);
        let difference = study.difference(&asked).unwrap().unwrap();
        assert_eq!(difference.to_string(), "`features[1].prior` is absent in the study and 0.2 in this command");

        let mut asked = settings();
        asked.classes.clear();
        assert_eq!(study.difference(&asked).unwrap().unwrap().setting, "classes[0]");
    }

    #[test]
    fn single_values_have_paths() {
        let plain = settings().plain().unwrap();
        assert!(plain.contains(&("input.min_flows".to_owned(), Value::Integer(20))));
        assert!(plain.contains(&("measured_by.rustc".to_owned(), Value::String("1.0".to_owned()))));
        assert!(plain.iter().all(|(name, _)| name != "input.source" && !name.starts_with("features")));
    }

    #[test]
    fn other_versions_are_refused_as_such() {
        let error = StudySettings::from_toml("version = 2\nnew = 1").unwrap_err();
        assert!(matches!(error, SettingsError::Version { found: 2 }), "{error}");
        let error = StudySettings::from_toml("version = 1\nseed = 1").unwrap_err();
        assert!(matches!(error, SettingsError::Syntax(_)), "{error}");
        let text = settings().to_toml().unwrap().replace("seed = 1", "seed = 1\nsneed = 1");
        assert!(StudySettings::from_toml(&text).unwrap_err().to_string().contains("line 4"));
    }

    #[test]
    fn every_seed_survives_the_file() {
        for seed in [0, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX] {
            let settings = StudySettings { seed, ..settings() };
            let read = StudySettings::from_toml(&settings.to_toml().unwrap()).unwrap();
            assert_eq!(read, settings);
            assert_eq!(read.difference(&settings).unwrap(), None);
        }
        let text = settings().to_toml().unwrap();
        for seed in ["-1", "\"x\"", "1.5"] {
            assert!(StudySettings::from_toml(&text.replace("seed = 1", &format!("seed = {seed}"))).is_err(), "{seed}");
        }
    }
}
