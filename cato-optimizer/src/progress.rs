//! The progress line of a search.

use std::time::Duration;

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
