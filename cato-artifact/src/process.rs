//! Calling a compiler: with a time limit, and keeping what it says.

use std::io::{self, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How much of a compiler's message is kept.
const MESSAGE_LINES: usize = 60;
const MESSAGE_BYTES: usize = 6_000;

/// How a call ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// By itself, with what it wrote to its standard error.
    Exited(ExitStatus, String),
    /// By being killed at the time limit.
    TimedOut,
}

/// Runs `command` to its end, or kills it after `limit`.
pub(crate) fn run(command: &mut Command, limit: Duration) -> io::Result<Ended> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let (sender, said) = mpsc::channel();
    if let Some(mut stderr) = child.stderr.take() {
        // The end of the child's standard error is the end of the child: no polling.
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let outcome = stderr.read_to_end(&mut bytes).map(|_| String::from_utf8_lossy(&bytes).into_owned());
            // Fails only where the limit has passed and nobody listens any more.
            let _ = sender.send(outcome);
        });
    }
    match said.recv_timeout(limit) {
        Ok(said) => Ok(Ended::Exited(child.wait()?, said?)),
        Err(_) => {
            child.kill()?;
            child.wait()?;
            Ok(Ended::TimedOut)
        }
    }
}

/// The beginning of a compiler's message: the first errors are the ones that matter.
pub(crate) fn shorten(message: &str) -> String {
    let message = message.trim_end();
    let lines = message.match_indices('\n').map(|(at, _)| at).nth(MESSAGE_LINES - 1).unwrap_or(message.len());
    let end = message
        .char_indices()
        .map(|(at, char)| at + char.len_utf8())
        .take_while(|end| *end <= lines.min(MESSAGE_BYTES));
    let end = end.last().unwrap_or(0);
    if end == message.len() { message.to_owned() } else { format!("{}...", &message[..end]) }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::{Ended, run, shorten};

    #[test]
    fn long_messages_keep_their_beginning() {
        assert_eq!(shorten("one\ntwo\n\n"), "one\ntwo");
        let long = shorten(&"a line\n".repeat(1000));
        assert!(long.starts_with("a line\n") && long.ends_with("...") && long.lines().count() == 60);
        assert_eq!(shorten(&"\u{e9}".repeat(100_000)).chars().count(), 3_003);
    }

    #[test]
    fn a_child_that_does_not_end_is_killed() {
        let ended = run(Command::new("sleep").arg("600"), Duration::from_millis(50)).unwrap();
        assert!(matches!(ended, Ended::TimedOut));
    }

    #[test]
    fn what_a_child_says_is_kept() {
        let mut command = Command::new("sh");
        let ended = run(command.args(["-c", "echo said >&2; exit 3"]), Duration::from_secs(60)).unwrap();
        assert!(matches!(ended, Ended::Exited(status, said) if status.code() == Some(3) && said == "said\n"));
    }
}
