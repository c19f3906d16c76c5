//! Where a vendored crate comes from: `PROVENANCE.toml`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cost::Cost;
use crate::quality::{Metrics, Quality};

/// The version of the format that this program reads and writes.
pub const PROVENANCE_VERSION: u32 = 1;

/// The record of how a pipeline came to be. No value depends on the machine's paths or on the time of day.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    /// Name of the crate.
    pub package: String,
    /// The study that the pipeline was picked from; `None` where it was made from a spec by hand.
    pub origin: Option<Origin>,
}

/// A member of a study's front, and what the study found out about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// What the pipeline is for, as in `front.json`.
    pub task: String,
    /// Id of the front's member in its study.
    pub member: String,
    /// The member's model in a few words.
    pub model: String,
    /// What the cost was measured with.
    pub measured_with: MeasuredWith,
    /// The trace on which the cost was measured.
    pub trace: TraceIdentity,
    /// The measured cost, with the sizes of the code that was measured.
    pub cost: Cost,
    /// Settings of the study by name: seed, split, model, search space. Plain values without paths.
    #[serde(default)]
    pub study: BTreeMap<String, toml::Value>,
    /// Quality on the two parts that were not trained on.
    pub quality: PartQuality,
}

/// The tools and the machine behind the figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredWith {
    /// Version of cato.
    pub cato: String,
    /// What `rustc --version` says.
    pub rustc: String,
    /// Name of the CPU.
    pub cpu: String,
}

/// A trace by content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceIdentity {
    /// Hash of the trace, blake3 in hexadecimal.
    pub hash: String,
    /// Flows in it.
    pub flows: u64,
    /// Packets in it.
    pub packets: u64,
}

/// Quality by part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartQuality {
    /// On the validation part, by which the search chose.
    pub validation: Metrics,
    /// On the test part, which no step of the search saw.
    pub test: Quality,
}

/// The tables that [`Provenance::to_toml`] adds, which follow from the crate's inputs.
const DERIVED: [&str; 2] = ["state", "files"];

/// What of a crate follows from its inputs and is recorded beside them.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Derived {
    /// One flow's state.
    pub(super) state: StateLayout,
    /// The hash of each other file of the crate.
    pub(super) files: BTreeMap<String, String>,
}

/// What one flow takes in memory, where pointers have 64 bits.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct StateLayout {
    /// Size in bytes.
    pub(super) size_of: usize,
    /// Alignment in bytes.
    pub(super) align_of: usize,
}

impl Provenance {
    /// Reads a `PROVENANCE.toml`; what follows from the crate's inputs is not looked at.
    ///
    /// # Errors
    /// A message with line and column, or with what is missing.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Head {
            version: u32,
            package: String,
        }
        let mut table: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
        let Head { version, package } = table.clone().try_into().map_err(|error: toml::de::Error| error.to_string())?;
        if version != PROVENANCE_VERSION {
            return Err(format!("version {version} of the format; this program reads {PROVENANCE_VERSION}"));
        }
        for known in ["version", "package"].iter().chain(&DERIVED) {
            table.remove(*known);
        }
        // All that is left speaks of the study, so either the whole of it is there or nothing.
        let origin = if table.is_empty() { None } else { Some(table) };
        let origin = origin.map(toml::Table::try_into).transpose();
        Ok(Self { package, origin: origin.map_err(|error: toml::de::Error| error.to_string())? })
    }

    /// The text of `PROVENANCE.toml`.
    ///
    /// # Errors
    /// A message where a setting has no form in TOML.
    pub(super) fn to_toml(&self, derived: &Derived) -> Result<String, String> {
        let Self { package, origin } = self;
        let written = Written { version: PROVENANCE_VERSION, package, origin: origin.as_ref(), derived };
        toml::to_string(&written).map_err(|error| error.to_string())
    }
}

/// The file as it is written.
#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    package: &'a str,
    #[serde(flatten)]
    origin: Option<&'a Origin>,
    #[serde(flatten)]
    derived: &'a Derived,
}
