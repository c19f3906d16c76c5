//! The packet records of every flow, from which any features at any depth can be computed without the captures.

mod cache;
mod fields;
mod file;
mod recorder;

use std::net::IpAddr;

use cato_runtime::{Depth, End, Endpoint, FlowKey, FlowSettings, Skip};

use super::{CaptureReader, Error, Input, Inputs, Trace, Warning};

pub(crate) use file::{read_inputs, write_inputs};

pub use fields::PacketFields;
pub use recorder::Recorder;

/// A link-layer address.
pub type Mac = [u8; 6];

/// What is recorded, and by which rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordOptions {
    /// The rules of flows.
    pub settings: FlowSettings,
    /// How many packets of a flow are kept; all where `None`. A flow is followed to its end in any case.
    pub max_depth: Option<u32>,
    /// The files, in the order of their names, are parts of one capture: a flow may go on in the next.
    pub merge: bool,
}

/// One flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// In which of [`FlowRecords::files`] it starts.
    pub file: u32,
    /// Its key.
    pub key: FlowKey,
    /// The end that opened it.
    pub source: Endpoint,
    /// The other end.
    pub destination: Endpoint,
    /// Capture time of its first packet, in nanoseconds since the Unix epoch.
    pub first_ns: u64,
    /// Latest capture time of its packets, in nanoseconds since the Unix epoch.
    pub last_ns: u64,
    /// Packets from start to end, kept or not; absorbed ones do not count.
    pub packets: u64,
    /// Link-layer address of the source, where the first packet's link layer states it.
    pub source_mac: Option<Mac>,
    /// Link-layer address of the destination, where the first packet's link layer states it.
    pub destination_mac: Option<Mac>,
    /// How it ended.
    pub end: End,
}

impl Flow {
    /// Transport protocol number: 6 or 17.
    #[must_use]
    pub fn protocol(&self) -> u8 {
        self.key.protocol()
    }

    /// IP address of the source.
    #[must_use]
    pub fn source_address(&self) -> IpAddr {
        self.key.ip_address(self.source)
    }

    /// IP address of the destination.
    #[must_use]
    pub fn destination_address(&self) -> IpAddr {
        self.key.ip_address(self.destination)
    }
}

/// What became of every frame and file. `frames` is the sum of `in_flows`, `absorbed` and all that was skipped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Frames read.
    pub frames: u64,
    /// Frames that are packets of a flow.
    pub in_flows: u64,
    /// Packets after the end of their flow, such as the last acknowledgment.
    pub absorbed: u64,
    /// Packets of flows whose fields are kept; the others lie beyond the largest depth.
    pub kept: u64,
    /// Files that were no capture, or damaged before their first packet.
    pub unread_files: u64,
    /// Places where captures are damaged.
    pub damaged: u64,
    skipped: [u64; Skip::ALL.len()],
}

impl Counts {
    /// Frames passed over for `reason`.
    #[must_use]
    pub fn skipped(&self, reason: Skip) -> u64 {
        self.skipped.get(reason as usize).copied().unwrap_or(0)
    }

    /// Frames passed over, for any reason.
    #[must_use]
    pub fn skipped_in_all(&self) -> u64 {
        self.skipped.iter().sum()
    }

    fn skip(&mut self, reason: Skip) {
        if let Some(count) = self.skipped.get_mut(reason as usize) {
            *count += 1;
        }
    }
}

/// The flows of some captures and the fields of their packets. Flows stand in the order of their start, file by file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowRecords {
    /// The files read, in order.
    pub files: Vec<Input>,
    /// The flows.
    pub flows: Vec<Flow>,
    /// What became of everything else.
    pub counts: Counts,
    /// What was wrong with the files.
    pub warnings: Vec<Warning>,
    /// The packets of all flows, flow after flow.
    packets: Vec<PacketFields>,
    /// Where in `packets` the packets of each flow end.
    ends: Vec<usize>,
}

impl FlowRecords {
    /// Records the flows of `inputs`.
    ///
    /// A file in a folder that is not a capture leaves a warning; one that was given by itself is an error, and so is an
    /// input of which no file could be read.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Capture`].
    pub fn read(inputs: &Inputs, options: &RecordOptions) -> Result<Self, Error> {
        let inputs = if options.merge { inputs.by_name() } else { inputs.clone() };
        let mut recorder = Recorder::new(options);
        let mut first_error = None;
        for input in inputs.files() {
            recorder.begin_file(input.clone());
            match record_file(&mut recorder, input) {
                Ok(()) => {}
                Err(error) if input.given => return Err(error),
                Err(error) => {
                    recorder.unread(input, &error);
                    first_error.get_or_insert(error);
                }
            }
            if !options.merge {
                recorder.end_input();
            }
        }
        let records = recorder.finish();
        match first_error {
            Some(error) if records.counts.unread_files == records.files.len() as u64 => Err(error),
            _ => Ok(records),
        }
    }

    /// Records the flows of a trace, each segment as a capture of its own.
    #[must_use]
    pub fn of_trace(trace: &Trace, settings: FlowSettings) -> Self {
        let mut recorder = Recorder::new(&RecordOptions { settings, max_depth: None, merge: false });
        let frames = trace.frames();
        for (file, segment) in trace.files().iter().zip(frames.segments()) {
            recorder.begin_file(file.clone());
            for frame in segment {
                recorder.frame(frame);
            }
            recorder.end_input();
        }
        recorder.finish()
    }

    /// The packets of a flow that were kept, in order of arrival; none for a flow that is not there.
    #[must_use]
    pub fn packets(&self, flow: usize) -> &[PacketFields] {
        let start = flow.checked_sub(1).map_or(Some(&0), |before| self.ends.get(before));
        match (start, self.ends.get(flow)) {
            (Some(&start), Some(&end)) => self.packets.get(start..end).unwrap_or(&[]),
            _ => &[],
        }
    }

    /// The file in which a flow starts.
    #[must_use]
    pub fn file_of(&self, flow: &Flow) -> Option<&Input> {
        self.files.get(flow.file as usize)
    }
}

fn record_file(recorder: &mut Recorder, input: &Input) -> Result<(), Error> {
    let mut capture = CaptureReader::open_as(&input.path, &input.name)?;
    while let Some(frame) = capture.next_frame()? {
        recorder.frame(&frame);
    }
    recorder.warn(capture.damaged(), capture.warnings());
    Ok(())
}

/// Flows are recorded to their end; depth is a matter of those who read the records.
const WHOLE_FLOWS: Depth = Depth::All;

#[cfg(test)]
mod tests;
