//! As good a mix of two neighbouring members as the load to come leaves time for.

use super::ladder::Ladder;
use super::load::Load;
use super::{MemberCost, Mix, Policy, Signals};

/// How far the place may rise in one interval, in rungs.
const RISE: f64 = 0.25;
/// Changes of the place that are smaller than this, in rungs, are not made.
const STILL: f64 = 0.02;
/// How full the ring is to be where there is more to do than time: it tells too much from just enough, and noise finds room
/// on both sides.
const SET: f64 = 0.5;
/// How much of an interval a full ring is taken to be worth.
const GAIN: f64 = 0.2;
/// Nothing is planned beyond this share of an interval, however empty the ring is.
const MOST: f64 = 1.2;

/// Forecasts the load, learns what members cost as they run, and keeps the expected use of the core below a target.
///
/// It goes up and down a [`Ladder`]: down at once, and up slowly, as flows that are bound keep their member.
#[derive(Clone, Debug)]
pub struct Adaptive {
    load: Load,
    ladder: Ladder,
    place: f64,
    /// The place as it was lately, smoothed as the work done is.
    lately: f64,
}

impl Adaptive {
    /// Over members with such costs; begins with the best one.
    #[must_use]
    pub fn new(costs: &[MemberCost]) -> Self {
        let ladder = Ladder::new(costs);
        let place = ladder.top();
        Self { load: Load::new(costs), ladder, place, lately: place }
    }
}

impl Policy for Adaptive {
    fn name(&self) -> &str {
        "adaptive"
    }

    fn start(&self) -> Mix {
        self.ladder.mix(self.place)
    }

    fn decide(&mut self, signals: &Signals) -> Mix {
        self.load.note(signals);
        let Self { load, ladder, .. } = self;
        let interval = load.interval_ns();
        self.lately += Load::weight() * (self.place - self.lately);
        // What flows bound earlier still take is no time for new flows; the ring adds up whatever the forecast gets wrong.
        let carried = load.carried_ns(ladder.demand(self.lately, |member| load.mean_ns(member)));
        let share = (1.0 + GAIN * (SET - signals.ring_occupancy)).clamp(0.0, MOST);
        let carried = if signals.ring_occupancy > SET { 0.5 * carried } else { 0.0 };
        let budget = (share * interval - carried).max(0.0);
        let wanted = ladder.best(budget, |member| load.mean_ns(member));
        if wanted < self.place - STILL || (wanted == 0.0 && self.place > 0.0) {
            self.place = wanted;
        } else if wanted > self.place + STILL || (wanted == ladder.top() && self.place < wanted) {
            self.place = (self.place + RISE).min(wanted);
        }
        ladder.mix(self.place)
    }
}
