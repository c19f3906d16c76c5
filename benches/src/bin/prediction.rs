//! Prediction of one row at a time, beside other libraries, in one run on the same rows.
//!
//! ```sh
//! cargo run --release -p cato-benches --bin prediction             # Rust libraries
//! cargo run --release -p cato-benches --bin prediction -- --sizes  # strategies over sizes of models
//! benches/reference/compare.sh                                     # ONNX Runtime and TL2cgen's C too
//! ```
//!
//! Whatever follows `--reference` is the command of the companion process that times what is not Rust.

use std::collections::BTreeMap;

use anyhow::{bail, ensure};
use cato_artifact::Kit;
use cato_benches::prediction::{
    Data, FeatureRow, Kind, MAX_DEPTH, NOISE, Reference, TREES, build, cache, captures, forest_of, rivals, tree_of,
};
use cato_codegen::model::Model;
use cato_codegen::spec::Strategy;

/// Rounds of which the median is taken; in each of them everybody predicts.
const ROUNDS: usize = 15;
/// Passes over all rows in a round, of which the fastest counts: the first one warms the caches up.
const PASSES: usize = 3;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let kit = Kit::prepare(&cache())?;
    match arguments.next().as_deref() {
        None => compare(&load(NOISE)?, &kit, &[]),
        Some("--reference") => compare(&load(NOISE)?, &kit, &arguments.collect::<Vec<_>>()),
        Some("--sizes") => sizes(&load(0.0)?, &kit),
        Some(other) => bail!("unknown argument {other}; there are --reference COMMAND and --sizes"),
    }
}

fn load(noise: f64) -> anyhow::Result<Data> {
    let data = Data::load(&captures(), noise)?;
    println!(
        "{}: {} rows to train on, {} held out, {} features, {} classes, {:.0} % of them at random\n",
        data.source,
        data.train.len(),
        data.held_out.len(),
        data.matrix.columns().len(),
        data.dataset.labels().len(),
        100.0 * noise,
    );
    Ok(data)
}

/// The strategies beside other libraries, as a table in Markdown.
fn compare(data: &Data, kit: &Kit, companion: &[String]) -> anyhow::Result<()> {
    let rows = data.held_out_rows();
    let tree = tree_of(data, MAX_DEPTH.into())?;
    let forest = forest_of(data, TREES, MAX_DEPTH.into())?;
    let mut contestants = Vec::new();
    for (model, kind, strategy) in [
        (&tree, Kind::Tree, Strategy::NestedIf),
        (&tree, Kind::Tree, Strategy::ConstTable),
        (&forest, Kind::Forest, Strategy::ConstTable),
    ] {
        let built = build(kit, model, strategy)?;
        verify(model, &rows, |row| built.loaded.predict(row).class)?;
        let (took, kilobytes) = (built.took.as_secs_f64(), built.bytes / 1024);
        println!("{kind} as {}: {} nodes, built in {took:.1} s, {kilobytes} KiB", strategy.name(), model.nodes());
        contestants.push(built.contestant(format!("cato, {}", strategy.name()), kind));
    }
    println!();
    contestants.extend(rivals(data, MAX_DEPTH, TREES)?);
    let mut reference = if companion.is_empty() {
        None
    } else {
        let folder = cache().join("reference");
        Some(Reference::start(companion, &folder, [(&tree, Kind::Tree), (&forest, Kind::Forest)], &rows)?)
    };

    let mut times: BTreeMap<(Kind, String), Vec<f64>> = BTreeMap::new();
    for _ in 0..ROUNDS {
        for contestant in &contestants {
            let time = contestant.time(&rows, PASSES);
            times.entry((contestant.kind, contestant.name.clone())).or_default().push(time);
        }
        if let Some(reference) = &mut reference {
            for (contestant, time) in reference.round()? {
                times.entry(contestant).or_default().push(time);
            }
        }
    }
    for kind in [Kind::Tree, Kind::Forest] {
        let of_kind = times.iter().filter(|((of, _), _)| *of == kind);
        report(kind, of_kind.map(|((_, name), times)| (name.as_str(), median(times))).collect());
    }
    Ok(())
}

/// Both strategies over models from small to large, as a table in Markdown: what `auto` goes by.
fn sizes(data: &Data, kit: &Kit) -> anyhow::Result<()> {
    let rows = data.held_out_rows();
    println!("| model | nodes | nested-if ns | built s | const-table ns | built s |\n|---|---|---|---|---|---|");
    for depth in [3, 5, 8, 10, 12, 15, 20] {
        row_of_sizes(kit, &format!("tree of depth {depth}"), &tree_of(data, depth)?, Kind::Tree, &rows)?;
    }
    for trees in [5, 20, 100] {
        for depth in [2, 3, 4, 5, 6, 8, 10] {
            let name = format!("{trees} trees of depth {depth}");
            row_of_sizes(kit, &name, &forest_of(data, trees, depth)?, Kind::Forest, &rows)?;
        }
    }
    Ok(())
}

fn row_of_sizes(kit: &Kit, name: &str, model: &Model, kind: Kind, rows: &[FeatureRow]) -> anyhow::Result<()> {
    let strategies = [Strategy::NestedIf, Strategy::ConstTable];
    let mut contestants = Vec::new();
    let mut took = Vec::new();
    for strategy in strategies {
        let built = build(kit, model, strategy)?;
        verify(model, rows, |row| built.loaded.predict(row).class)?;
        took.push(built.took.as_secs_f64());
        contestants.push(built.contestant(strategy.name(), kind));
    }
    let mut times = vec![Vec::new(); contestants.len()];
    for _ in 0..ROUNDS {
        for (contestant, times) in contestants.iter().zip(&mut times) {
            times.push(contestant.time(rows, PASSES));
        }
    }
    let [nested, table] = [0, 1].map(|strategy: usize| median(&times[strategy]));
    println!("| {name} | {} | {nested:.0} | {:.2} | {table:.0} | {:.2} |", model.nodes(), took[0], took[1]);
    Ok(())
}

/// Nothing is timed that answers something else than the model.
fn verify(model: &Model, rows: &[FeatureRow], predict: impl Fn(&FeatureRow) -> u16) -> anyhow::Result<()> {
    let wrong = rows.iter().filter(|row| predict(row) != model.predict(&row[..]).class).count();
    ensure!(wrong == 0, "{wrong} of {} rows are predicted otherwise than the model says", rows.len());
    Ok(())
}

/// A table of times, the fastest first, with how many times as long as the fastest of cato each takes.
fn report(kind: Kind, mut times: Vec<(&str, f64)>) {
    times.sort_by(|one, other| one.1.total_cmp(&other.1));
    let ours = times.iter().find(|(name, _)| name.starts_with("cato")).map_or(f64::NAN, |(_, time)| *time);
    println!("| {kind}, one row | ns | ratio |\n|---|---|---|");
    for (name, time) in times {
        println!("| {name} | {time:.1} | {:.1} |", time / ours);
    }
    println!();
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
