//! One member, and of the flows as many as it can bear.

use super::load::Load;
use super::{MemberCost, Mix, Policy, Signals, TARGET, share};

/// Binds flows to one member and admits a uniform share of them, that which the member has time for.
#[derive(Clone, Debug)]
pub struct Sample {
    member: u8,
    name: String,
    load: Load,
}

impl Sample {
    /// The member with this number, called `id`, of members with such costs.
    #[must_use]
    pub fn new(member: u8, id: &str, costs: &[MemberCost]) -> Self {
        Self { member, name: format!("sample:{id}"), load: Load::new(costs) }
    }
}

impl Policy for Sample {
    fn name(&self) -> &str {
        &self.name
    }

    fn start(&self) -> Mix {
        Mix::only(self.member)
    }

    fn decide(&mut self, signals: &Signals) -> Mix {
        self.load.note(signals);
        let demand = self.load.demand_ns(Some(self.member));
        let declined = self.load.demand_ns(None);
        let budget = TARGET * self.load.interval_ns();
        let admitted = if demand <= budget { 1.0 } else { (budget - declined) / (demand - declined) };
        Mix { admitted_share: share(admitted), ..Mix::only(self.member) }
    }
}
