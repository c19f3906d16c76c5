//! What the traffic would cost with each member: the load to come, and what members are found to cost as they run.

use super::forecast::Forecast;
use super::{MemberCost, Signals};

/// Weight of an interval in what members are found to cost and in how many packets of a flow they see.
const LEARN: f64 = 0.05;
/// How far what is found may be from what was measured beforehand, as a factor.
const FURTHEST: f64 = 20.0;

/// The running estimate.
#[derive(Clone, Debug)]
pub(super) struct Load {
    members: Vec<Estimate>,
    /// What the packets behind inference points cost, in relation to what was measured beforehand.
    absorbed: f64,
    flows: Forecast,
    packets: Forecast,
    /// The work of an interval as it was done, smoothed, in nanoseconds.
    done_ns: f64,
    interval_ns: f64,
}

/// One member.
#[derive(Clone, Copy, Debug)]
struct Estimate {
    cost: MemberCost,
    /// What it is found to cost in relation to what was measured beforehand.
    factor: f64,
    /// Flows and packets of its own in an interval, smoothed.
    flows: f64,
    packets: f64,
    /// The time that it took in an interval, and the time that it would have taken as measured beforehand, smoothed.
    busy_ns: f64,
    expected_ns: f64,
}

impl Estimate {
    /// Start and verdict of one flow beyond what its packets cost, in nanoseconds.
    fn flow_ns(&self) -> f64 {
        let MemberCost { start_ns, packet_ns, verdict_ns, .. } = self.cost;
        (start_ns - packet_ns).max(0.0) + verdict_ns
    }
}

impl Load {
    pub(super) fn new(costs: &[MemberCost]) -> Self {
        let member = |&cost: &MemberCost| Estimate {
            cost,
            factor: 1.0,
            flows: 0.0,
            packets: 0.0,
            busy_ns: 0.0,
            expected_ns: 0.0,
        };
        Self {
            members: costs.iter().map(member).collect(),
            absorbed: 1.0,
            flows: Forecast::default(),
            packets: Forecast::default(),
            done_ns: 0.0,
            interval_ns: 0.0,
        }
    }

    /// Takes in what an interval showed.
    pub(super) fn note(&mut self, signals: &Signals) {
        self.interval_ns = signals.interval_ns as f64;
        // Of the flows that began only those are known whose first packet was not lost.
        let taken = signals.offered_packets.saturating_sub(signals.lost_packets);
        let whole = signals.offered_packets as f64 / taken.max(1) as f64;
        self.flows.note(signals.new_flows as f64 * whole.max(1.0));
        self.packets.note(signals.offered_packets as f64);
        let busy_ns = signals.busy.clamp(0.0, 1.0) * self.interval_ns;
        self.done_ns += LEARN * (busy_ns - self.done_ns);
        let own: u64 = signals.members.iter().map(|member| member.packets).sum();
        let behind = taken.saturating_sub(own) as f64 * self.absorbed_ns();
        // A step of normalised least mean squares: the factors with which the work done explains the time it took.
        let mut work = Vec::with_capacity(self.members.len());
        for (at, member) in self.members.iter_mut().enumerate() {
            let seen = signals.members.get(at).copied().unwrap_or_default();
            member.flows += LEARN * (seen.flows as f64 - member.flows);
            member.packets += LEARN * (seen.packets as f64 - member.packets);
            let MemberCost { start_ns, packet_ns, verdict_ns, .. } = member.cost;
            let expected = seen.flows as f64 * (start_ns - packet_ns)
                + seen.packets as f64 * packet_ns
                + seen.verdicts as f64 * verdict_ns;
            // Means of both, not the mean of what one is in relation to the other: that of a few flows is chance.
            member.busy_ns += LEARN * (seen.busy_ns as f64 - member.busy_ns);
            member.expected_ns += LEARN * (expected - member.expected_ns);
            if seen.busy_ns > 0 && member.expected_ns > 0.0 {
                member.factor = bounded(member.busy_ns / member.expected_ns);
            }
            work.push(expected);
        }
        let known = signals.members.iter().any(|member| member.busy_ns > 0);
        let norm = behind * behind + work.iter().map(|work| work * work).sum::<f64>();
        if known || norm <= 0.0 {
            return;
        }
        let explained = self.members.iter().zip(&work).map(|(member, work)| member.factor * work).sum::<f64>();
        let step = LEARN * (busy_ns - explained - self.absorbed * behind) / norm;
        self.absorbed = bounded(self.absorbed + step * behind);
        for (member, work) in self.members.iter_mut().zip(&work) {
            member.factor = bounded(member.factor + step * work);
        }
    }

    /// Work of the next interval if every flow were this member's, or if none were admitted, in nanoseconds; most likely it
    /// stays below.
    pub(super) fn demand_ns(&self, member: Option<u8>) -> f64 {
        self.work_ns(member, self.flows.upper(), self.packets.upper())
    }

    /// Nanoseconds of the next interval that work on flows of dearer members, bound earlier, is likely to take beyond what
    /// flows of members bound as `mean_ns` says would: the work done lately less that.
    pub(super) fn carried_ns(&self, mean_ns: f64) -> f64 {
        (self.done_ns - mean_ns).max(0.0)
    }

    /// As [`demand_ns`](Self::demand_ns), without the margin.
    pub(super) fn mean_ns(&self, member: Option<u8>) -> f64 {
        self.work_ns(member, self.flows.mean(), self.packets.mean())
    }

    /// The weight with which intervals enter the work done.
    pub(super) const fn weight() -> f64 {
        LEARN
    }

    /// Length of the last interval in nanoseconds.
    pub(super) fn interval_ns(&self) -> f64 {
        self.interval_ns
    }

    fn work_ns(&self, member: Option<u8>, flows: f64, packets: f64) -> f64 {
        let absorbed_ns = self.absorbed * self.absorbed_ns();
        let Some(member) = member.and_then(|member| self.members.get(usize::from(member))) else {
            // A flow that is not admitted is entered into the table all the same.
            let start_ns = self.members.first().map_or(0.0, |member| member.cost.start_ns);
            return flows * start_ns + absorbed_ns * (packets - flows).max(0.0);
        };
        let most = member.cost.depth.map_or(f64::INFINITY, f64::from);
        // Of few flows the mean says little; until there are enough, flows are taken to be as long as they are now.
        let seen = if member.flows > 0.5 { member.packets / member.flows } else { packets / flows.max(1.0) };
        let own = (flows * seen.min(most)).min(packets);
        member.factor * (flows * member.flow_ns() + own * member.cost.packet_ns) + absorbed_ns * (packets - own)
    }

    fn absorbed_ns(&self) -> f64 {
        self.members.first().map_or(0.0, |member| member.cost.absorbed_ns)
    }
}

fn bounded(factor: f64) -> f64 {
    if factor.is_finite() { factor.clamp(1.0 / FURTHEST, FURTHEST) } else { 1.0 }
}
