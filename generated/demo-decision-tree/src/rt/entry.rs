// From cato-runtime 0.1.0, src/entry.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! One flow as the table keeps it, and how a packet changes it.

use super::{Decoded, Depth, Direction, Endpoint, FlowKey, TcpFlags};

/// Where one flow stands, as the table keeps it. Opaque but for what can be asked; made with [`Entry::VACANT`].
///
/// What a packet of an IPv4 flow touches comes first, in 64 bytes.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(32))]
pub struct Entry {
    /// The flow's state, while it is open.
    pub(super) slot: u32,
    /// The entry behind this one in the list that it is in, plus one; 0 at the end.
    pub(super) next: u32,
    /// A number that the table keeps here, whatever the entry is used for; see `Slots`.
    pub(super) spare: u32,
    pub(super) phase: Phase,
    source_is_first: bool,
    /// Bits, see [`FIN_OF_SOURCE`] and those behind it; above them the stage at which the pipeline is asked next.
    marks: u8,
    /// Which pipeline the flow was bound to.
    member: u8,
    /// Packets of the flow up to now; see [`packets`](Self::packets).
    packets: u32,
    /// At how many packets the next inference point is.
    limit: u32,
    /// Raw time of the flow's first packet.
    start_ns: u64,
    /// Largest raw time of the flow's packets, or of those absorbed after its end.
    pub(super) last_ns: u64,
    /// Number of the flow in order of its start.
    flow: u64,
    pub(super) key: FlowKey,
}

const FIN_OF_SOURCE: u8 = 1;
const FIN_OF_DESTINATION: u8 = 2;
/// There is another inference point behind the next.
const EARLY: u8 = 4;
const STAGE: u32 = 3;

/// An inference point of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Where it is.
    pub depth: Depth,
    /// Whether the pipeline may see more packets before it answers.
    pub early: bool,
}

impl Point {
    /// The one inference point of a pipeline without stages.
    #[must_use]
    pub const fn last(depth: Depth) -> Self {
        Self { depth, early: false }
    }

    /// In packets. What ends with its flow ends with its 4,294,967,295th packet too.
    const fn limit(self) -> u32 {
        match self.depth {
            Depth::Packets(packets) => packets,
            Depth::All => u32::MAX,
        }
    }
}

/// Where a flow is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// Packets are taken into the state.
    Open,
    /// The record was made; the flow goes on.
    Answered,
    /// The flow was not admitted at its first packet, and goes on.
    Declined,
    /// The pipeline is asked, and may want to see more packets; none is taken before that is known.
    Asked,
    /// The key is unknown, though its entry is kept.
    Vacant,
    /// The flow has ended; its key stays until the idle time-out.
    Ended,
}

impl Phase {
    /// Whether the flow has a state whose record is not made.
    pub(super) const fn has_state(self) -> bool {
        matches!(self, Self::Open | Self::Asked)
    }
}

/// Why a record was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// The depth was reached.
    Depth,
    /// FIN from both ends.
    Fin,
    /// RST from either end.
    Rst,
    /// The key's next packet came after the idle time-out.
    Idle,
    /// The input ended.
    Input,
}

impl End {
    /// The reason as one word, for counters and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Depth => "depth",
            Self::Fin => "fin",
            Self::Rst => "rst",
            Self::Idle => "idle",
            Self::Input => "input",
        }
    }
}

/// What one packet means for its flow.
#[derive(Clone, Copy, Debug)]
pub struct Observation {
    /// The flow's place in the table, for [`Tracker::entry`](super::Tracker::entry).
    pub entry: u32,
    /// The number under which a pipeline keeps the flow's state. It is the flow's own until its record is made, and
    /// another's from the next flow on that starts.
    pub slot: u32,
    /// Which of several pipelines the flow is bound to.
    pub member: u8,
    /// The packet is the first of a new flow.
    pub starts: bool,
    /// The packet belongs to the flow's record. Where false, it is absorbed, or of a flow that was declined.
    pub updates: bool,
    /// The flow was not admitted.
    pub declined: bool,
    /// The pipeline is asked right after this packet.
    pub finishes: Option<End>,
    /// It may then want to see more packets: the caller has to say whether it [answered](super::Tracker::answered) or
    /// [goes on](super::Tracker::go_on).
    pub early: bool,
    /// The flow ends with this packet, whether or not its record was made before.
    pub ends: Option<End>,
    /// Who sent the packet.
    pub direction: Direction,
    /// Nanoseconds since the flow's first packet, never falling.
    pub time_ns: u64,
}

impl Entry {
    /// An entry without a flow.
    pub const VACANT: Self = Self {
        slot: 0,
        next: 0,
        spare: 0,
        phase: Phase::Vacant,
        source_is_first: true,
        marks: 0,
        member: 0,
        packets: 0,
        limit: 0,
        start_ns: 0,
        last_ns: 0,
        flow: 0,
        key: FlowKey::EMPTY,
    };

    /// Holds `key` and no flow, in no list. What a flow writes at its [start](Self::start) stays until then.
    #[inline]
    pub(super) fn vacate(&mut self, key: FlowKey) {
        self.key = key;
        self.phase = Phase::Vacant;
        self.next = 0;
    }

    /// The flow's key.
    #[inline]
    #[must_use]
    pub const fn key(&self) -> &FlowKey {
        &self.key
    }

    /// Packets of the flow up to now; those of an answered flow count from 0 again after 2^32 - 1.
    #[inline]
    #[must_use]
    pub const fn packets(&self) -> u32 {
        self.packets
    }

    /// Whether there is a flow whose record is still to be made.
    #[inline]
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.phase.has_state()
    }

    /// Which pipeline the flow was bound to at its first packet; 0 where there is one.
    #[inline]
    #[must_use]
    pub const fn member(&self) -> u8 {
        self.member
    }

    /// At which of its stages the pipeline is asked next, or was asked last, counted from 0.
    #[inline]
    #[must_use]
    pub const fn stage(&self) -> u8 {
        self.marks >> STAGE
    }

    /// Number of the flow, counted from 0 in order of start.
    #[inline]
    #[must_use]
    pub const fn flow(&self) -> u64 {
        self.flow
    }

    /// Time of the flow's first packet, in nanoseconds since the capture's origin.
    #[inline]
    #[must_use]
    pub const fn start_ns(&self) -> u64 {
        self.start_ns
    }

    /// Latest time seen in the flow, in nanoseconds since the capture's origin.
    #[inline]
    #[must_use]
    pub const fn last_ns(&self) -> u64 {
        self.last_ns
    }

    /// The end that opened the flow.
    #[inline]
    #[must_use]
    pub const fn source(&self) -> Endpoint {
        if self.source_is_first { self.key.first() } else { self.key.second() }
    }

    /// The other end.
    #[inline]
    #[must_use]
    pub const fn destination(&self) -> Endpoint {
        if self.source_is_first { self.key.second() } else { self.key.first() }
    }

    /// A flow starts with `packet`, which [`advance`](Self::advance) has yet to take; with a slot where it was admitted.
    #[inline]
    pub(super) fn start(&mut self, packet: &Decoded, now_ns: u64, flow: u64, admitted: Option<(u32, u8, Point)>) {
        let answers = packet.view.flags() & (TcpFlags::SYN | TcpFlags::ACK) == TcpFlags::SYN | TcpFlags::ACK;
        self.packets = 0;
        self.start_ns = now_ns;
        self.last_ns = now_ns;
        self.flow = flow;
        // Where both ends are the same every packet comes from the first, and the source is that one.
        self.source_is_first = packet.from_first != answers || self.key.is_loop();
        self.marks = 0;
        let Some((slot, member, point)) = admitted else {
            self.phase = Phase::Declined;
            return;
        };
        self.phase = Phase::Open;
        self.slot = slot;
        self.member = member;
        self.aim(point);
    }

    /// The next inference point is `point`.
    fn aim(&mut self, point: Point) {
        self.limit = point.limit();
        self.marks = self.marks & !EARLY | if point.early { EARLY } else { 0 };
    }

    /// The pipeline wants to see the packets up to the next inference point.
    pub(super) fn go_on(&mut self, point: Point) {
        self.phase = Phase::Open;
        self.marks = self.marks.saturating_add(1 << STAGE);
        self.aim(point);
    }

    /// Takes a packet of the flow, whose entry has this number.
    #[inline(always)]
    pub(super) fn advance(&mut self, packet: &Decoded, number: u32) -> Observation {
        let flags = packet.view.flags();
        let from_source = packet.from_first == self.source_is_first;
        let direction = if from_source { Direction::Source } else { Direction::Destination };
        let time_ns = self.last_ns - self.start_ns;
        let mut observation = Observation {
            entry: number,
            slot: self.slot,
            member: self.member,
            starts: false,
            updates: false,
            declined: false,
            finishes: None,
            early: false,
            ends: None,
            direction,
            time_ns,
        };
        if self.phase == Phase::Ended {
            return observation;
        }
        observation.updates = self.phase == Phase::Open;
        observation.declined = self.phase == Phase::Declined;
        // That of an open flow cannot wrap: its limit comes first.
        self.packets = self.packets.wrapping_add(1);
        if flags & (TcpFlags::RST | TcpFlags::FIN) != 0 || self.packets == self.limit {
            (observation.finishes, observation.ends, observation.early) = self.conclude(flags, from_source);
        }
        observation
    }

    /// Whether the pipeline is asked, whether the flow ends, and whether it is asked early, with a packet that has been
    /// counted. By value, so that what most packets mean never lies in memory.
    #[inline(never)]
    fn conclude(&mut self, flags: u8, from_source: bool) -> (Option<End>, Option<End>, bool) {
        let ends = self.end_of(flags, from_source);
        // A flow that ends gets its verdict now, whatever stages are left.
        let early = self.marks & EARLY != 0;
        let finishes = match self.phase {
            Phase::Open if self.packets == self.limit && !(early && ends.is_some()) => Some(End::Depth),
            Phase::Open => ends,
            _ => None,
        };
        let early = early && finishes.is_some() && ends.is_none();
        if ends.is_some() {
            self.phase = Phase::Ended;
        } else if early {
            self.phase = Phase::Asked;
        } else if finishes.is_some() {
            self.phase = Phase::Answered;
        }
        (finishes, ends, early)
    }

    /// Whether a packet with these flags ends the flow. UDP has no flags and ends by time only.
    #[inline]
    fn end_of(&mut self, flags: u8, from_source: bool) -> Option<End> {
        if flags & TcpFlags::RST != 0 {
            return Some(End::Rst);
        }
        if flags & TcpFlags::FIN == 0 {
            return None;
        }
        self.marks |= if from_source { FIN_OF_SOURCE } else { FIN_OF_DESTINATION };
        const BOTH: u8 = FIN_OF_SOURCE | FIN_OF_DESTINATION;
        (self.marks & BOTH == BOTH).then_some(End::Fin)
    }
}
