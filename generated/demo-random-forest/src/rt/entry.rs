// From cato-runtime 0.1.0, src/entry.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! One flow as the table keeps it, and how a packet changes it.

use super::{Decoded, Direction, Endpoint, FlowKey, TcpFlags};

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
    fin_source: bool,
    fin_destination: bool,
    /// Packets of the flow up to now.
    packets: u64,
    /// Raw time of the flow's first packet.
    start_ns: u64,
    /// Largest raw time of the flow's packets, or of those absorbed after its end.
    pub(super) last_ns: u64,
    /// Number of the flow in order of its start.
    flow: u64,
    pub(super) key: FlowKey,
}

/// Where a flow is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// Packets are taken into the state.
    Open,
    /// The record was made; the flow goes on.
    Answered,
    /// The key is unknown, though its entry is kept.
    Vacant,
    /// The flow has ended; its key stays until the idle time-out.
    Ended,
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
    /// The packet is the first of a new flow.
    pub starts: bool,
    /// The packet belongs to the flow's record. Where false, it is absorbed.
    pub updates: bool,
    /// The record is due right after this packet.
    pub finishes: Option<End>,
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
        fin_source: false,
        fin_destination: false,
        packets: 0,
        start_ns: 0,
        last_ns: 0,
        flow: 0,
        key: FlowKey::EMPTY,
    };

    /// Holds `key` and no flow. What the table keeps in `spare` stays.
    pub(super) fn vacate(&mut self, key: FlowKey) {
        *self = Self { key, spare: self.spare, ..Self::VACANT };
    }

    /// The flow's key.
    #[inline]
    #[must_use]
    pub const fn key(&self) -> &FlowKey {
        &self.key
    }

    /// Packets of the flow up to now, at most 2^32 - 1.
    #[inline]
    #[must_use]
    pub const fn packets(&self) -> u32 {
        if self.packets > u32::MAX as u64 { u32::MAX } else { self.packets as u32 }
    }

    /// Packets of the flow up to now.
    #[inline]
    pub(super) const fn counted(&self) -> u64 {
        self.packets
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

    /// A flow starts with `packet`, which [`advance`](Self::advance) has yet to take.
    #[inline]
    pub(super) fn start(&mut self, packet: &Decoded, now_ns: u64, flow: u64, slot: u32) {
        let answers = packet.view.flags() & (TcpFlags::SYN | TcpFlags::ACK) == TcpFlags::SYN | TcpFlags::ACK;
        self.slot = slot;
        self.packets = 0;
        self.start_ns = now_ns;
        self.last_ns = now_ns;
        self.flow = flow;
        self.phase = Phase::Open;
        // Where both ends are the same every packet comes from the first, and the source is that one.
        self.source_is_first = packet.from_first != answers || self.key.is_loop();
        self.fin_source = false;
        self.fin_destination = false;
    }

    /// Takes a packet of the flow, whose entry has this number.
    #[inline(always)]
    pub(super) fn advance(&mut self, packet: &Decoded, depth_limit: u64, number: u32) -> Observation {
        let flags = packet.view.flags();
        let from_source = packet.from_first == self.source_is_first;
        let direction = if from_source { Direction::Source } else { Direction::Destination };
        let time_ns = self.last_ns - self.start_ns;
        let mut observation = Observation {
            entry: number,
            slot: self.slot,
            starts: false,
            updates: false,
            finishes: None,
            ends: None,
            direction,
            time_ns,
        };
        if self.phase == Phase::Ended {
            return observation;
        }
        self.packets += 1;
        observation.updates = self.phase == Phase::Open;
        if flags & (TcpFlags::RST | TcpFlags::FIN) != 0 || self.packets >= depth_limit {
            (observation.finishes, observation.ends) = self.conclude(flags, from_source, depth_limit);
        }
        observation
    }

    /// Whether the record is due and whether the flow ends, with a packet that has been counted.
    #[inline(never)]
    fn conclude(&mut self, flags: u8, from_source: bool, depth_limit: u64) -> (Option<End>, Option<End>) {
        let ends = self.end_of(flags, from_source);
        let finishes = match self.phase {
            Phase::Open if self.packets >= depth_limit => Some(End::Depth),
            Phase::Open => ends,
            _ => None,
        };
        if ends.is_some() {
            self.phase = Phase::Ended;
        } else if finishes.is_some() {
            self.phase = Phase::Answered;
        }
        (finishes, ends)
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
        if from_source {
            self.fin_source = true;
        } else {
            self.fin_destination = true;
        }
        (self.fin_source && self.fin_destination).then_some(End::Fin)
    }
}
