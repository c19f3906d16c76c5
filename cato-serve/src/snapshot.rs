//! What a server has counted up to now.

use std::sync::Arc;

use super::board::Board;
use super::counts::{SinkCounts, WorkerCounts, fill};

/// Where each thread publishes what it has counted.
#[derive(Debug)]
pub(crate) struct Boards {
    classes: Vec<String>,
    workers: Vec<Arc<Board>>,
    sink: Arc<Board>,
}

impl Boards {
    /// Boards for so many workers.
    pub(crate) fn new(classes: &[String], workers: usize) -> Self {
        let board = |numbers: usize| Arc::new(Board::new(numbers));
        let numbers = WorkerCounts::new(classes.len()).numbers().count();
        Self {
            classes: classes.to_vec(),
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

    /// The counts as they were published last.
    pub(crate) fn snapshot(&self) -> Snapshot {
        // The writing thread first, so that no more verdicts were written than given.
        let mut sink = SinkCounts::default();
        fill(sink.numbers(), self.sink.read());
        let workers = self.workers.iter().map(|board| {
            let mut counts = WorkerCounts::new(self.classes.len());
            fill(counts.numbers(), board.read());
            counts
        });
        Snapshot { workers: workers.collect(), sink, classes: self.classes.clone() }
    }
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
}

impl Snapshot {
    /// The sums over all workers.
    #[must_use]
    pub fn total(&self) -> WorkerCounts {
        let mut total = WorkerCounts::new(self.classes.len());
        for worker in &self.workers {
            total.add(worker.clone());
        }
        total
    }
}
