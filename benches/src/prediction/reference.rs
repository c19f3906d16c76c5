//! Contestants that are not Rust: a companion process that times them when it is asked to.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, ensure};
use cato_codegen::model::Model;

use super::{FeatureRow, Kind};

/// Nanoseconds for a row, by kind of model and name of the contestant.
type Times = BTreeMap<(Kind, String), f64>;

/// The companion process. It reads models and rows from a folder, says when it is ready, and answers each line with one
/// line of times.
#[derive(Debug)]
pub struct Reference {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Reference {
    /// Writes the models, the rows and their classes into `folder` and starts `command`, a program and its arguments, on
    /// it. Returns when the companion is ready.
    ///
    /// # Errors
    /// Where the folder cannot be written or the companion does not get ready.
    pub fn start(
        command: &[String],
        folder: &Path,
        models: [(&Model, Kind); 2],
        rows: &[FeatureRow],
    ) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        for (model, kind) in models {
            fs::write(folder.join(format!("{kind}.json")), model.to_json())?;
            let classes = rows.iter().flat_map(|row| model.predict(row).class.to_le_bytes());
            fs::write(folder.join(format!("{kind}-classes.bin")), classes.collect::<Vec<u8>>())?;
        }
        let values = rows.iter().flatten().flat_map(|value| value.to_le_bytes());
        fs::write(folder.join("rows.bin"), values.collect::<Vec<u8>>())?;
        let (program, arguments) = command.split_first().context("the companion's command is empty")?;
        let mut child = Command::new(program)
            .args(arguments)
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let requests = child.stdin.take().context("the companion has no input")?;
        let answers = BufReader::new(child.stdout.take().context("the companion has no output")?);
        let mut reference = Self { child, requests, answers };
        let ready = reference.line()?;
        ensure!(ready == "ready", "the companion is not ready: {ready:?}");
        Ok(reference)
    }

    /// Has every contestant predict all rows, and gives the times.
    ///
    /// # Errors
    /// Where the companion fails.
    pub fn round(&mut self) -> anyhow::Result<Times> {
        self.requests.write_all(b"round\n")?;
        self.requests.flush()?;
        let line = self.line()?;
        let times: BTreeMap<String, BTreeMap<String, f64>> =
            serde_json::from_str(&line).with_context(|| format!("the companion says {line:?}"))?;
        let kinds = [Kind::Tree, Kind::Forest];
        let of_kind = |kind: Kind| {
            times.get(&kind.to_string()).into_iter().flatten().map(move |(name, time)| (kind, name, *time))
        };
        Ok(kinds.into_iter().flat_map(of_kind).map(|(kind, name, time)| ((kind, name.clone()), time)).collect())
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        ensure!(self.answers.read_line(&mut line)? > 0, "the companion has ended");
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        // It ends when its input does; where it does not, it is ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
