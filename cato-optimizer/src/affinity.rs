//! Which cores work runs on.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Keeps the calling thread, and the threads and processes that it starts, off the last core, which measuring has to
/// itself; until this is dropped. Without effect where there is only one core or the system refuses: timings are then
/// noisier, not wrong.
#[derive(Debug)]
pub struct OffLastCore(Option<CpuSet>);

impl OffLastCore {
    /// Leaves the last core.
    #[must_use]
    pub fn enter() -> Self {
        let Ok(before) = sched_getaffinity(None) else { return Self(None) };
        let last = std::thread::available_parallelism().map_or(1, usize::from) - 1;
        let mut cores = before;
        cores.unset(last);
        let moved = cores.count() > 0 && before.is_set(last) && sched_setaffinity(None, &cores).is_ok();
        Self(moved.then_some(before))
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
