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
    /// Its flow had ended, and the key was only kept for packets that might still come.
    Ended,
    /// No such key was found, and of the flows with one packet this was the oldest.
    SinglePacket,
    /// No flow had one packet only, and this was idle for longer than any other, to within a 4032nd of its time-out.
    LongestIdle,
}

impl Eviction {
    /// Every reason, in the order of the counters.
    pub const ALL: [Self; 3] = [Self::Ended, Self::SinglePacket, Self::LongestIdle];

    /// The reason as one word, for counters and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ended => "evicted_ended",
            Self::SinglePacket => "evicted_single_packet",
            Self::LongestIdle => "evicted_longest_idle",
        }
    }
}

/// Flows that are looked at for each that has to make room, in search of one that has ended.
const LOOKED_AT: usize = 8;

/// Every entry of a table stands in one list: flows in the order of their start until they are looked at, then those with
/// one packet in the same order, all others by their latest packet. Nothing is moved when packets come, but when a list's
/// turn does. Open flows are never but where they are looked for as such; others may be.
#[derive(Debug)]
pub(super) struct Ageing {
    kinds: [Kind; 2],
}

/// The keys that have one time-out.
#[derive(Debug)]
struct Kind {
    timeout_ns: u64,
    /// Not looked at since their start.
    young: List,
    /// With one packet when they were looked at.
    single: List,
    open: Wheel,
    silent: Wheel,
}

/// What there is to lose with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Worth {
    /// No flow.
    Ended,
    /// A flow with one packet, which may be open.
    Single { open: bool },
    /// A flow with more packets.
    Going,
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
        let mut since = [None; 2];
        for (kind, since) in self.kinds.iter_mut().zip(&mut since) {
            if let Some(number) = kind.look_for_ended(table) {
                return Some((number, Eviction::Ended));
            }
            *since = kind.oldest_single(table, false);
        }
        if let Some(evicted) = self.evict_single(table, since) {
            return Some(evicted);
        }
        let [tcp, udp] = &mut self.kinds;
        let wheels = [&mut tcp.open, &mut tcp.silent, &mut udp.open, &mut udp.silent];
        evict_longest_idle(wheels, table)
    }

    /// Takes out the open flow that is to give its slot to a new one.
    pub(super) fn evict_open<S: Storage>(&mut self, table: &mut Table<S>) -> Option<(u32, Eviction)> {
        let since = self.kinds.each_mut().map(|kind| kind.oldest_single(table, true));
        if let Some(evicted) = self.evict_single(table, since) {
            return Some(evicted);
        }
        for kind in &mut self.kinds {
            kind.settle_open(table);
        }
        let [tcp, udp] = &mut self.kinds;
        evict_longest_idle([&mut tcp.open, &mut udp.open], table)
    }

    fn evict_single<S: Storage>(&mut self, table: &mut Table<S>, since: [Option<u64>; 2]) -> Option<(u32, Eviction)> {
        let kind = self.kinds.get_mut(earliest(since)?)?;
        kind.single.pop(table).map(|number| (number, Eviction::SinglePacket))
    }

    pub(super) fn clear(&mut self) {
        for kind in &mut self.kinds {
            kind.young = List::EMPTY;
            kind.single = List::EMPTY;
            kind.open.clear();
            kind.silent.clear();
        }
    }
}

impl Kind {
    const fn new(timeout_ns: u64) -> Self {
        let [open, silent] = [Wheel::new(timeout_ns), Wheel::new(timeout_ns)];
        Self { timeout_ns, young: List::EMPTY, single: List::EMPTY, open, silent }
    }

    fn expired<S: Storage>(&mut self, table: &mut Table<S>, now_ns: u64) -> Option<u32> {
        let until_ns = now_ns.checked_sub(self.timeout_ns)?;
        // Flows stand in these two in the order of their start, so the first one's turn comes first.
        for single in [true, false] {
            while let Some(number) = if single { self.single.first() } else { self.young.first() } {
                let entry = table.entry(number)?;
                if entry.start_ns() >= until_ns {
                    break;
                }
                let over = entry.last_ns < until_ns;
                (if single { &mut self.single } else { &mut self.young }).pop(table);
                if over {
                    return Some(number);
                }
                self.sort(table, number);
            }
        }
        self.silent.pop(table, until_ns).or_else(|| self.open.pop(table, until_ns))
    }

    /// Takes out an entry whose flow has ended, if there is one among those that are looked at: the oldest of all that have
    /// not been, so that each is looked at once.
    fn look_for_ended<S: Storage>(&mut self, table: &mut Table<S>) -> Option<u32> {
        for _ in 0..LOOKED_AT {
            let number = self.young.pop(table)?;
            match worth(table, number) {
                Worth::Ended => return Some(number),
                Worth::Single { .. } => self.single.push(table, number),
                Worth::Going => self.sort(table, number),
            }
        }
        None
    }

    /// When the oldest flow with a single packet came, which is then the first of its list; open ones only where that is
    /// asked.
    fn oldest_single<S: Storage>(&mut self, table: &mut Table<S>, only_open: bool) -> Option<u64> {
        loop {
            if self.single.is_empty() {
                let number = self.young.pop(table)?;
                self.single.push(table, number);
            }
            let number = self.single.first()?;
            match worth(table, number) {
                Worth::Single { open } if open || !only_open => return table.entry(number).map(|entry| entry.last_ns),
                _ => {
                    self.single.pop(table);
                    self.sort(table, number);
                }
            }
        }
    }

    /// Moves flows that were answered since, until the longest idle open one is found.
    fn settle_open<S: Storage>(&mut self, table: &mut Table<S>) {
        while let Some(number) = self.open.pop(table, u64::MAX) {
            let open = table.entry(number).is_some_and(|entry| entry.phase.has_state());
            self.sort(table, number);
            if open {
                break;
            }
        }
    }

    /// Puts an entry where its latest packet belongs.
    fn sort<S: Storage>(&mut self, table: &mut Table<S>, number: u32) {
        let open = table.entry(number).is_some_and(|entry| entry.phase.has_state());
        (if open { &mut self.open } else { &mut self.silent }).push(table, number);
    }
}

fn worth<S: Storage>(table: &mut Table<S>, number: u32) -> Worth {
    match table.entry(number) {
        Some(entry) if matches!(entry.phase, Phase::Vacant | Phase::Ended) => Worth::Ended,
        Some(entry) if entry.packets() == 1 => Worth::Single { open: entry.phase.has_state() },
        _ => Worth::Going,
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
