//! What flows are worth by their first packet, learnt where the answer is known.

use cato_serve::admission::{Buckets, Observed, WorthError, WorthTable};

use crate::load::Population;

/// Learns the table from flows with the answers of a model that had not learnt from them: for each flow of `population`
/// the class that it was given, where it was given one, and what it cost in nanoseconds. A right answer counts for the more
/// the fewer flows its class has.
///
/// # Errors
/// Those of [`WorthTable::learn`].
pub fn learn(population: &Population, answers: &[(Option<u16>, f64)]) -> Result<WorthTable, WorthError> {
    let destination = |port: u16, other: u16| port.min(other);
    let ports = population.flows.iter().map(|flow| destination(flow.ports[1], flow.ports[0]));
    let buckets = Buckets::of_ports(ports);
    let weights = population.class_weights();
    let observed: Vec<Observed> = population
        .flows
        .iter()
        .zip(answers)
        .filter_map(|(flow, (answer, cost))| {
            let first = flow.packets.first()?;
            Some(Observed {
                bucket: buckets.of_fields(flow.is_tcp(), flow.ports, first.bytes, first.ttl),
                class: usize::from(flow.class),
                correct: (*answer)? == flow.class,
                cost: *cost,
            })
        })
        .collect();
    WorthTable::learn(buckets, observed, &weights)
}
