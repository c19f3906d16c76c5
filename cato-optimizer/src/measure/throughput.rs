//! The highest rate at which a pipeline loses nothing.

use std::time::Duration;

use cato_artifact::Loaded;
use cato_runtime::{FlowSettings, Frame};
use cato_traffic::replay::ring::SLOT_BYTES;
use cato_traffic::replay::{Replay, ReplayOptions};
use serde::{Deserialize, Serialize};

use super::protocol::NoRate;
use super::rate::Search;
use super::starts::Starts;
use super::trial::{Bed, Traffic};
use crate::cost::Throughput;
use crate::repeat::median;

/// Keys that the flow table holds at first, and at most; in between it is made larger until no open flow has to leave
/// while nothing is lost elsewhere.
const KEYS: usize = 1 << 16;
const MOST_KEYS: usize = 1 << 22;

/// Share of what the generator can offer that is asked of it.
const OFFERED: f64 = 0.9;

/// How often the generator is tried alone at first.
const ATTEMPTS: usize = 3;

/// Searches begin at this share of the rate at which the pipeline drains a ring that is never empty.
const GUESS: f64 = 0.95;

/// How long the rate is searched for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RateOptions {
    /// Length of the first trials, with which the rate is found roughly.
    pub first_trial: Duration,
    /// Length of the last trials.
    pub last_trial: Duration,
    /// How often the rate is searched with trials of that length; the result is the median.
    pub searches: u32,
    /// By which share a search may end below a rate that is too high.
    pub width: f64,
}

impl RateOptions {
    /// What a search of candidates uses, of which each is to take a second or two: three searches to 2 %.
    #[must_use]
    pub fn brief(last_trial: Duration) -> Self {
        Self { first_trial: first(last_trial), last_trial, searches: 3, width: 0.02 }
    }

    /// What a front is measured with: searches to 1 %.
    #[must_use]
    pub fn thorough(last_trial: Duration, searches: u32) -> Self {
        Self { first_trial: first(last_trial), last_trial, searches, width: 0.01 }
    }
}

/// Long enough for a rough rate.
fn first(last_trial: Duration) -> Duration {
    (last_trial / 20).clamp(Duration::from_millis(5), Duration::from_millis(20)).min(last_trial)
}

impl RateOptions {
    /// More than a search ever takes.
    pub(super) fn most(&self) -> Duration {
        self.first_trial * 400 + self.last_trial * 400 * self.searches.max(1)
    }
}

/// Traffic, and the core that plays it.
#[derive(Debug)]
pub(super) struct Link {
    traffic: Traffic,
    generator: usize,
    options: RateOptions,
    /// What can be offered, in packets per second.
    most: f64,
    /// Bits and flows of a packet, in the mean.
    bits: f64,
    flows: f64,
}

impl Link {
    /// Makes ready to offer the packets of some captures from the core `generator`, while the calling thread drains them.
    pub(super) fn new(
        captures: &[&[Frame<'_>]],
        settings: FlowSettings,
        generator: usize,
        options: RateOptions,
    ) -> Self {
        let played = |loops, vary_addresses| {
            let options = ReplayOptions { loops, vary_addresses, snap_len: SLOT_BYTES, ..ReplayOptions::default() };
            Replay::new(captures.iter().copied(), &options)
        };
        let starts = Starts::of(played(Some(1), false), settings);
        let replay = played(None, true);
        let packets = replay.packets().max(1) as f64;
        let (bits, flows) = (8.0 * replay.wire_bytes() as f64 / packets, starts.in_loop() as f64 / packets);
        let mut link = Self { traffic: Traffic::new(replay, starts), generator, options, most: 0.0, bits, flows };
        for _ in 0..ATTEMPTS {
            link.race();
        }
        link
    }

    /// Lets the generator go as fast as it can. The best of all attempts counts, as others can only slow it down.
    fn race(&mut self) {
        let fastest = self.traffic.most(self.generator, self.options.first_trial);
        self.most = self.most.max(OFFERED * fastest);
    }

    /// The highest rate at which `pipeline` loses nothing.
    pub(super) fn throughput(&mut self, pipeline: &mut Loaded, settings: FlowSettings) -> Result<Throughput, NoRate> {
        self.race();
        let mut keys = KEYS;
        loop {
            let mut bed = Bed::new(pipeline, settings, keys, &mut self.traffic, self.generator);
            // Also gives the table and the states the size that they need.
            let (_, evicted) = bed.drain_rate(self.options.last_trial);
            if evicted == 0 {
                let (drained, _) = bed.drain_rate(self.options.first_trial);
                return Self::found(&self.options, self.most, [self.bits, self.flows], &mut bed, GUESS * drained);
            }
            if keys >= MOST_KEYS {
                return Err(NoRate::Table { keys: keys as u64 });
            }
            keys *= 4;
        }
    }

    fn found(
        options: &RateOptions,
        most: f64,
        [bits, flows]: [f64; 2],
        bed: &mut Bed<'_>,
        guess: f64,
    ) -> Result<Throughput, NoRate> {
        let search = Search {
            first: options.first_trial,
            last: options.last_trial,
            searches: options.searches.max(1),
            width: options.width,
            most,
        };
        let found = search.run(bed, guess);
        let Some(packets_per_s) = median(found.rates.iter().copied()) else {
            return Err(NoRate::Trials { trials: found.trials, disturbed: found.disturbed });
        };
        let low = found.rates.iter().copied().fold(f64::INFINITY, f64::min);
        let high = found.rates.iter().copied().fold(0.0, f64::max);
        Ok(Throughput {
            packets_per_s,
            bits_per_s: packets_per_s * bits,
            classifications_per_s: packets_per_s * flows,
            spread_packets_per_s: [low, high],
            searches: found.rates.len() as u32,
            trials: found.trials,
            disturbed: found.disturbed,
            generator_bound: packets_per_s >= most,
        })
    }
}
