//! Tables of labels: comma-separated values whose first line names the columns.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::Error;

/// A table, read row by row.
pub(super) struct Table {
    file: PathBuf,
    reader: csv::Reader<File>,
    /// The columns asked for: names, and where they stand.
    names: &'static [&'static str],
    places: Vec<usize>,
    row: csv::StringRecord,
    rows: u64,
}

impl Table {
    /// Opens the table and finds the columns `names`.
    pub(super) fn open(file: &Path, names: &'static [&'static str]) -> Result<Self, Error> {
        let (reader, seen) = open(file)?;
        let place = |name: &&str| seen.iter().position(|seen| seen == name);
        let missing: Vec<_> = names.iter().copied().filter(|name| place(name).is_none()).collect();
        if !missing.is_empty() {
            let seen = if seen.is_empty() { "none".to_owned() } else { seen.join(", ") };
            let what = format!("no column {}; the columns are: {seen}", missing.join(", "));
            return Err(Error::Table { file: file.to_owned(), line: 1, column: None, what });
        }
        let places = names.iter().filter_map(place).collect();
        Ok(Self { file: file.to_owned(), reader, names, places, row: csv::StringRecord::new(), rows: 0 })
    }

    /// Steps to the next row; `false` at the end. A table without any row is a mistake.
    pub(super) fn next_row(&mut self) -> Result<bool, Error> {
        let more = self.reader.read_record(&mut self.row).map_err(|error| from_csv(&self.file, error))?;
        self.rows += u64::from(more);
        if self.rows == 0 {
            let what = "no row follows the names of the columns".to_owned();
            return Err(Error::Table { file: self.file.clone(), line: 2, column: None, what });
        }
        Ok(more)
    }

    /// How many rows were read.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// The line on which the row begins.
    pub(super) fn line(&self) -> u64 {
        self.row.position().map_or(0, csv::Position::line)
    }

    /// The cell of this row in one of the columns asked for.
    pub(super) fn cell(&self, column: &str) -> &str {
        let place = self.names.iter().position(|name| *name == column).and_then(|at| self.places.get(at));
        place.and_then(|place| self.row.get(*place)).unwrap_or("")
    }

    /// The cell as `read` understands it.
    pub(super) fn value<T>(&self, column: &str, read: impl Fn(&str) -> Option<T>, expected: &str) -> Result<T, Error> {
        let cell = self.cell(column);
        read(cell).ok_or_else(|| self.mistake(column, format!("{cell:?} is not {expected}")))
    }

    /// That the cell of this row in `column` is wrong.
    pub(super) fn mistake(&self, column: &str, what: String) -> Error {
        Error::Table { file: self.file.clone(), line: self.line(), column: Some(column.to_owned()), what }
    }
}

/// The columns of a table, as its first line names them.
pub(super) fn columns(file: &Path) -> Result<Vec<String>, Error> {
    Ok(open(file)?.1)
}

fn open(file: &Path) -> Result<(csv::Reader<File>, Vec<String>), Error> {
    let plain = File::open(file).map_err(Error::io(file))?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(plain);
    let header = reader.headers().map_err(|error| from_csv(file, error))?;
    // Spreadsheets begin a file with a mark of its byte order.
    let columns = header.iter().map(|name| name.trim_start_matches('\u{feff}').trim().to_owned()).collect();
    Ok((reader, columns))
}

fn from_csv(file: &Path, error: csv::Error) -> Error {
    let line = error.position().map_or(1, csv::Position::line);
    let what = match error.into_kind() {
        csv::ErrorKind::Io(source) => return Error::Io { file: file.to_owned(), source },
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} cells, where the first line has {expected_len}")
        }
        csv::ErrorKind::Utf8 { err, .. } => format!("not UTF-8: {err}"),
        other => format!("{other:?}"),
    };
    Error::Table { file: file.to_owned(), line, column: None, what }
}

/// A path without the ending that compression adds.
pub(super) fn uncompressed(path: &str) -> &str {
    path.strip_suffix(".zst").or_else(|| path.strip_suffix(".gz")).unwrap_or(path)
}

/// The last part of a path without the endings of captures and compression.
pub(super) fn stem(path: &str) -> &str {
    let name = uncompressed(path.rsplit('/').next().unwrap_or(path));
    let ending = [".pcapng", ".pcap", ".cap", ".dmp"].iter().find_map(|ending| name.strip_suffix(ending));
    ending.filter(|stem| !stem.is_empty()).unwrap_or(name)
}
