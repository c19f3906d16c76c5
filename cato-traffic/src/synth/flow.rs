//! One flow: two applications that follow a script, over a transport, over a way with a capture point in it.

use cato_runtime::TcpFlags;

use super::distribution::Distribution;
use super::packet::{Header, Packet};
use super::profile::{Access, Ending, Kind, Profile, Stack, Transport};
use super::random::FlowRandom;
use super::script::{Cursor, Send, Side};
use super::tcp::Tcp;
use super::udp::Udp;
use super::wire::{Event, Path, Timer, Wire};

/// Longest silence within a flow, well below the usual idle time-outs, so that a flow stays one flow.
const MOST_TCP_SILENCE_NS: u64 = 240_000_000_000;
const MOST_UDP_SILENCE_NS: u64 = 25_000_000_000;
/// More than this is never sent at once.
const MOST_MESSAGE_BYTES: f64 = 1e9;
/// The slowest link.
const LEAST_MBIT: f64 = 0.01;

/// A flow under way.
#[derive(Debug)]
pub(super) struct Flow<'p> {
    wire: Wire,
    transport: Carrier<'p>,
    cursor: Cursor<'p>,
    progress: Progress<'p>,
    /// Bytes of messages sent, by sender.
    said: [u64; 2],
    size_factor: f64,
    time_factor: f64,
    ending: Ending,
    kind: &'p Kind,
    most_packets: u32,
    /// Whose FIN has passed the capture point.
    fins: [bool; 2],
}

/// What the script waits for.
#[derive(Debug)]
enum Progress<'p> {
    /// The message may begin when its sender has received everything.
    Message(&'p Send),
    /// The message is due at a time that is scheduled.
    Scheduled(&'p Send),
    /// The script is done; the end may begin when the end that closes has received everything.
    Ending,
    /// The end is scheduled or has come.
    Done,
}

#[derive(Debug)]
enum Carrier<'p> {
    Tcp(Box<Tcp<'p>>),
    Udp(Box<Udp<'p>>),
}

/// What was drawn for a flow before its first packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting<'p> {
    pub(super) kind: &'p Kind,
    pub(super) access: &'p Access,
    pub(super) client: &'p Stack,
    pub(super) server: &'p Stack,
    pub(super) ipv6: bool,
}

impl<'p> Setting<'p> {
    /// TTL of both ends' packets at the capture point.
    pub(super) fn ttl(&self, random: &mut FlowRandom) -> [u8; 2] {
        let far = u8::try_from(self.kind.hops.count(random)).unwrap_or(u8::MAX);
        [(self.client.ttl, self.access.hops), (self.server.ttl, far)].map(|(ttl, hops)| ttl.saturating_sub(hops).max(1))
    }

    fn path(&self, random: &mut FlowRandom) -> Path {
        let Access { near_ms, jitter_ms, down_mbit, up_mbit, loss_near, loss_far, .. } = self.access;
        // 8 bits a byte at so many bits a microsecond, in nanoseconds.
        let mut byte_ns = |mbit: &Distribution| 8e3 / mbit.sample(random).max(LEAST_MBIT);
        let byte_ns = [byte_ns(up_mbit), byte_ns(down_mbit)];
        Path {
            near_ns: near_ms.milliseconds(random) / 2,
            far_ns: self.kind.far_ms.milliseconds(random) / 2,
            jitter_ms: jitter_ms.clone(),
            byte_ns,
            loss_near: *loss_near,
            loss_far: *loss_far,
        }
    }
}

impl<'p> Flow<'p> {
    /// A flow whose client acts at `start`.
    pub(super) fn new(profile: &'p Profile, setting: &Setting<'p>, start: u64, mut random: FlowRandom) -> Self {
        let kind = setting.kind;
        let path = setting.path(&mut random);
        let size_factor = kind.size_factor.sample(&mut random);
        let time_factor = kind.time_factor.sample(&mut random);
        let ending = *kind.ending.pick(&mut random);
        let mut cursor = Cursor::new(&kind.script);
        let progress = cursor.next(&mut random).map_or(Progress::Ending, Progress::Message);
        let mut wire = Wire::new(start, path, random);
        let transport = match kind.transport {
            Transport::Tcp => {
                let mut tcp = Tcp::new(setting.client, setting.server, setting.ipv6, &mut wire);
                tcp.open(&mut wire);
                Carrier::Tcp(Box::new(tcp))
            }
            Transport::Udp(rules) => Carrier::Udp(Box::new(Udp::new(&profile.datagrams[rules]))),
        };
        let most_packets = profile.most_packets;
        let said = [0; 2];
        let fins = [false; 2];
        let mut flow = Self {
            wire,
            transport,
            cursor,
            progress,
            said,
            size_factor,
            time_factor,
            ending,
            kind,
            most_packets,
            fins,
        };
        flow.go_on();
        flow
    }

    /// The next packet at the capture point and its time, in ns since the unix epoch.
    pub(super) fn next(&mut self) -> Option<(u64, Packet)> {
        while let Some(event) = self.wire.advance() {
            match event {
                Event::Captured(packet) => {
                    if let Header::Tcp(segment) = &packet.header {
                        self.fins[packet.from.index()] |= segment.flags & TcpFlags::FIN != 0;
                    }
                    return Some((self.wire.now, packet));
                }
                Event::Arrived(packet) => self.arrive(&packet),
                Event::Timer(side, timer) => self.time_out(side, timer),
                Event::Message => self.say(),
                Event::Farewell => self.end(),
            }
            self.bound();
            self.go_on();
        }
        None
    }

    /// The flow's random numbers.
    pub(super) fn random(&mut self) -> &mut FlowRandom {
        &mut self.wire.random
    }

    /// Both ends' FIN were seen.
    pub(super) fn is_finished(&self) -> bool {
        self.fins == [true; 2]
    }

    fn arrive(&mut self, packet: &Packet) {
        match (&mut self.transport, &packet.header) {
            (Carrier::Tcp(tcp), Header::Tcp(segment)) => {
                tcp.arrive(packet.from, segment, packet.payload, &mut self.wire);
            }
            (Carrier::Udp(udp), Header::Udp { acknowledges }) => {
                udp.arrive(packet.from, packet.payload, *acknowledges, &mut self.wire);
            }
            (Carrier::Tcp(_), Header::Udp { .. }) | (Carrier::Udp(_), Header::Tcp(_)) => {}
        }
    }

    fn time_out(&mut self, side: Side, timer: Timer) {
        match &mut self.transport {
            Carrier::Tcp(tcp) => tcp.time_out(side, timer, &mut self.wire),
            Carrier::Udp(udp) => udp.time_out(side, timer, &mut self.wire),
        }
    }

    /// Schedules what the script waits for, when it has come.
    fn go_on(&mut self) {
        match self.progress {
            Progress::Message(send) if self.may_begin(send) => {
                let factor = if send.scaled { self.time_factor } else { 1.0 };
                let wait = send.after_ms.sample(&mut self.wire.random) * factor * 1e6;
                // The cast saturates.
                let wait = (wait as u64).min(self.most_silence());
                self.wire.schedule(self.wire.now + wait, Event::Message);
                self.progress = Progress::Scheduled(send);
            }
            Progress::Ending if self.has_received(self.closing_side()) => {
                let wait = self.kind.end_ms.milliseconds(&mut self.wire.random).min(self.most_silence());
                self.wire.schedule(self.wire.now + wait, Event::Farewell);
                self.progress = Progress::Done;
            }
            _ => {}
        }
    }

    /// Sends the message that is due.
    fn say(&mut self) {
        let Progress::Scheduled(send) = self.progress else { return };
        let factor = if send.scaled { self.size_factor } else { 1.0 };
        let bytes = libm::round(send.size.sample(&mut self.wire.random) * factor).clamp(1.0, MOST_MESSAGE_BYTES) as u64;
        self.said[send.from.index()] += bytes;
        match &mut self.transport {
            Carrier::Tcp(tcp) => tcp.send(send.from, bytes, &mut self.wire),
            Carrier::Udp(udp) => udp.send(send.from, bytes, &mut self.wire),
        }
        self.progress = self.cursor.next(&mut self.wire.random).map_or(Progress::Ending, Progress::Message);
    }

    fn end(&mut self) {
        if let Carrier::Tcp(tcp) = &mut self.transport {
            match self.ending {
                Ending::Fin(side) => tcp.close(side, &mut self.wire),
                Ending::Rst(side) => tcp.abort(side, &mut self.wire),
                Ending::Idle => {}
            }
        }
    }

    /// Cuts off a flow that has had its packets: the client breaks off, and what then still comes is bounded too.
    fn bound(&mut self) {
        if self.wire.sent < self.most_packets {
            return;
        }
        if self.wire.sent >= self.most_packets.saturating_mul(2) {
            self.wire.stop();
        }
        self.progress = Progress::Done;
        match &mut self.transport {
            Carrier::Tcp(tcp) => tcp.abort(Side::Client, &mut self.wire),
            Carrier::Udp(_) => self.wire.stop(),
        }
    }

    fn may_begin(&self, send: &Send) -> bool {
        let is_open = match &self.transport {
            Carrier::Tcp(tcp) => tcp.is_open(send.from),
            Carrier::Udp(_) => true,
        };
        is_open && (!send.waits || self.has_received(send.from))
    }

    fn has_received(&self, side: Side) -> bool {
        let received = match &self.transport {
            Carrier::Tcp(tcp) => tcp.received(side),
            Carrier::Udp(udp) => udp.received(side),
        };
        received >= self.said[side.other().index()]
    }

    fn closing_side(&self) -> Side {
        match self.ending {
            Ending::Fin(side) | Ending::Rst(side) => side,
            Ending::Idle => Side::Client,
        }
    }

    fn most_silence(&self) -> u64 {
        match self.transport {
            Carrier::Tcp(_) => MOST_TCP_SILENCE_NS,
            Carrier::Udp(_) => MOST_UDP_SILENCE_NS,
        }
    }
}
