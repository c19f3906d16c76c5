//! Programs that capture, each with its own way to say what it has seen.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use cato_tests::network::{Namespace, is_captured_from};
use rustix::process::{Pid, Signal, kill_process};

/// How long a program may take to start, and to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that captures from the interface `far`.
#[derive(Clone, Debug)]
pub(super) struct Receiver {
    pub(super) name: &'static str,
    command: Vec<String>,
    /// Reads out of what it prints how many packets it has seen.
    seen: fn(&str) -> Option<u64>,
}

impl Receiver {
    /// The receiver of that name.
    pub(super) fn by_name(name: &str, cato: &Path, spec: &Path) -> anyhow::Result<Self> {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let path = |path: &Path| path.display().to_string();
        let (name, command, seen): (_, _, fn(&str) -> Option<u64>) = match name {
            "cato" => {
                let options = "--interface far --workers 1 --sink null --table-capacity 1048576";
                let command = [vec![path(cato)], words("--json --quiet serve"), vec![path(spec)], words(options)];
                ("cato serve", command.concat(), seen_by_cato)
            }
            "tcpdump" => {
                let command = words("tcpdump -i far -n -s 256 -B 65536 -Z root -w /dev/null");
                ("tcpdump", command, |said| number_before(said, " packets captured"))
            }
            other => bail!("no receiver is called {other:?}"),
        };
        Ok(Self { name, command, seen })
    }

    /// Starts it in that namespace, on the processor of the namespace's thread, and waits until it captures.
    pub(super) fn start(&self, far: &Namespace) -> anyhow::Result<Running> {
        let folder = tempfile::tempdir()?;
        let output = folder.path().join("output");
        let (command, file) = (self.command.clone(), File::create(&output)?);
        let child = far.within(move || {
            let (program, arguments) = command.split_first().context("no program")?;
            Command::new(program)
                .args(arguments)
                .stdin(Stdio::null())
                .stdout(file.try_clone()?)
                .stderr(file)
                .spawn()
                .with_context(|| format!("starting {program}"))
        })?;
        let mut running = Running { child, output, folder };
        let started = Instant::now();
        while !far.within(|| is_captured_from(1)) {
            if let Some(status) = running.child.try_wait()? {
                bail!("{} ended at once: {status}: {}", self.name, running.said()?);
            }
            if started.elapsed() > PATIENCE {
                bail!("{} does not begin to capture: {}", self.name, running.said()?);
            }
            sleep(Duration::from_millis(20));
        }
        // The socket is there before the rest is.
        sleep(Duration::from_millis(500));
        Ok(running)
    }

    /// Ends it as Ctrl-C does; how many packets it says it has seen.
    pub(super) fn stop(&self, mut running: Running) -> anyhow::Result<u64> {
        let status = running.interrupt()?;
        let said = running.said()?;
        (self.seen)(&said).with_context(|| format!("{} does not say what it has seen ({status}): {said}", self.name))
    }
}

/// All packets but those that were lost in the kernel, or with flows for which the table had no room.
fn seen_by_cato(said: &str) -> Option<u64> {
    let document = said.get(said.find('{')?..=said.rfind('}')?)?;
    let report: serde_json::Value = serde_json::from_str(document).ok()?;
    let dropped = report.get("dropped")?;
    let lost = ["kernel", "ring", "table_full", "evicted_single_packet", "evicted_longest_idle"];
    let lost: u64 = lost.iter().filter_map(|reason| dropped.get(reason)?.as_u64()).sum();
    report.get("packets")?.as_u64()?.checked_sub(lost)
}

/// The number right before the first `words` in `text`.
fn number_before(text: &str, words: &str) -> Option<u64> {
    let (before, _) = text.split_once(words)?;
    before.rsplit(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

/// A receiver that runs.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    output: PathBuf,
    /// Holds the output, and is removed in the end.
    #[allow(dead_code, reason = "kept for its end")]
    folder: tempfile::TempDir,
}

impl Running {
    fn interrupt(&mut self) -> anyhow::Result<ExitStatus> {
        let pid = Pid::from_raw(self.child.id() as i32).context("a process")?;
        kill_process(pid, Signal::INT)?;
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            sleep(Duration::from_millis(10));
        }
        bail!("it does not end: {}", self.said()?)
    }

    fn said(&self) -> anyhow::Result<String> {
        let mut said = String::new();
        File::open(&self.output)?.read_to_string(&mut said)?;
        Ok(said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Ended already, most often.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
