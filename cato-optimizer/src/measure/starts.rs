//! At which packets flows start.

use cato_runtime::{Decoded, Depth, FlowSettings, Tracker, decode};
use cato_traffic::GrowingStorage;
use cato_traffic::replay::Replay;

/// How many flows start in the packets of a loop, up to each of them.
#[derive(Clone, Debug)]
pub(super) struct Starts {
    /// Flows that have started when a packet was seen.
    up_to: Vec<u64>,
}

impl Starts {
    /// Follows the flows of one loop, each pass by itself, by the rules of a table that has room for all.
    pub(super) fn of(mut once: Replay, settings: FlowSettings) -> Self {
        let tracker = || Tracker::new(settings, Depth::All, GrowingStorage::new());
        let (mut up_to, mut passes, mut now) = (Vec::with_capacity(once.packets()), 0, tracker());
        while let Some(batch) = once.next_batch(usize::MAX) {
            for frame in batch.iter() {
                let decoded = frame.link.and_then(|link| decode(link, frame.data, frame.wire_len).ok());
                if let Some(packet) = decoded {
                    observe(&mut now, &packet, frame.time_ns);
                }
                up_to.push(passes + now.flows());
            }
            if batch.ends_pass() {
                passes += now.flows();
                now = tracker();
            }
        }
        Self { up_to }
    }

    /// Flows of one loop.
    pub(super) fn in_loop(&self) -> u64 {
        self.up_to.last().copied().unwrap_or(0)
    }

    /// Flows that start in so many packets from the one at place `first` of a loop on.
    pub(super) fn within(&self, first: usize, packets: u64) -> u64 {
        let len = self.up_to.len() as u64;
        if len == 0 {
            return 0;
        }
        let end = first as u64 + packets;
        let before = |place: u64| {
            let within = usize::try_from(place % len).ok().and_then(|place| place.checked_sub(1));
            let started = within.and_then(|place| self.up_to.get(place)).copied().unwrap_or(0);
            place / len * self.in_loop() + started
        };
        before(end) - before(first as u64)
    }
}

fn observe(tracker: &mut Tracker<GrowingStorage>, packet: &Decoded, now_ns: u64) {
    let hash = tracker.hash(&packet.key);
    // A packet that starts nothing is of no concern here.
    let _ = tracker.observe(packet, hash, now_ns, |_, _| {});
}
