//! The clock that costs are read from.

use std::time::Duration;

use rustix::time::{ClockId, Timespec, clock_gettime};

/// A clock that steps by more than this cannot time runs of milliseconds.
const COARSEST: Duration = Duration::from_micros(50);

/// CPU time of the calling thread where the system counts it finely, wall time otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Time that the thread ran.
    ThreadCpu,
    /// Time that passed.
    Wall,
}

impl Clock {
    /// The best clock that this machine has.
    pub(crate) fn choose() -> Self {
        if Self::ThreadCpu.step() <= COARSEST { Self::ThreadCpu } else { Self::Wall }
    }

    /// A reading; only differences mean something.
    #[inline]
    pub(crate) fn now(self) -> Duration {
        let Timespec { tv_sec, tv_nsec } = clock_gettime(match self {
            Self::ThreadCpu => ClockId::ThreadCPUTime,
            Self::Wall => ClockId::Monotonic,
        });
        // Both clocks start at 0 and rise, and nanoseconds stay below a second.
        Duration::new(tv_sec.unsigned_abs(), u32::try_from(tv_nsec).unwrap_or(0))
    }

    /// The smallest step seen.
    fn step(self) -> Duration {
        let step = || {
            let start = self.now();
            loop {
                let now = self.now();
                if now != start {
                    return now.saturating_sub(start);
                }
            }
        };
        (0..3).map(|_| step()).min().unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn clocks_rise() {
        for clock in [Clock::ThreadCpu, Clock::Wall, Clock::choose()] {
            assert!(!clock.step().is_zero());
        }
    }
}
