//! New pipelines for workers that go on: how they come, and how the old ones go when no flow is bound to them any more.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender};

use cato_artifact::Loaded;
use cato_runtime::{Driver, Storage};

use super::members::Members;

/// How many entries of the flow table are looked at between two batches of packets, so that no packet waits for long.
const LOOKED_AT: usize = 512;

/// What a worker is told between two batches of packets.
pub(crate) enum Order {
    /// Pipelines with the places that they get, and whom to tell when they are there.
    Put { pipelines: Vec<(u8, Loaded)>, done: SyncSender<()> },
    /// No flow will be bound to these places any more: when none is, what is there goes home.
    Leave { places: Vec<u8>, home: Sender<Left>, hold: Arc<()> },
}

/// Pipelines that no flow needs, to be freed by a thread that has the time. The places are free when all workers' are gone.
#[derive(Debug)]
pub(crate) struct Left {
    _pipelines: Vec<Loaded>,
    _hold: Arc<()>,
}

/// A worker's end.
pub(crate) struct Exchange {
    orders: Receiver<Order>,
    leaving: Vec<Leaving>,
}

/// Places that flows are no longer bound to.
struct Leaving {
    places: Vec<u8>,
    /// A bit for each.
    mask: u64,
    /// Of all entries before this one none is bound to them. Flows keep their entries, and new ones are bound elsewhere, so
    /// one walk over the table is enough.
    next: u32,
    home: Sender<Left>,
    hold: Arc<()>,
}

impl Exchange {
    pub(crate) fn new(orders: Receiver<Order>) -> Self {
        Self { orders, leaving: Vec::new() }
    }

    /// Does what was ordered, as far as it can be done now; whether there are pipelines to [let go](Self::let_go).
    #[inline]
    pub(crate) fn tend<S: Storage>(&mut self, driver: &mut Driver<Members, S>) -> bool {
        while let Ok(order) = self.orders.try_recv() {
            self.obey(order, driver);
        }
        self.leaving.first_mut().is_some_and(|leaving| leaving.is_over(driver))
    }

    /// Lets those go to which no flow is bound any more.
    pub(crate) fn let_go<S: Storage>(&mut self, driver: &mut Driver<Members, S>) {
        if !self.leaving.is_empty() {
            self.leaving.remove(0).go(driver.pipeline_mut());
        }
    }

    #[cold]
    fn obey<S: Storage>(&mut self, order: Order, driver: &mut Driver<Members, S>) {
        match order {
            Order::Put { pipelines, done } => {
                for (place, loaded) in pipelines {
                    driver.pipeline_mut().put(place, loaded);
                }
                // There is room, unless nobody waits.
                let _ = done.try_send(());
            }
            Order::Leave { places, home, hold } => {
                let mask = places.iter().fold(0, |mask, place| mask | 1 << (place & 63));
                self.leaving.push(Leaving { places, mask, next: 0, home, hold });
            }
        }
    }
}

impl Leaving {
    /// Looks at some more entries; whether no flow is bound to the places.
    fn is_over<S: Storage>(&mut self, driver: &mut Driver<Members, S>) -> bool {
        for _ in 0..LOOKED_AT {
            match driver.entry(self.next) {
                None => return true,
                Some(entry) if entry.is_open() && self.mask >> (entry.member() & 63) & 1 == 1 => return false,
                Some(_) => self.next += 1,
            }
        }
        false
    }

    fn go(self, members: &mut Members) {
        let pipelines = self.places.iter().filter_map(|place| members.take(*place)).collect();
        // Where nobody is at home any more they are freed here; the server ends.
        let _ = self.home.send(Left { _pipelines: pipelines, _hold: self.hold });
    }
}
