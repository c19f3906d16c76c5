//! Instructions that reference pipelines take, counted by callgrind, which gives the same number on every run.
//!
//! A small program, `probe.rs`, is compiled against the kit as a candidate is, and run under callgrind over the TCP flows
//! of a trace. Three things are counted: the feature code over packets that are decoded already, the same loop around a
//! pipeline that does nothing, and the whole way from raw bytes to verdicts.

mod callgrind;
mod frames;
mod model;
mod probe;

use std::path::Path;

use anyhow::Context as _;
use cato_artifact::Kit;
use cato_codegen::model::Model;
use cato_codegen::spec::{Depth, Spec};
use serde::Serialize;

pub use frames::write_frames;
pub use model::Trainer;

/// What one pipeline takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Instructions {
    /// The feature set's name.
    pub name: String,
    /// The packet depth: a number or "all".
    #[serde(serialize_with = "depth_as_written")]
    pub depth: Depth,
    /// Start, updates and extraction on decoded packets, per packet up to the inference point, the loop taken off.
    pub instructions_per_packet: f64,
    /// From raw bytes in memory to the verdicts, most often of a decision tree, per packet up to the inference point.
    pub pipeline_instructions_per_packet: f64,
    /// Size of one flow's state.
    pub state_bytes: u64,
    /// Machine code and constants of the pipeline, its tree included.
    pub code_bytes: u64,
    /// Calls of the allocator in all that was counted.
    pub allocations: u64,
    /// TCP flows counted.
    pub flows: u64,
    /// Their packets up to the inference point.
    pub packets: u64,
}

/// Counts the pipeline of `spec` and `models` over the frames in the file that [`write_frames`] made.
///
/// # Errors
/// Where the pipeline does not compile or callgrind is missing or fails.
pub fn count(kit: &Kit, name: &str, spec: &Spec, models: &[&Model], frames: &Path) -> anyhow::Result<Instructions> {
    let artifact = kit.build(spec, models)?;
    let folder = tempfile::tempdir().context("no folder for temporary files")?;
    let program = probe::build(kit, spec, models, folder.path())?;
    let counted = callgrind::count(&program, frames, folder.path())?;
    let packets = counted.packets.max(1) as f64;
    Ok(Instructions {
        name: name.to_owned(),
        depth: spec.depth,
        instructions_per_packet: (counted.features - counted.around) as f64 / packets,
        pipeline_instructions_per_packet: counted.pipeline as f64 / packets,
        state_bytes: counted.state_bytes,
        code_bytes: artifact.code_bytes,
        allocations: counted.allocations,
        flows: counted.flows,
        packets: counted.packets,
    })
}

fn depth_as_written<S: serde::Serializer>(depth: &Depth, serializer: S) -> Result<S::Ok, S::Error> {
    match depth {
        Depth::Packets(packets) => serializer.serialize_u32(u32::from(*packets)),
        Depth::All => serializer.serialize_str("all"),
    }
}
