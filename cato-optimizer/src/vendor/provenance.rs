//! Where a vendored crate comes from: `PROVENANCE.toml`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cost::Cost;
use crate::quality::{Metrics, Quality};

/// The version of the format that this program reads and writes.
pub const PROVENANCE_VERSION: u32 = 1;

/// The record of how a pipeline came to be. No value depends on the machine's paths or on the time of day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Format version; see [`PROVENANCE_VERSION`].
    pub version: u32,
    /// Name of the crate.
    pub package: String,
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
    /// The measured cost.
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

/// The table that [`Provenance::to_toml`] adds: the hash of each other file of the crate.
const FILES: &str = "files";

impl Provenance {
    /// Reads a `PROVENANCE.toml`; the hashes in it are not looked at.
    ///
    /// # Errors
    /// A message with line and column.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        let mut table: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
        table.remove(FILES);
        let provenance: Self = table.try_into().map_err(|error: toml::de::Error| error.to_string())?;
        if provenance.version == PROVENANCE_VERSION {
            Ok(provenance)
        } else {
            Err(format!("version {} of the format; this program reads {PROVENANCE_VERSION}", provenance.version))
        }
    }

    /// The text of `PROVENANCE.toml`, with the hashes of the crate's other files.
    ///
    /// # Errors
    /// A message where a setting has no form in TOML.
    pub fn to_toml<'a>(&self, hashes: impl IntoIterator<Item = (&'a str, String)>) -> Result<String, String> {
        let files = hashes.into_iter().collect();
        toml::to_string(&Written { provenance: self, files }).map_err(|error| error.to_string())
    }
}

/// The file as it is written.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    provenance: &'a Provenance,
    files: BTreeMap<&'a str, String>,
}
