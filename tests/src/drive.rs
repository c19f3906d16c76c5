//! Frames through a loaded pipeline, with all that is known when a verdict falls.

use cato_artifact::Loaded;
use cato_runtime::{BatchPipeline, Driver, Endpoint, Finished, FlowSettings, Frame, Skip, Verdict};
use cato_traffic::GrowingStorage;

/// A flow at its inference point.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Number of the flow in order of start.
    pub flow: u64,
    /// The end that opened it.
    pub source: Endpoint,
    /// The other end.
    pub destination: Endpoint,
    /// Packets up to the inference point.
    pub packets_used: u32,
    /// Time of the first packet in nanoseconds.
    pub first_ns: u64,
    /// What the emitted code extracts.
    pub features: Vec<f32>,
    /// What the emitted code says.
    pub verdict: Verdict,
}

/// What became of the packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All packets.
    pub packets: u64,
    /// After the inference point or the end of their flow.
    pub absorbed: u64,
    /// Passed over, by [`Skip::ALL`].
    pub skipped: [u64; Skip::ALL.len()],
}

/// Drives `frames` through `pipeline`: one answer for each flow, in order of flow start.
pub fn drive(pipeline: &mut Loaded, settings: FlowSettings, frames: &[Frame<'_>]) -> (Vec<Answer>, Tally) {
    let count = pipeline.feature_count();
    let mut driver = Driver::new(pipeline, settings, GrowingStorage::new()).stepwise();
    let mut answers = Vec::new();
    let mut keep = |finished: &Finished, pipeline: &&mut Loaded| {
        let mut features = vec![f32::NAN; count];
        pipeline.features(finished.slot, &mut features);
        answers.push(Answer {
            flow: finished.entry.flow(),
            source: finished.entry.source(),
            destination: finished.entry.destination(),
            packets_used: finished.entry.packets(),
            first_ns: finished.entry.start_ns(),
            features,
            verdict: finished.verdict,
        });
    };
    driver.run(frames, &mut keep);
    driver.end_input(&mut keep);
    let skipped = Skip::ALL.map(|reason| driver.skipped(reason));
    let tally = Tally { packets: driver.packets(), absorbed: driver.absorbed(), skipped };
    answers.sort_by_key(|answer| answer.flow);
    (answers, tally)
}

/// As [`drive`], with items handed over in batches as serving does: number and verdict of each flow.
pub fn drive_in_batches(pipeline: &mut Loaded, settings: FlowSettings, frames: &[Frame<'_>]) -> Vec<(u64, Verdict)> {
    let mut driver = Driver::new(pipeline, settings, GrowingStorage::new());
    let mut verdicts = Vec::new();
    let mut keep = |finished: &Finished, _: &&mut Loaded| verdicts.push((finished.entry.flow(), finished.verdict));
    driver.run(frames, &mut keep);
    driver.end_input(&mut keep);
    verdicts.sort_by_key(|&(flow, _)| flow);
    verdicts
}
