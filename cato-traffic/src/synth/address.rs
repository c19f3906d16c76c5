//! Who talks to whom: addresses and ports of a flow's ends.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::random::FlowRandom;

/// One end of a flow, as its packets name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Host {
    pub(super) mac: [u8; 6],
    pub(super) address: IpAddr,
    pub(super) port: u16,
}

/// Both ends of a flow, by `Side`.
pub(super) type Hosts = [Host; 2];

/// Where a flow's addresses come from. Two flows of one capture never get the same: the client's port follows from the
/// flow's number, and when the ports are used up the clients are others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Neighbourhood {
    /// Clients of each stack.
    pub(super) clients: u32,
    /// Kinds of client stacks.
    pub(super) stacks: u32,
}

/// What decides about a flow's addresses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    /// Number of the flow in its capture.
    pub(super) flow: u64,
    /// Number of the client's stack, smaller than the neighbourhood's `stacks`.
    pub(super) stack: u32,
    /// The ports that the client's stack uses, first and last.
    pub(super) ports: (u16, u16),
    /// Number of the kind of flow in its profile, at most [`MOST_KINDS`].
    pub(super) kind: u32,
    pub(super) server_port: u16,
    pub(super) ipv6: bool,
}

/// Kinds of flows that have server addresses of their own.
pub(super) const MOST_KINDS: usize = 128;

/// Clients are in 10.0.0.0/8 and 2001:db8:cafe::/48, servers in the benchmarking network 198.18.0.0/15 (RFC 2544) and
/// in 2001:db8:0:KIND::/64 (RFC 3849), behind the gateway.
const GATEWAY: [u8; 6] = [0x02, 0x00, 0x5f, 0x00, 0x00, 0x01];
const CLIENT_NET: u32 = 0x0a00_0000;
const MOST_CLIENTS: u64 = (1 << 24) - 2;
const SERVER_NET: u32 = 0xc612_0000;
const SERVER_BITS: u32 = 10;

impl Neighbourhood {
    /// How many flows get addresses of their own when clients use at least `ports` ports.
    pub(super) fn most_flows(&self, ports: u64) -> u64 {
        MOST_CLIENTS / u64::from(self.clients) / u64::from(self.stacks) * ports
    }

    pub(super) fn hosts(&self, position: &Position, seed: u64, random: &mut FlowRandom) -> Hosts {
        let Position { flow, stack, ports: (first, last), kind, server_port, ipv6 } = *position;
        let span = u64::from(last - first) + 1;
        let within = random.below(self.clients.into());
        let generation = flow / span * u64::from(self.stacks) + u64::from(stack);
        // Fits: `most_flows` bounds the flow's number.
        let client = (generation * u64::from(self.clients) + within) as u32 + 1;
        let server = random.below(1 << SERVER_BITS) as u32;
        let [_, a, b, c] = client.to_be_bytes();
        let (client_address, server_address) = if ipv6 {
            let client = Ipv6Addr::new(0x2001, 0xdb8, 0xcafe, 0, 0, 0, (client >> 16) as u16, client as u16);
            let server = Ipv6Addr::new(0x2001, 0xdb8, 0, kind as u16, 0, 0, 0, server as u16 + 1);
            (client.into(), server.into())
        } else {
            let client = Ipv4Addr::from_bits(CLIENT_NET | client);
            let server = Ipv4Addr::from_bits(SERVER_NET | kind << SERVER_BITS | server);
            (client.into(), server.into())
        };
        let port = first + shuffled(flow % span, span, seed) as u16;
        [
            Host { mac: [0x02, 0x00, 0x5e, a, b, c], address: client_address, port },
            Host { mac: GATEWAY, address: server_address, port: server_port },
        ]
    }
}

/// A permutation of 0..`span`, so that ports of following flows do not follow each other.
fn shuffled(place: u64, span: u64, seed: u64) -> u64 {
    // A step that has no factor in common with the span reaches every place.
    let step = if span.is_multiple_of(10_007) { 10_009 } else { 10_007 };
    (place * step + seed % span) % span
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Neighbourhood, Position};
    use crate::synth::random::FlowRandom;

    #[test]
    fn flows_have_addresses_of_their_own() {
        let neighbourhood = Neighbourhood { clients: 3, stacks: 2 };
        let spans = [(1000, 1009), (1005, 1030)];
        let mut seen = BTreeSet::new();
        for flow in 0..400 {
            let mut random = FlowRandom::new(9, flow);
            let stack = random.below(2) as u32;
            let (kind, ipv6) = (random.below(2) as u32, random.chance(0.5));
            let ports = spans[stack as usize];
            let position = Position { flow, stack, ports, kind, server_port: 443, ipv6 };
            let [client, server] = neighbourhood.hosts(&position, 9, &mut random);
            assert!((ports.0..=ports.1).contains(&client.port));
            assert!(seen.insert((client.address, client.port, server.address, server.port)), "flow {flow}");
        }
    }
}
