//! Frames for the probe: a file of fixed heads and bytes.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::Context as _;
use cato_runtime::LinkType;
use cato_traffic::Trace;

/// Writes the frames of `trace` to `path`.
///
/// # Errors
/// Where the file cannot be written.
pub fn write_frames(trace: &Trace, path: &Path) -> anyhow::Result<()> {
    let at = || format!("{} cannot be written", path.display());
    let mut file = BufWriter::new(File::create(path).with_context(at)?);
    for segment in trace.frames().segments() {
        for (place, frame) in segment.iter().enumerate() {
            // A number that stands for no link layer.
            let link = frame.link.map_or(u32::MAX, LinkType::capture_number);
            let len = u32::try_from(frame.data.len()).context("a frame of more than 4 GiB")?;
            file.write_all(&frame.time_ns.to_le_bytes()).with_context(at)?;
            for word in [link, frame.wire_len, len, u32::from(place == 0)] {
                file.write_all(&word.to_le_bytes()).with_context(at)?;
            }
            file.write_all(frame.data).with_context(at)?;
        }
    }
    file.flush().with_context(at)
}
