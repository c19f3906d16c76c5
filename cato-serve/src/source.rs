//! Where a worker's packets come from.

use std::error::Error;
use std::time::Duration;

use cato_runtime::Frame;

/// What gives packets in batches: an interface, a capture, a queue that another thread fills.
///
/// A source belongs to one worker, is asked by it again and again, and counts what was lost before it could hand it over.
pub trait Source: Send {
    /// Hands the frames that are there to `take`, in order of arrival and at most a few thousand at once; where there
    /// are none it waits for the first of them, up to `wait`, and may then hand over none.
    ///
    /// # Errors
    /// Where no more can come because something failed. What was handed over before stands.
    fn next(&mut self, wait: Duration, take: &mut dyn FnMut(&[Frame<'_>])) -> Result<State, SourceError>;

    /// Takes nothing new in from here on. What waits already may still be handed over, before the source ends.
    fn stop(&mut self);

    /// What was lost up to now before it could be handed over.
    fn stats(&self) -> SourceStats {
        SourceStats::default()
    }

    /// How full the place is in which packets wait for the worker, from 0 to 1; 0 where they wait elsewhere.
    fn occupancy(&self) -> f64 {
        0.0
    }

    /// The time by the clock that stamps the packets, in nanoseconds, where that clock runs while no packet comes. By it
    /// flows end that fall silent on a silent link.
    fn clock_ns(&self) -> Option<u64> {
        None
    }

    /// Whether the packets wait where the worker does, so that none is lost while a slow sink catches up.
    fn can_wait(&self) -> bool {
        false
    }

    /// What was found wrong with the input up to now, one sentence each.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A source for each of several workers.
pub type Sources = Vec<Box<dyn Source>>;

/// Whether a source has more to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// More may come.
    Open,
    /// Nothing comes any more.
    Ended,
}

/// Packets that a source knows of and could not hand over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceStats {
    /// The kernel had no room for them.
    pub kernel_drops: u64,
    /// A queue within this program had no room for them.
    pub ring_drops: u64,
}

/// Why a source gives nothing more.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct SourceError(Box<dyn Error + Send + Sync>);

impl SourceError {
    /// The error of whatever the source reads from.
    pub fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(error.into())
    }
}

impl From<cato_traffic::Error> for SourceError {
    fn from(error: cato_traffic::Error) -> Self {
        Self::new(error)
    }
}
