// From cato-runtime 0.1.0, src/tracker.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! Flow life: when a flow starts, which packets are its own, when it ends.

use super::table::{Phase, Probe, Table};
use super::{Decoded, Depth, Direction, Endpoint, Entry, FlowKey, PacketView, Skip, Storage, TcpFlags};

/// The rules that users may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowSettings {
    /// Whether a TCP flow starts only at a packet with SYN set, ACK and RST clear.
    pub require_syn: bool,
    /// Idle time-out of TCP flows, in nanoseconds of packet time.
    pub tcp_timeout_ns: u64,
    /// Idle time-out of UDP flows, in nanoseconds of packet time.
    pub udp_timeout_ns: u64,
}

impl Default for FlowSettings {
    fn default() -> Self {
        Self { require_syn: true, tcp_timeout_ns: 300_000_000_000, udp_timeout_ns: 60_000_000_000 }
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
    /// The flow's place in the table; a pipeline keeps the flow's state under this number.
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

/// Follows flows by the rules of a [`FlowSettings`], in the storage `S`.
///
/// Time is packet time in nanoseconds since any fixed origin, below 2^63. Within a flow it never falls: an earlier time stamp
/// counts as the latest one seen.
#[derive(Debug)]
pub struct Tracker<S> {
    table: Table<S>,
    settings: FlowSettings,
    /// Packets at which the record is due; more than there can be where it is due at the end of the flow.
    depth_limit: u64,
    secret: u64,
    flows: u64,
}

impl<S: Storage> Tracker<S> {
    /// A tracker without flows; records are due at `depth`.
    #[must_use]
    pub fn new(settings: FlowSettings, depth: Depth, storage: S) -> Self {
        let depth_limit = match depth {
            Depth::Packets(packets) => u64::from(packets),
            Depth::All => u64::MAX,
        };
        Self { table: Table::new(storage), settings, depth_limit, secret: 0x243f_6a88_85a3_08d3, flows: 0 }
    }

    /// The hash under which the tracker keeps `key`.
    #[inline]
    #[must_use]
    pub fn hash(&self, key: &FlowKey) -> u32 {
        key.hash(self.secret)
    }

    /// Takes one packet, whose key has the hash that [`hash`](Self::hash) gave, seen at `now_ns`, which is below 2^63.
    ///
    /// Where the key's flow turns out to have ended by idle time-out and its record was never made, `idle` is given its
    /// slot and entry before anything of them changes.
    ///
    /// # Errors
    /// [`Skip::NoFlowStart`] or [`Skip::TableFull`]; the packet is then part of no flow.
    #[inline]
    pub fn observe(
        &mut self,
        packet: &Decoded,
        hash: u32,
        now_ns: u64,
        idle: impl FnOnce(u32, &Entry),
    ) -> Result<Observation, Skip> {
        match self.observe_within(packet, hash, now_ns) {
            Some(observation) => Ok(observation),
            None => self.observe_any(packet, hash, now_ns, idle),
        }
    }

    /// As [`observe`](Self::observe) for a packet of a flow that is going on, which most packets are; `None` for any other,
    /// of which nothing is changed.
    #[inline(always)]
    pub(super) fn observe_within(&mut self, packet: &Decoded, hash: u32, now_ns: u64) -> Option<Observation> {
        let timeout_ns = self.timeout_ns(packet);
        let (slot, entry) = self.table.find_first(&packet.key, hash)?;
        // A time that runs backwards wraps to a gap longer than any time-out.
        let gap_ns = now_ns.wrapping_sub(entry.last_ns);
        if gap_ns > timeout_ns || !matches!(entry.phase, Phase::Open | Phase::Answered) {
            return None;
        }
        entry.last_ns = now_ns;
        Some(entry.advance(packet, self.depth_limit, slot))
    }

    /// As [`observe`](Self::observe), for a packet of any kind.
    #[inline]
    pub(super) fn observe_any(
        &mut self,
        packet: &Decoded,
        hash: u32,
        now_ns: u64,
        idle: impl FnOnce(u32, &Entry),
    ) -> Result<Observation, Skip> {
        let timeout_ns = self.timeout_ns(packet);
        let slot = match self.table.find(&packet.key, hash) {
            Probe::Found(slot) => slot,
            // A packet that starts nothing takes no entry, so that stray packets cannot fill the table.
            Probe::Free(_) if !may_start(&packet.view, self.settings.require_syn) => return Err(Skip::NoFlowStart),
            Probe::Free(cell) => self.table.insert(&packet.key, hash, cell).ok_or(Skip::TableFull)?,
        };
        let entry = self.table.entry(slot).ok_or(Skip::TableFull)?;
        if entry.phase != Phase::Vacant && now_ns.saturating_sub(entry.last_ns) > timeout_ns {
            if entry.phase == Phase::Open {
                idle(slot, entry);
            }
            entry.phase = Phase::Vacant;
        }
        let starts = match entry.phase {
            Phase::Open | Phase::Answered => false,
            Phase::Vacant if may_start(&packet.view, self.settings.require_syn) => true,
            Phase::Vacant => return Err(Skip::NoFlowStart),
            Phase::Ended => packet.view.is_tcp() && opens(&packet.view),
        };
        if starts {
            entry.start(packet, now_ns, self.flows);
            self.flows += 1;
        }
        entry.last_ns = entry.last_ns.max(now_ns);
        let mut observation = entry.advance(packet, self.depth_limit, slot);
        observation.starts = starts;
        Ok(observation)
    }

    #[inline]
    fn timeout_ns(&self, packet: &Decoded) -> u64 {
        if packet.view.is_tcp() { self.settings.tcp_timeout_ns } else { self.settings.udp_timeout_ns }
    }

    /// Ends every flow, in the order in which their keys first had one, and forgets all keys. `record` is given the
    /// slots whose records are due.
    pub fn end_input(&mut self, mut record: impl FnMut(u32, &Entry)) {
        for (slot, entry) in self.table.used().iter_mut().enumerate() {
            if entry.phase == Phase::Open {
                record(slot as u32, entry);
            }
        }
        self.table.clear();
    }

    /// The entry of a slot, `None` for a slot that was never given out.
    #[inline]
    pub fn entry(&mut self, slot: u32) -> Option<&Entry> {
        self.table.entry(slot).map(|entry| &*entry)
    }

    /// How many flows have started.
    #[must_use]
    pub fn flows(&self) -> u64 {
        self.flows
    }

    /// How many keys the storage holds at present.
    pub fn capacity(&mut self) -> usize {
        self.table.capacity()
    }
}

/// SYN set, ACK and RST clear.
#[inline]
fn opens(view: &PacketView) -> bool {
    view.flags() & (TcpFlags::SYN | TcpFlags::ACK | TcpFlags::RST) == TcpFlags::SYN
}

#[inline]
fn may_start(view: &PacketView, require_syn: bool) -> bool {
    !view.is_tcp() || !require_syn || opens(view)
}

impl Entry {
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

    #[inline]
    fn start(&mut self, packet: &Decoded, now_ns: u64, flow: u64) {
        let answers = packet.view.flags() & (TcpFlags::SYN | TcpFlags::ACK) == TcpFlags::SYN | TcpFlags::ACK;
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

    #[inline(always)]
    fn advance(&mut self, packet: &Decoded, depth_limit: u64, slot: u32) -> Observation {
        let flags = packet.view.flags();
        let from_source = packet.from_first == self.source_is_first;
        let direction = if from_source { Direction::Source } else { Direction::Destination };
        let time_ns = self.last_ns - self.start_ns;
        let mut observation =
            Observation { slot, starts: false, updates: false, finishes: None, ends: None, direction, time_ns };
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
