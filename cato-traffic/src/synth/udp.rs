//! Datagrams between the two ends of a flow, plain or with acknowledgments of their own as QUIC has them.

use std::collections::VecDeque;

use super::packet::{Header, Packet};
use super::profile::Datagrams;
use super::script::Side;
use super::wire::{Event, Timer, Wire};

/// Datagrams that may be sent in the first round trip (RFC 9002, 7.2), and in any.
const FIRST_ROUND: u32 = 10;
const MOST_A_ROUND: u32 = 160;

/// A flow of datagrams, seen from both ends.
#[derive(Debug)]
pub(super) struct Udp<'p> {
    rules: &'p Datagrams,
    ends: [End; 2],
}

#[derive(Debug)]
struct End {
    /// What is left to send of each message; a datagram never holds parts of two.
    messages: VecDeque<u64>,
    /// Bytes sent up to now, for the payload's place in the stream.
    sent: u64,
    /// Bytes of messages that have reached this end or never will.
    received: u64,
    /// Datagrams that may be sent in a round trip, and how many of them are left.
    round: u32,
    credit: u32,
    round_ends: u64,
    waits_for_round: bool,
    /// Datagrams that were received and not acknowledged.
    pending: u32,
    acknowledge_at: Option<u64>,
}

impl<'p> Udp<'p> {
    pub(super) fn new(rules: &'p Datagrams) -> Self {
        let ends = [(); 2].map(|()| End {
            messages: VecDeque::new(),
            sent: 0,
            received: 0,
            round: FIRST_ROUND,
            credit: FIRST_ROUND,
            round_ends: 0,
            waits_for_round: false,
            pending: 0,
            acknowledge_at: None,
        });
        Self { rules, ends }
    }

    /// Bytes of messages that have reached the application at `side`, those lost for good included.
    pub(super) fn received(&self, side: Side) -> u64 {
        self.ends[side.index()].received
    }

    pub(super) fn send(&mut self, side: Side, bytes: u64, wire: &mut Wire) {
        self.end(side).messages.push_back(bytes);
        self.push(side, wire);
    }

    /// Takes a datagram at the end that it was sent to.
    pub(super) fn arrive(&mut self, from: Side, bytes: u32, acknowledges: bool, wire: &mut Wire) {
        if acknowledges {
            return;
        }
        let side = from.other();
        let rules = self.rules;
        let end = self.end(side);
        end.received += u64::from(bytes);
        let Some(acknowledgments) = &rules.acknowledgments else { return };
        end.pending += 1;
        if end.pending >= acknowledgments.every {
            self.acknowledge(side, wire);
        } else if end.acknowledge_at.is_none() {
            let at = wire.now + acknowledgments.delay_ms.milliseconds(&mut wire.random);
            end.acknowledge_at = Some(at);
            wire.schedule(at, Event::Timer(side, Timer::Acknowledge));
        }
    }

    /// A timer of the end at `side` has run out.
    pub(super) fn time_out(&mut self, side: Side, timer: Timer, wire: &mut Wire) {
        match timer {
            Timer::Acknowledge => {
                if self.end(side).acknowledge_at.is_some_and(|at| at <= wire.now) {
                    self.acknowledge(side, wire);
                }
            }
            Timer::Round => {
                self.end(side).waits_for_round = false;
                self.push(side, wire);
            }
            Timer::Resend(bytes) => self.transmit(side, bytes, wire),
            Timer::Missed(bytes) => self.end(side).received += u64::from(bytes),
            Timer::Retransmit | Timer::Read | Timer::Close => {}
        }
    }

    fn end(&mut self, side: Side) -> &mut End {
        &mut self.ends[side.index()]
    }

    /// Sends what the round allows.
    fn push(&mut self, side: Side, wire: &mut Wire) {
        let largest = u64::from(self.rules.largest);
        let is_paced = self.rules.acknowledgments.is_some();
        loop {
            let end = self.end(side);
            let Some(&left) = end.messages.front() else { return };
            if is_paced && !end.takes_credit(wire) {
                if !end.waits_for_round {
                    end.waits_for_round = true;
                    wire.schedule(end.round_ends, Event::Timer(side, Timer::Round));
                }
                return;
            }
            let bytes = left.min(largest);
            end.messages.pop_front();
            if left > bytes {
                end.messages.push_front(left - bytes);
            }
            // No datagram is longer than 65,535 bytes.
            self.transmit(side, bytes as u32, wire);
        }
    }

    fn transmit(&mut self, side: Side, bytes: u32, wire: &mut Wire) {
        let end = self.end(side);
        let offset = end.sent;
        end.sent += u64::from(bytes);
        // Data in one direction carries the acknowledgment of the other.
        end.pending = 0;
        end.acknowledge_at = None;
        let header = Header::Udp { acknowledges: false };
        let (arrival, arrives) = wire.transmit(Packet { from: side, offset, payload: bytes, header });
        if arrives {
            return;
        }
        match &self.rules.resend_ms {
            Some(resend_ms) => {
                let at = wire.now + wire.path.round_trip_ns() + resend_ms.milliseconds(&mut wire.random);
                wire.schedule(at, Event::Timer(side, Timer::Resend(bytes)));
            }
            None => wire.schedule(arrival, Event::Timer(side.other(), Timer::Missed(bytes))),
        }
    }

    fn acknowledge(&mut self, side: Side, wire: &mut Wire) {
        let Some(acknowledgments) = &self.rules.acknowledgments else { return };
        let bytes = acknowledgments.bytes.count(&mut wire.random).clamp(1, self.rules.largest.into());
        let end = self.end(side);
        end.pending = 0;
        end.acknowledge_at = None;
        let offset = end.sent;
        end.sent += bytes;
        wire.transmit(Packet { from: side, offset, payload: bytes as u32, header: Header::Udp { acknowledges: true } });
    }
}

impl End {
    /// Takes one datagram's credit of the current round. A round that was used up is followed by one twice as large.
    fn takes_credit(&mut self, wire: &Wire) -> bool {
        if wire.now >= self.round_ends {
            if self.credit == 0 {
                self.round = (2 * self.round).min(MOST_A_ROUND);
            }
            self.credit = self.round;
            self.round_ends = wire.now + wire.path.round_trip_ns();
        }
        let taken = self.credit > 0;
        self.credit = self.credit.saturating_sub(1);
        taken
    }
}
