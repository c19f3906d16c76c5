//! Decoded packets by flow.

use cato_runtime::{Bucket, Depth, Entry, FixedStorage, FlowSettings, Frame, Packet, Tracker, decode};

/// The flows of some frames.
#[derive(Debug)]
pub struct Flows {
    /// Of each flow its packets up to the inference point, in order of flow start.
    pub packets_of_flow: Vec<Vec<Packet>>,
}

/// Follows the flows in `frames` up to `depth`.
#[must_use]
pub fn flows(frames: &[Frame<'_>], depth: Depth) -> Flows {
    let most = frames.len().max(1);
    let mut buckets = vec![Bucket::default(); 2 * most.next_power_of_two()];
    let mut entries = vec![Entry::VACANT; most];
    let storage = FixedStorage::new(&mut buckets, &mut entries);
    let mut tracker = Tracker::new(FlowSettings::default(), depth, storage);
    let mut flow_of_slot = vec![0; most];
    let mut packets_of_flow: Vec<Vec<Packet>> = Vec::new();
    for frame in frames {
        let Some(packet) = frame.link.and_then(|link| decode(link, frame.data, frame.wire_len).ok()) else { continue };
        let hash = tracker.hash(&packet.key);
        let Ok(seen) = tracker.observe(&packet, hash, frame.time_ns, |_, _| {}) else { continue };
        if seen.starts {
            flow_of_slot[seen.slot as usize] = packets_of_flow.len();
            packets_of_flow.push(Vec::new());
        }
        if seen.updates {
            let packet = Packet { view: packet.view, time_ns: seen.time_ns, direction: seen.direction };
            packets_of_flow[flow_of_slot[seen.slot as usize]].push(packet);
        }
    }
    Flows { packets_of_flow }
}
