//! The way between the two ends of a flow: delay, rate, loss, and the point in between at which frames are captured.
//!
//! The capture point is near the client. A packet lost before it is never seen; a packet lost behind it is seen, and
//! seen again when it is sent again.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::distribution::Distribution;
use super::packet::Packet;
use super::random::FlowRandom;
use super::script::Side;

/// What the way of one flow is like.
#[derive(Clone, Debug)]
pub(super) struct Path {
    /// One-way delay between client and capture point, in ns.
    pub(super) near_ns: u64,
    /// One-way delay between capture point and server, in ns.
    pub(super) far_ns: u64,
    /// What a packet waits in queues on each half of the way, in ms.
    pub(super) jitter_ms: Distribution,
    /// Nanoseconds that one byte takes from the sender's side onto the way, by sender.
    pub(super) byte_ns: [f64; 2],
    /// Probability that a packet is lost between client and capture point.
    pub(super) loss_near: f64,
    /// Probability that a packet is lost between capture point and server.
    pub(super) loss_far: f64,
}

impl Path {
    /// From one end to the other and back, without queues, in ns.
    pub(super) const fn round_trip_ns(&self) -> u64 {
        2 * (self.near_ns + self.far_ns)
    }
}

/// Something that happens in a flow.
#[derive(Debug)]
pub(super) enum Event {
    /// A packet passes the capture point.
    Captured(Packet),
    /// A packet reaches the end that it was sent to.
    Arrived(Packet),
    /// A transport's timer runs out at an end.
    Timer(Side, Timer),
    /// The script's next message is due.
    Message,
    /// The end of the flow is due.
    Farewell,
}

/// The timers of the transports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timer {
    /// What was sent has not been acknowledged for too long.
    Retransmit,
    /// What was received has not been acknowledged yet.
    Acknowledge,
    /// The application takes what was received.
    Read,
    /// The application closes after the other end did.
    Close,
    /// More may be sent than before.
    Round,
    /// A datagram of so many bytes is sent again.
    Resend(u32),
    /// A datagram of so many bytes would have arrived, had it not been lost.
    Missed(u32),
}

/// The events of one flow in order of time, and the way between its ends.
#[derive(Debug)]
pub(super) struct Wire {
    /// Time of the event that is being handled, in ns since the unix epoch.
    pub(super) now: u64,
    pub(super) random: FlowRandom,
    pub(super) path: Path,
    /// Packets sent up to now, lost ones included.
    pub(super) sent: u32,
    queue: BinaryHeap<Scheduled>,
    scheduled: u64,
    lanes: [Lane; 2],
}

/// One direction of the way. Packets do not overtake each other.
#[derive(Clone, Copy, Debug, Default)]
struct Lane {
    /// When the sender's side has passed on its last packet.
    free_at: u64,
    captured_at: u64,
    arrived_at: u64,
}

/// Link, network and transport headers of a usual packet, for the time that it takes to send.
const USUAL_HEADERS: u32 = 66;

impl Wire {
    pub(super) fn new(now: u64, path: Path, random: FlowRandom) -> Self {
        Self { now, random, path, sent: 0, queue: BinaryHeap::new(), scheduled: 0, lanes: [Lane::default(); 2] }
    }

    /// Moves on to the next event; `None` where nothing happens any more.
    pub(super) fn advance(&mut self) -> Option<Event> {
        let Scheduled { at, event, .. } = self.queue.pop()?;
        self.now = at;
        Some(event)
    }

    pub(super) fn schedule(&mut self, at: u64, event: Event) {
        self.scheduled += 1;
        self.queue.push(Scheduled { at: at.max(self.now), number: self.scheduled, event });
    }

    /// Forgets everything that was still to happen, but for what is on its way to the capture point.
    pub(super) fn stop(&mut self) {
        self.queue.retain(|scheduled| matches!(scheduled.event, Event::Captured(_)));
    }

    /// Sends a packet. Gives the time at which it arrives, or would have arrived, and whether it does.
    pub(super) fn transmit(&mut self, packet: Packet) -> (u64, bool) {
        let Path { near_ns, far_ns, byte_ns, loss_near, loss_far, .. } = self.path;
        let (first_ns, second_ns, first_loss, second_loss) = match packet.from {
            Side::Client => (near_ns, far_ns, loss_near, loss_far),
            Side::Server => (far_ns, near_ns, loss_far, loss_near),
        };
        let first_wait = self.path.jitter_ms.milliseconds(&mut self.random);
        let second_wait = self.path.jitter_ms.milliseconds(&mut self.random);
        // A flow begins with a packet that is seen.
        let reaches_capture = !self.random.chance(first_loss) || self.sent == 0;
        let arrives = reaches_capture && !self.random.chance(second_loss);
        self.sent += 1;

        let sending_ns = (f64::from(packet.payload + USUAL_HEADERS) * byte_ns[packet.from.index()]) as u64;
        let lane = &mut self.lanes[packet.from.index()];
        lane.free_at = lane.free_at.max(self.now) + sending_ns;
        // What waited in a queue leaves it one after the other.
        lane.captured_at = (lane.captured_at + sending_ns).max(lane.free_at + first_ns + first_wait);
        lane.arrived_at = (lane.arrived_at + sending_ns).max(lane.captured_at + second_ns + second_wait);
        let Lane { captured_at, arrived_at, .. } = *lane;
        if reaches_capture {
            self.schedule(captured_at, Event::Captured(packet.clone()));
        }
        if arrives {
            self.schedule(arrived_at, Event::Arrived(packet));
        }
        (arrived_at, arrives)
    }
}

/// An event and its time; the earliest is the greatest, and of equal times the first scheduled.
#[derive(Debug)]
struct Scheduled {
    at: u64,
    number: u64,
    event: Event,
}

impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.number).cmp(&(self.at, self.number))
    }
}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Scheduled {}

#[cfg(test)]
mod tests {
    use super::{Event, Path, Wire};
    use crate::synth::distribution::Distribution;
    use crate::synth::packet::{Header, Packet};
    use crate::synth::random::FlowRandom;
    use crate::synth::script::Side;

    const MILLISECOND: u64 = 1_000_000;

    fn path() -> Path {
        Path {
            near_ns: MILLISECOND,
            far_ns: 9 * MILLISECOND,
            jitter_ms: Distribution::constant(0.0),
            byte_ns: [10.0, 10.0],
            loss_near: 0.0,
            loss_far: 0.0,
        }
    }

    fn datagram(from: Side) -> Packet {
        Packet { from, offset: 0, payload: 34, header: Header::Udp { acknowledges: false } }
    }

    fn times(mut wire: Wire) -> Vec<(u64, bool)> {
        std::iter::from_fn(|| wire.advance().map(|event| (wire.now, matches!(event, Event::Captured(_))))).collect()
    }

    #[test]
    fn capture_point_is_near_the_client() {
        let mut wire = Wire::new(0, path(), FlowRandom::new(1, 1));
        wire.transmit(datagram(Side::Client));
        wire.transmit(datagram(Side::Server));
        let ms = MILLISECOND;
        assert_eq!(
            times(wire),
            [(1000 + ms, true), (1000 + 9 * ms, true), (1000 + 10 * ms, false), (1000 + 10 * ms, false)]
        );
    }

    #[test]
    fn packets_of_one_sender_follow_each_other() {
        let mut wire = Wire::new(0, path(), FlowRandom::new(1, 1));
        let arrivals: Vec<_> = (0..3).map(|_| wire.transmit(datagram(Side::Client)).0 - 10 * MILLISECOND).collect();
        assert_eq!(arrivals, [1000, 2000, 3000]);
    }

    #[test]
    fn lost_packets_are_seen_where_they_passed() {
        let behind = Path { loss_far: 1.0, ..path() };
        let mut wire = Wire::new(0, behind.clone(), FlowRandom::new(1, 1));
        assert!(!wire.transmit(datagram(Side::Client)).1);
        assert_eq!(times(wire).len(), 1);

        let mut wire = Wire::new(0, behind, FlowRandom::new(1, 1));
        wire.transmit(datagram(Side::Client));
        assert!(!wire.transmit(datagram(Side::Server)).1);
        assert_eq!(times(wire).len(), 1, "only the client's packet is seen");
    }
}
