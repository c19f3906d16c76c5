//! What a server has counted up to now.

use std::sync::Arc;

use super::Pool;
use super::admission::Buckets;
use super::board::Board;
use super::counts::{SinkCounts, WorkerCounts, fill};

/// Where each thread publishes what it has counted.
#[derive(Debug)]
pub(crate) struct Boards {
    classes: Vec<String>,
    members: Vec<String>,
    buckets: Option<Buckets>,
    workers: Vec<Arc<Board>>,
    sink: Arc<Board>,
}

impl Boards {
    /// Boards for so many workers of a pool.
    pub(crate) fn new(pool: &Pool, buckets: Option<Buckets>, workers: usize) -> Self {
        let board = |numbers: usize| Arc::new(Board::new(numbers));
        let members: Vec<String> = pool.members().iter().map(|member| member.name.clone()).collect();
        let numbers = WorkerCounts::new(pool.classes().len(), members.len(), kinds(&buckets)).numbers().count();
        Self {
            classes: pool.classes().to_vec(),
            members,
            buckets,
            workers: (0..workers).map(|_| board(numbers)).collect(),
            sink: board(SinkCounts::default().numbers().count()),
        }
    }

    pub(crate) fn workers(&self) -> &[Arc<Board>] {
        &self.workers
    }

    pub(crate) fn sink(&self) -> &Arc<Board> {
        &self.sink
    }

    /// What each worker published last.
    pub(crate) fn workers_counts(&self) -> Vec<WorkerCounts> {
        let counts = self.workers.iter().map(|board| {
            let mut counts = WorkerCounts::new(self.classes.len(), self.members.len(), kinds(&self.buckets));
            fill(counts.numbers(), board.read());
            counts
        });
        counts.collect()
    }

    /// The counts as they were published last.
    pub(crate) fn snapshot(&self) -> Snapshot {
        // The writing thread first, so that no more verdicts were written than given.
        let mut sink = SinkCounts::default();
        fill(sink.numbers(), self.sink.read());
        Snapshot {
            workers: self.workers_counts(),
            sink,
            classes: self.classes.clone(),
            members: self.members.clone(),
            buckets: self.buckets.clone(),
        }
    }
}

/// How many kinds of flows are told apart.
pub(crate) fn kinds(buckets: &Option<Buckets>) -> usize {
    if buckets.is_some() { Buckets::COUNT } else { 1 }
}

/// What a server has counted up to a moment. The counts of one thread belong together; those of two threads are some
/// milliseconds apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// What each worker counted.
    pub workers: Vec<WorkerCounts>,
    /// What the writing thread counted.
    pub sink: SinkCounts,
    /// Names of the classes, by number.
    pub classes: Vec<String>,
    /// Names of the pool's members, by number.
    pub members: Vec<String>,
    /// How flows are put into buckets; `None` where kinds are not told apart.
    pub buckets: Option<Buckets>,
}

impl Snapshot {
    /// The sums over all workers.
    #[must_use]
    pub fn total(&self) -> WorkerCounts {
        let mut total = WorkerCounts::new(self.classes.len(), self.members.len(), kinds(&self.buckets));
        for worker in &self.workers {
            total.add(worker.clone());
        }
        total
    }
}
