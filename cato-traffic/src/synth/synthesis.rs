//! Many flows as one capture.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::net::SocketAddr;

use super::address::{Hosts, Neighbourhood, Position};
use super::error::Error;
use super::flow::{Flow, Setting};
use super::frame::Framing;
use super::packet::Packet;
use super::profile::{Kind, Profile, Transport};
use super::random::FlowRandom;

/// Frames of many flows in order of time. Memory grows with the number of flows that are under way at the same time,
/// and by one [`LabelRow`] for each flow.
#[derive(Debug)]
pub struct Synthesis<'p> {
    profile: &'p Profile,
    seed: u64,
    flows: u64,
    neighbourhood: Neighbourhood,
    /// The next flow that is not a successor of another: when it starts, and its random numbers.
    upcoming: Option<(u64, FlowRandom)>,
    /// Flows numbered up to now.
    started: u64,
    active: BinaryHeap<Active<'p>>,
    rows: Vec<(u64, LabelRow)>,
    frame: Vec<u8>,
    scratch: Vec<u8>,
}

/// One synthetic frame: Ethernet II, whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntheticFrame<'a> {
    /// Nanoseconds since the unix epoch.
    pub time_ns: u64,
    /// The frame's bytes, without frame check sequence.
    pub data: &'a [u8],
}

/// The truth about one flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelRow {
    /// Whether the flow is UDP; else it is TCP.
    pub udp: bool,
    /// The end that opened the flow.
    pub client: SocketAddr,
    /// The other end.
    pub server: SocketAddr,
    /// Time of the first frame, in ns since the unix epoch.
    pub first_ns: u64,
    /// Time of the last frame, in ns since the unix epoch.
    pub last_ns: u64,
    /// Frames of the flow.
    pub packets: u64,
    /// The flow's class.
    pub label: String,
}

/// Makes `flows` flows by `profile`; equal arguments give equal bytes on every machine.
///
/// # Errors
/// [`Error::TooManyFlows`] where the profile's clients have too few ports.
pub fn generate(profile: &Profile, flows: usize, seed: u64) -> Result<Synthesis<'_>, Error> {
    let stacks = profile.stacks.len() as u32;
    let neighbourhood = Neighbourhood { clients: profile.clients, stacks };
    let span = |ports: (u16, u16)| u64::from(ports.1 - ports.0) + 1;
    let fewest = profile.stacks.iter().map(|stack| span(stack.ports)).min().unwrap_or(1);
    let most = neighbourhood.most_flows(fewest);
    if flows as u64 > most {
        return Err(Error::TooManyFlows { flows, most });
    }
    let mut synthesis = Synthesis {
        profile,
        seed,
        flows: flows as u64,
        neighbourhood,
        upcoming: None,
        started: 0,
        active: BinaryHeap::new(),
        rows: Vec::new(),
        frame: Vec::new(),
        scratch: Vec::new(),
    };
    synthesis.upcoming = synthesis.arrival(profile.start_ns);
    Ok(synthesis)
}

impl<'p> Synthesis<'p> {
    /// The next frame; `None` when all flows are over.
    pub fn next_frame(&mut self) -> Option<SyntheticFrame<'_>> {
        self.start_due();
        let mut earliest = self.active.peek_mut()?;
        let time_ns = earliest.time_ns - earliest.time_ns % self.profile.clock_ns;
        let Active { packet, state, .. } = &mut *earliest;
        state.framing.write(packet, &mut self.frame, &mut self.scratch);
        state.row.packets += 1;
        state.row.last_ns = time_ns;
        match state.flow.next() {
            Some((time_ns, packet)) => {
                earliest.time_ns = time_ns;
                earliest.packet = packet;
            }
            None => {
                let Active { time_ns, state, .. } = PeekMut::pop(earliest);
                self.finish(*state, time_ns);
            }
        }
        Some(SyntheticFrame { time_ns, data: &self.frame })
    }

    /// The truth about the flows that are over, in order of their start. All flows are when there is no next frame.
    #[must_use]
    pub fn into_labels(mut self) -> Vec<LabelRow> {
        self.rows.sort_by_key(|(number, row)| (row.first_ns, *number));
        self.rows.into_iter().map(|(_, row)| row).collect()
    }

    /// Starts every flow that may have a frame before those that are under way.
    fn start_due(&mut self) {
        while let Some((start, _)) = &self.upcoming
            && self.active.peek().is_none_or(|earliest| *start <= earliest.time_ns)
        {
            let Some((start, mut random)) = self.draw_upcoming() else { return };
            let draw = self.draw(&mut random);
            self.start(start, draw, random);
        }
    }

    /// Gives the flow that was upcoming, and draws when the one after it starts.
    fn draw_upcoming(&mut self) -> Option<(u64, FlowRandom)> {
        let due = self.upcoming.take()?;
        self.started += 1;
        self.upcoming = self.arrival(due.0);
        Some(due)
    }

    /// When the next flow starts if the one before it started at `before`; `None` when there are enough.
    fn arrival(&self, before: u64) -> Option<(u64, FlowRandom)> {
        (self.started < self.flows).then(|| {
            let mut random = FlowRandom::new(self.seed, self.started);
            let gap = self.profile.gap_ms.milliseconds(&mut random);
            (before.saturating_add(gap), random)
        })
    }

    /// Draws what a flow is like, and its addresses.
    fn draw(&self, random: &mut FlowRandom) -> Draw {
        let kind = *self.profile.mix.pick(random);
        let Kind { client, server, access, port, ipv6, .. } = &self.profile.kinds[kind];
        let [client, server, access] = [client, server, access].map(|choices| *choices.pick(random));
        let ipv6 = random.chance(*ipv6);
        let position = Position {
            // The flow has been counted.
            flow: self.started - 1,
            stack: client as u32,
            ports: self.profile.stacks[client].ports,
            kind: kind as u32,
            server_port: *port.pick(random),
            ipv6,
        };
        let hosts = self.neighbourhood.hosts(&position, self.seed, random);
        Draw { kind, client, server, access, ipv6, hosts }
    }

    fn start(&mut self, start: u64, draw: Draw, mut random: FlowRandom) {
        let profile = self.profile;
        let kind = &profile.kinds[draw.kind];
        let setting = Setting {
            kind,
            access: &profile.accesses[draw.access],
            client: &profile.stacks[draw.client],
            server: &profile.stacks[draw.server],
            ipv6: draw.ipv6,
        };
        let ttl = setting.ttl(&mut random);
        let framing = Framing::new(draw.hosts, ttl, &mut random);
        let mut flow = Flow::new(profile, &setting, start, random);
        // Every flow has a first frame: the first packet always reaches the capture point.
        let Some((time_ns, packet)) = flow.next() else { return };
        let [client, server] = draw.hosts.map(|host| SocketAddr::new(host.address, host.port));
        let first_ns = time_ns - time_ns % profile.clock_ns;
        let row = LabelRow {
            udp: kind.transport != Transport::Tcp,
            client,
            server,
            first_ns,
            last_ns: first_ns,
            packets: 0,
            label: kind.label.clone(),
        };
        let state = Box::new(State { number: self.started - 1, draw, flow, framing, row });
        self.active.push(Active { time_ns, packet, state });
    }

    /// Notes a flow's label, and starts its successor where its ports are used again.
    fn finish(&mut self, mut state: State<'p>, last_ns: u64) {
        let Profile { port_reuse, reuse_gap_ms, .. } = self.profile;
        let random = state.flow.random();
        let reuse = random.chance(*port_reuse);
        let start = last_ns + reuse_gap_ms.milliseconds(random);
        if reuse
            && state.flow.is_finished()
            && let Some((_, random)) = self.draw_upcoming()
        {
            self.start(start, state.draw, random);
        }
        self.rows.push((state.number, state.row));
    }
}

/// A flow under way and its next packet.
#[derive(Debug)]
struct Active<'p> {
    time_ns: u64,
    packet: Packet,
    state: Box<State<'p>>,
}

#[derive(Debug)]
struct State<'p> {
    number: u64,
    draw: Draw,
    flow: Flow<'p>,
    framing: Framing,
    row: LabelRow,
}

/// What was drawn for a flow: numbers of the profile's parts, and addresses.
#[derive(Clone, Copy, Debug)]
struct Draw {
    kind: usize,
    client: usize,
    server: usize,
    access: usize,
    ipv6: bool,
    hosts: Hosts,
}

impl Active<'_> {
    fn rank(&self) -> (u64, u64) {
        (self.time_ns, self.state.number)
    }
}

/// The earliest is the greatest, and of equal times the flow that started first.
impl Ord for Active<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.rank().cmp(&self.rank())
    }
}

impl PartialOrd for Active<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Active<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for Active<'_> {}
