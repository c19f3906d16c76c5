//! What can be done with flows, from nothing to the best, without detours.

use super::{MemberCost, Mix, share};

/// How much worse answers are taken to be where there is more to do than time: by this power of the share of the work that
/// is done. Packets are then lost wherever they happen to be, and flows are lost with them or answered on what is left.
const HARM: i32 = 3;
/// Places between two rungs that are looked at where not even turning flows away fits in.
const BETWEEN: u32 = 20;

/// The members that are worth mixing, in ascending order of cost, over the rung on which no flow is admitted.
///
/// A mix of two ways to treat flows costs, and brings, the means of what the two do. So of the points (cost, quality) of all
/// members and of admitting none only those on the upper convex hull are of use: any other is beaten by a mix of its
/// neighbours on it. Members that cost more than others and are no better are left out, as are cheap ones whose answers are
/// worth so little that it is better to admit fewer flows to the next.
///
/// A *place* on it says what is done: 0 admits no flow, 1 binds all to the first rung, 1.25 a quarter to the second and the
/// others to the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Ladder {
    members: Vec<u8>,
    qualities: Vec<f64>,
}

impl Ladder {
    /// The ladder of members with such costs.
    #[must_use]
    pub fn new(costs: &[MemberCost]) -> Self {
        let declined = costs.iter().map(|cost| cost.mean_ns - cost.verdict_ns).fold(f64::INFINITY, f64::min);
        let (mut at, mut members, mut qualities) = ((declined.max(0.0), 0.0), Vec::new(), Vec::new());
        loop {
            // From where it is, the steepest way up; of equally steep ones the longest.
            let ahead = costs.iter().zip(0_u8..).filter(|(cost, _)| cost.quality > at.1);
            let slope = |cost: &MemberCost| (cost.quality - at.1) / (cost.mean_ns - at.0).max(f64::MIN_POSITIVE);
            let next =
                ahead.max_by(|(a, _), (b, _)| slope(a).total_cmp(&slope(b)).then(a.quality.total_cmp(&b.quality)));
            let Some((cost, member)) = next else { break };
            at = (cost.mean_ns, cost.quality);
            members.push(member);
            qualities.push(cost.quality);
        }
        if members.is_empty() && !costs.is_empty() {
            // Of members that are all worth nothing, the first.
            members.push(0);
            qualities.push(0.0);
        }
        Self { members, qualities }
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

    /// The best place where there is time for work of `budget`, and `demand` is what the flows to come cost with a member,
    /// or where none is admitted: the highest that fits in. Where turning flows away takes so long by itself that answers
    /// suffer less from some loss of packets, one that does not fit in.
    pub fn best(&self, budget: f64, demand: impl Fn(Option<u8>) -> f64) -> f64 {
        let fitting = self.affordable(budget, &demand);
        let value = |place: f64| {
            let done = (budget / self.demand(place, &demand).max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
            self.quality(place) * done.powi(HARM)
        };
        // Only below the first rung flows are turned away.
        if fitting >= 1.0 {
            return fitting;
        }
        let places = (1..=BETWEEN).map(|part| f64::from(part) / f64::from(BETWEEN)).filter(|place| *place > fitting);
        places
            .fold((fitting, value(fitting)), |best, place| {
                let value = value(place);
                if value > best.1 { (place, value) } else { best }
            })
            .0
    }

    /// The highest place whose work is within `budget`, where `demand` is as in [`best`](Self::best).
    fn affordable(&self, budget: f64, demand: impl Fn(Option<u8>) -> f64) -> f64 {
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

    /// What answers are worth at a place, where all flows are answered that are admitted.
    fn quality(&self, place: f64) -> f64 {
        let of = |rung: usize| rung.checked_sub(1).and_then(|rung| self.qualities.get(rung).copied()).unwrap_or(0.0);
        let (rung, part) = (place.floor().clamp(0.0, self.top()) as usize, place.fract());
        if part > 0.0 { of(rung) + part * (of(rung + 1) - of(rung)) } else { of(rung) }
    }

    /// What a place costs, where `demand` is as in [`best`](Self::best).
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
        assert_eq!((ladder.members(), ladder.qualities.as_slice()), (&[1, 3][..], &[0.5, 0.7][..]));
        assert_eq!(ladder.mix(0.25), Mix { admitted_share: share(0.25), ..Mix::only(1) });
        assert_eq!(ladder.mix(1.0), Mix::only(1));
        assert_eq!(ladder.mix(1.5), Mix { lower: 1, upper: 3, upper_share: share(0.5), admitted_share: u32::MAX });
        assert_eq!((ladder.mix(2.0), ladder.mix(7.0)), (Mix::only(3), Mix::only(3)));
    }

    #[test]
    fn places_are_what_they_cost() {
        let ladder = Ladder::new(&[member(300.0, 0.5), member(500.0, 0.7)]);
        let demand = |member: Option<u8>| [100.0, 300.0, 500.0][member.map_or(0, |member| usize::from(member) + 1)];
        for (budget, place) in [(100.0, 0.0), (200.0, 0.5), (300.0, 1.0), (450.0, 1.75), (900.0, 2.0)] {
            assert_eq!(ladder.affordable(budget, demand), place);
            assert_eq!(ladder.demand(place, demand), budget.clamp(100.0, 500.0));
        }
        assert_eq!((ladder.best(250.0, demand), ladder.best(450.0, demand)), (0.75, 1.75));
        assert!(ladder.best(100.0, demand) > 0.1, "to turn all flows away is to answer none");
    }

    #[test]
    fn there_is_always_a_rung_where_there_is_a_member() {
        assert_eq!(Ladder::new(&[member(300.0, 0.0)]).mix(1.0), Mix::only(0));
        assert_eq!(Ladder::new(&[]).top(), 0.0);
    }
}
