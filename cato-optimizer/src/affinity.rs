//! Which cores work runs on.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The last of the cores that the calling thread may run on, where it may run on several: the one that measuring has to
/// itself.
#[must_use]
pub fn last_core() -> Option<usize> {
    let allowed = sched_getaffinity(None).ok()?;
    let last = (0..CpuSet::MAX_CPU).rev().find(|core| allowed.is_set(*core));
    last.filter(|_| allowed.count() > 1)
}

/// Keeps the calling thread, and the threads and processes that it starts, off the last core, which measuring has to
/// itself; until this is dropped. Without effect where there is only one core or the system refuses: timings are then
/// noisier, not wrong.
#[derive(Debug)]
pub struct OffLastCore(Option<CpuSet>);

impl OffLastCore {
    /// Leaves the last core.
    #[must_use]
    pub fn enter() -> Self {
        let (Some(last), Ok(before)) = (last_core(), sched_getaffinity(None)) else { return Self(None) };
        let mut cores = before;
        cores.unset(last);
        Self(sched_setaffinity(None, &cores).is_ok().then_some(before))
    }
}

impl Drop for OffLastCore {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            // What was allowed before is allowed again; where not, fewer cores do.
            let _ = sched_setaffinity(None, before);
        }
    }
}
