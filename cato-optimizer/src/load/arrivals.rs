//! Packets in the order in which they come.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::timeline::{STEP_NS, exponential};
use super::{Population, Timeline};

/// One packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it comes, in nanoseconds from the beginning.
    pub time_ns: u64,
    /// The arrival that it belongs to, by number.
    pub flow: u32,
    /// Which packet of its flow, counted from 0.
    pub packet: u32,
}

/// A flow that begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Which flow of the population it is a copy of; `None` for a SYN of a flood.
    pub template: Option<u32>,
    /// When its first packet comes, in nanoseconds from the beginning.
    pub start_ns: u64,
}

/// All packets of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrivals {
    /// The flows in the order in which they begin.
    pub flows: Vec<Arrival>,
    /// Their packets in the order in which they come; every flow goes on to its end.
    pub events: Vec<Event>,
    /// When the last flow may begin, in nanoseconds.
    pub length_ns: u64,
}

impl Arrivals {
    /// Flows of `population` that begin independently of each other (a Poisson process) at the rate of `timeline`, whose
    /// unit are `unit` flows a second, and whose gaps between packets are `speed` times shorter than they were.
    #[must_use]
    pub fn new(population: &Population, timeline: &Timeline, unit: f64, speed: f64, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut flows = begin(&timeline.flows, unit, &mut rng);
        let templates = u32::try_from(population.flows.len()).unwrap_or(u32::MAX);
        if templates == 0 {
            flows.clear();
        }
        for flow in &mut flows {
            flow.template = Some(rng.random_range(0..templates));
        }
        flows.extend(begin(&timeline.flood, unit, &mut rng));
        flows.sort_by_key(|flow| flow.start_ns);
        let mut events = Vec::new();
        for (number, flow) in (0_u32..).zip(&flows) {
            let template = flow.template.and_then(|template| population.flows.get(template as usize));
            let Some(template) = template else {
                events.push(Event { time_ns: flow.start_ns, flow: number, packet: 0 });
                continue;
            };
            events.extend((0_u32..).zip(&template.packets).map(|(packet, record)| {
                let since = (record.time_ns as f64 / speed) as u64;
                Event { time_ns: flow.start_ns.saturating_add(since), flow: number, packet }
            }));
        }
        events.sort_unstable_by_key(|event| (event.time_ns, event.flow, event.packet));
        Self { flows, events, length_ns: timeline.length_ns() }
    }
}

/// Flows that begin at the rates of the steps.
fn begin(loads: &[f64], unit: f64, rng: &mut ChaCha8Rng) -> Vec<Arrival> {
    let mut flows = Vec::new();
    for (step, load) in (0_u64..).zip(loads).filter(|(_, load)| **load > 0.0) {
        let gap_ns = 1e9 / (load * unit);
        let mut since = 0.0;
        // Without memory: the time that is left at the end of a step says nothing of the next one.
        loop {
            since += gap_ns * exponential(rng);
            if since >= STEP_NS as f64 {
                break;
            }
            flows.push(Arrival { template: None, start_ns: step * STEP_NS + since as u64 });
        }
    }
    flows
}

#[cfg(test)]
mod tests {
    use cato_codegen::record::PacketRecord;
    use cato_runtime::FlowSettings;

    use super::super::FlowTemplate;
    use super::*;

    fn population() -> Population {
        let packet = |time_ns| PacketRecord { time_ns, bytes: 60, winsize: 1, ttl: 64, flags: 2, from_source: true };
        let flow = |class, times: &[u64]| FlowTemplate {
            class,
            protocol: 6,
            ports: [40_000, 443],
            packets: times.iter().copied().map(packet).collect(),
            closes: false,
        };
        let flows = vec![flow(0, &[0, 6_000_000_000]), flow(1, &[0])];
        Population { flows, labels: vec!["a".into(), "b".into()], settings: FlowSettings::default() }
    }

    #[test]
    fn flows_begin_at_the_rate_and_go_on_faster() {
        let timeline = Timeline::new(&"constant:2".parse().unwrap(), 1);
        let arrivals = Arrivals::new(&population(), &timeline, 1_000.0, 60.0, 5);
        assert!(arrivals.flows.len().abs_diff(10_000) < 400, "{}", arrivals.flows.len());
        assert!(arrivals.flows.is_sorted_by_key(|flow| flow.start_ns));
        assert!(arrivals.events.is_sorted_by_key(|event| event.time_ns));
        let of = |template| arrivals.flows.iter().filter(|flow| flow.template == Some(template)).count();
        assert!(of(0).abs_diff(of(1)) < 400);
        assert_eq!(arrivals.events.len(), 2 * of(0) + of(1));
        let second = arrivals.events.iter().find(|event| event.packet == 1).unwrap();
        assert_eq!(second.time_ns - arrivals.flows[second.flow as usize].start_ns, 100_000_000);
        assert_eq!(arrivals, Arrivals::new(&population(), &timeline, 1_000.0, 60.0, 5));
        assert_ne!(arrivals, Arrivals::new(&population(), &timeline, 1_000.0, 60.0, 6));
    }

    #[test]
    fn a_flood_has_no_template_and_no_load_no_flow() {
        let timeline = Timeline::new(&"syn-flood".parse().unwrap(), 1);
        let arrivals = Arrivals::new(&population(), &timeline, 100.0, 60.0, 5);
        let flood = arrivals.flows.iter().filter(|flow| flow.template.is_none()).count();
        assert!(flood.abs_diff(5_000) < 300, "{flood}");
        let none = Timeline { flows: vec![0.0; 10], flood: vec![0.0; 10] };
        assert!(Arrivals::new(&population(), &none, 100.0, 60.0, 5).events.is_empty());
    }
}
