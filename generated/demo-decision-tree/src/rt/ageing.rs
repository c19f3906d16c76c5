// From cato-runtime 0.1.0, src/ageing.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! Which keys leave a table of fixed capacity, and when.

use super::entry::Phase;
use super::table::Table;
use super::wheel::{List, Wheel};
use super::{FlowSettings, Storage};

/// Why a key had to leave before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Eviction {
    /// There was no room, and of the flows with one packet this was the oldest.
    SinglePacket,
    /// There was no room, no flow had one packet only, and this was idle for longer than any other, to within a 4032nd of
    /// its time-out.
    LongestIdle,
}

impl Eviction {
    /// Every reason, in the order of the counters.
    pub const ALL: [Self; 2] = [Self::SinglePacket, Self::LongestIdle];

    /// The reason as one word, for counters and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SinglePacket => "evicted_single_packet",
            Self::LongestIdle => "evicted_longest_idle",
        }
    }
}

/// Every entry of a table stands in one of these lists: flows in the order of their start until they are seen to have had
/// a second packet, and from then on by their latest packet. Nothing is moved when packets come, but when a list's turn
/// does. Open flows are never but where they are looked for as such; others may be.
#[derive(Debug)]
pub(super) struct Ageing {
    kinds: [Kind; 2],
}

/// The keys that have one time-out.
#[derive(Debug)]
struct Kind {
    timeout_ns: u64,
    young: List,
    open: Wheel,
    silent: Wheel,
}

impl Ageing {
    pub(super) const fn new(settings: &FlowSettings) -> Self {
        Self { kinds: [Kind::new(settings.tcp_timeout_ns), Kind::new(settings.udp_timeout_ns)] }
    }

    /// How far apart it is worth while to look for keys whose time is over, in nanoseconds.
    pub(super) fn step_ns(&self) -> u64 {
        self.kinds.iter().map(|kind| kind.open.tick_ns()).min().unwrap_or(1)
    }

    /// Notes an entry whose flow has just started.
    pub(super) fn start<S: Storage>(&mut self, table: &mut Table<S>, number: u32, tcp: bool) {
        let [tcps, udps] = &mut self.kinds;
        (if tcp { tcps } else { udps }).young.push(table, number);
    }

    /// Takes out an entry that has been idle for longer than its time-out at `now_ns`; open ones up to a 4032nd of it late.
    pub(super) fn expired<S: Storage>(&mut self, table: &mut Table<S>, now_ns: u64) -> Option<u32> {
        self.kinds.iter_mut().find_map(|kind| kind.expired(table, now_ns))
    }

    /// Takes out the entry that is to make room for a new one.
    pub(super) fn evict<S: Storage>(&mut self, table: &mut Table<S>) -> Option<(u32, Eviction)> {
        let first = self.kinds.each_mut().map(|kind| kind.first_single(table, false));
        if let Some(kind) = earliest(first).and_then(|place| self.kinds.get_mut(place)) {
            return kind.young.pop(table).map(|number| (number, Eviction::SinglePacket));
        }
        let [tcp, udp] = &mut self.kinds;
        let wheels = [&mut tcp.open, &mut tcp.silent, &mut udp.open, &mut udp.silent];
        evict_longest_idle(wheels, table)
    }

    /// Takes out the open flow that is to give its slot to a new one.
    pub(super) fn evict_open<S: Storage>(&mut self, table: &mut Table<S>) -> Option<(u32, Eviction)> {
        let first = self.kinds.each_mut().map(|kind| kind.first_single(table, true));
        if let Some(kind) = earliest(first).and_then(|place| self.kinds.get_mut(place)) {
            return kind.young.pop(table).map(|number| (number, Eviction::SinglePacket));
        }
        for kind in &mut self.kinds {
            kind.settle_open(table);
        }
        let [tcp, udp] = &mut self.kinds;
        evict_longest_idle([&mut tcp.open, &mut udp.open], table)
    }

    pub(super) fn clear(&mut self) {
        for kind in &mut self.kinds {
            kind.young = List::EMPTY;
            kind.open.clear();
            kind.silent.clear();
        }
    }
}

impl Kind {
    const fn new(timeout_ns: u64) -> Self {
        Self { timeout_ns, young: List::EMPTY, open: Wheel::new(timeout_ns), silent: Wheel::new(timeout_ns) }
    }

    fn expired<S: Storage>(&mut self, table: &mut Table<S>, now_ns: u64) -> Option<u32> {
        let until_ns = now_ns.checked_sub(self.timeout_ns)?;
        // Flows stand here in the order of their start, so the first one's turn comes first.
        while let Some(number) = self.young.first() {
            let entry = table.entry(number)?;
            if entry.start_ns() >= until_ns {
                break;
            }
            let over = entry.last_ns < until_ns;
            self.young.pop(table);
            if over {
                return Some(number);
            }
            self.sort(table, number);
        }
        self.silent.pop(table, until_ns).or_else(|| self.open.pop(table, until_ns))
    }

    /// When the oldest flow with a single packet came, which is then the first of the young ones; open ones only where
    /// that is asked.
    fn first_single<S: Storage>(&mut self, table: &mut Table<S>, open: bool) -> Option<u64> {
        loop {
            let number = self.young.first()?;
            let entry = table.entry(number)?;
            if entry.counted() == 1 && (entry.phase == Phase::Open || !open) {
                return Some(entry.last_ns);
            }
            self.young.pop(table);
            self.sort(table, number);
        }
    }

    /// Moves flows that were answered since, until the longest idle open one is found.
    fn settle_open<S: Storage>(&mut self, table: &mut Table<S>) {
        while let Some(number) = self.open.pop(table, u64::MAX) {
            let open = table.entry(number).is_some_and(|entry| entry.phase == Phase::Open);
            self.sort(table, number);
            if open {
                break;
            }
        }
    }

    /// Puts an entry where its latest packet belongs.
    fn sort<S: Storage>(&mut self, table: &mut Table<S>, number: u32) {
        let open = table.entry(number).is_some_and(|entry| entry.phase == Phase::Open);
        (if open { &mut self.open } else { &mut self.silent }).push(table, number);
    }
}

/// The place of the smallest value.
fn earliest<const N: usize>(times: [Option<u64>; N]) -> Option<usize> {
    let known = times.iter().enumerate().filter_map(|(place, time)| time.map(|time| (time, place)));
    known.min().map(|(_, place)| place)
}

fn evict_longest_idle<const N: usize, S: Storage>(
    mut wheels: [&mut Wheel; N],
    table: &mut Table<S>,
) -> Option<(u32, Eviction)> {
    let oldest = wheels.each_mut().map(|wheel| wheel.oldest_ns(table));
    let wheel = wheels.get_mut(earliest(oldest)?)?;
    wheel.pop(table, u64::MAX).map(|number| (number, Eviction::LongestIdle))
}
