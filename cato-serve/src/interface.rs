//! A network interface as a source.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cato_runtime::Frame;
use cato_traffic::live::{LiveError, LiveOptions, LiveSource, LiveStatistics, Polled};

use super::{Source, SourceError, SourceStats, State};

/// The packets of an interface, or a worker's share of them.
#[derive(Debug)]
pub struct InterfaceSource {
    live: LiveSource,
    block_timeout: Duration,
    /// After the request to stop: how many frames had arrived by then.
    until: Option<u64>,
}

impl InterfaceSource {
    /// Begins to capture for each of `workers` workers.
    ///
    /// # Errors
    /// Those of [`LiveSource::open_workers`].
    pub fn open(options: &LiveOptions, workers: usize) -> Result<Vec<Self>, LiveError> {
        let opened = LiveSource::open_workers(options, workers)?;
        let source = |live| Self { live, block_timeout: options.block_timeout, until: None };
        Ok(opened.into_iter().map(source).collect())
    }
}

impl InterfaceSource {
    fn taken(&self) -> u64 {
        let LiveStatistics { frames, unreadable, .. } = self.live.counted();
        frames + unreadable
    }
}

impl Source for InterfaceSource {
    fn next(&mut self, wait: Duration, take: &mut dyn FnMut(&[Frame<'_>])) -> Result<State, SourceError> {
        let Some(until) = self.until else {
            self.live.poll(wait, take).map_err(SourceError::new)?;
            return Ok(State::Open);
        };
        if self.taken() >= until {
            return Ok(State::Ended);
        }
        // What has arrived is handed over a block time-out later at the latest.
        match self.live.poll(2 * self.block_timeout, take).map_err(SourceError::new)? {
            Polled::Frames(_) => Ok(State::Open),
            Polled::Idle | Polled::Down => Ok(State::Ended),
        }
    }

    fn stop(&mut self) {
        // A kernel that does not answer now did so a second ago; what has come since then is not waited for.
        let known = self.live.statistics().unwrap_or_else(|_| self.live.counted());
        self.until = Some(self.taken() + known.waiting());
    }

    fn stats(&self) -> SourceStats {
        let LiveStatistics { dropped, unreadable, .. } = self.live.counted();
        SourceStats { kernel_drops: dropped, ring_drops: unreadable }
    }

    fn occupancy(&self) -> f64 {
        self.live.occupancy()
    }

    fn clock_ns(&self) -> Option<u64> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        u64::try_from(now.as_nanos()).ok()
    }

    fn warnings(&self) -> Vec<String> {
        let LiveStatistics { downs, .. } = self.live.counted();
        let interface = self.live.interface();
        (downs > 0).then(|| format!("{interface} went down {downs} times")).into_iter().collect()
    }
}
