//! What a TCP end has sent and may send: sliding window, slow start, congestion avoidance, fast retransmit, time-out.
//!
//! The rules are those of RFC 5681 (congestion control), RFC 6582 (partial acknowledgments) and RFC 6298 (time-out),
//! without their finer points.

/// What is sent next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Syn,
    Data { offset: u64, bytes: u32, push: bool },
    Fin { offset: u64 },
}

const SECOND_NS: u64 = 1_000_000_000;
const FIRST_TIMEOUT_NS: u64 = SECOND_NS;
const LEAST_TIMEOUT_NS: u64 = SECOND_NS / 5;
const MOST_TIMEOUT_NS: u64 = 60 * SECOND_NS;
/// Time-outs in a row after which an end gives up.
const MOST_TIMEOUTS: u32 = 7;
/// Acknowledgments of the same byte that mean that the next segment is lost.
const DUPLICATES: u32 = 3;

/// The sending half of an end. Positions count from the SYN, which is byte 0.
#[derive(Debug)]
pub(super) struct Sender {
    /// Bytes of payload in a full segment.
    segment: u64,
    /// First byte that is not acknowledged.
    unacknowledged: u64,
    /// First byte that was never sent.
    next: u64,
    /// Behind the last byte that the application wrote.
    written: u64,
    /// Whether a FIN follows what was written.
    closing: bool,
    window: u64,
    threshold: u64,
    peer_window: u64,
    duplicates: u32,
    /// While losses are being repaired: the acknowledgment that ends the repair.
    repaired_at: Option<u64>,
    /// A byte whose acknowledgment is waited for to measure the round trip, and when it was sent.
    timed: Option<(u64, u64)>,
    smoothed_ns: Option<u64>,
    variation_ns: u64,
    timeouts: u32,
    deadline: Option<u64>,
}

impl Sender {
    /// A sender with room for `initial_segments` segments of `segment` bytes before the first acknowledgment.
    pub(super) fn new(segment: u64, initial_segments: u64) -> Self {
        Self {
            segment,
            unacknowledged: 0,
            next: 0,
            written: 1,
            closing: false,
            window: initial_segments * segment,
            threshold: u64::MAX,
            peer_window: 0,
            duplicates: 0,
            repaired_at: None,
            timed: None,
            smoothed_ns: None,
            variation_ns: 0,
            timeouts: 0,
            deadline: None,
        }
    }

    /// The SYN, sent for the first time.
    pub(super) fn open(&mut self, now: u64) -> Piece {
        self.next = 1;
        self.timed = Some((0, now));
        self.deadline = Some(now + self.timeout_ns());
        Piece::Syn
    }

    /// The other end has acknowledged the SYN.
    pub(super) fn is_established(&self) -> bool {
        self.unacknowledged > 0
    }

    pub(super) fn write(&mut self, bytes: u64) {
        if !self.closing {
            self.written += bytes;
        }
    }

    pub(super) fn close(&mut self) {
        self.closing = true;
    }

    pub(super) fn is_closing(&self) -> bool {
        self.closing
    }

    /// First byte that was never sent.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// When the oldest unacknowledged byte is given up for lost.
    pub(super) fn deadline(&self) -> Option<u64> {
        self.deadline
    }

    /// A segment that was never sent and may be now.
    pub(super) fn next_piece(&mut self, now: u64) -> Option<Piece> {
        if !self.is_established() {
            return None;
        }
        let allowed = (self.unacknowledged + self.window.min(self.peer_window)).saturating_sub(self.next);
        let left = self.written.saturating_sub(self.next);
        let piece = if left > 0 {
            let bytes = left.min(self.segment);
            // Part of a segment waits for room for all of it, unless nothing is under way (RFC 1122, 4.2.3.4).
            if bytes > allowed && self.next > self.unacknowledged {
                return None;
            }
            self.data(self.next, bytes)
        } else if self.closing && self.next == self.written {
            Piece::Fin { offset: self.written }
        } else {
            return None;
        };
        self.timed.get_or_insert((self.next, now));
        self.next += piece.length();
        self.deadline.get_or_insert(now + self.timeout_ns());
        Some(piece)
    }

    /// Takes an acknowledgment and the window that came with it, in bytes; `bare` where the segment carried nothing
    /// else. Gives what is to be sent again.
    pub(super) fn acknowledge(&mut self, acknowledgment: u64, window: u64, bare: bool, now: u64) -> Option<Piece> {
        let same_window = window == self.peer_window;
        self.peer_window = window;
        if acknowledgment > self.unacknowledged && acknowledgment <= self.next {
            self.advance(acknowledgment, now)
        } else if acknowledgment == self.unacknowledged && self.next > self.unacknowledged && bare && same_window {
            self.duplicates += 1;
            (self.duplicates == DUPLICATES && self.repaired_at.is_none()).then(|| {
                self.shrink();
                self.window = self.threshold;
                self.oldest()
            })
        } else {
            None
        }
    }

    /// The deadline has passed. Gives what is to be sent again; `None` where the end gives up.
    pub(super) fn time_out(&mut self, now: u64) -> Option<Piece> {
        self.timeouts += 1;
        if self.timeouts > MOST_TIMEOUTS {
            self.deadline = None;
            return None;
        }
        self.shrink();
        self.window = self.segment;
        self.deadline = Some(now + self.timeout_ns());
        Some(self.oldest())
    }

    fn advance(&mut self, acknowledgment: u64, now: u64) -> Option<Piece> {
        let acknowledged = acknowledgment - self.unacknowledged;
        self.unacknowledged = acknowledgment;
        self.duplicates = 0;
        self.timeouts = 0;
        if let Some((offset, sent_at)) = self.timed
            && acknowledgment > offset
        {
            self.measure(now - sent_at);
            self.timed = None;
        }
        self.deadline = (self.next > acknowledgment).then(|| now + self.timeout_ns());
        match self.repaired_at {
            Some(end) if acknowledgment < end => return Some(self.oldest()),
            Some(_) => {
                self.repaired_at = None;
                self.window = self.threshold;
            }
            None if self.window < self.threshold => self.window += acknowledged.min(2 * self.segment),
            None => self.window += (self.segment * self.segment / self.window).max(1),
        }
        None
    }

    /// Notes a loss: half of what is under way is the new threshold, and no round trip is measured on what is sent
    /// twice.
    fn shrink(&mut self) {
        self.threshold = ((self.next - self.unacknowledged) / 2).max(2 * self.segment);
        self.repaired_at = Some(self.next);
        self.timed = None;
    }

    /// The oldest unacknowledged segment.
    fn oldest(&self) -> Piece {
        if self.unacknowledged == 0 {
            return Piece::Syn;
        }
        match self.written.min(self.next).saturating_sub(self.unacknowledged) {
            0 => Piece::Fin { offset: self.unacknowledged },
            left => self.data(self.unacknowledged, left.min(self.segment)),
        }
    }

    fn data(&self, offset: u64, bytes: u64) -> Piece {
        // No segment is longer than 65,535 bytes.
        Piece::Data { offset, bytes: bytes as u32, push: offset + bytes == self.written }
    }

    fn measure(&mut self, round_trip_ns: u64) {
        match self.smoothed_ns {
            None => {
                self.variation_ns = round_trip_ns / 2;
                self.smoothed_ns = Some(round_trip_ns);
            }
            Some(smoothed) => {
                self.variation_ns = (3 * self.variation_ns + smoothed.abs_diff(round_trip_ns)) / 4;
                self.smoothed_ns = Some((7 * smoothed + round_trip_ns) / 8);
            }
        }
    }

    fn timeout_ns(&self) -> u64 {
        let base = self.smoothed_ns.map_or(FIRST_TIMEOUT_NS, |smoothed| smoothed + 4 * self.variation_ns);
        (base.max(LEAST_TIMEOUT_NS) << self.timeouts).min(MOST_TIMEOUT_NS)
    }
}

impl Piece {
    /// How many positions of the stream it takes.
    pub(super) fn length(&self) -> u64 {
        match *self {
            Self::Syn | Self::Fin { .. } => 1,
            Self::Data { bytes, .. } => bytes.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, SECOND_NS, Sender};

    const MS: u64 = 1_000_000;

    fn established() -> Sender {
        let mut sender = Sender::new(1000, 2);
        assert_eq!(sender.open(0), Piece::Syn);
        assert_eq!(sender.acknowledge(1, 100_000, true, 50 * MS), None);
        sender
    }

    fn burst(sender: &mut Sender, now: u64) -> Vec<(u64, u32)> {
        std::iter::from_fn(|| sender.next_piece(now))
            .map(|piece| match piece {
                Piece::Data { offset, bytes, .. } => (offset, bytes),
                other => panic!("no data: {other:?}"),
            })
            .collect()
    }

    #[test]
    fn windows_bound_what_is_under_way_and_grow() {
        let mut sender = established();
        sender.write(10_500);
        assert_eq!(burst(&mut sender, 50 * MS), [(1, 1000), (1001, 1000)]);
        sender.acknowledge(2001, 100_000, true, 100 * MS);
        assert_eq!(burst(&mut sender, 100 * MS).len(), 4);
        sender.acknowledge(6001, 1_500, true, 150 * MS);
        assert_eq!(burst(&mut sender, 150 * MS), [(6001, 1000)], "the peer's window counts as well");
    }

    #[test]
    fn message_ends_with_push_and_stream_with_fin() {
        let mut sender = established();
        sender.write(1500);
        sender.close();
        sender.write(1000);
        assert_eq!(sender.next_piece(0), Some(Piece::Data { offset: 1, bytes: 1000, push: false }));
        assert_eq!(sender.next_piece(0), Some(Piece::Data { offset: 1001, bytes: 500, push: true }));
        assert_eq!(sender.next_piece(0), Some(Piece::Fin { offset: 1501 }));
        assert_eq!(sender.next_piece(0), None);
    }

    #[test]
    fn third_duplicate_repairs_and_partial_acknowledgments_go_on() {
        let mut sender = Sender::new(1000, 10);
        sender.open(0);
        sender.acknowledge(1, 100_000, true, 50 * MS);
        sender.write(6000);
        assert_eq!(burst(&mut sender, 50 * MS).len(), 6);
        let mut duplicate = || sender.acknowledge(1, 100_000, true, 100 * MS);
        assert_eq!((duplicate(), duplicate()), (None, None));
        assert_eq!(duplicate(), Some(Piece::Data { offset: 1, bytes: 1000, push: false }));
        let second = sender.acknowledge(2001, 100_000, true, 150 * MS);
        assert_eq!(second, Some(Piece::Data { offset: 2001, bytes: 1000, push: false }));
        assert_eq!(sender.acknowledge(6001, 100_000, true, 200 * MS), None);
        assert_eq!(sender.deadline(), None);
    }

    #[test]
    fn time_out_doubles_and_ends() {
        let mut sender = Sender::new(1000, 10);
        sender.open(0);
        let mut now = 0;
        let mut waits = Vec::new();
        while let Some(deadline) = sender.deadline() {
            waits.push((deadline - now) / SECOND_NS);
            now = deadline;
            let again = sender.time_out(now);
            assert_eq!(again.is_some(), sender.deadline().is_some());
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    }
}
