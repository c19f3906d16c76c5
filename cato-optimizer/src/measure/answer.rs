//! What of a trace a verdict rests on: the packets up to it, and the features that the model is given.

use cato_artifact::Loaded;
use cato_runtime::{BatchPipeline, Depth, Driver, FlowSettings, Frame, TcpFlags, Tracker, decode};
use cato_traffic::GrowingStorage;

/// The frames of `captures` that a pipeline of this depth takes into the state of a flow, and those that end flows, so
/// that the same flows start without the others.
pub(super) fn frames<'a>(captures: &[&[Frame<'a>]], depth: Depth, settings: FlowSettings) -> Vec<Vec<Frame<'a>>> {
    captures.iter().map(|capture| of_one(capture, depth, settings)).collect()
}

fn of_one<'a>(capture: &[Frame<'a>], depth: Depth, settings: FlowSettings) -> Vec<Frame<'a>> {
    let mut tracker = Tracker::new(settings, depth, GrowingStorage::new());
    let mut kept = |frame: &&Frame<'_>| {
        let decoded = frame.link.and_then(|link| decode(link, frame.data, frame.wire_len).ok());
        let Some(packet) = decoded else { return false };
        let hash = tracker.hash(&packet.key);
        let seen = tracker.observe(&packet, hash, frame.time_ns, |_, _| {});
        let ends = packet.view.flags() & (TcpFlags::FIN | TcpFlags::RST) != 0;
        seen.is_ok_and(|seen| seen.updates || ends)
    };
    capture.iter().filter(&mut kept).copied().collect()
}

/// The features of every flow of some captures, row after row.
pub(super) struct Rows<'a> {
    pipeline: &'a Loaded,
    values: Vec<f32>,
}

impl<'a> Rows<'a> {
    /// Drives `pipeline` over `captures` and keeps what its model would be given.
    pub(super) fn new(pipeline: &'a mut Loaded, settings: FlowSettings, captures: &[&[Frame<'_>]]) -> Self {
        let mut row = vec![0.0; pipeline.feature_count()];
        let mut values = Vec::new();
        let mut driver = Driver::new(&mut *pipeline, settings, GrowingStorage::new()).stepwise();
        for capture in captures {
            let mut keep = |slot: u32, pipeline: &&mut Loaded| {
                pipeline.features(slot, &mut row);
                values.extend_from_slice(&row);
            };
            driver.run(capture, |flow, pipeline| keep(flow.slot, pipeline));
            driver.end_input(|flow, pipeline| keep(flow.slot, pipeline));
        }
        drop(driver);
        Self { pipeline, values }
    }

    /// The model on every row; the sum of what it says, so that nothing of it can be left out.
    pub(super) fn predict(&self) -> u64 {
        let rows = self.values.chunks_exact(self.pipeline.feature_count().max(1));
        rows.map(|row| u64::from(self.pipeline.predict(row).class)).sum()
    }
}
