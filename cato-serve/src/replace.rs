//! Another pool for a server that goes on, without a packet lost.

use std::sync::mpsc::{Sender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use cato_artifact::Loaded;

use super::assignment::{Assignment, admitted};
use super::exchange::{Left, Order};
use super::policy::Policy;
use super::snapshot::Boards;
use super::steering::Course;
use super::watch::Watch;
use super::{Constraints, Member, Pool, ServeError};

/// The way to all workers.
pub(crate) struct Replacer {
    pub(crate) orders: Vec<Sender<Order>>,
    /// Where pipelines go that no flow needs.
    pub(crate) home: Sender<Left>,
    pub(crate) course: Arc<Mutex<Course>>,
    pub(crate) assignment: Arc<Assignment>,
    pub(crate) boards: Arc<Boards>,
    /// States of each pipeline in each worker.
    pub(crate) capacity: usize,
    /// Pools come one after the other.
    pub(crate) turn: Mutex<()>,
}

impl Replacer {
    /// Has flows that begin from here on bound to members of `pool`, as `policy` says. Flows that are bound already keep their
    /// pipelines, which go when the last of them is answered. What is the same in both pools stays where it is.
    ///
    /// Waits for the workers, some milliseconds; workers wait for nothing.
    pub(crate) fn replace(
        &self,
        pool: &Pool,
        policy: Box<dyn Policy>,
        constraints: Constraints,
    ) -> Result<(), ServeError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.classes() != self.boards.classes() {
            let other = pool.members().first().map_or_else(String::new, |member| member.name.clone());
            return Err(ServeError::Classes { first: "what is served now".to_owned(), other });
        }
        let missing: Vec<&Member> = {
            let roster = self.boards.roster();
            let missing: Vec<_> = pool.members().iter().filter(|member| roster.serving(member).is_none()).collect();
            if roster.free() < missing.len() {
                return Err(ServeError::NoPlace { free: roster.free(), needed: missing.len() });
            }
            missing
        };
        // Memory is asked for here, and touched, where no packet waits.
        let loaded: Vec<_> =
            self.orders.iter().map(|_| load(missing.iter().copied(), self.capacity)).collect::<Result<_, _>>()?;
        let new = self.settle(&missing, loaded.first());
        self.put(&new, loaded);
        let places: Vec<u8> = {
            let roster = self.boards.roster();
            pool.members().iter().filter_map(|member| roster.serving(member)).collect()
        };
        self.turn_to(pool, policy, constraints, &places);
        self.let_leave(&places);
        Ok(())
    }

    /// Gives places to pipelines that have none.
    fn settle(&self, missing: &[&Member], loaded: Option<&Vec<Loaded>>) -> Vec<u8> {
        // What was done at a place before is its own: nothing is counted there any more.
        let mut roster = self.boards.roster();
        let counts = self.boards.workers_counts();
        let bytes = loaded.into_iter().flatten().map(Loaded::state_bytes);
        missing.iter().zip(bytes).filter_map(|(member, bytes)| roster.take(member, bytes, &counts)).collect()
    }

    /// Brings pipelines to the workers, and waits until all have them or have ended.
    fn put(&self, places: &[u8], loaded: Vec<Vec<Loaded>>) {
        let (done, had) = sync_channel(self.orders.len());
        for (orders, loaded) in self.orders.iter().zip(loaded) {
            let pipelines = places.iter().copied().zip(loaded).collect();
            // Nobody is there where a worker has ended.
            let _ = orders.send(Order::Put { pipelines, done: done.clone() });
        }
        drop(done);
        for _ in &self.orders {
            let _ = had.recv();
        }
    }

    /// From here on flows are bound to these places.
    fn turn_to(&self, pool: &Pool, policy: Box<dyn Policy>, constraints: Constraints, places: &[u8]) {
        let mut course = self.course.lock().unwrap_or_else(PoisonError::into_inner);
        let mix = policy.start();
        let names = pool.members().iter().map(|member| member.name.clone()).collect();
        self.boards.begin_policy(policy.name(), names, mix);
        *course = Course { policy, places: places.to_vec(), watch: Watch::new(constraints) };
        course.bind(mix, &self.assignment);
        self.assignment.admit(|_| admitted(mix));
        self.boards.judged(course.watch.state(), Vec::new());
    }

    /// Lets all go but these, as soon as no flow is bound to them.
    fn let_leave(&self, places: &[u8]) {
        let hold = Arc::new(());
        let leaving = self.boards.roster().leave_all_but(places, &Arc::downgrade(&hold));
        if leaving.is_empty() {
            return;
        }
        for orders in &self.orders {
            let (places, home, hold) = (leaving.clone(), self.home.clone(), Arc::clone(&hold));
            let _ = orders.send(Order::Leave { places, home, hold });
        }
    }
}

/// Pipelines with room for so many states each.
pub(crate) fn load<'a>(members: impl Iterator<Item = &'a Member>, capacity: usize) -> Result<Vec<Loaded>, ServeError> {
    let load = |Member { name, library, .. }: &Member| {
        let loaded = Loaded::open(library).and_then(|loaded| loaded.with_capacity(capacity));
        loaded.map_err(|source| ServeError::Load { name: name.clone(), source })
    };
    members.map(load).collect()
}
