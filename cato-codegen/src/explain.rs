//! The plan of a pipeline, for people.

use std::fmt::Write;

use crate::catalog::MEDIAN_WINDOW;
use crate::ir::{Accumulator, Classifier, Emission, Pipeline};
use crate::spec::Depth;

/// What the pipeline is, in a line.
pub(crate) fn headline(pipeline: &Pipeline) -> String {
    let features = pipeline.features.len();
    let plural = if features == 1 { "" } else { "s" };
    match pipeline.depth {
        Depth::Packets(1) => format!("{features} feature{plural} after the first packet of a flow."),
        Depth::Packets(packets) => format!("{features} feature{plural} after at most {packets} packets of a flow."),
        Depth::All => format!("{features} feature{plural} at the end of a flow."),
    }
}

/// Explains what the pipeline reads, keeps, computes and decides.
#[must_use]
pub fn explain(pipeline: &Pipeline) -> String {
    let mut text = headline(pipeline);
    text.push('\n');
    for slot in pipeline.slots() {
        let _ = writeln!(text, "  {:?}: {}", slot.accumulator, slot.width.name());
        if matches!(slot.accumulator, Accumulator::Window(..)) && slot.len as u64 == MEDIAN_WINDOW {
            let _ = writeln!(text, "    only the first {MEDIAN_WINDOW} values");
        }
    }
    if let Some(Classifier { emission, reason, .. }) = pipeline.classifier() {
        let word = match emission {
            Emission::NestedIf => "nested if",
            Emission::ConstTable => "const table",
        };
        let _ = writeln!(text, "model as {word}: {reason}");
    }
    let _ = writeln!(text, "state: {} bytes", pipeline.state_bytes());
    text
}
