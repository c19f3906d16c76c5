//! `cato search-bench`: how much of a known front a search finds.

mod document;
mod text;

use std::path::PathBuf;

use anyhow::{Context as _, ensure};

use super::context::Context;
use super::{Outcome, input};
use crate::cli::SearchBenchArgs;
use crate::search::bench::{self, BenchOptions, Run, Summary};
use crate::search::{AlgorithmName, SearchTable};
use document::Document;

/// What one algorithm made of one table.
struct Entry {
    table: PathBuf,
    algorithm: AlgorithmName,
    runs: Vec<Run>,
    summary: Summary,
}

pub(super) fn run(args: &SearchBenchArgs, context: &Context) -> anyhow::Result<Outcome> {
    ensure!(
        args.meta.len() <= args.table.len(),
        "{} meta files for {} tables: each belongs to the table in its place",
        args.meta.len(),
        args.table.len()
    );
    let mut entries = Vec::new();
    for (at, path) in args.table.iter().enumerate() {
        let beside = Some(path.with_extension("meta.json")).filter(|beside| beside.exists());
        let meta = args.meta.get(at).cloned().or(beside);
        let table = SearchTable::read(path, meta.as_deref())?;
        for &algorithm in &args.algorithm {
            let options = BenchOptions {
                algorithm,
                evaluations: args.evaluations,
                seeds: args.seeds,
                lookahead: args.lookahead,
                proxy: !args.no_proxy,
                threads: input::threads(),
            };
            let runs = bench::bench(&table, &options).with_context(|| format!("{algorithm} on {}", path.display()))?;
            let summary = Summary::of(&runs);
            entries.push(Entry { table: path.clone(), algorithm, runs, summary });
        }
    }
    context.result(&Document::new(&entries), text::Text(&entries))?;
    Ok(Outcome::Done)
}
