//! The line on a terminal: how far a search is, and what a server does.

use std::cell::Cell;
use std::time::{Duration, Instant};

use cato_serve::Snapshot;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What a search has reached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reached {
    /// Evaluations finished, failed ones included.
    pub evaluations: usize,
    /// Best validation macro-F1 so far.
    pub best_f1: f64,
    /// Members of the front so far.
    pub front: usize,
    /// Hypervolume of the front so far, from 0 to 1.
    pub hypervolume: f64,
}

/// A line on a terminal that says how far the search is; nothing where stderr is none or `quiet` is asked for.
#[derive(Clone, Debug)]
pub struct SearchProgress {
    bar: ProgressBar,
}

impl SearchProgress {
    /// A line for `evaluations` evaluations, of which `finished` were there before.
    #[must_use]
    pub fn new(evaluations: usize, finished: usize, quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(evaluations as u64), target);
        if let Ok(style) = ProgressStyle::with_template("evaluation {pos} of {len} {wide_bar} {msg}, {eta} left") {
            bar.set_style(style);
        }
        bar.set_position(finished as u64);
        bar.reset_eta();
        bar.enable_steady_tick(Duration::from_millis(500));
        Self { bar }
    }

    /// Shows what was reached.
    pub fn update(&self, reached: Reached) {
        let Reached { evaluations, best_f1, front, hypervolume } = reached;
        self.bar.set_message(format!("best F1 {best_f1:.3}, front {front}, hypervolume {hypervolume:.3}"));
        self.bar.set_position(evaluations as u64);
    }

    /// Takes the line away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// A line on a terminal that says what a server does; nothing where stderr is none or `quiet` is asked for.
#[derive(Debug)]
pub struct ServeProgress {
    bar: ProgressBar,
    /// Packets and verdicts when the line was last written.
    before: Cell<(Instant, u64, u64)>,
}

impl ServeProgress {
    /// How often the line is worth writing.
    pub const EVERY: Duration = Duration::from_millis(500);

    /// A line of a server that begins.
    #[must_use]
    pub fn new(quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{elapsed} {msg}") {
            bar.set_style(style);
        }
        Self { bar, before: Cell::new((Instant::now(), 0, 0)) }
    }

    /// Shows what was counted up to now.
    pub fn update(&self, snapshot: &Snapshot) {
        let total = snapshot.total();
        let (packets, verdicts) = (total.packets, total.verdicts.iter().sum::<u64>());
        let now = Instant::now();
        let (since, packets_before, verdicts_before) = self.before.replace((now, packets, verdicts));
        let seconds = now.duration_since(since).as_secs_f64();
        let a_second = |count: u64, before: u64| (count.saturating_sub(before) as f64 / seconds).round();
        let unwritten = total.refused + snapshot.sink.dropped.iter().sum::<u64>();
        self.bar.set_message(format!(
            "{} packets/s, {} verdicts/s, {} of {} keys; lost {} packets, {} flows, {unwritten} verdicts",
            a_second(packets, packets_before),
            a_second(verdicts, verdicts_before),
            total.held,
            total.capacity,
            total.kernel_drops + total.ring_drops,
            total.evicted_flows.iter().sum::<u64>(),
        ));
        self.bar.tick();
    }

    /// Takes the line away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
