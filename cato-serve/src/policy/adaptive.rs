//! As good a mix of two neighbouring members as the load to come leaves time for.

use super::load::Load;
use super::{MemberCost, Mix, Policy, Signals, TARGET, share};

/// How much dearer the mix may become in one interval, in members.
const RISE: f64 = 0.05;
/// Changes of the mix that are smaller than this, in members, are not made.
const STILL: f64 = 0.02;

/// Forecasts the load, learns what members cost as they run, and keeps the expected use of the core below a target.
///
/// The mix is a place between 0 and the number of members less one: 1.25 binds a quarter of the flows to member 2 and the
/// others to member 1. It falls at once and rises slowly, as flows that are bound keep their member.
#[derive(Clone, Debug)]
pub struct Adaptive {
    load: Load,
    place: f64,
    /// The place as it was lately, smoothed as the work done is.
    lately: f64,
    admitted: f64,
}

impl Adaptive {
    /// Over members with such costs, in ascending order; begins with the last one.
    #[must_use]
    pub fn new(costs: &[MemberCost]) -> Self {
        let place = costs.len().saturating_sub(1) as f64;
        Self { load: Load::new(costs), place, lately: place, admitted: 1.0 }
    }

    /// The dearest place whose work is within `budget`.
    fn affordable(&self, budget: f64) -> f64 {
        let Some(last) = self.load.members().checked_sub(1) else { return 0.0 };
        for lower in (0..=last).rev() {
            let demand = self.load.demand_ns(lower);
            if demand > budget {
                continue;
            }
            let step = if lower == last { 0.0 } else { self.load.demand_ns(lower + 1) - demand };
            return lower as f64 + if step > 0.0 { ((budget - demand) / step).min(1.0) } else { 0.0 };
        }
        0.0
    }

    /// The work of an interval with the mix at a place, without a margin.
    fn mean_ns(&self, place: f64) -> f64 {
        let (lower, part) = (place.floor() as usize, place.fract());
        let low = self.load.mean_ns(lower);
        if part > 0.0 { low + part * (self.load.mean_ns(lower + 1) - low) } else { low }
    }

    fn mix(&self) -> Mix {
        // There are no more than 256 members.
        let lower = self.place.floor() as u8;
        let part = self.place.fract();
        let upper = if part > 0.0 { lower.saturating_add(1) } else { lower };
        Mix { lower, upper, upper_share: share_of_upper(part), admitted_share: share(self.admitted) }
    }
}

/// No flow goes to the upper member where it is the lower one.
fn share_of_upper(part: f64) -> u32 {
    if part > 0.0 { share(part) } else { 0 }
}

impl Policy for Adaptive {
    fn name(&self) -> &str {
        "adaptive"
    }

    fn start(&self) -> Mix {
        self.mix()
    }

    fn decide(&mut self, signals: &Signals) -> Mix {
        self.load.note(signals);
        let interval = self.load.interval_ns();
        self.lately += Load::weight() * (self.place - self.lately);
        // What flows bound earlier still take, and what waits, is no time for new flows.
        let carried = if signals.ring_occupancy > 0.0 { self.load.carried_ns(self.mean_ns(self.lately)) } else { 0.0 };
        let waiting = signals.ring_occupancy.clamp(0.0, 1.0) * TARGET * interval;
        let budget = (TARGET * interval - 0.5 * carried - waiting).max(0.0);
        let wanted = self.affordable(budget);
        let last = self.load.members().saturating_sub(1) as f64;
        if wanted < self.place - STILL || (wanted == 0.0 && self.place > 0.0) {
            self.place = wanted;
        } else if wanted > self.place + STILL || (wanted == last && self.place < last) {
            self.place = (self.place + RISE).min(wanted);
        }
        let cheapest = self.load.demand_ns(0);
        self.admitted = if cheapest <= budget { 1.0 } else { (budget / cheapest).max(0.0) };
        self.mix()
    }
}
