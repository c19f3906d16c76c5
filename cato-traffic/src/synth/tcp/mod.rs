//! TCP between the two ends of a flow.

mod receiver;
mod sender;

use cato_runtime::TcpFlags;

use self::receiver::{Receiver, Room, Taken};
use self::sender::{Piece, Sender};
use super::packet::{Header, Offer, Packet, Segment};
use super::profile::Stack;
use super::script::Side;
use super::wire::{Event, Timer, Wire};

/// The difference of the two IP header lengths.
const IPV6_EXTRA: u16 = 20;
/// A timestamps option with its padding.
const TIMESTAMP_BYTES: u64 = 12;
const MILLISECOND_NS: u64 = 1_000_000;

/// A connection, seen from both ends.
#[derive(Debug)]
pub(super) struct Tcp<'p> {
    ends: [End<'p>; 2],
    timestamps: bool,
}

/// One end of a connection.
#[derive(Debug)]
struct End<'p> {
    stack: &'p Stack,
    offer: Offer,
    /// By how many bits this end's windows are shifted.
    shift: u8,
    sender: Sender,
    receiver: Receiver,
    /// Segments that were received and not acknowledged.
    pending: u32,
    acknowledge_at: Option<u64>,
    /// The time of the earliest retransmission event that is scheduled.
    alarm: Option<u64>,
    reads: bool,
    /// The window last offered, in bytes.
    offered: u64,
    /// What this end's time-stamp clock showed at time 0, in ms.
    clock: u32,
    /// The other end's clock, as last seen.
    seen_clock: u32,
    /// The connection is over for this end, by a RST that it sent or received or because it gave up.
    reset: bool,
}

impl<'p> Tcp<'p> {
    pub(super) fn new(client: &'p Stack, server: &'p Stack, ipv6: bool, wire: &mut Wire) -> Self {
        let stacks = [client, server];
        let timestamps = client.timestamps && server.timestamps;
        let selective = client.selective && server.selective;
        let size = |stack: &Stack| stack.segment_size - if ipv6 { IPV6_EXTRA } else { 0 };
        let segment = u64::from(size(client).min(size(server))) - if timestamps { TIMESTAMP_BYTES } else { 0 };
        let scales = client.window_scale.zip(server.window_scale).map_or([None; 2], |(c, s)| [Some(c), Some(s)]);
        let ends = [0, 1].map(|side: usize| {
            let stack: &'p Stack = stacks[side];
            // The client offers what it can, the server what both can.
            let answers = side == Side::Server.index();
            let offer = Offer {
                segment_size: size(stack),
                window_scale: if answers { scales[side] } else { stack.window_scale },
                selective: if answers { selective } else { stack.selective },
            };
            let room = Room {
                initial: stack.window.into(),
                growth: stack.window_growth,
                most: if scales[side].is_some() { stack.window_most } else { u16::MAX.into() },
                least: 2 * segment,
            };
            End {
                stack,
                offer,
                shift: scales[side].unwrap_or(0),
                sender: Sender::new(segment, stack.initial_segments),
                receiver: Receiver::new(room),
                pending: 0,
                acknowledge_at: None,
                alarm: None,
                reads: false,
                offered: 0,
                clock: wire.random.word() as u32,
                seen_clock: 0,
                reset: false,
            }
        });
        Self { ends, timestamps }
    }

    /// Sends the client's SYN.
    pub(super) fn open(&mut self, wire: &mut Wire) {
        let piece = self.end(Side::Client).sender.open(wire.now);
        self.transmit(Side::Client, piece, wire);
        self.watch(Side::Client, wire);
    }

    /// Whether the application at `side` may send.
    pub(super) fn is_open(&self, side: Side) -> bool {
        self.ends[side.index()].sender.is_established()
    }

    /// Bytes of payload that have reached the application at `side`.
    pub(super) fn received(&self, side: Side) -> u64 {
        self.ends[side.index()].receiver.payload()
    }

    pub(super) fn send(&mut self, side: Side, bytes: u64, wire: &mut Wire) {
        self.end(side).sender.write(bytes);
        self.push(side, wire);
    }

    /// The application at `side` has nothing more to send.
    pub(super) fn close(&mut self, side: Side, wire: &mut Wire) {
        self.end(side).sender.close();
        self.push(side, wire);
    }

    /// Breaks the connection off with a RST.
    pub(super) fn abort(&mut self, side: Side, wire: &mut Wire) {
        let end = self.end(side);
        if end.reset {
            return;
        }
        end.reset = true;
        let sequence = end.sender.next();
        let mut segment = Segment { sequence, ..self.segment(side, wire.now) };
        segment.flags |= TcpFlags::RST;
        wire.transmit(Packet { from: side, offset: 0, payload: 0, header: Header::Tcp(segment) });
    }

    /// Takes a segment at the end that it was sent to.
    pub(super) fn arrive(&mut self, from: Side, segment: &Segment, bytes: u32, wire: &mut Wire) {
        let side = from.other();
        let shift = self.ends[from.index()].shift;
        let end = self.end(side);
        let has = |flag| segment.flags & flag != 0;
        if has(TcpFlags::RST) {
            end.reset = true;
            return;
        }
        if end.reset {
            self.refuse(side, segment, bytes, wire);
            return;
        }
        if let Some((clock, _)) = segment.timestamps {
            end.seen_clock = clock;
        }
        let synchronizes = has(TcpFlags::SYN);
        if synchronizes {
            end.receiver.open();
        }
        if has(TcpFlags::ACK) {
            let window = u64::from(segment.window) << if synchronizes { 0 } else { shift };
            let bare = bytes == 0 && !has(TcpFlags::FIN) && !synchronizes;
            let again = end.sender.acknowledge(segment.acknowledgment, window, bare, wire.now);
            if let Some(piece) = again {
                self.transmit(side, piece, wire);
            }
        }
        if synchronizes {
            self.answer_syn(side, wire);
        } else if bytes > 0 || has(TcpFlags::FIN) {
            self.take(side, segment, bytes, wire);
        }
        self.push(side, wire);
        self.settle(side, wire);
    }

    /// A timer of the end at `side` has run out.
    pub(super) fn time_out(&mut self, side: Side, timer: Timer, wire: &mut Wire) {
        if self.end(side).reset {
            return;
        }
        match timer {
            Timer::Retransmit => self.retransmit(side, wire),
            Timer::Acknowledge => {
                let end = self.end(side);
                if end.acknowledge_at.is_some_and(|at| at <= wire.now) {
                    self.acknowledge(side, None, wire);
                }
            }
            Timer::Read => self.read(side, wire),
            Timer::Close => self.close(side, wire),
            Timer::Round | Timer::Resend(_) | Timer::Missed(_) => {}
        }
    }

    fn end(&mut self, side: Side) -> &mut End<'p> {
        &mut self.ends[side.index()]
    }

    /// Sends what the windows allow.
    fn push(&mut self, side: Side, wire: &mut Wire) {
        if self.end(side).reset {
            return;
        }
        while let Some(piece) = self.end(side).sender.next_piece(wire.now) {
            self.transmit(side, piece, wire);
        }
        self.watch(side, wire);
    }

    /// A SYN gets a SYN-ACK, a SYN-ACK an ACK, and so does each repetition.
    fn answer_syn(&mut self, side: Side, wire: &mut Wire) {
        match side {
            Side::Client => self.acknowledge(side, None, wire),
            Side::Server => {
                let end = self.end(side);
                let piece = if end.sender.next() == 0 { end.sender.open(wire.now) } else { Piece::Syn };
                self.transmit(side, piece, wire);
                self.watch(side, wire);
            }
        }
    }

    fn take(&mut self, side: Side, segment: &Segment, bytes: u32, wire: &mut Wire) {
        let end = self.end(side);
        let fin = segment.flags & TcpFlags::FIN != 0;
        let filled_gap = end.receiver.has_gap();
        match end.receiver.take(segment.sequence, bytes.into(), fin) {
            Taken::OutOfOrder(range) => self.acknowledge(side, range, wire),
            Taken::InOrder { fin } => {
                end.pending += 1;
                if filled_gap || fin {
                    // Told at once, if not by data that goes the other way anyway.
                    end.pending = end.stack.ack_every;
                }
                if fin && !end.sender.is_closing() {
                    let at = wire.now + end.stack.close_ms.milliseconds(&mut wire.random);
                    wire.schedule(at, Event::Timer(side, Timer::Close));
                }
                if end.receiver.unread() > 0 && !end.reads {
                    end.reads = true;
                    let at = wire.now + end.stack.read_ms.milliseconds(&mut wire.random);
                    wire.schedule(at, Event::Timer(side, Timer::Read));
                }
            }
        }
    }

    /// Acknowledges what was received, at once or later.
    fn settle(&mut self, side: Side, wire: &mut Wire) {
        let end = self.end(side);
        if end.pending >= end.stack.ack_every {
            self.acknowledge(side, None, wire);
        } else if end.pending > 0 && end.acknowledge_at.is_none() {
            let at = wire.now + end.stack.ack_delay_ms.milliseconds(&mut wire.random);
            end.acknowledge_at = Some(at);
            wire.schedule(at, Event::Timer(side, Timer::Acknowledge));
        }
    }

    fn read(&mut self, side: Side, wire: &mut Wire) {
        let end = self.end(side);
        end.reads = false;
        end.receiver.read();
        // An end that was nearly full tells that it has room again.
        if end.offered < end.receiver.window() / 2 {
            self.acknowledge(side, None, wire);
        }
    }

    fn retransmit(&mut self, side: Side, wire: &mut Wire) {
        let end = self.end(side);
        if end.alarm.is_some_and(|at| at <= wire.now) {
            end.alarm = None;
        }
        if end.sender.deadline().is_some_and(|deadline| deadline <= wire.now) {
            match end.sender.time_out(wire.now) {
                Some(piece) => self.transmit(side, piece, wire),
                None => end.reset = true,
            }
        }
        self.watch(side, wire);
    }

    /// Sees to it that the sender's deadline is looked at when it comes.
    fn watch(&mut self, side: Side, wire: &mut Wire) {
        let end = self.end(side);
        if let Some(deadline) = end.sender.deadline()
            && end.alarm.is_none_or(|at| at > deadline)
        {
            end.alarm = Some(deadline);
            wire.schedule(deadline, Event::Timer(side, Timer::Retransmit));
        }
    }

    /// A closed end answers what still comes with a RST.
    fn refuse(&mut self, side: Side, segment: &Segment, bytes: u32, wire: &mut Wire) {
        if bytes > 0 {
            let reply = Segment { flags: TcpFlags::RST, sequence: segment.acknowledgment, ..Segment::default() };
            wire.transmit(Packet { from: side, offset: 0, payload: 0, header: Header::Tcp(reply) });
        }
    }

    /// Sends an ACK without payload.
    fn acknowledge(&mut self, side: Side, range: Option<(u64, u64)>, wire: &mut Wire) {
        let selective = self.ends.iter().all(|end| end.offer.selective);
        let mut segment = self.segment(side, wire.now);
        segment.selective = range.filter(|_| selective);
        segment.sequence = self.end(side).sender.next();
        wire.transmit(Packet { from: side, offset: 0, payload: 0, header: Header::Tcp(segment) });
    }

    fn transmit(&mut self, side: Side, piece: Piece, wire: &mut Wire) {
        let mut segment = self.segment(side, wire.now);
        let (offset, payload) = match piece {
            Piece::Syn => {
                let end = self.end(side);
                segment.flags |= TcpFlags::SYN;
                segment.offer = Some(end.offer);
                segment.window = end.stack.window;
                if side == Side::Client {
                    segment.timestamps = end.stack.timestamps.then(|| (end.clock_at(wire.now), 0));
                }
                (0, 0)
            }
            Piece::Data { offset, bytes, push } => {
                segment.flags |= if push { TcpFlags::PSH } else { 0 };
                (offset, bytes)
            }
            Piece::Fin { offset } => {
                segment.flags |= TcpFlags::FIN;
                (offset, 0)
            }
        };
        segment.sequence = offset;
        wire.transmit(Packet { from: side, offset, payload, header: Header::Tcp(segment) });
    }

    /// A segment with what every segment says: what is expected, and how much may be sent. With it nothing is left to
    /// be acknowledged.
    fn segment(&mut self, side: Side, now: u64) -> Segment {
        let timestamps = self.timestamps;
        let end = self.end(side);
        end.pending = 0;
        end.acknowledge_at = None;
        end.offered = end.receiver.window();
        let expected = end.receiver.expected();
        Segment {
            flags: if expected > 0 { TcpFlags::ACK } else { 0 },
            sequence: 0,
            acknowledgment: expected,
            window: u16::try_from(end.offered >> end.shift).unwrap_or(u16::MAX),
            offer: None,
            timestamps: timestamps.then(|| (end.clock_at(now), end.seen_clock)),
            selective: None,
        }
    }
}

impl End<'_> {
    fn clock_at(&self, now: u64) -> u32 {
        self.clock.wrapping_add((now / MILLISECOND_NS) as u32)
    }
}
