//! What a TCP end has received and how much more it is ready to take.

use std::collections::BTreeMap;

/// The receiving half of an end. Positions count from the other end's SYN, which is byte 0.
#[derive(Debug)]
pub(super) struct Receiver {
    expected: u64,
    /// What arrived beyond a gap: first byte to the one after the last.
    beyond: BTreeMap<u64, u64>,
    fin_at: Option<u64>,
    /// Bytes that the application has not taken yet.
    unread: u64,
    room: Room,
}

/// How much a receiver is ready to hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    /// At the start, in bytes.
    pub(super) initial: u64,
    /// Bytes more for each byte received.
    pub(super) growth: f64,
    /// At most, in bytes.
    pub(super) most: u64,
    /// The least that is offered, however much is unread, in bytes.
    pub(super) least: u64,
}

/// What a segment meant for its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// The next bytes; the other end's FIN is reached with them or not.
    InOrder { fin: bool },
    /// Nothing new, or beyond a gap: the other end must be told at once what is expected. With the range that the
    /// segment is part of where it lies beyond a gap.
    OutOfOrder(Option<(u64, u64)>),
}

impl Receiver {
    pub(super) fn new(room: Room) -> Self {
        Self { expected: 0, beyond: BTreeMap::new(), fin_at: None, unread: 0, room }
    }

    /// The other end's SYN has arrived.
    pub(super) fn open(&mut self) {
        self.expected = self.expected.max(1);
    }

    /// The next byte that is expected; 0 before the SYN.
    pub(super) fn expected(&self) -> u64 {
        self.expected
    }

    /// Bytes of payload received without a gap.
    pub(super) fn payload(&self) -> u64 {
        let controls = 1 + u64::from(self.has_ended());
        self.expected.saturating_sub(controls)
    }

    /// The other end's FIN has been reached.
    pub(super) fn has_ended(&self) -> bool {
        self.fin_at.is_some_and(|fin| self.expected > fin)
    }

    /// Whether something is missing before what has arrived.
    pub(super) fn has_gap(&self) -> bool {
        !self.beyond.is_empty()
    }

    /// How many bytes more may be sent to this end.
    pub(super) fn window(&self) -> u64 {
        let grown = (self.payload() as f64 * self.room.growth) as u64;
        let room = (self.room.initial + grown).min(self.room.most.max(self.room.initial));
        room.saturating_sub(self.unread).max(self.room.least)
    }

    pub(super) fn unread(&self) -> u64 {
        self.unread
    }

    /// The application takes all that is unread.
    pub(super) fn read(&mut self) {
        self.unread = 0;
    }

    /// Takes a segment of `bytes` bytes at `offset`, with or without a FIN behind them.
    pub(super) fn take(&mut self, offset: u64, bytes: u64, fin: bool) -> Taken {
        let end = offset + bytes;
        if fin {
            self.fin_at = Some(end);
        }
        let end = end + u64::from(fin);
        if end <= self.expected {
            return Taken::OutOfOrder(None);
        }
        if offset > self.expected {
            return Taken::OutOfOrder(Some(self.keep(offset, end)));
        }
        let before = self.payload();
        self.expected = end;
        while let Some((&start, &stop)) = self.beyond.first_key_value()
            && start <= self.expected
        {
            self.expected = self.expected.max(stop);
            self.beyond.pop_first();
        }
        self.unread += self.payload() - before;
        Taken::InOrder { fin: self.has_ended() }
    }

    /// Keeps a range beyond the gap, and gives it joined with its neighbours.
    fn keep(&mut self, mut start: u64, mut stop: u64) -> (u64, u64) {
        while let Some((&first, &last)) = self.beyond.range(..=stop).next_back()
            && last >= start
        {
            start = start.min(first);
            stop = stop.max(last);
            self.beyond.remove(&first);
        }
        self.beyond.insert(start, stop);
        (start, stop)
    }
}

#[cfg(test)]
mod tests {
    use super::{Receiver, Room, Taken};

    fn receiver() -> Receiver {
        let mut receiver = Receiver::new(Room { initial: 5_000, growth: 2.0, most: 9_000, least: 1_000 });
        receiver.open();
        receiver
    }

    #[test]
    fn gap_is_filled() {
        let mut receiver = receiver();
        assert_eq!(receiver.take(1, 100, false), Taken::InOrder { fin: false });
        assert_eq!(receiver.take(201, 100, false), Taken::OutOfOrder(Some((201, 301))));
        assert_eq!(receiver.take(401, 50, true), Taken::OutOfOrder(Some((401, 452))));
        assert_eq!(receiver.take(301, 100, false), Taken::OutOfOrder(Some((201, 452))));
        assert_eq!((receiver.expected(), receiver.payload()), (101, 100));
        assert_eq!(receiver.take(101, 100, false), Taken::InOrder { fin: true });
        assert_eq!((receiver.expected(), receiver.payload()), (452, 450));
        assert!(!receiver.has_gap() && receiver.has_ended());
        assert_eq!(receiver.take(1, 100, false), Taken::OutOfOrder(None));
    }

    #[test]
    fn window_grows_and_dips() {
        let mut receiver = receiver();
        assert_eq!(receiver.window(), 5_000);
        receiver.take(1, 1_000, false);
        assert_eq!(receiver.window(), 6_000);
        receiver.read();
        assert_eq!(receiver.window(), 7_000);
        receiver.take(1_001, 8_500, false);
        assert_eq!(receiver.window(), 1_000);
        receiver.read();
        assert_eq!(receiver.window(), 9_000);
    }
}
