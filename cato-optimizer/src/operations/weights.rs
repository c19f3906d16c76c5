//! What each term takes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::{Deserialize, Serialize};

use super::terms::{Term, Terms};
use crate::atomic;

/// The version of the file of weights that this program reads and writes.
pub const WEIGHTS_VERSION: u32 = 1;

/// Nanoseconds by term, each from 0 up and finite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, f64>", into = "BTreeMap<String, f64>")]
pub struct Weights([f64; Term::COUNT]);

impl Weights {
    /// What the terms usually take: [`Term::usual_ns`].
    #[must_use]
    pub fn usual() -> Self {
        Self::from_fn(Term::usual_ns)
    }

    /// Weights of picoseconds, at most, so that they are short in files; negative ones become 0.
    pub(super) fn from_fn(mut weight: impl FnMut(Term) -> f64) -> Self {
        let mut weights = [0.0; Term::COUNT];
        for term in Term::all() {
            weights[term.index()] = (weight(term).max(0.0) * 1e3).round() / 1e3;
        }
        Self(weights)
    }

    /// What a term takes.
    #[must_use]
    pub fn get(&self, term: Term) -> f64 {
        self.0[term.index()]
    }

    /// Nanoseconds that all terms take together.
    #[must_use]
    pub fn sum(&self, terms: &Terms) -> f64 {
        self.0.iter().zip(terms.values()).map(|(weight, times)| weight * times).sum()
    }
}

impl From<Weights> for BTreeMap<String, f64> {
    fn from(weights: Weights) -> Self {
        Term::all().map(|term| (term.name().to_owned(), weights.get(term))).collect()
    }
}

impl TryFrom<BTreeMap<String, f64>> for Weights {
    type Error = String;

    fn try_from(mut named: BTreeMap<String, f64>) -> Result<Self, String> {
        let mut weights = [0.0; Term::COUNT];
        for term in Term::all() {
            let name = term.name();
            let weight = named.remove(name).ok_or_else(|| format!("the weight of `{name}` is missing"))?;
            if !(weight.is_finite() && weight >= 0.0) {
                return Err(format!("the weight of `{name}` is {weight}, not a number from 0 up"));
            }
            weights[term.index()] = weight;
        }
        match named.keys().next() {
            Some(name) => Err(format!("there is no operation `{name}`")),
            None => Ok(Self(weights)),
        }
    }
}

/// Weights as they were fitted to measurements on a machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineWeights {
    /// Format version; see [`WEIGHTS_VERSION`].
    pub version: u32,
    /// Name of the CPU.
    pub cpu: String,
    /// What `rustc --version` says.
    pub rustc: String,
    /// Pipelines that were measured.
    pub pipelines: usize,
    /// Median relative error for pipelines that the fit did not see, by cross-validation.
    pub median_error: f64,
    /// Nanoseconds by term.
    pub weights: Weights,
}

/// Why weights cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The file system refuses.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// It is no file of weights, or has others than this program.
    #[error("{}: {message}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, and in which line.
        message: String,
    },
}

impl MachineWeights {
    /// Reads a file of weights.
    ///
    /// # Errors
    /// See [`WeightsError`].
    pub fn read(path: &Path) -> Result<Self, WeightsError> {
        let text = fs::read_to_string(path).map_err(|source| WeightsError::Io { path: path.to_owned(), source })?;
        let content = |message: String| WeightsError::Content { path: path.to_owned(), message };
        let read: Self = toml::from_str(&text).map_err(|error| content(error.to_string()))?;
        if read.version != WEIGHTS_VERSION {
            let found = read.version;
            return Err(content(format!("version {found} of the weights; this program reads {WEIGHTS_VERSION}")));
        }
        Ok(read)
    }

    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// See [`WeightsError`].
    pub fn write(&self, path: &Path) -> Result<(), WeightsError> {
        let content = |message: String| WeightsError::Content { path: path.to_owned(), message };
        let text = toml::to_string_pretty(self).map_err(|error| content(error.to_string()))?;
        atomic::write_bytes(path, text.as_bytes()).map_err(|source| WeightsError::Io { path: path.to_owned(), source })
    }

    /// The name of the file for a machine: CPU and rustc in small letters.
    #[must_use]
    pub fn file_name(cpu: &str, rustc: &str) -> String {
        let mut name = String::new();
        for letter in format!("{cpu} {rustc}").chars() {
            if letter.is_ascii_alphanumeric() || letter == '.' {
                name.push(letter.to_ascii_lowercase());
            } else if !name.ends_with('-') {
                name.push('-');
            }
        }
        format!("{}.toml", name.trim_matches(['-', '.']))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine() -> MachineWeights {
        MachineWeights {
            version: WEIGHTS_VERSION,
            cpu: "Some CPU @ 2.1 GHz".to_owned(),
            rustc: "rustc 1.90.0 (abc 2026-01-01)".to_owned(),
            pipelines: 40,
            median_error: 0.03,
            weights: Weights::from_fn(|term| term.usual_ns() / 3.0),
        }
    }

    #[test]
    fn weights_survive_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let machine = machine();
        let path = folder.path().join(MachineWeights::file_name(&machine.cpu, &machine.rustc));
        assert_eq!(path.file_name().unwrap(), "some-cpu-2.1-ghz-rustc-1.90.0-abc-2026-01-01.toml");
        machine.write(&path).unwrap();
        assert_eq!(MachineWeights::read(&path).unwrap(), machine);
    }

    #[test]
    fn every_term_has_one_weight() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.toml");
        machine().write(&path).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let mistake = |from: &str, to: &str| {
            assert!(text.contains(from), "{text}");
            fs::write(&path, text.replace(from, to)).unwrap();
            MachineWeights::read(&path).unwrap_err().to_string()
        };
        assert!(mistake("frame = 5.0\n", "").contains("`frame` is missing"));
        assert!(mistake("frame = 5.0", "frame = -5.0").contains("not a number from 0 up"));
        assert!(mistake("frame = 5.0", "frame = nan").contains("not a number"));
        assert!(mistake("frame = 5.0", "frame = 5.0\nfrme = 1.0").contains("no operation `frme`"));
        assert!(mistake("version = 1", "version = 2").contains("version 2"));
        assert!(MachineWeights::read(&folder.path().join("none")).is_err());
    }
}
