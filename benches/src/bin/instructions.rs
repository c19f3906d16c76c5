//! `instructions --pcap PATH...`: what the reference pipelines take on the TCP flows of some captures.

use std::path::PathBuf;

use anyhow::Context as _;
use cato_artifact::Kit;
use cato_benches::instructions::{Instructions, Trainer, count, write_frames};
use cato_benches::reference;
use cato_codegen::spec::Depth;
use cato_traffic::{Inputs, Trace, TraceOptions};
use clap::Parser;

/// Counts the instructions of the reference pipelines with callgrind.
///
/// Each of the feature sets mini, pc, pcpt, pcpttc and all is compiled at depth 3, 10, 50 and all, together with a decision
/// tree trained on the captures, whose labels are their folders. Needs valgrind.
#[derive(Debug, Parser)]
struct Arguments {
    /// Captures, or folders of them.
    #[arg(long, required = true, num_args = 1.., value_name = "PATH")]
    pcap: Vec<PathBuf>,
    /// Only these feature sets.
    #[arg(long, value_name = "NAME", num_args = 1..)]
    set: Vec<String>,
    /// Only these depths.
    #[arg(long, value_name = "N|all", num_args = 1.., value_parser = depth)]
    depth: Vec<Depth>,
    /// Print a JSON array instead of a table.
    #[arg(long)]
    json: bool,
}

fn depth(text: &str) -> Result<Depth, String> {
    match text {
        "all" => Ok(Depth::All),
        _ => match text.parse() {
            Ok(packets @ 1..) => Ok(Depth::Packets(packets)),
            _ => Err("a depth is a number from 1 to 65535 or \"all\"".to_owned()),
        },
    }
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let inputs = Inputs::collect(&arguments.pcap)?;
    let options = TraceOptions { max_frames: u64::MAX, max_bytes: 4 << 30, merge: false };
    let trace = Trace::collect(&inputs, &options)?;
    let folder = tempfile::tempdir().context("no folder for temporary files")?;
    let frames = folder.path().join("frames");
    write_frames(&trace, &frames)?;
    let trainer = Trainer::new(&inputs)?;
    if !trainer.has_classes() {
        eprintln!("the captures make fewer than two classes: the trees are single leaves");
    }
    let cache = cato_artifact::default_cache().context("there is no folder for caches: set HOME")?;
    let kit = Kit::prepare(&cache)?;
    let mut rows = Vec::new();
    for (name, features) in reference::sets() {
        for depth in reference::DEPTHS {
            let wanted = (arguments.set.is_empty() || arguments.set.iter().any(|set| set == name))
                && (arguments.depth.is_empty() || arguments.depth.contains(&depth));
            if wanted {
                let model = trainer.tree(&features, depth)?;
                let row = count(&kit, name, &reference::spec(&features, depth, true), &[&model], &frames)?;
                if !arguments.json {
                    print(&row, rows.is_empty());
                }
                rows.push(row);
            }
        }
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    }
    Ok(())
}

fn print(row: &Instructions, first: bool) {
    if first {
        println!("set     depth  features/packet  pipeline/packet  state B  code B  allocations  flows  packets");
    }
    let depth = match row.depth {
        Depth::Packets(packets) => packets.to_string(),
        Depth::All => "all".to_owned(),
    };
    println!(
        "{:7} {depth:>5}  {:15.1}  {:15.1}  {:7}  {:6}  {:11}  {:5}  {:7}",
        row.name,
        row.instructions_per_packet,
        row.pipeline_instructions_per_packet,
        row.state_bytes,
        row.code_bytes,
        row.allocations,
        row.flows,
        row.packets
    );
}
