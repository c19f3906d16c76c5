//! Which cores workers run on.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The cores that this process may run on, in the order in which workers get them: from the last one down, since the
/// kernel's own work is most often on the first.
#[derive(Clone, Debug)]
pub(crate) struct Cores {
    allowed: Vec<usize>,
}

impl Cores {
    /// The cores of the calling thread.
    pub(crate) fn allowed() -> Self {
        let set = sched_getaffinity(None).unwrap_or_else(|_| CpuSet::new());
        Self { allowed: (0..CpuSet::MAX_CPU).rev().filter(|core| set.is_set(*core)).collect() }
    }

    /// Keeps the calling thread on the core of one of `workers` workers. Where there are fewer cores than workers, or the
    /// system refuses, it stays where the scheduler puts it: slower, not wrong.
    pub(crate) fn pin_worker(&self, worker: usize, workers: usize) {
        if let Some(&core) = self.allowed.get(worker).filter(|_| workers <= self.allowed.len()) {
            Self::keep_on([core]);
        }
    }

    /// Keeps the calling thread off the cores of `workers` workers, where there are others.
    pub(crate) fn leave_to_workers(&self, workers: usize) {
        if let Some(others) = self.allowed.get(workers..).filter(|others| !others.is_empty()) {
            Self::keep_on(others.iter().copied());
        }
    }

    fn keep_on(cores: impl IntoIterator<Item = usize>) {
        let mut set = CpuSet::new();
        for core in cores {
            set.set(core);
        }
        let _ = sched_setaffinity(None, &set);
    }
}
