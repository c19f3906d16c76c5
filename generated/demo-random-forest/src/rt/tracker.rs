// From cato-runtime 0.1.0, src/tracker.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! Flow life: when a flow starts, which packets are its own, when it ends.

use super::ageing::Ageing;
use super::entry::Phase;
use super::table::{Probe, Table};
use super::{
    Decoded, Depth, Entry, Eviction, FlowKey, FlowSettings, Observation, PacketView, Point, Skip, Storage, TcpFlags,
};

/// Digits of pi.
const PUBLIC_SECRET: [u64; 2] = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344];

/// Follows flows by the rules of a [`FlowSettings`], in the storage `S`.
///
/// Time is packet time in nanoseconds since any fixed origin, below 2^63. Within a flow it never falls: an earlier time stamp
/// counts as the latest one seen.
///
/// Where the storage is bounded, keys leave when they have been idle for longer than their time-out, and make room for new
/// ones where there is none; see [`Eviction`]. Otherwise only a key's own packets end its flow.
#[derive(Debug)]
pub struct Tracker<S> {
    table: Table<S>,
    ageing: Ageing,
    settings: FlowSettings,
    /// What flows that start are bound to, and their first inference point; `None` where they are not admitted.
    course: Option<(u8, Point)>,
    flows: u64,
    declined: u64,
    /// When keys are next looked for whose time is over.
    wake_ns: u64,
    evicted: [Evicted; Eviction::ALL.len()],
}

/// What left a table before its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evicted {
    /// Keys, with or without an open flow.
    pub keys: u64,
    /// Open flows, which get no verdict.
    pub flows: u64,
    /// Packets of these flows.
    pub packets: u64,
}

impl<S: Storage> Tracker<S> {
    /// A tracker without flows; records are due at `depth`.
    #[must_use]
    pub fn new(settings: FlowSettings, depth: Depth, storage: S) -> Self {
        Self {
            table: Table::new(storage, PUBLIC_SECRET),
            ageing: Ageing::new(&settings),
            settings,
            course: Some((0, Point::last(depth))),
            flows: 0,
            declined: 0,
            wake_ns: 0,
            evicted: [Evicted::default(); Eviction::ALL.len()],
        }
    }

    /// Hashes keys under a secret of your own, drawn by lot: a sender who does not know it cannot aim keys at one place of
    /// the table. For a tracker that has seen no packet.
    #[must_use]
    pub fn keyed(mut self, secret: [u64; 2]) -> Self {
        self.table.set_secret(secret);
        self
    }

    /// Lets at most `slots` flows be open at once. For a tracker that has seen no packet.
    #[must_use]
    pub fn with_slots(mut self, slots: usize) -> Self {
        self.table.set_slots(slots);
        self
    }

    /// Binds flows that start from here on to the pipeline with the number `member`, whose first inference point is `first`.
    #[inline]
    pub fn bind(&mut self, member: u8, first: Point) {
        self.course = Some((member, first));
    }

    /// Admits no flows that start from here on, until [`bind`](Self::bind) is called: their keys are kept, nothing else.
    #[inline]
    pub fn decline(&mut self) {
        self.course = None;
    }

    /// The hash under which the tracker keeps `key`.
    #[inline]
    #[must_use]
    pub fn hash(&self, key: &FlowKey) -> u32 {
        self.table.hash(key)
    }

    /// Takes one packet, whose key has the hash that [`hash`](Self::hash) gave, seen at `now_ns`, which is below 2^63.
    ///
    /// Where flows turn out to have ended by idle time-out and their records were never made, `idle` is given slot and
    /// entry of each before anything of them changes.
    ///
    /// # Errors
    /// [`Skip::NoFlowStart`] or [`Skip::TableFull`]; the packet is then part of no flow.
    #[inline]
    pub fn observe(
        &mut self,
        packet: &Decoded,
        hash: u32,
        now_ns: u64,
        idle: impl FnMut(u32, &Entry),
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
        let (number, entry) = self.table.get(&packet.key, hash)?;
        // A time that runs backwards wraps to a gap longer than any time-out.
        let gap_ns = now_ns.wrapping_sub(entry.last_ns);
        if gap_ns > timeout_ns || !matches!(entry.phase, Phase::Open | Phase::Answered | Phase::Declined) {
            return None;
        }
        entry.last_ns = now_ns;
        let observation = entry.advance(packet, number);
        self.settle(&observation);
        Some(observation)
    }

    /// As [`observe`](Self::observe), for a packet of any kind.
    #[inline]
    pub(super) fn observe_any(
        &mut self,
        packet: &Decoded,
        hash: u32,
        now_ns: u64,
        mut idle: impl FnMut(u32, &Entry),
    ) -> Result<Observation, Skip> {
        if now_ns >= self.wake_ns {
            self.advance_to(now_ns, &mut idle);
        }
        let place = self.table.find(&packet.key, hash);
        let phase = match place {
            Probe::Found(number) => self.phase_at(number, packet, now_ns, idle),
            // A packet that starts nothing takes no entry, so that stray packets cannot fill the table.
            Probe::Free(_) if !may_start(&packet.view, self.settings.require_syn) => return Err(Skip::NoFlowStart),
            Probe::Free(_) => Phase::Vacant,
        };
        let starts = match phase {
            Phase::Open | Phase::Asked | Phase::Answered | Phase::Declined => false,
            Phase::Vacant if may_start(&packet.view, self.settings.require_syn) => true,
            Phase::Vacant => return Err(Skip::NoFlowStart),
            Phase::Ended => packet.view.is_tcp() && opens(&packet.view),
        };
        let number = match place {
            Probe::Found(number) if !starts => number,
            _ => self.start(packet, hash, now_ns, place).ok_or(Skip::TableFull)?,
        };
        let entry = self.table.entry(number).ok_or(Skip::TableFull)?;
        entry.last_ns = entry.last_ns.max(now_ns);
        let mut observation = entry.advance(packet, number);
        observation.starts = starts;
        self.settle(&observation);
        Ok(observation)
    }

    /// Lets flows end by time where no packet of theirs comes: `record` is given slot and entry of each whose record is
    /// due, and keys whose time-out is over are forgotten. Times count in ticks of a 4032nd of the time-out. Does nothing
    /// where the storage grows.
    pub fn advance_to(&mut self, now_ns: u64, mut record: impl FnMut(u32, &Entry)) {
        if !S::BOUNDED {
            self.wake_ns = u64::MAX;
            return;
        }
        self.wake_ns = now_ns.saturating_add(self.ageing.step_ns());
        while let Some(number) = self.ageing.expired(&mut self.table, now_ns) {
            if let Some(entry) = self.table.entry(number).filter(|entry| entry.phase.has_state()) {
                let slot = entry.slot;
                record(slot, entry);
                self.table.give_slot(slot);
            }
            self.table.remove(number);
        }
    }

    /// Ends every flow, in the order of their places, which is that of their start where no place was used again, and
    /// forgets all keys. `record` is given the slots whose records are due.
    pub fn end_input(&mut self, mut record: impl FnMut(u32, &Entry)) {
        for entry in self.table.used() {
            if entry.phase.has_state() {
                record(entry.slot, entry);
            }
        }
        self.table.clear();
        self.ageing.clear();
        self.wake_ns = 0;
    }

    /// Forgets that the flow of an [`Observation`] is open, without a record: for a caller that has no room for its state.
    /// Its next packet starts a flow anew. Nothing happens for a number that was never given out.
    pub fn abandon(&mut self, number: u32) {
        self.close(number, Phase::Vacant);
    }

    /// The pipeline, asked [early](Observation::early), gave its verdict: the flow has no state any more.
    pub fn answered(&mut self, number: u32) {
        self.close(number, Phase::Answered);
    }

    /// The pipeline, asked [early](Observation::early), wants to see more packets, up to `next`.
    pub fn go_on(&mut self, number: u32, next: Point) {
        if let Some(entry) = self.table.entry(number).filter(|entry| entry.phase == Phase::Asked) {
            entry.go_on(next);
        }
    }

    /// Gives the slot of a flow back whose record is not made.
    fn close(&mut self, number: u32, phase: Phase) {
        if let Some(entry) = self.table.entry(number).filter(|entry| entry.phase.has_state()) {
            entry.phase = phase;
            let slot = entry.slot;
            self.table.give_slot(slot);
        }
    }

    /// The entry of an [`Observation`], until the next packet; `None` for a number that was never given out.
    #[inline]
    pub fn entry(&mut self, number: u32) -> Option<&Entry> {
        self.table.entry(number).map(|entry| &*entry)
    }

    /// How many flows have started.
    #[must_use]
    pub fn flows(&self) -> u64 {
        self.flows
    }

    /// How many of them were not admitted.
    #[must_use]
    pub fn declined(&self) -> u64 {
        self.declined
    }

    /// How many flows are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.table.open()
    }

    /// How many keys are held: those of open flows, of answered ones, and of ended ones whose time-out is not over.
    #[must_use]
    pub fn held(&self) -> usize {
        self.table.held()
    }

    /// What had to leave for `reason`.
    #[must_use]
    pub fn evicted(&self, reason: Eviction) -> Evicted {
        self.evicted.get(reason as usize).copied().unwrap_or_default()
    }

    /// How many keys the storage holds at present.
    pub fn capacity(&mut self) -> usize {
        self.table.capacity()
    }

    /// Where a known key's flow is in its life when a packet comes.
    fn phase_at(&mut self, number: u32, packet: &Decoded, now_ns: u64, mut idle: impl FnMut(u32, &Entry)) -> Phase {
        let timeout_ns = self.timeout_ns(packet);
        let Some(entry) = self.table.entry(number) else { return Phase::Vacant };
        if now_ns.saturating_sub(entry.last_ns) > timeout_ns {
            let (phase, slot) = (entry.phase, entry.slot);
            if phase.has_state() {
                idle(slot, entry);
            }
            entry.phase = Phase::Vacant;
            if phase.has_state() {
                self.table.give_slot(slot);
            }
            return Phase::Vacant;
        }
        entry.phase
    }

    /// Starts a flow: the number of its entry, which is `known` where the key had one that can be used again.
    fn start(&mut self, packet: &Decoded, hash: u32, now_ns: u64, place: Probe) -> Option<u32> {
        let number = match place {
            Probe::Found(number) if !S::BOUNDED => number,
            // It stands in a list, where it is not the one that a new flow's entry belongs to.
            Probe::Found(number) => {
                self.table.forget(number);
                self.admit(&packet.key, hash, None)?
            }
            Probe::Free(cell) => self.admit(&packet.key, hash, Some(cell))?,
        };
        let admitted = match self.course {
            Some((member, point)) => match self.slot() {
                Some(slot) => Some((slot, member, point)),
                None => {
                    if S::BOUNDED {
                        self.table.remove(number);
                    }
                    return None;
                }
            },
            None => None,
        };
        self.table.entry(number)?.start(packet, now_ns, self.flows, admitted);
        self.declined += u64::from(admitted.is_none());
        self.flows += 1;
        if S::BOUNDED {
            self.ageing.start(&mut self.table, number, packet.view.is_tcp());
        }
        Some(number)
    }

    /// A slot for the state of a flow that starts.
    fn slot(&mut self) -> Option<u32> {
        if let Some(slot) = self.table.take_slot() {
            return Some(slot);
        }
        let (number, reason) = self.ageing.evict_open(&mut self.table)?;
        self.evict(number, reason);
        self.table.take_slot()
    }

    /// An entry for a key that has none, whose free cell of the index may be known.
    fn admit(&mut self, key: &FlowKey, hash: u32, mut cell: Option<usize>) -> Option<u32> {
        if S::BOUNDED && self.table.is_full() {
            let (number, reason) = self.ageing.evict(&mut self.table)?;
            self.evict(number, reason);
            // Other keys may have moved up.
            cell = None;
        }
        if let Some(cell) = cell {
            return self.table.insert(key, hash, cell);
        }
        match self.table.find(key, hash) {
            Probe::Free(cell) => self.table.insert(key, hash, cell),
            Probe::Found(_) => None,
        }
    }

    /// Counts and forgets an entry that is in no list any more.
    fn evict(&mut self, number: u32, reason: Eviction) {
        let Some(entry) = self.table.entry(number) else { return };
        let open = entry.phase.has_state().then_some((entry.slot, u64::from(entry.packets())));
        if let Some(evicted) = self.evicted.get_mut(reason as usize) {
            evicted.keys += u64::from(entry.key != FlowKey::EMPTY);
            evicted.flows += u64::from(open.is_some());
            evicted.packets += open.map_or(0, |(_, packets)| packets);
        }
        if let Some((slot, _)) = open {
            self.table.give_slot(slot);
        }
        self.table.remove(number);
    }

    /// After its record a flow has no state.
    #[inline(always)]
    fn settle(&mut self, observation: &Observation) {
        if observation.finishes.is_some() && !observation.early {
            self.table.give_slot(observation.slot);
        }
    }

    #[inline]
    fn timeout_ns(&self, packet: &Decoded) -> u64 {
        if packet.view.is_tcp() { self.settings.tcp_timeout_ns } else { self.settings.udp_timeout_ns }
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
