//! The result for people: a block for each table and algorithm, with a line for each seed, and mean, spread and worst.

use std::fmt;

use comfy_table::{CellAlignment, Table, presets};

use super::Entry;
use crate::search::bench::{GOALS, Run, Spread, Summary};

pub(super) struct Text<'a>(pub(super) &'a [Entry]);

impl fmt::Display for Text<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, entry) in self.0.iter().enumerate() {
            if place > 0 {
                writeln!(formatter)?;
            }
            writeln!(formatter, "{} on {}", entry.algorithm, entry.table.display())?;
            writeln!(formatter, "{}", block(entry))?;
        }
        Ok(())
    }
}

fn block(entry: &Entry) -> Table {
    let summary = &entry.summary;
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let marks = |word: &'static str| summary.at.iter().map(move |at| format!("{word} {}", at.evaluations));
    let goals = GOALS.iter().map(|goal| format!("to {}", goal.share));
    table.set_header(
        ["seed".to_owned()]
            .into_iter()
            .chain(marks("HVI"))
            .chain(marks("strict"))
            .chain(goals)
            .chain(["s/evaluation", "proxy"].map(str::to_owned)),
    );
    for run in &entry.runs {
        table.add_row(run_row(run));
    }
    let of = |figure: fn(&Spread) -> f64| {
        let hvi = summary.at.iter().map(move |at| three(figure(&at.hvi)));
        hvi.chain(summary.at.iter().map(move |at| three(figure(&at.strict))))
    };
    let mean = summary.to.iter().zip(summary.reached).map(|(to, reached)| match to {
        Some(to) => format!("{to:.1}"),
        None if reached == 0 => never(),
        None => format!("{reached} of {} do", entry.runs.len()),
    });
    let last = [format!("{:.4}", summary.overhead_s), format!("{:.0}", summary.proxy_readings)];
    table.add_row(["mean".to_owned()].into_iter().chain(of(|spread| spread.mean)).chain(mean).chain(last));
    table.add_row(["spread".to_owned()].into_iter().chain(of(|spread| spread.sd)));
    table.add_row(["worst".to_owned()].into_iter().chain(of(|spread| spread.min)).chain(worst(&entry.runs, summary)));
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn run_row(run: &Run) -> Vec<String> {
    let hvi = run.at.iter().map(|at| three(at.shares.hvi));
    let strict = run.at.iter().map(|at| three(at.shares.strict));
    let to = run.to.iter().map(|to| to.map_or_else(never, |to| to.to_string()));
    let last = [format!("{:.4}", run.overhead_s), run.proxy_readings.to_string()];
    [run.seed.to_string()].into_iter().chain(hvi).chain(strict).chain(to).chain(last).collect()
}

/// The most evaluations to each goal.
fn worst(runs: &[Run], summary: &Summary) -> Vec<String> {
    let most = |goal: usize| runs.iter().filter_map(|run| run.to[goal]).max();
    let worst = |goal: usize| most(goal).filter(|_| summary.reached[goal] == runs.len());
    (0..GOALS.len()).map(|goal| worst(goal).map_or_else(never, |count| count.to_string())).collect()
}

fn three(share: f64) -> String {
    format!("{share:.3}")
}

fn never() -> String {
    "never".to_owned()
}
