//! Policies by name.

use anyhow::Context as _;
use cato_serve::policy::{Adaptive, Fixed, MemberCost, Policy, Sample, Threshold};

use crate::cli::PolicyName;

/// The policy of this name over the members with these ids and costs.
pub(super) fn policy(name: &PolicyName, ids: &[&str], costs: &[MemberCost]) -> anyhow::Result<Box<dyn Policy>> {
    let number = |id: &str| {
        let place = ids.iter().position(|known| *known == id);
        let place = place.and_then(|place| u8::try_from(place).ok());
        place.with_context(|| format!("the pool has no member {id}; it has {}", ids.join(", ")))
    };
    Ok(match name {
        PolicyName::Static(id) => Box::new(Fixed::new(number(id)?, id)),
        PolicyName::Threshold => Box::new(Threshold::new(u8::try_from(ids.len())?)),
        PolicyName::Adaptive => Box::new(Adaptive::new(costs)),
        PolicyName::Sample(id) => Box::new(Sample::new(number(id)?, id, costs)),
    })
}
