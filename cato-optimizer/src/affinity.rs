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

/// A core that the calling thread may run on besides `other`: the one that plays packets while the other drains them.
#[must_use]
pub fn core_beside(other: usize) -> Option<usize> {
    let allowed = sched_getaffinity(None).ok()?;
    (0..CpuSet::MAX_CPU).find(|core| allowed.is_set(*core) && *core != other)
}

/// Keeps the calling thread on one core.
///
/// # Errors
/// What the system says where it refuses. Measurements are then noisier and still true.
pub fn stay_on(core: usize) -> std::io::Result<()> {
    let mut cores = CpuSet::new();
    cores.set(core);
    Ok(sched_setaffinity(None, &cores)?)
}

/// Runs the calling thread before all others on its core, at real-time priority, where the system allows that, until this
/// is dropped: what shares the machine then does not take the core from it. Meant for fractions of a second.
#[derive(Debug)]
pub struct BeforeOthers(bool);

impl BeforeOthers {
    /// Goes before others. Without effect where the system refuses, as it does without the privilege to set priorities.
    #[must_use]
    pub fn enter() -> Self {
        Self(schedule(libc::SCHED_FIFO, 1))
    }
}

impl Drop for BeforeOthers {
    fn drop(&mut self) {
        if self.0 {
            // Going back is allowed to everyone.
            schedule(libc::SCHED_OTHER, 0);
        }
    }
}

/// Sets how the calling thread is scheduled; whether that was allowed.
fn schedule(policy: libc::c_int, priority: libc::c_int) -> bool {
    let parameter = libc::sched_param { sched_priority: priority };
    // SAFETY: the thread is the calling one, which 0 names; the parameter is one of the type that is asked for, and is
    // read only during the call.
    unsafe { libc::sched_setscheduler(0, policy, &parameter) == 0 }
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
