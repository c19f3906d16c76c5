//! From frames to records.

use cato_runtime::{Decoded, Direction, End, Frame, LinkType, Packet, Skip, Tracker, decode};

use super::super::{Error, GrowingStorage, Input, Warning};
use super::{Flow, FlowRecords, Mac, PacketFields, RecordOptions, WHOLE_FLOWS};

/// Follows the flows of captures that are handed to it frame by frame.
#[derive(Debug)]
pub struct Recorder {
    tracker: Tracker<GrowingStorage>,
    max_depth: u64,
    records: FlowRecords,
    /// Packets of the flows since `first_flow` in order of arrival, each with the number of its flow.
    arrivals: Vec<(PacketFields, u32)>,
    /// The first flow of this input.
    first_flow: usize,
}

impl Recorder {
    /// A recorder that has seen nothing. Only [`end_input`](Self::end_input) ends an input, so [`RecordOptions::merge`]
    /// is up to the caller.
    #[must_use]
    pub fn new(options: &RecordOptions) -> Self {
        Self {
            tracker: Tracker::new(options.settings, WHOLE_FLOWS, GrowingStorage::new()),
            max_depth: options.max_depth.map_or(u64::MAX, u64::from),
            records: FlowRecords::default(),
            arrivals: Vec::new(),
            first_flow: 0,
        }
    }

    /// The frames that follow are those of `file`.
    pub fn begin_file(&mut self, file: Input) {
        self.records.files.push(file);
    }

    /// Takes the next frame.
    pub fn frame(&mut self, frame: &Frame<'_>) {
        self.records.counts.frames += 1;
        let taken = match frame.link {
            Some(link) => decode(link, frame.data, frame.wire_len).and_then(|packet| self.packet(&packet, link, frame)),
            None => Err(Skip::UnknownLink),
        };
        if let Err(reason) = taken {
            self.records.counts.skip(reason);
        }
    }

    /// Ends every flow, as at the end of a capture.
    pub fn end_input(&mut self) {
        // Flows are recorded as ended by the end of the input until they end otherwise.
        self.tracker.end_input(|_, _| {});
        self.place_arrivals();
        self.first_flow = self.records.flows.len();
    }

    /// Ends the last input and gives what was recorded.
    #[must_use]
    pub fn finish(mut self) -> FlowRecords {
        self.end_input();
        self.records
    }

    /// Notes what was wrong with a capture that was read.
    pub(super) fn warn(&mut self, damaged: u64, warnings: Vec<Warning>) {
        self.records.counts.damaged += damaged;
        self.records.warnings.extend(warnings);
    }

    /// Notes that `file` could not be read at all.
    pub(super) fn unread(&mut self, file: &Input, error: &Error) {
        self.records.counts.unread_files += 1;
        let (offset, what) = match error {
            Error::Capture { offset, layer, what, .. } => (Some(*offset), format!("{layer}: {what}")),
            Error::Io { source, .. } => (None, source.to_string()),
            other => (None, other.to_string()),
        };
        self.records.warnings.push(Warning { file: file.name.clone(), offset, what: format!("passed over: {what}") });
    }

    fn packet(&mut self, packet: &Decoded, link: LinkType, frame: &Frame<'_>) -> Result<(), Skip> {
        let Self { tracker, records, .. } = self;
        let hash = tracker.hash(&packet.key);
        let seen = tracker.observe(packet, hash, frame.time_ns, |_, entry| {
            if let Some(flow) = records.flows.get_mut(entry.flow() as usize) {
                flow.end = End::Idle;
            }
        })?;
        let entry = tracker.entry(seen.entry).ok_or(Skip::TableFull)?;
        let number = entry.flow() as usize;
        if seen.starts {
            let (sender, receiver) = macs(link, frame.data);
            let from_source = seen.direction == Direction::Source;
            let (source_mac, destination_mac) = if from_source { (sender, receiver) } else { (receiver, sender) };
            records.flows.push(Flow {
                file: (records.files.len() as u32).saturating_sub(1),
                key: packet.key,
                source: entry.source(),
                destination: entry.destination(),
                first_ns: frame.time_ns,
                last_ns: frame.time_ns,
                packets: 0,
                source_mac,
                destination_mac,
                end: End::Input,
            });
        }
        if !seen.updates {
            records.counts.absorbed += 1;
            return Ok(());
        }
        let flow = records.flows.get_mut(number).ok_or(Skip::TableFull)?;
        flow.packets += 1;
        flow.last_ns = flow.first_ns + seen.time_ns;
        if let Some(end) = seen.ends {
            flow.end = end;
        }
        records.counts.in_flows += 1;
        if flow.packets <= self.max_depth {
            let fields = Packet { view: packet.view, time_ns: seen.time_ns, direction: seen.direction };
            self.arrivals.push((PacketFields::new(&fields), (number - self.first_flow) as u32));
        }
        Ok(())
    }

    /// Sorts the packets of this input by flow, keeping their order within each: one counting pass, one placing pass.
    fn place_arrivals(&mut self) {
        let Self { records, arrivals, first_flow, .. } = self;
        let mut next = vec![0; records.flows.len() - *first_flow];
        for &(_, flow) in arrivals.iter() {
            if let Some(count) = next.get_mut(flow as usize) {
                *count += 1;
            }
        }
        let mut end = records.packets.len();
        for place in &mut next {
            let start = end;
            end += *place;
            *place = start;
            records.ends.push(end);
        }
        records.counts.kept += arrivals.len() as u64;
        records.packets.resize(end, PacketFields::NOTHING);
        for (fields, flow) in arrivals.drain(..) {
            if let Some(place) = next.get_mut(flow as usize) {
                if let Some(packet) = records.packets.get_mut(*place) {
                    *packet = fields;
                }
                *place += 1;
            }
        }
    }
}

/// The link-layer addresses of sender and receiver, as far as the link layer has them.
pub(super) fn macs(link: LinkType, frame: &[u8]) -> (Option<Mac>, Option<Mac>) {
    let at = |offset: usize| frame.get(offset..).and_then(|rest| rest.first_chunk()).copied();
    match link {
        LinkType::Ethernet => (at(6), at(0)),
        // Cooked captures state the sender's address only, with its length before it.
        LinkType::LinuxSll => (frame.get(4..6).filter(|len| *len == [0, 6]).and_then(|_| at(6)), None),
        LinkType::LinuxSll2 => (frame.get(11).filter(|len| **len == 6).and_then(|_| at(12)), None),
        LinkType::RawIp | LinkType::Null | LinkType::Ppp => (None, None),
    }
}
