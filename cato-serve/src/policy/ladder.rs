//! What can be done with flows, from nothing to the best, without detours.

use super::{MemberCost, Mix, share};

/// The members that are worth mixing, in ascending order of cost, over the rung on which no flow is admitted.
///
/// A mix of two ways to treat flows costs, and brings, the means of what the two do. So of the points (cost, quality) of all
/// members and of admitting none only those on the upper convex hull are of use: any other is beaten by a mix of its
/// neighbours on it. Members that cost more than others and are no better are left out, as are cheap ones whose answers are
/// worth so little that it is better to admit fewer flows to the next.
///
/// A *place* on it says what is done: 0 admits no flow, 1 binds all to the first rung, 1.25 a quarter to the second and the
/// others to the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    members: Vec<u8>,
}

impl Ladder {
    /// The ladder of members with such costs.
    #[must_use]
    pub fn new(costs: &[MemberCost]) -> Self {
        let declined = costs.iter().map(|cost| cost.mean_ns - cost.verdict_ns).fold(f64::INFINITY, f64::min);
        let (mut at, mut members) = ((declined.max(0.0), 0.0), Vec::new());
        loop {
            // From where it is, the steepest way up; of equally steep ones the longest.
            let ahead = costs.iter().zip(0_u8..).filter(|(cost, _)| cost.quality > at.1);
            let slope = |cost: &MemberCost| (cost.quality - at.1) / (cost.mean_ns - at.0).max(f64::MIN_POSITIVE);
            let next =
                ahead.max_by(|(a, _), (b, _)| slope(a).total_cmp(&slope(b)).then(a.quality.total_cmp(&b.quality)));
            let Some((cost, member)) = next else { break };
            at = (cost.mean_ns, cost.quality);
            members.push(member);
        }
        if members.is_empty() && !costs.is_empty() {
            // Of members that are all worth nothing, the first.
            members.push(0);
        }
        Self { members }
    }

    /// The members of its rungs, from the cheapest to the best.
    #[must_use]
    pub fn members(&self) -> &[u8] {
        &self.members
    }

    /// The highest place.
    #[must_use]
    pub fn top(&self) -> f64 {
        self.members.len() as f64
    }

    /// The member of a rung, from 1; `None` for the one on which no flow is admitted.
    fn member(&self, rung: usize) -> Option<u8> {
        rung.checked_sub(1).and_then(|rung| self.members.get(rung).copied())
    }

    /// The highest place whose work is within `budget`, where `demand` is what the flows to come cost with a member, or
    /// where none is admitted.
    pub fn affordable(&self, budget: f64, demand: impl Fn(Option<u8>) -> f64) -> f64 {
        for rung in (0..=self.members.len()).rev() {
            let lower = demand(self.member(rung));
            if lower > budget {
                continue;
            }
            let step = if rung == self.members.len() { 0.0 } else { demand(self.member(rung + 1)) - lower };
            return rung as f64 + if step > 0.0 { ((budget - lower) / step).min(1.0) } else { 0.0 };
        }
        0.0
    }

    /// What a place costs, where `demand` is as in [`affordable`](Self::affordable).
    pub fn demand(&self, place: f64, demand: impl Fn(Option<u8>) -> f64) -> f64 {
        let (rung, part) = (place.floor().clamp(0.0, self.top()) as usize, place.fract());
        let lower = demand(self.member(rung));
        if part > 0.0 { lower + part * (demand(self.member(rung + 1)) - lower) } else { lower }
    }

    /// What a place means for new flows.
    #[must_use]
    pub fn mix(&self, place: f64) -> Mix {
        let place = place.clamp(0.0, self.top());
        let (rung, part) = (place.floor() as usize, place.fract());
        let first = self.member(1).unwrap_or(0);
        match (self.member(rung), self.member(rung + 1)) {
            (None, _) => Mix { admitted_share: share(part), ..Mix::only(first) },
            (Some(lower), Some(upper)) if part > 0.0 => {
                Mix { lower, upper, upper_share: share(part), admitted_share: u32::MAX }
            }
            (Some(lower), _) => Mix::only(lower),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(mean_ns: f64, quality: f64) -> MemberCost {
        MemberCost {
            start_ns: 50.0,
            packet_ns: 1.0,
            absorbed_ns: 1.0,
            verdict_ns: mean_ns - 100.0,
            mean_ns,
            depth: None,
            quality,
        }
    }

    #[test]
    fn only_the_hull_is_climbed() {
        let costs =
            [member(200.0, 0.01), member(300.0, 0.5), member(400.0, 0.55), member(500.0, 0.7), member(900.0, 0.7)];
        let ladder = Ladder::new(&costs);
        assert_eq!(ladder, Ladder { members: vec![1, 3] });
        assert_eq!(ladder.mix(0.25), Mix { admitted_share: share(0.25), ..Mix::only(1) });
        assert_eq!(ladder.mix(1.0), Mix::only(1));
        assert_eq!(ladder.mix(1.5), Mix { lower: 1, upper: 3, upper_share: share(0.5), admitted_share: u32::MAX });
        assert_eq!((ladder.mix(2.0), ladder.mix(7.0)), (Mix::only(3), Mix::only(3)));
    }

    #[test]
    fn places_are_what_they_cost() {
        let ladder = Ladder::new(&[member(300.0, 0.5), member(500.0, 0.7)]);
        let demand = |member: Option<u8>| [100.0, 300.0, 500.0][member.map_or(0, |member| usize::from(member) + 1)];
        for (budget, place) in [(50.0, 0.0), (100.0, 0.0), (200.0, 0.5), (300.0, 1.0), (450.0, 1.75), (900.0, 2.0)] {
            assert_eq!(ladder.affordable(budget, demand), place);
            assert_eq!(ladder.demand(place, demand), budget.clamp(100.0, 500.0));
        }
    }

    #[test]
    fn there_is_always_a_rung_where_there_is_a_member() {
        assert_eq!(Ladder::new(&[member(300.0, 0.0)]).mix(1.0), Mix::only(0));
        assert_eq!(Ladder::new(&[]).top(), 0.0);
    }
}
