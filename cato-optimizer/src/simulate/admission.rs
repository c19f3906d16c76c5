//! Which flows are admitted where not all can be.

use cato_serve::admission::{Admitter, Buckets, WorthTable};

use super::SimMember;
use crate::load::Population;

/// How flows are chosen where not all can be admitted.
#[derive(Clone, Debug)]
pub enum Admission {
    /// All alike.
    Uniform,
    /// By what is known of them at their first packet.
    Worth(WorthTable),
    /// By what they will be answered: those that a member answers rightly, those first that are worth most per cost.
    Oracle {
        /// The member that answers.
        member: usize,
        /// What a right answer is worth, by class.
        weights: Vec<f64>,
    },
}

/// What is admitted now.
#[derive(Debug)]
pub(super) struct Gate {
    /// The bucket of each flow of the population; for the oracle each flow is its own.
    buckets: Vec<usize>,
    /// The bucket of a flood's SYNs.
    flood: usize,
    admitter: Option<Admitter>,
    oracle: Option<Ranked>,
    shares: Vec<f64>,
    affordable: f64,
    /// Flows that began in this interval, by bucket.
    began: Vec<u64>,
}

/// Flows in the order in which the oracle admits them, with what they cost.
#[derive(Debug)]
struct Ranked {
    order: Vec<usize>,
    costs: Vec<f64>,
    right: Vec<bool>,
}

impl Gate {
    pub(super) fn new(admission: &Admission, population: &Population, members: &[SimMember<'_>]) -> Self {
        let flows = &population.flows;
        let (buckets, flood, admitter, oracle, count) = match admission {
            Admission::Uniform => (vec![0; flows.len()], 0, None, None, 1),
            Admission::Worth(table) => {
                let buckets: Vec<usize> = flows
                    .iter()
                    .map(|flow| {
                        let first = flow.packets.first();
                        let (bytes, ttl) = first.map_or((0, 0), |packet| (packet.bytes, packet.ttl));
                        table.buckets().of_fields(flow.is_tcp(), flow.ports, bytes, ttl)
                    })
                    .collect();
                let flood = table.buckets().of_fields(true, [1_024, 80], 40, 64);
                (buckets, flood, Some(Admitter::new(table.clone())), None, Buckets::COUNT)
            }
            Admission::Oracle { member, weights } => {
                let ranked = Ranked::new(population, members.get(*member), weights);
                ((0..flows.len()).collect(), flows.len(), None, Some(ranked), flows.len() + 1)
            }
        };
        Self { buckets, flood, admitter, oracle, shares: vec![1.0; count], affordable: 1.0, began: vec![0; count] }
    }

    /// A control interval is over; from now on such a share of the flows can be admitted.
    pub(super) fn set(&mut self, affordable: f64) {
        self.affordable = affordable;
        match (&mut self.admitter, &self.oracle) {
            (Some(admitter), _) => self.shares = admitter.shares(&self.began, affordable),
            (None, Some(ranked)) => self.shares = ranked.shares(affordable, self.shares.len()),
            (None, None) => self.shares.fill(affordable),
        }
        self.began.fill(0);
    }

    /// Whether a flow that begins now is admitted, where `draw` is its lot, from 0 to 1.
    pub(super) fn admits(&mut self, template: Option<u32>, draw: f64) -> bool {
        let bucket = template.map_or(self.flood, |template| self.buckets.get(template as usize).copied().unwrap_or(0));
        if let Some(began) = self.began.get_mut(bucket) {
            *began += 1;
        }
        draw < self.shares.get(bucket).copied().unwrap_or(self.affordable)
    }
}

impl Ranked {
    fn new(population: &Population, member: Option<&SimMember<'_>>, weights: &[f64]) -> Self {
        let mut costs = Vec::new();
        let mut densities = Vec::new();
        let mut right = Vec::new();
        for (template, flow) in (0_u32..).zip(&population.flows) {
            let cost = member.map_or(1.0, |member| member.flow_ns(template, flow));
            let is_right = member.is_some_and(|member| member.class(template) == flow.class);
            let weight = weights.get(usize::from(flow.class)).copied().unwrap_or(1.0);
            costs.push(cost);
            right.push(is_right);
            densities.push(if is_right { weight / cost } else { 0.0 });
        }
        let mut order: Vec<usize> = (0..costs.len()).collect();
        order.sort_by(|a, b| densities[*b].total_cmp(&densities[*a]));
        Self { order, costs, right }
    }

    /// The share of each flow that is admitted, of `count` places, where all flows of the population come equally often.
    fn shares(&self, affordable: f64, count: usize) -> Vec<f64> {
        let mut shares = vec![0.0; count];
        let mut left = affordable * self.costs.iter().sum::<f64>();
        for &flow in &self.order {
            if !self.right[flow] && affordable < 1.0 {
                break;
            }
            let part = (left / self.costs[flow]).clamp(0.0, 1.0);
            left -= part * self.costs[flow];
            shares[flow] = part;
        }
        if affordable >= 1.0 {
            shares.fill(1.0);
        }
        shares
    }
}
