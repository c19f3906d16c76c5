//! `evaluations.jsonl`: one line for each finished evaluation, on the disk before the search goes on.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use cato_codegen::spec::Depth;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::text;
use crate::search::{Choice, Evaluation, Forecast, Origin, Outcome, Seconds, evaluation_id};

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    index: usize,
    id: String,
    features: Vec<String>,
    #[serde(with = "text::depth")]
    depth: Depth,
    proposed_by: Origin,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    forecast: Option<Forecast>,
    outcome: Outcome,
    seconds: Seconds,
}

/// What a journal holds.
#[derive(Debug, PartialEq)]
pub(super) struct Contents {
    /// The evaluations in their order.
    pub(super) evaluations: Vec<Evaluation>,
    /// Bytes of the whole lines.
    pub(super) whole: usize,
    /// Bytes after them: a line that was being written when the program was stopped.
    pub(super) torn: usize,
}

/// A line that is damaged, and not by a stop while it was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct DamagedLine {
    /// The line, from 1.
    pub line: usize,
    /// The column in bytes, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// Reads a journal. A last line without its end was being written when the program was stopped, and is left out.
pub(super) fn parse(bytes: &[u8]) -> Result<Contents, DamagedLine> {
    let whole = whole_lines(bytes);
    let lines = bytes[..whole].split_inclusive(|&byte| byte == b'\n');
    let evaluations = lines.enumerate().map(|(index, line)| parse_line(index, line)).collect::<Result<_, _>>()?;
    Ok(Contents { evaluations, whole, torn: bytes.len() - whole })
}

/// Bytes up to the end of the last whole line.
pub(super) fn whole_lines(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1)
}

/// Reads the line at `index`, from 0.
pub(super) fn parse_json<T: DeserializeOwned>(index: usize, line: &[u8]) -> Result<T, DamagedLine> {
    serde_json::from_slice(line).map_err(|error| {
        // The position is given in its own field, and a line of JSON Lines is always line 1 of its own text.
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        DamagedLine { line: index + 1, column: error.column().max(1), message }
    })
}

fn parse_line(index: usize, line: &[u8]) -> Result<Evaluation, DamagedLine> {
    let damaged = |column: usize, message: String| DamagedLine { line: index + 1, column, message };
    let line: Line = parse_json(index, line)?;
    if line.index != index || line.id != evaluation_id(index) {
        return Err(damaged(1, format!("evaluation {} ({}), where {index} is next", line.index, line.id)));
    }
    let candidate = text::candidate(&line.features, line.depth).map_err(|message| damaged(1, message))?;
    if let Outcome::Measured(measured) = &line.outcome {
        measured.objectives().map_err(|message| damaged(1, message))?;
    }
    let choice = Choice { origin: line.proposed_by, forecast: line.forecast };
    Ok(Evaluation { index, candidate, choice, outcome: line.outcome, seconds: line.seconds })
}

/// A journal open for appending.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    length: u64,
}

impl Journal {
    /// Opens the journal at `path`, made where there is none, and cuts off what follows its first `whole` bytes.
    pub(super) fn open(path: &Path, whole: u64) -> io::Result<Self> {
        let mut file = File::options().create(true).truncate(false).write(true).open(path)?;
        file.set_len(whole)?;
        file.seek(SeekFrom::Start(whole))?;
        file.sync_all()?;
        Ok(Self { file, length: whole })
    }

    /// Appends an evaluation: it is on the disk when this returns. After an error the journal is as it was before.
    pub(super) fn append(&mut self, evaluation: &Evaluation) -> io::Result<()> {
        let line = Line {
            index: evaluation.index,
            id: evaluation.id(),
            features: text::names(evaluation.candidate.features),
            depth: evaluation.candidate.depth,
            proposed_by: evaluation.choice.origin,
            forecast: evaluation.choice.forecast,
            outcome: evaluation.outcome.clone(),
            seconds: evaluation.seconds,
        };
        self.append_line(&line)
    }

    /// Appends a line as [`Journal::append`] does.
    pub(super) fn append_line(&mut self, line: &impl Serialize) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        if let Err(error) = self.file.write_all(&bytes).and_then(|()| self.file.sync_data()) {
            // A part of the line may be there. If it cannot be cut off now, the next run cuts it off.
            let _ = self.file.set_len(self.length);
            let _ = self.file.seek(SeekFrom::Start(self.length));
            return Err(error);
        }
        self.length += bytes.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::candidate::FeatureSet;
    use crate::search::testing::{failed_evaluation, measured_evaluation};

    fn evaluations() -> Vec<Evaluation> {
        let set = FeatureSet::EMPTY.with(0).with(66);
        vec![
            measured_evaluation(0, set, Depth::Packets(7), 0.1 + 0.2, 1.0 / 3.0),
            failed_evaluation(1, set, Depth::All, "rustc said \"no\"\nand more"),
            measured_evaluation(2, set, Depth::Packets(50), 1.0, 5e9),
        ]
    }

    fn journal(folder: &Path) -> std::path::PathBuf {
        let path = folder.join("evaluations.jsonl");
        let mut journal = Journal::open(&path, 0).unwrap();
        for evaluation in &evaluations() {
            journal.append(evaluation).unwrap();
        }
        path
    }

    #[test]
    fn evaluations_survive_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = fs::read(journal(folder.path())).unwrap();
        let contents = parse(&bytes).unwrap();
        assert_eq!(contents, Contents { evaluations: evaluations(), whole: bytes.len(), torn: 0 });
        assert_eq!(bytes.iter().filter(|&&byte| byte == b'\n').count(), 3, "one line each");
        let first: serde_json::Value =
            serde_json::from_slice(bytes.split(|&byte| byte == b'\n').next().unwrap()).unwrap();
        assert_eq!(first["id"], "e00");
        assert_eq!(first["depth"], 7);
        assert_eq!(first["features"], serde_json::json!(["dur", "fin_cnt"]));
        assert_eq!(first["outcome"]["measured"]["cost"]["execution_time_ns"], 1.0 / 3.0);
    }

    #[test]
    fn a_stop_at_any_byte_loses_only_the_line_being_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = journal(folder.path());
        let bytes = fs::read(&path).unwrap();
        for length in 0..bytes.len() {
            let lines = bytes[..length].iter().filter(|&&byte| byte == b'\n').count();
            let contents = parse(&bytes[..length]).unwrap();
            assert_eq!(contents.evaluations, evaluations()[..lines]);
            assert_eq!(contents.whole + contents.torn, length);
            // Each append waits for the disk, so not every stop is followed by a new start here.
            if length % 97 != 0 && length != contents.whole {
                continue;
            }
            fs::write(&path, &bytes[..length]).unwrap();
            let mut journal = Journal::open(&path, contents.whole as u64).unwrap();
            for evaluation in &evaluations()[lines..] {
                journal.append(evaluation).unwrap();
            }
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
    }

    #[test]
    fn other_damage_is_an_error_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let text = fs::read_to_string(journal(folder.path())).unwrap();
        let lines: Vec<_> = text.split_inclusive('\n').collect();
        let damage = |damaged: &str| parse([lines[0], damaged, lines[2]].concat().as_bytes()).unwrap_err();

        let error = damage("\n");
        assert_eq!((error.line, error.column), (2, 1));
        let error = damage(&lines[1].replace("\"depth\":\"all\"", "\"depth\":-4"));
        assert_eq!(error.line, 2);
        assert!(error.column > 40 && error.message.contains("or \"all\""), "{error}");
        assert!(!error.message.contains("line 1"), "{error}");
        assert!(damage(lines[2]).message.contains("where 1 is next"));
        assert!(damage(&lines[1].replace("dur", "durr")).message.contains("durr"));
        let error = parse(lines[0].replace("\"macro_f1\":", "\"accuracy\":").as_bytes()).unwrap_err();
        assert!(error.message.contains("no macro_f1"), "{error}");
    }
}
