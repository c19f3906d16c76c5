//! Exhaustive search tables: spaces small enough that every candidate was evaluated once, so that the true front is known.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use cato_codegen::catalog::FeatureId;
use cato_codegen::spec::Depth;
use serde::Deserialize;

use super::evaluation::Objectives;
use super::knowledge::{Knowledge, Proxy, Reach};
use super::space::{CandidateSpace, SpaceError};
use crate::candidate::{Candidate, FeatureSet};

/// Places that a [`FeatureSet`] has.
const PLACES: usize = 128;

/// A table: what each candidate of a space measures as.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchTable {
    space: CandidateSpace,
    rows: BTreeMap<Candidate, TableRow>,
    information: Vec<f64>,
    reach: Vec<Reach>,
}

/// What a table says of a candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TableRow {
    /// Macro-F1 and cost.
    pub objectives: Objectives,
    /// A cheap estimate of macro-F1.
    pub proxy_f1: Option<f64>,
}

/// Why a table cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file system refuses.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line is no row of a table.
    #[error("{path}, line {line}: {message}", path = path.display())]
    Row {
        /// The table.
        path: PathBuf,
        /// The line, from 1; the header is line 1.
        line: u64,
        /// What is wrong with it.
        message: String,
    },
    /// The meta file is damaged.
    #[error("{path}: {message}", path = path.display())]
    Meta {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, with line and column where those are known.
        message: String,
    },
    /// The table has nothing to search over.
    #[error("{path}: {source}", path = path.display())]
    Space {
        /// The table.
        path: PathBuf,
        /// Why.
        source: SpaceError,
    },
}

/// The columns of a table; others are passed over.
#[derive(Debug, Deserialize)]
struct Row {
    feature_set: String,
    depth: u16,
    f1: f64,
    cost: f64,
    proxy_f1: Option<f64>,
}

/// The meta file of a table; other fields are passed over.
#[derive(Debug, Deserialize)]
struct Meta {
    mutual_information: BTreeMap<String, f64>,
    mean_packets_at_depth: Vec<f64>,
    mean_s_packets_at_depth: Option<Vec<f64>>,
}

/// Feature names and their places: a feature of the catalogue has its own, others follow behind the catalogue.
#[derive(Debug, Default)]
struct Names(Vec<String>);

impl Names {
    /// The place of a name, given to it at its first appearance; none where no place is left.
    fn place(&mut self, name: &str) -> Option<usize> {
        if let Some(feature) = FeatureId::by_name(name) {
            return Some(feature.index());
        }
        let known = self.0.iter().position(|other| other == name);
        let place = known.unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        });
        Some(FeatureId::ALL.len() + place).filter(|&place| place < PLACES)
    }
}

impl SearchTable {
    /// Reads the table `csv` with the columns `feature_set` (names, separated by commas), `depth` (packets), `f1` (0 to
    /// 1), `cost` (positive) and, where there is one, `proxy_f1`; and its meta file `meta`, which has the mutual
    /// information of each feature and the mean number of packets at each depth.
    ///
    /// Without a meta file all features are taken to say the same, and every flow to be as long as the largest depth.
    ///
    /// # Errors
    /// See [`TableError`].
    pub fn read(csv: &Path, meta: Option<&Path>) -> Result<Self, TableError> {
        let mut names = Names::default();
        let rows = read_rows(csv, &mut names)?;
        let features =
            rows.keys().fold(FeatureSet::EMPTY, |all, candidate| candidate.features.iter().chain(all.iter()).collect());
        let max_depth = rows.keys().map(packets).max().unwrap_or(0);
        let space = CandidateSpace::new(features, max_depth)
            .map_err(|source| TableError::Space { path: csv.to_owned(), source })?;
        let (information, reach) = match meta {
            Some(path) => read_meta(path, &mut names, max_depth)?,
            None => (vec![1.0; PLACES], (1..=max_depth).map(|n| halves(f64::from(n))).collect()),
        };
        Ok(Self { space, rows, information, reach })
    }

    /// The candidates of the table.
    #[must_use]
    pub fn space(&self) -> &CandidateSpace {
        &self.space
    }

    /// What the table says of a candidate.
    #[must_use]
    pub fn row(&self, candidate: &Candidate) -> Option<&TableRow> {
        self.rows.get(candidate)
    }

    /// The objectives of all candidates, in their order.
    pub fn objectives(&self) -> impl Iterator<Item = Objectives> + '_ {
        self.rows.values().map(|row| row.objectives)
    }

    /// What a search over the table's candidates would know beforehand, and how many times the proxy was read, kept up
    /// to date. Without `proxy`, or where the table has none, there is no proxy to read.
    #[must_use]
    pub fn knowledge(&self, proxy: bool) -> (Knowledge, Rc<Cell<u64>>) {
        let readings = Rc::new(Cell::new(0));
        let read: BTreeMap<_, _> =
            self.rows.iter().filter_map(|(&candidate, row)| Some((candidate, row.proxy_f1?))).collect();
        let proxy = (proxy && !read.is_empty())
            .then(|| Box::new(TableProxy { rows: read, readings: Rc::clone(&readings) }) as Box<dyn Proxy>);
        (
            Knowledge { information: self.information.clone(), reach: self.reach.clone(), waiting: Vec::new(), proxy },
            readings,
        )
    }
}

#[derive(Debug)]
struct TableProxy {
    rows: BTreeMap<Candidate, f64>,
    readings: Rc<Cell<u64>>,
}

impl Proxy for TableProxy {
    fn read(&mut self, candidate: &Candidate) -> Option<f64> {
        self.readings.set(self.readings.get() + 1);
        self.rows.get(candidate).copied()
    }
}

fn packets(candidate: &Candidate) -> u16 {
    match candidate.depth {
        Depth::Packets(packets) => packets,
        Depth::All => 0,
    }
}

fn halves(packets: f64) -> Reach {
    Reach { source: packets / 2.0, destination: packets / 2.0 }
}

fn read_rows(path: &Path, names: &mut Names) -> Result<BTreeMap<Candidate, TableRow>, TableError> {
    let bytes = std::fs::read(path).map_err(|source| TableError::Io { path: path.to_owned(), source })?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes.as_slice());
    let wrong = |line: u64, message: String| TableError::Row { path: path.to_owned(), line, message };
    let headers = reader.headers().map_err(|error| wrong(1, explain(&error, None)))?.clone();
    let mut rows = BTreeMap::new();
    for record in reader.records() {
        let record = record
            .map_err(|error| wrong(error.position().map_or(0, csv::Position::line), explain(&error, Some(&headers))))?;
        let line = record.position().map_or(0, csv::Position::line);
        let row: Row =
            record.deserialize(Some(&headers)).map_err(|error| wrong(line, explain(&error, Some(&headers))))?;
        let (candidate, row) = parse(&row, names).map_err(|message| wrong(line, message))?;
        if rows.insert(candidate, row).is_some() {
            return Err(wrong(line, "the same features at the same depth stand on an earlier line".to_owned()));
        }
    }
    Ok(rows)
}

/// What is wrong with a record, without its place, which the error of the table has.
fn explain(error: &csv::Error, headers: Option<&csv::StringRecord>) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => {
            let column = err.field().and_then(|field| headers?.get(usize::try_from(field).ok()?));
            column.map_or_else(|| err.kind().to_string(), |column| format!("{column}: {}", err.kind()))
        }
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields where the header has {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
        _ => error.to_string(),
    }
}

fn parse(row: &Row, names: &mut Names) -> Result<(Candidate, TableRow), String> {
    let mut features = FeatureSet::EMPTY;
    for name in row.feature_set.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let place = names.place(name).ok_or_else(|| format!("`{name}`: more features than a table may have"))?;
        features = features.with(place);
    }
    if features.is_empty() {
        return Err("no feature is named".to_owned());
    }
    if row.depth == 0 {
        return Err("a depth of 0 packets: a candidate sees at least one".to_owned());
    }
    for (name, value) in [("f1", Some(row.f1)), ("proxy_f1", row.proxy_f1)] {
        if value.is_some_and(|value| !(0.0..=1.0).contains(&value)) {
            return Err(format!("{name} is {}, not a number from 0 to 1", value.unwrap_or(f64::NAN)));
        }
    }
    if !(row.cost.is_finite() && row.cost > 0.0) {
        return Err(format!("cost is {}, not a positive number", row.cost));
    }
    let candidate = Candidate { features, depth: Depth::Packets(row.depth) };
    let objectives = Objectives { quality: row.f1, cost: row.cost };
    Ok((candidate, TableRow { objectives, proxy_f1: row.proxy_f1 }))
}

fn read_meta(path: &Path, names: &mut Names, max_depth: u16) -> Result<(Vec<f64>, Vec<Reach>), TableError> {
    let text = std::fs::read_to_string(path).map_err(|source| TableError::Io { path: path.to_owned(), source })?;
    let wrong = |message: String| TableError::Meta { path: path.to_owned(), message };
    let meta: Meta = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let mut information = vec![0.0; PLACES];
    for (name, value) in meta.mutual_information {
        if let Some(place) = names.place(&name) {
            information[place] = value;
        }
    }
    let depths = usize::from(max_depth);
    let source = meta.mean_s_packets_at_depth.as_deref();
    for (name, depths_given) in [
        ("mean_packets_at_depth", meta.mean_packets_at_depth.len()),
        ("mean_s_packets_at_depth", source.map_or(depths, <[f64]>::len)),
    ] {
        if depths_given < depths {
            return Err(wrong(format!("{name} has {depths_given} values for {depths} depths")));
        }
    }
    let packets = meta.mean_packets_at_depth.iter().chain(source.unwrap_or_default());
    if let Some(wrong_mean) = packets.copied().find(|&packets| packets < 0.0) {
        return Err(wrong(format!("a mean number of packets is {wrong_mean}, below 0")));
    }
    let reach = meta.mean_packets_at_depth.iter().take(depths).enumerate().map(|(at, &packets)| {
        source.map_or(halves(packets), |source| Reach {
            source: source[at],
            destination: (packets - source[at]).max(0.0),
        })
    });
    Ok((information, reach.collect()))
}
