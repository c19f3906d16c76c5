//! What a server has counted up to now.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Pool;
use super::admission::Buckets;
use super::assignment::Assignment;
use super::board::Board;
use super::counts::{SinkCounts, WorkerCounts, fill};
use super::policy::Mix;
use super::roster::Roster;
use super::watch::Watched;

/// Sentences that are kept until somebody asks for them.
const NOTICES: usize = 256;

/// Where each thread publishes what it has counted, and what it has decided.
#[derive(Debug)]
pub(crate) struct Boards {
    classes: Vec<String>,
    buckets: Option<Buckets>,
    workers: Vec<Arc<Board>>,
    sink: Arc<Board>,
    assignment: Arc<Assignment>,
    roster: Mutex<Roster>,
    standing: Mutex<Standing>,
    notices: Mutex<Vec<String>>,
}

/// What holds now.
#[derive(Clone, Debug, Default)]
struct Standing {
    policy: Option<PolicyState>,
    constraints: Vec<Watched>,
}

/// What a policy has decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyState {
    /// What it is called.
    pub name: String,
    /// Names of the members that it chooses from, by the number that it knows them by.
    pub members: Vec<String>,
    /// What it decided last.
    pub mix: Mix,
    /// How often it decided something else than before.
    pub changes: u64,
}

impl Boards {
    /// Boards for so many workers of pipelines with the pool's classes.
    pub(crate) fn new(pool: &Pool, assignment: Arc<Assignment>, buckets: Option<Buckets>, workers: usize) -> Self {
        let board = |numbers: usize| Arc::new(Board::new(numbers));
        let numbers = WorkerCounts::new(pool.classes().len(), Pool::MOST, kinds(&buckets)).numbers().count();
        Self {
            classes: pool.classes().to_vec(),
            buckets,
            workers: (0..workers).map(|_| board(numbers)).collect(),
            sink: board(SinkCounts::default().numbers().count()),
            assignment,
            roster: Mutex::new(Roster::new(Pool::MOST, workers)),
            standing: Mutex::default(),
            notices: Mutex::default(),
        }
    }

    pub(crate) fn workers(&self) -> &[Arc<Board>] {
        &self.workers
    }

    pub(crate) fn sink(&self) -> &Arc<Board> {
        &self.sink
    }

    pub(crate) fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Who has which place.
    pub(crate) fn roster(&self) -> MutexGuard<'_, Roster> {
        locked(&self.roster)
    }

    /// A policy takes over from here on.
    pub(crate) fn begin_policy(&self, name: &str, members: Vec<String>, mix: Mix) {
        let mut standing = locked(&self.standing);
        let changes = standing.policy.as_ref().map_or(0, |before| before.changes);
        standing.policy = Some(PolicyState { name: name.to_owned(), members, mix, changes });
    }

    /// The policy decided for `mix`.
    pub(crate) fn decided(&self, mix: Mix) {
        if let Some(policy) = &mut locked(&self.standing).policy
            && policy.mix != mix
        {
            policy.mix = mix;
            policy.changes += 1;
        }
    }

    /// How constraints stand, and what there is to say about that.
    pub(crate) fn judged(&self, constraints: Vec<Watched>, said: Vec<String>) {
        locked(&self.standing).constraints = constraints;
        let mut notices = locked(&self.notices);
        let room = NOTICES.saturating_sub(notices.len());
        notices.extend(said.into_iter().take(room));
    }

    /// What has been said since it was asked for.
    pub(crate) fn take_notices(&self) -> Vec<String> {
        std::mem::take(&mut *locked(&self.notices))
    }

    /// What each worker published last; members are those of places.
    pub(crate) fn workers_counts(&self) -> Vec<WorkerCounts> {
        let counts = self.workers.iter().map(|board| {
            let mut counts = WorkerCounts::new(self.classes.len(), Pool::MOST, kinds(&self.buckets));
            fill(counts.numbers(), board.read());
            counts
        });
        counts.collect()
    }

    /// What the writing thread published last.
    pub(crate) fn sink_counts(&self) -> SinkCounts {
        let mut sink = SinkCounts::default();
        fill(sink.numbers(), self.sink.read());
        sink
    }

    /// The counts as they were published last.
    pub(crate) fn snapshot(&self) -> Snapshot {
        // The writing thread first, so that no more verdicts were written than given.
        let sink = self.sink_counts();
        let roster = self.roster();
        let mut workers = self.workers_counts();
        for (number, counts) in workers.iter_mut().enumerate() {
            counts.members = roster.by_name(number, &counts.members);
        }
        let Standing { policy, constraints } = locked(&self.standing).clone();
        Snapshot {
            workers,
            sink,
            classes: self.classes.clone(),
            members: roster.names().to_vec(),
            loaded: Pool::MOST - roster.free(),
            buckets: self.buckets.clone(),
            admitted: (0..kinds(&self.buckets)).map(|bucket| self.assignment.admitted(bucket)).collect(),
            policy,
            constraints,
        }
    }
}

/// What is behind a lock is whole at any time, even if somebody ended while he had it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many kinds of flows are told apart.
pub(crate) fn kinds(buckets: &Option<Buckets>) -> usize {
    if buckets.is_some() { Buckets::COUNT } else { 1 }
}

/// What a server has counted up to a moment. The counts of one thread belong together; those of two threads are some
/// milliseconds apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// What each worker counted.
    pub workers: Vec<WorkerCounts>,
    /// What the writing thread counted.
    pub sink: SinkCounts,
    /// Names of the classes, by number.
    pub classes: Vec<String>,
    /// Names of the members, by number: those that serve now and those that did earlier.
    pub members: Vec<String>,
    /// How many pipelines are loaded: those that serve now, and those that wait for the end of flows bound to them.
    pub loaded: usize,
    /// How flows are put into buckets; `None` where kinds are not told apart.
    pub buckets: Option<Buckets>,
    /// The share of the flows of each bucket that is admitted now, from 0 to 1; of all where kinds are not told apart.
    pub admitted: Vec<f64>,
    /// What the policy has decided.
    pub policy: Option<PolicyState>,
    /// Whether the pool keeps to what was asked for.
    pub constraints: Vec<Watched>,
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
