//! The policy that knows the load to come.

use cato_serve::policy::{Ladder, MemberCost, Mix, Policy, Signals};

use super::{CONTROL_NS, SimMember};
use crate::load::{Arrivals, Population};
use crate::pool::Costs;

/// Control intervals that it looks ahead: flows that are bound now have most of their work in them.
const AHEAD: usize = 5;
/// The share of the time that it plans with.
const TARGET: f64 = 1.0;

/// Binds flows by the work that will really come: for every control interval it knows what its packets would cost with
/// every member.
#[derive(Clone, Debug)]
pub struct Oracle {
    ladder: Ladder,
    /// The work of each interval by member, and last where no flow is admitted, in nanoseconds.
    works: Vec<Vec<f64>>,
    at: usize,
}

impl Oracle {
    /// Over members with such costs, for the packets that will come; everything takes `slowdown` times as long.
    #[must_use]
    pub fn new(
        costs: &[MemberCost],
        members: &[SimMember<'_>],
        population: &Population,
        arrivals: &Arrivals,
        slowdown: f64,
    ) -> Self {
        let last = arrivals.events.last().map_or(0, |event| event.time_ns);
        let mut works = vec![vec![0.0; members.len() + 1]; (last / CONTROL_NS + 1) as usize];
        for event in &arrivals.events {
            let Some(arrival) = arrivals.flows.get(event.flow as usize) else { continue };
            let Some(work) = works.get_mut((event.time_ns / CONTROL_NS) as usize) else { continue };
            if let (Some(sum), Some(cheapest)) = (work.last_mut(), members.first()) {
                let Costs { start_ns, absorbed_ns, .. } = cheapest.costs;
                *sum += slowdown * if event.packet == 0 { start_ns } else { absorbed_ns };
            }
            for (sum, member) in work.iter_mut().zip(members) {
                let costs = member.costs;
                *sum += slowdown
                    * match arrival.template.and_then(|at| Some((at, population.flows.get(at as usize)?))) {
                        None => costs.start_ns,
                        Some((template, flow)) => {
                            let seen = member.packets(template, flow);
                            let packet = event.packet as usize;
                            let own = match packet {
                                0 => costs.start_ns,
                                packet if packet < seen => costs.packet_ns,
                                _ => costs.absorbed_ns,
                            };
                            own + if packet + 1 == seen { costs.verdict_ns } else { 0.0 }
                        }
                    };
            }
        }
        Self { ladder: Ladder::new(costs), works, at: 0 }
    }

    fn next(&mut self) -> Mix {
        let ahead = self.works.get(self.at..).unwrap_or(&[]);
        let ahead = ahead.get(..AHEAD).unwrap_or(ahead);
        self.at += 1;
        let demand = |member: Option<u8>| {
            let place = |work: &Vec<f64>| member.map_or(work.len() - 1, usize::from);
            let sum: f64 = ahead.iter().filter_map(|work| work.get(place(work))).sum();
            sum / ahead.len().max(1) as f64
        };
        self.ladder.mix(self.ladder.best(TARGET * CONTROL_NS as f64, demand))
    }
}

impl Policy for Oracle {
    fn name(&self) -> &str {
        "oracle"
    }

    fn start(&self) -> Mix {
        self.clone().next()
    }

    fn decide(&mut self, _: &Signals) -> Mix {
        if self.at == 0 {
            self.at = 1;
        }
        self.next()
    }
}
