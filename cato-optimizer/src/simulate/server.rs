//! The simulation, packet by packet.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use cato_serve::policy::{MemberSignals, Mix, Policy, Signals};

use super::admission::Gate;
use super::flow::{Flow, Phase, closers_seen};
use super::lots::{draws, share};
use super::{Admission, CONTROL_NS, SimMember, Tally, Verdict};
use crate::load::{Arrivals, Event, FlowTemplate, Population};

/// What is simulated.
pub struct Simulation<'a, 'm> {
    /// The flows that arrivals are copies of.
    pub population: &'a Population,
    /// The packets that come.
    pub arrivals: &'a Arrivals,
    /// The pool.
    pub members: &'a mut [SimMember<'m>],
    /// Packets that may wait.
    pub ring: usize,
    /// How many times as long everything takes as was measured.
    pub slowdown: f64,
    /// How many times as fast as they were captured flows go on.
    pub speed: f64,
    /// Lots are drawn by it.
    pub seed: u64,
}

/// Runs a policy over all arrivals, until every packet has been worked on and every flow has ended.
#[must_use]
pub fn simulate(simulation: Simulation<'_, '_>, policy: &mut dyn Policy, admission: &Admission) -> Tally {
    let gate = Gate::new(admission, simulation.population, simulation.members);
    let mut worker = Worker {
        flows: vec![Flow::new(); simulation.arrivals.flows.len()],
        tally: Tally::new(simulation.arrivals),
        interval: Signals {
            interval_ns: CONTROL_NS,
            members: vec![MemberSignals::default(); simulation.members.len()],
            ..Signals::default()
        },
        waiting: VecDeque::with_capacity(simulation.ring),
        silent: BinaryHeap::new(),
        mix: policy.start(),
        gate,
        free_ns: 0.0,
        worked_ns: 0.0,
        worked_before_ns: 0.0,
        simulation,
    };
    worker.admit();
    let arrivals = worker.simulation.arrivals;
    let mut control_ns = CONTROL_NS;
    for event in &arrivals.events {
        while event.time_ns >= control_ns {
            worker.work_until(control_ns as f64);
            worker.control(control_ns, policy);
            control_ns += CONTROL_NS;
        }
        worker.work_until(event.time_ns as f64);
        worker.arrive(*event);
    }
    // What waits is worked on, and the flows that are left end with the input.
    worker.work_until(f64::INFINITY);
    worker.end_input();
    worker.tally
}

struct Worker<'a, 'm> {
    simulation: Simulation<'a, 'm>,
    flows: Vec<Flow>,
    tally: Tally,
    /// What this control interval shows.
    interval: Signals,
    waiting: VecDeque<Event>,
    /// Open flows by the time at which they will have been silent for too long, if no packet comes.
    silent: BinaryHeap<Reverse<(u64, u32)>>,
    mix: Mix,
    gate: Gate,
    /// When the core has done what it has begun.
    free_ns: f64,
    /// How long it has worked, and up to the last interval.
    worked_ns: f64,
    worked_before_ns: f64,
}

impl<'a> Worker<'a, '_> {
    fn template(&self, flow: u32) -> Option<(u32, &'a FlowTemplate)> {
        let template = self.simulation.arrivals.flows.get(flow as usize)?.template?;
        Some((template, self.simulation.population.flows.get(template as usize)?))
    }

    /// A packet comes to the ring.
    fn arrive(&mut self, event: Event) {
        let full = self.waiting.len() >= self.simulation.ring;
        self.tally.packet(event.time_ns, full);
        if full {
            self.interval.lost_packets += 1;
            self.interval.offered_packets += 1;
            if let Some(flow) = self.flows.get_mut(event.flow as usize) {
                flow.lose(event.packet);
            }
        } else {
            self.waiting.push_back(event);
        }
    }

    /// Works on what waits until a time.
    fn work_until(&mut self, now_ns: f64) {
        while self.free_ns <= now_ns {
            let Some(event) = self.waiting.pop_front() else { break };
            let begin = self.free_ns.max(event.time_ns as f64);
            // Flows that have been silent for too long get their verdicts before the next packet.
            let begin = self.end_silent(begin);
            let took = self.perform(event, begin) * self.simulation.slowdown;
            self.worked_ns += took;
            self.free_ns = begin + took;
        }
        if self.waiting.is_empty() && now_ns.is_finite() {
            let begin = self.free_ns.max(now_ns);
            if self.silent.peek().is_some_and(|Reverse((time, _))| *time as f64 <= begin) {
                self.free_ns = self.end_silent(begin);
            }
        }
    }

    /// What a packet costs, in nanoseconds; what it answers is noted.
    fn perform(&mut self, event: Event, begin: f64) -> f64 {
        self.interval.offered_packets += 1;
        let number = event.flow as usize;
        let template = self.template(event.flow);
        let phase = self.flows.get(number).map_or(Phase::Answered, |flow| flow.phase);
        let mut cost = match phase {
            Phase::Unseen => {
                let require_syn = self.simulation.population.settings.require_syn;
                let may_start =
                    template.is_none_or(|(_, template)| template.may_start(event.packet as usize, require_syn));
                if !may_start {
                    self.flows[number].lose(event.packet);
                    return self.absorbed_ns();
                }
                self.start(event, template)
            }
            Phase::Open => {
                let member = usize::from(self.flows[number].member);
                self.interval.members[member].packets += 1;
                self.simulation.members[member].costs.packet_ns
            }
            Phase::Declined | Phase::Answered => return self.absorbed_ns(),
        };
        let flow = &mut self.flows[number];
        if flow.phase != Phase::Open {
            return cost;
        }
        flow.seen += 1;
        flow.last_ns = event.time_ns;
        let member = usize::from(flow.member);
        if let Some((at, template)) = template {
            cost += self.ask(event, at, template, begin, cost);
        }
        // The flow's own cost, but not what the core waited for.
        self.interval.members[member].busy_ns += (cost * self.simulation.slowdown) as u64;
        cost
    }

    /// A flow begins.
    fn start(&mut self, event: Event, template: Option<(u32, &FlowTemplate)>) -> f64 {
        self.interval.new_flows += 1;
        let [to_admit, to_bind] = draws(self.simulation.seed, event.flow);
        if !self.gate.admits(template.map(|(at, _)| at), to_admit) {
            self.flows[event.flow as usize].phase = Phase::Declined;
            self.tally.declined += 1;
            return self.simulation.members.first().map_or(0.0, |member| member.costs.start_ns);
        }
        let upper = to_bind < share(self.mix.upper_share);
        let member = if upper { self.mix.upper } else { self.mix.lower };
        let flow = &mut self.flows[event.flow as usize];
        (flow.phase, flow.member) = (Phase::Open, member);
        self.tally.members[event.flow as usize] = Some(member);
        self.interval.members[usize::from(member)].flows += 1;
        self.interval.members[usize::from(member)].packets += 1;
        let timeout_ns = match template {
            Some((_, template)) => self.simulation.population.timeout_ns(template),
            None => self.simulation.population.settings.tcp_timeout_ns,
        };
        let end = event.time_ns.saturating_add((timeout_ns as f64 / self.simulation.speed) as u64);
        self.silent.push(Reverse((end, event.flow)));
        self.simulation.members[usize::from(member)].costs.start_ns
    }

    /// Asks the flow's member where it is due; what that costs beside the packet, which cost `packet_ns`.
    fn ask(&mut self, event: Event, at: u32, template: &FlowTemplate, begin: f64, packet_ns: f64) -> f64 {
        let flow = &mut self.flows[event.flow as usize];
        let member = &mut self.simulation.members[usize::from(flow.member)];
        let stage = usize::from(flow.stage);
        let due = member.depths.get(stage).is_some_and(|depth| flow.seen == *depth);
        // Where a packet that ends it is lost, the flow does not end but by time.
        let last = event.packet as usize + 1 == template.packets.len();
        let ended = last && template.closes && closers_seen(template, &flow.lost);
        if !due && !ended {
            return 0.0;
        }
        let said = if flow.lost.is_empty() {
            member.said(at)
        } else {
            member.said_of_damaged(at, template, stage, ended, flow.seen, &flow.lost)
        };
        let verdict_ns = member.costs.verdict_ns;
        self.interval.members[usize::from(flow.member)].verdicts += 1;
        if ended || said.stage <= stage {
            let took = (packet_ns + verdict_ns) * self.simulation.slowdown;
            let latency = begin + took - event.time_ns as f64;
            flow.phase = Phase::Answered;
            self.tally.verdicts[event.flow as usize] =
                Some(Verdict { class: said.class, latency_ns: Some(latency.max(0.0) as u64) });
        } else {
            flow.stage += 1;
        }
        verdict_ns
    }

    /// Gives verdicts to flows that have been silent for too long; when that is done.
    fn end_silent(&mut self, mut now_ns: f64) -> f64 {
        while let Some(&Reverse((time, number))) = self.silent.peek()
            && time as f64 <= now_ns
        {
            self.silent.pop();
            let Some(flow) = self.flows.get(number as usize).filter(|flow| flow.phase == Phase::Open) else { continue };
            let timeout_ns = match self.template(number) {
                Some((_, template)) => self.simulation.population.timeout_ns(template),
                None => self.simulation.population.settings.tcp_timeout_ns,
            };
            let end = flow.last_ns.saturating_add((timeout_ns as f64 / self.simulation.speed) as u64);
            if end > time {
                self.silent.push(Reverse((end, number)));
                continue;
            }
            let member = usize::from(flow.member);
            let took = self.simulation.members[member].costs.verdict_ns * self.simulation.slowdown;
            self.interval.members[member].busy_ns += took as u64;
            self.interval.members[member].verdicts += 1;
            self.worked_ns += took;
            now_ns += took;
            self.conclude(number);
        }
        now_ns
    }

    /// The verdict of a flow that ends without a packet that ends it.
    fn conclude(&mut self, number: u32) {
        let template = self.template(number);
        let Some(flow) = self.flows.get_mut(number as usize) else { return };
        flow.phase = Phase::Answered;
        let Some((at, template)) = template else { return };
        let member = &mut self.simulation.members[usize::from(flow.member)];
        let said = if flow.lost.is_empty() {
            member.said(at)
        } else {
            member.said_of_damaged(at, template, usize::from(flow.stage), true, flow.seen, &flow.lost)
        };
        self.tally.verdicts[number as usize] = Some(Verdict { class: said.class, latency_ns: None });
    }

    fn end_input(&mut self) {
        let open = (0_u32..).zip(&self.flows).filter(|(_, flow)| flow.phase == Phase::Open);
        for number in open.map(|(number, _)| number).collect::<Vec<_>>() {
            self.conclude(number);
        }
    }

    /// A control interval is over.
    fn control(&mut self, now_ns: u64, policy: &mut dyn Policy) {
        // What has begun and is not over belongs to the next interval.
        let worked = self.worked_ns - (self.free_ns - now_ns as f64).max(0.0);
        let busy = (worked - self.worked_before_ns) / CONTROL_NS as f64;
        self.worked_before_ns = worked;
        self.interval.busy = busy.clamp(0.0, 1.0);
        self.interval.ring_occupancy = self.waiting.len() as f64 / self.simulation.ring.max(1) as f64;
        self.mix = policy.decide(&self.interval);
        self.admit();
        if now_ns <= self.simulation.arrivals.length_ns {
            let upper = self.mix.upper_share > u32::MAX / 2;
            self.tally.decided.push(if upper { self.mix.upper } else { self.mix.lower });
        }
        let members = std::mem::take(&mut self.interval.members);
        self.interval = Signals {
            interval_ns: CONTROL_NS,
            members: vec![MemberSignals::default(); members.len()],
            ..Signals::default()
        };
    }

    fn admit(&mut self) {
        self.gate.set(share(self.mix.admitted_share));
    }

    fn absorbed_ns(&self) -> f64 {
        self.simulation.members.first().map_or(0.0, |member| member.costs.absorbed_ns)
    }
}
