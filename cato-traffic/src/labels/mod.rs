//! What each flow is.

mod flows;
mod macs;
mod table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Error, FlowRecords, Input};

/// Where labels come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelSource {
    /// A table of flows, with the columns `file`, `proto`, `client_ip`, `client_port`, `server_ip`, `server_port`,
    /// `first_ts`, `last_ts` and `label`, in any order and among others.
    Flows(PathBuf),
    /// A table of link-layer addresses, with the columns `mac` and `label`, in any order and among others.
    Macs(PathBuf),
    /// The [folder](super::Input::folder) of the file in which the flow starts.
    Folder,
    /// The name of the file in which the flow starts, without folders and without the endings of captures and
    /// compression.
    File,
}

impl LabelSource {
    /// The table in `file`, which says by its columns whether it is one of flows or one of link-layer addresses.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Table`] where its first line cannot be read.
    pub fn table(file: &Path) -> Result<Self, Error> {
        let columns = table::columns(file)?;
        let has = |name: &str| columns.iter().any(|column| column == name);
        Ok(if has("mac") && !has("client_ip") { Self::Macs(file.to_owned()) } else { Self::Flows(file.to_owned()) })
    }
}

/// The labels of the flows of some [`FlowRecords`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    names: Vec<String>,
    of_flow: Vec<Option<u32>>,
    unmatched_rows: u64,
}

impl Labels {
    /// Labels the flows of `records`.
    ///
    /// * By flow: a row says what the flows are that have its file, protocol and ends, whichever end is called the
    ///   client, and whose first packet lies between its two times, give or take a millisecond. Several flows may fit
    ///   one row; of several rows that fit one flow, that counts whose first time is nearest, then the first one.
    /// * By link-layer address: the address of the source counts, then that of the destination.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Table`] for a table that cannot be read or has a mistake, [`Error::Labels`] where no
    /// row names a file of the input.
    pub fn assign(source: &LabelSource, records: &FlowRecords) -> Result<Self, Error> {
        match source {
            LabelSource::Flows(table) => flows::assign(table, records),
            LabelSource::Macs(table) => macs::assign(table, records),
            LabelSource::Folder => Ok(Self::by_file(records, |file| &file.folder)),
            LabelSource::File => Ok(Self::by_file(records, |file| table::stem(&file.name))),
        }
    }

    /// The labels that flows have, bytewise ascending, each once.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The label of a flow as an index into [`names`](Self::names), by the flow's place in the records.
    #[must_use]
    pub fn index(&self, flow: usize) -> Option<usize> {
        self.of_flow.get(flow).copied().flatten().map(|index| index as usize)
    }

    /// The label of a flow, by its place in the records.
    #[must_use]
    pub fn name(&self, flow: usize) -> Option<&str> {
        self.index(flow).and_then(|index| self.names.get(index)).map(String::as_str)
    }

    /// How many flows have no label.
    #[must_use]
    pub fn unlabelled(&self) -> u64 {
        self.of_flow.iter().filter(|label| label.is_none()).count() as u64
    }

    /// How many rows of the table fitted no flow.
    #[must_use]
    pub fn unmatched_rows(&self) -> u64 {
        self.unmatched_rows
    }

    fn by_file(records: &FlowRecords, label: impl Fn(&Input) -> &str) -> Self {
        let of_flow = |flow| records.file_of(flow).map(&label).filter(|label| !label.is_empty());
        Self::new(&records.flows.iter().map(of_flow).collect::<Vec<_>>())
    }

    /// From the label of each flow.
    fn new(labels: &[Option<&str>]) -> Self {
        let mut numbers: BTreeMap<&str, u32> = labels.iter().flatten().map(|label| (*label, 0)).collect();
        for (number, place) in numbers.values_mut().enumerate() {
            *place = number as u32;
        }
        let of_flow = labels.iter().map(|label| label.and_then(|label| numbers.get(label).copied())).collect();
        Self { names: numbers.into_keys().map(str::to_owned).collect(), of_flow, unmatched_rows: 0 }
    }
}

#[cfg(test)]
mod tests;
