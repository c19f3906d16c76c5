//! Runs the probe under callgrind and reads what was counted.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};

/// The functions that allocate, as they are called in a Rust program on a C library.
const ALLOCATORS: [&str; 6] = ["malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "__rust_alloc"];

/// The functions of the probe that are counted, in the order in which they run.
const PARTS: [&str; 3] = ["counted_features", "counted_loop", "counted_pipeline"];

/// What the probe did and took.
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub(super) flows: u64,
    pub(super) packets: u64,
    pub(super) state_bytes: u64,
    /// Instructions of feature code and the loop around it.
    pub(super) features: u64,
    /// Instructions of that loop alone.
    pub(super) around: u64,
    /// Instructions from raw bytes to verdicts.
    pub(super) pipeline: u64,
    pub(super) allocations: u64,
}

/// Counts `program` over `frames`; callgrind's files go to `folder`.
pub(super) fn count(program: &Path, frames: &Path, folder: &Path) -> anyhow::Result<Counted> {
    let out = folder.join("callgrind.out");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--toggle-collect=counted_*"]);
    // A pattern does not do here, unlike above.
    valgrind.args(PARTS.map(|part| format!("--dump-after={part}")));
    // valgrind replaces the percent sign of its own patterns only; temporary folders have none.
    valgrind.arg(format!("--callgrind-out-file={}", out.display())).arg(program).arg(frames);
    let output = valgrind.output().context("valgrind cannot be called: is it installed and on PATH?")?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "the probe failed under callgrind: {}", String::from_utf8_lossy(&output.stderr));
    let numbers: Vec<u64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let &[flows, packets, verdicts, state_bytes] = numbers.as_slice() else {
        anyhow::bail!("the probe said {said:?}");
    };
    ensure!(verdicts == flows, "{flows} flows got {verdicts} verdicts");
    let mut counted = Counted { flows, packets, state_bytes, ..Counted::default() };
    let mut totals = [0; PARTS.len()];
    for ((part, total), number) in PARTS.iter().zip(&mut totals).zip(1..) {
        let path = out.with_extension(format!("out.{number}"));
        let profile = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let after = profile.lines().find_map(|line| line.strip_prefix("desc: Trigger: --dump-after="));
        ensure!(after == Some(part), "{} was dumped after {after:?}", path.display());
        *total = self::total(&profile).with_context(|| format!("{} has no total", path.display()))?;
        counted.allocations += allocations(&profile);
    }
    [counted.features, counted.around, counted.pipeline] = totals;
    Ok(counted)
}

/// Instructions in a profile.
fn total(profile: &str) -> Option<u64> {
    let line = profile.lines().find_map(|line| line.strip_prefix("totals:").or(line.strip_prefix("summary:")))?;
    line.trim().parse().ok()
}

/// Calls of allocating functions in a profile. A name stands in full where it is met first, `(7) malloc`, and as its
/// number alone afterwards.
fn allocations(profile: &str) -> u64 {
    let mut numbers = Vec::new();
    let mut calls = 0;
    let mut called = false;
    for line in profile.lines() {
        if let Some(name) = line.strip_prefix("cfn=").or_else(|| line.strip_prefix("fn=")) {
            let (number, name) = name.split_once(' ').unwrap_or((name, ""));
            if ALLOCATORS.contains(&name) {
                numbers.push(number);
            }
            called = line.starts_with("cfn=") && numbers.contains(&number);
        } else if let Some(count) = line.strip_prefix("calls=") {
            if called {
                calls += count.split(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0);
            }
            called = false;
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::{allocations, total};

    const PROFILE: &str = "# callgrind format\nfn=(1) counted_features\n10 5\ncfn=(7) malloc\ncalls=3 0\n11 90\n\
        cfn=(8) free\ncalls=9 0\n12 9\ncfn=(7)\ncalls=2 0\n13 60\n\ntotals: 164\n";

    #[test]
    fn totals_and_calls_are_found() {
        assert_eq!(total(PROFILE), Some(164));
        assert_eq!(allocations(PROFILE), 5);
        assert_eq!(allocations("fn=(1) counted_loop\n10 5\ntotals: 5\n"), 0);
    }
}
