#!/usr/bin/env python3
"""Writes the small captures that the golden features are computed from, packet by packet.

    make_captures.py tests/golden                        writes captures/*.pcap and captures.toml (the manifest)
    make_captures.py tests/golden --cato PROGRAM         makes those of the synthesiser anew as well

Every capture is one function below; its docstring says what it is for and goes into the manifest. Addresses come
from the ranges set apart for documentation. Equal code, equal bytes: nothing here reads a clock. A few more captures
come from `cato synth`; they are kept as they are unless the program is named.
"""

import argparse
import ipaddress
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80
DEPTHS = [1, 2, 3, 10, 50, "all"]

US = 1_000
MS = 1_000_000
S = 1_000_000_000
BASE = 1_700_000_000 * S

CLIENT, SERVER = ("192.0.2.1", 40_000), ("198.51.100.2", 443)
CLIENT6, SERVER6 = ("2001:db8::1", 40_000), ("2001:db8:1::2", 443)


# ---------------------------------------------------------------------------------------------- bytes

def checksum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def tcp(source, destination, flags, payload=b"", window=64_240, options=b"", offset=None, seq=1, ack=1):
    words = 5 + len(options) // 4 if offset is None else offset
    fixed = struct.pack(">HHIIBBHHH", source[1], destination[1], seq, ack if flags & ACK else 0,
                        words << 4, flags, window, 0, 0)
    return transport_checksum(6, source, destination, fixed + options + payload, 16)


def udp(source, destination, payload=b""):
    header = struct.pack(">HHHH", source[1], destination[1], (8 + len(payload)) & 0xFFFF, 0)
    return transport_checksum(17, source, destination, header + payload, 6)


def transport_checksum(protocol, source, destination, segment, at):
    """The segment with its checksum, over the pseudo header of either IP version."""
    pseudo = ip_bytes(source) + ip_bytes(destination) + struct.pack(">II", len(segment), protocol)
    return segment[:at] + struct.pack(">H", checksum(pseudo + segment)) + segment[at + 2:]


def ip_bytes(end) -> bytes:
    return ipaddress.ip_address(end[0]).packed


def ipv4(source, destination, protocol, payload, ttl=64, total=None, words=5, fragment=0, options=b"", nibble=4):
    words += len(options) // 4
    total = 20 + len(options) + len(payload) if total is None else total
    header = struct.pack(">BBHHHBBH4s4s", nibble << 4 | words, 0, total, 1, fragment, ttl, protocol, 0,
                         ip_bytes(source), ip_bytes(destination)) + options
    return header[:10] + struct.pack(">H", checksum(header)) + header[12:] + payload


def ipv6(source, destination, protocol, payload, ttl=64, length=None, extensions=()):
    """`extensions`: (protocol number, bytes after the `next header` byte), outermost first."""
    following = [number for number, _ in extensions] + [protocol]
    chain = b"".join(bytes([next_header]) + body for next_header, (_, body) in zip(following[1:], extensions))
    length = len(chain) + len(payload) if length is None else length
    return struct.pack(">IHBB", 6 << 28, length, following[0], ttl) + ip_bytes(source) + ip_bytes(destination) \
        + chain + payload


def ip(source, destination, protocol, payload, ttl=64):
    version = ipv6 if ":" in source[0] else ipv4
    return version(source, destination, protocol, payload, ttl)


def ethernet(packet: bytes, tags=(), kind=None, prefix=b"") -> bytes:
    """`tags`: (EtherType of the tag, VLAN number); `prefix`: what stands between EtherType `kind` and the packet."""
    if kind is None:
        kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    tagged = b"".join(struct.pack(">HH", ether_type, vlan) for ether_type, vlan in tags)
    return bytes.fromhex("020000000002020000000001") + tagged + struct.pack(">H", kind) + prefix + packet


class Capture:
    """Frames in file order. `order`: '<' or '>'; `fraction`: ns in one unit of the sub-second field."""

    def __init__(self, link=1, order="<", fraction=1_000, wrap=ethernet):
        self.link, self.order, self.fraction, self.wrap = link, order, fraction, wrap
        self.records = []

    def frame(self, at, data, wire=None, captured=None):
        """A frame `at` ns after the base time, cut to `captured` bytes, with `wire` bytes on the wire."""
        seconds, rest = divmod(BASE + at, S)
        assert rest % self.fraction == 0, "the file can't hold this time"
        kept = data if captured is None else data[:captured]
        wire = len(data) if wire is None else wire
        self.records.append(
            struct.pack(self.order + "IIII", seconds, rest // self.fraction, len(kept), wire) + kept)

    def packet(self, at, packet):
        self.frame(at, self.wrap(packet))

    def tcp(self, at, source, destination, flags, size=0, ttl=64, **fields):
        segment = tcp(source, destination, flags, bytes(size), **fields)
        self.packet(at, ip(source, destination, 6, segment, ttl))

    def udp(self, at, source, destination, size=0, ttl=64):
        self.packet(at, ip(source, destination, 17, udp(source, destination, bytes(size)), ttl))

    def handshake(self, at, client=CLIENT, server=SERVER, rtt=20 * MS, client_delay=1 * MS):
        options = bytes.fromhex("020405b40402080a0000000100000000")  # MSS, SACK permitted, time stamps
        self.tcp(at, client, server, SYN, options=options)
        self.tcp(at + rtt, server, client, SYN | ACK, ttl=57, window=65_160, options=options)
        self.tcp(at + rtt + client_delay, client, server, ACK, window=502)

    def close(self, at, client=CLIENT, server=SERVER):
        self.tcp(at, client, server, FIN | ACK)
        self.tcp(at + 10 * MS, server, client, FIN | ACK, ttl=57)

    def bytes(self) -> bytes:
        magic = 0xA1B23C4D if self.fraction == 1 else 0xA1B2C3D4
        return struct.pack(self.order + "IHHiIII", magic, 2, 4, 0, 0, 262_144, self.link) + b"".join(self.records)


# ---------------------------------------------------------------------------------------------- captures

CAPTURES = []  # (name, require_syn, about, function)


def capture(function=None, require_syn=True, also_without_syn=False):
    """Registers a function of one capture; `also_without_syn` stores it a second time, read with require_syn = false."""
    def register(function):
        about = " ".join(function.__doc__.split())
        CAPTURES.append((function.__name__, require_syn, about, function))
        if also_without_syn:
            CAPTURES.append((function.__name__ + "_any_start", False, about, function))
        return function
    return register(function) if function else register


@capture
def one_packet():
    """A SYN and nothing else."""
    c = Capture()
    c.tcp(0, CLIENT, SERVER, SYN)
    return c


@capture
def two_packets():
    """SYN and SYN-ACK: syn_ack is there, ack_dat is not."""
    c = Capture()
    c.tcp(0, CLIENT, SERVER, SYN)
    c.tcp(20 * MS, SERVER, CLIENT, SYN | ACK)
    return c


@capture
def three_packets():
    """A whole handshake and no data."""
    c = Capture()
    c.handshake(0)
    return c


@capture
def source_only():
    """Twelve packets, all from the source: every d_ feature at its value for no packet."""
    c = Capture()
    c.tcp(0, CLIENT, SERVER, SYN)
    for i in range(11):
        c.tcp((i + 1) * 7 * MS + i * i * 13 * US, CLIENT, SERVER, ACK | PSH, size=31 * i % 97, window=500 + i, ttl=64 - i)
    return c


@capture(require_syn=False)
def synack_first():
    """The flow begins with its SYN-ACK, so its first packet is from d and syn_ack would be negative."""
    c = Capture()
    c.tcp(0, SERVER, CLIENT, SYN | ACK, ttl=57)
    c.tcp(1 * MS, CLIENT, SERVER, ACK)
    c.tcp(2 * MS, CLIENT, SERVER, ACK | PSH, size=100)
    c.tcp(30 * MS, SERVER, CLIENT, ACK | PSH, size=1000, ttl=57)
    return c


@capture(require_syn=False)
def synack_same_time():
    """SYN-ACK first, and the source's first packet at the very same time: syn_ack is 0, not undefined."""
    c = Capture()
    c.tcp(0, SERVER, CLIENT, SYN | ACK)
    c.tcp(0, CLIENT, SERVER, ACK)
    c.tcp(5 * MS, CLIENT, SERVER, ACK, size=5)
    return c


@capture(require_syn=False)
def destination_only():
    """SYN-ACK and then only packets of the same end: every s_ feature at its value for no packet."""
    c = Capture()
    c.tcp(0, SERVER, CLIENT, SYN | ACK)
    for i in range(1, 6):
        c.tcp(i * 3 * MS, SERVER, CLIENT, ACK, size=i * 100)
    return c


@capture(also_without_syn=True)
def middle_of_flow():
    """A flow whose beginning was not captured, then one from its SYN on."""
    c = Capture()
    c.tcp(0, SERVER, CLIENT, ACK | PSH, size=700)
    c.tcp(2 * MS, CLIENT, SERVER, ACK)
    c.tcp(9 * MS, SERVER, CLIENT, RST)
    c.tcp(10 * MS, SERVER, CLIENT, ACK)
    c.handshake(1 * S, client=("192.0.2.9", 50_000))
    return c


@capture(also_without_syn=True)
def odd_starts():
    """First packets with SYN and other bits: only SYN without ACK and RST opens a flow; SYN and FIN may."""
    c = Capture()
    for i, flags in enumerate([SYN | RST, SYN | ACK, SYN | ACK | RST, SYN | FIN, SYN | ECE | CWR, 0, FIN, RST, FIN | RST]):
        client = ("192.0.2.1", 41_000 + i)
        c.tcp(i * MS, client, SERVER, flags)
        c.tcp(i * MS + 500 * US, SERVER, client, SYN | ACK)
        c.tcp(i * MS + 700 * US, client, SERVER, ACK, size=i)
    return c


@capture
def ipv6_tcp():
    """A connection over IPv6 with data both ways and a proper end."""
    c = Capture()
    c.handshake(0, CLIENT6, SERVER6)
    for i in range(8):
        source, destination = (CLIENT6, SERVER6) if i % 3 == 0 else (SERVER6, CLIENT6)
        c.tcp(30 * MS + i * 3 * MS, source, destination, ACK | PSH, size=50 + 17 * i, ttl=60 + i % 2)
    c.close(80 * MS, CLIENT6, SERVER6)
    return c


@capture
def ipv6_extensions():
    """Hop-by-hop, destination, routing, authentication and fragment headers; later fragments carry no ports."""
    c = Capture()
    options = bytes([0]) + bytes.fromhex("010400000000")
    long_options = bytes([1]) + bytes.fromhex("010c") + bytes(12)
    routing = bytes([2, 4, 0]) + bytes(20)
    authentication = bytes([4]) + bytes(22)
    first_fragment = bytes([0]) + struct.pack(">HI", 0 << 3 | 1, 7)
    later_fragment = bytes([0]) + struct.pack(">HI", 100 << 3, 7)
    chains = [
        [(0, options)], [(0, options), (60, long_options)], [(43, routing)], [(51, authentication)],
        [(44, first_fragment)], [(44, later_fragment)], [(0, options), (43, routing), (44, first_fragment), (60, options)],
    ]
    c.packet(0, ipv6(CLIENT6, SERVER6, 6, tcp(CLIENT6, SERVER6, SYN), extensions=[(0, options)]))
    for i, chain in enumerate(chains):
        source, destination = (SERVER6, CLIENT6) if i % 2 else (CLIENT6, SERVER6)
        segment = tcp(source, destination, ACK, bytes(20 * i))
        c.packet((i + 1) * MS, ipv6(source, destination, 6, segment, extensions=chain))
        datagram = udp(source, destination, bytes(5 * i))
        c.packet((i + 1) * MS + 1 * US, ipv6(source, destination, 17, datagram, extensions=chain, ttl=9))
    c.packet(20 * MS, ipv6(CLIENT6, SERVER6, 59, b"", extensions=[(60, options)]))  # no next header
    c.packet(21 * MS, ipv6(CLIENT6, SERVER6, 50, bytes(16)))  # encrypted: no ports to see
    c.packet(22 * MS, ipv6(CLIENT6, SERVER6, 58, bytes([128, 0, 0, 0, 0, 0, 0, 0])))  # ICMPv6
    return c


@capture
def udp_conversation():
    """Datagrams both ways, an empty one among them: winsize, handshake and flags are undefined."""
    c = Capture()
    client, server = ("192.0.2.1", 53_000), ("203.0.113.53", 53)
    for i, (from_client, size) in enumerate([(1, 33), (0, 120), (1, 0), (0, 512), (0, 512), (1, 40), (0, 1), (1, 9)]):
        ends = (client, server) if from_client else (server, client)
        c.udp(i * i * 5 * MS, *ends, size=size, ttl=64 if from_client else 55)
    return c


@capture
def udp_one_packet():
    """One datagram."""
    c = Capture()
    c.udp(0, ("192.0.2.1", 5353), ("203.0.113.251", 5353), size=80, ttl=1)
    return c


@capture
def vlan():
    """An 802.1Q tag in front of every packet, in front of one direction only, and with no IP behind it."""
    def tagged(packet):
        return ethernet(packet, tags=[(0x8100, 100)])
    c = Capture(wrap=tagged)
    c.handshake(0)
    c.tcp(30 * MS, CLIENT, SERVER, ACK | PSH, size=10)
    c.frame(31 * MS, ethernet(bytes(28), tags=[(0x8100, 100)], kind=0x0806))
    c.frame(40 * MS, ethernet(ip(SERVER, CLIENT, 6, tcp(SERVER, CLIENT, ACK, bytes(300)))))
    c.udp(50 * MS, CLIENT, SERVER, size=100)
    return c


@capture
def qinq():
    """Two and three tags: 802.1ad outside, 802.1Q inside, and the older 0x9100."""
    def tagged(packet):
        return ethernet(packet, tags=[(0x88A8, 10), (0x8100, 20)])
    c = Capture(wrap=tagged)
    c.handshake(0, CLIENT6, SERVER6)
    c.tcp(30 * MS, CLIENT6, SERVER6, ACK | PSH, size=10)
    three = [(0x88A8, 10), (0x8100, 20), (0x8100, 30)]
    c.frame(40 * MS, ethernet(ip(SERVER6, CLIENT6, 6, tcp(SERVER6, CLIENT6, ACK, bytes(300))), tags=three))
    older = [(0x9100, 10), (0x8100, 20)]
    c.frame(50 * MS, ethernet(ip(SERVER6, CLIENT6, 6, tcp(SERVER6, CLIENT6, ACK, bytes(200))), tags=older))
    return c


@capture
def mpls_and_pppoe():
    """One connection whose packets come behind one and two MPLS labels and in PPPoE sessions."""
    def label(number, bottom):
        return struct.pack(">I", number << 12 | bottom << 8 | 64)
    def pppoe(packet, protocol):
        return struct.pack(">BBHHH", 0x11, 0, 1, len(packet) + 2, protocol)
    c = Capture()
    p = [ip(CLIENT, SERVER, 6, tcp(CLIENT, SERVER, SYN)), ip(SERVER, CLIENT, 6, tcp(SERVER, CLIENT, SYN | ACK)),
         ip(CLIENT, SERVER, 6, tcp(CLIENT, SERVER, ACK)), ip(CLIENT, SERVER, 6, tcp(CLIENT, SERVER, ACK, bytes(64)))]
    c.frame(0, ethernet(p[0], kind=0x8847, prefix=label(16, 1)))
    c.frame(10 * MS, ethernet(p[1], kind=0x8848, prefix=label(16, 0) + label(17, 1)))
    c.frame(11 * MS, ethernet(p[2], kind=0x8864, prefix=pppoe(p[2], 0x0021)))
    c.frame(12 * MS, ethernet(p[3], kind=0x8864, tags=[(0x8100, 7)], prefix=pppoe(p[3], 0x0021)))
    sixth = ip(CLIENT6, SERVER6, 17, udp(CLIENT6, SERVER6, bytes(9)))
    c.frame(13 * MS, ethernet(sixth, kind=0x8864, prefix=pppoe(sixth, 0x0057)))
    c.frame(14 * MS, ethernet(sixth, kind=0x8847, tags=[(0x8100, 7)], prefix=label(16, 1)))
    c.frame(15 * MS, ethernet(bytes(10), kind=0x8864, prefix=pppoe(bytes(10), 0xC021)))  # link control
    c.frame(16 * MS, ethernet(bytes(20), kind=0x8863))  # discovery
    short = struct.pack(">BBHHB", 0x11, 0, 1, len(p[3]) + 1, 0x21)  # the PPP protocol in one byte (RFC 1661, 6.5)
    c.frame(17 * MS, ethernet(p[3], kind=0x8864, prefix=short))
    return c


def other_link(link, wrap):
    c = Capture(link=link, wrap=wrap)
    c.handshake(0)
    c.tcp(30 * MS, CLIENT, SERVER, ACK | PSH, size=10)
    c.udp(31 * MS, CLIENT6, SERVER6, size=20)
    c.udp(32 * MS, SERVER6, CLIENT6, size=200)
    return c


@capture
def link_raw():
    """Raw IP, both versions, no link header."""
    return other_link(101, bytes)


@capture
def link_null():
    """BSD null: the address family in little-endian order, IPv6 under its several numbers."""
    families = iter([2, 2, 2, 2, 24, 30])
    return other_link(0, lambda packet: struct.pack("<I", next(families)) + packet)


@capture
def link_loopback():
    """BSD loopback: the address family in network order."""
    return other_link(108, lambda packet: struct.pack(">I", 28 if packet[0] >> 4 == 6 else 2) + packet)


def ether_type(packet):
    return 0x86DD if packet[0] >> 4 == 6 else 0x0800


@capture
def link_sll():
    """Linux cooked capture, with a VLAN tag behind it once."""
    tags = iter([b"", b"", struct.pack(">HH", 0x8100, 5), b"", b"", b""])
    def cooked(packet):
        kinds = next(tags) + struct.pack(">H", ether_type(packet))
        # The tag's own EtherType takes the place of the protocol field; the rest of it follows.
        return struct.pack(">HHH8s", 0, 1, 6, bytes(8)) + kinds[:2] + kinds[2:] + packet
    return other_link(113, cooked)


@capture
def link_sll2():
    """Linux cooked capture, version 2."""
    return other_link(276, lambda packet: struct.pack(">HHIHBB8s", ether_type(packet), 0, 2, 1, 0, 6, bytes(8)) + packet)


@capture
def rst_from_source():
    """The source aborts; what follows is absorbed."""
    c = Capture()
    c.handshake(0)
    c.tcp(50 * MS, CLIENT, SERVER, RST | ACK)
    c.tcp(60 * MS, SERVER, CLIENT, ACK, size=1000)
    c.tcp(70 * MS, CLIENT, SERVER, RST)
    return c


@capture
def rst_from_destination():
    """The port is closed: SYN, RST, and a new try that begins a new flow, as SYN does on an ended key."""
    c = Capture()
    for i in range(3):
        c.tcp(i * 500 * MS, CLIENT, SERVER, SYN)
        c.tcp(i * 500 * MS + 300 * US, SERVER, CLIENT, RST | ACK, window=0)
    return c


@capture
def fin_both():
    """FIN from both ends, then the last ACK and late packets, which belong to no record."""
    c = Capture()
    c.handshake(0)
    c.tcp(30 * MS, CLIENT, SERVER, ACK | PSH, size=400)
    c.tcp(55 * MS, SERVER, CLIENT, ACK | PSH, size=1460)
    c.tcp(60 * MS, SERVER, CLIENT, FIN | ACK)
    c.tcp(61 * MS, CLIENT, SERVER, ACK)
    c.tcp(62 * MS, SERVER, CLIENT, FIN | ACK)  # sent again: still one end
    c.tcp(70 * MS, CLIENT, SERVER, FIN | ACK)
    c.tcp(90 * MS, SERVER, CLIENT, ACK)
    c.tcp(95 * MS, CLIENT, SERVER, FIN | ACK)
    c.tcp(96 * MS, SERVER, CLIENT, SYN | ACK)
    c.tcp(97 * MS, CLIENT, SERVER, SYN | RST)
    return c


@capture(also_without_syn=True)
def port_reuse():
    """A SYN on the key of an ended flow starts the next one, from either end; before it, all is absorbed."""
    c = Capture()
    c.handshake(0)
    c.close(40 * MS)
    c.tcp(55 * MS, CLIENT, SERVER, ACK)
    c.handshake(1 * S)
    c.tcp(2 * S, CLIENT, SERVER, ACK | PSH, size=99)
    c.close(3 * S)
    c.tcp(4 * S, CLIENT, SERVER, ACK | PSH, size=11)
    c.handshake(5 * S, client=SERVER, server=CLIENT)
    c.tcp(6 * S, CLIENT, SERVER, ACK, size=5)
    return c


@capture
def syn_within():
    """SYNs within an open flow (sent again, from the other end, with data) are packets like any other."""
    c = Capture()
    c.tcp(0, CLIENT, SERVER, SYN)
    c.tcp(1 * S, CLIENT, SERVER, SYN)
    c.tcp(3 * S, CLIENT, SERVER, SYN)
    c.tcp(3 * S + 20 * MS, SERVER, CLIENT, SYN | ACK)
    c.tcp(3 * S + 21 * MS, CLIENT, SERVER, ACK)
    c.tcp(3 * S + 30 * MS, SERVER, CLIENT, SYN)
    c.tcp(3 * S + 40 * MS, CLIENT, SERVER, SYN, size=50)
    c.tcp(3 * S + 50 * MS, SERVER, CLIENT, SYN | ACK)
    c.tcp(3 * S + 60 * MS, CLIENT, SERVER, ACK)
    return c


@capture
def odd_handshake():
    """SYN from d without ACK, ACK from d without SYN, ACK of s before the SYN-ACK: none of them makes the marks."""
    c = Capture()
    c.tcp(0, CLIENT, SERVER, SYN)
    c.tcp(3 * MS, SERVER, CLIENT, SYN)
    c.tcp(4 * MS, CLIENT, SERVER, ACK)
    c.tcp(5 * MS, SERVER, CLIENT, ACK)
    c.tcp(6 * MS, CLIENT, SERVER, SYN | ACK)
    c.tcp(8 * MS, SERVER, CLIENT, SYN | ACK | ECE)
    c.tcp(9 * MS, CLIENT, SERVER, PSH, size=3)
    c.tcp(11 * MS, SERVER, CLIENT, SYN | ACK)
    c.tcp(13 * MS, CLIENT, SERVER, SYN | ACK)
    c.tcp(17 * MS, CLIENT, SERVER, ACK)
    return c


@capture(also_without_syn=True)
def tcp_timeout():
    """A gap of exactly 300 s does not end a flow, one microsecond more does; what follows needs a SYN again."""
    c = Capture()
    c.handshake(0)
    c.tcp(21 * MS + 300 * S, SERVER, CLIENT, ACK)
    c.tcp(21 * MS + 600 * S, CLIENT, SERVER, ACK, size=1)
    c.tcp(21 * MS + 900 * S + 1 * US, SERVER, CLIENT, ACK, size=2)
    c.tcp(22 * MS + 900 * S, CLIENT, SERVER, ACK, size=3)
    c.handshake(901 * S)
    c.handshake(1300 * S)
    return c


@capture
def udp_timeout():
    """A gap of exactly 60 s does not end a flow, one microsecond more does, and who speaks then is the source."""
    c = Capture()
    client, server = ("192.0.2.1", 53_000), ("203.0.113.53", 53)
    c.udp(0, client, server, size=10)
    c.udp(60 * S, server, client, size=20)
    c.udp(120 * S, client, server, size=30)
    c.udp(180 * S + 1 * US, server, client, size=40)
    c.udp(181 * S, client, server, size=50)
    c.udp(400 * S, client, server, size=60)
    return c


@capture(also_without_syn=True)
def ended_key():
    """Absorbed packets keep the key of an ended flow known; after the time-out it is unknown again."""
    c = Capture()
    c.handshake(0)
    c.close(40 * MS)
    for i in range(1, 4):
        c.tcp(i * 250 * S, SERVER, CLIENT, ACK, size=i)
    c.tcp(1000 * S, CLIENT, SERVER, SYN)
    c.tcp(1001 * S, SERVER, CLIENT, RST | ACK)
    c.tcp(1301 * S, CLIENT, SERVER, ACK)
    c.tcp(1601 * S + 1 * US, CLIENT, SERVER, ACK, size=7)
    c.tcp(1602 * S, SERVER, CLIENT, ACK, size=8)
    return c


@capture
def time_backwards():
    """Times that fall, below the first packet's too: the flow's clock stands still instead."""
    c = Capture()
    c.tcp(10 * S, CLIENT, SERVER, SYN)
    c.tcp(9 * S, SERVER, CLIENT, SYN | ACK)
    c.tcp(10 * S + 5 * MS, CLIENT, SERVER, ACK)
    c.tcp(10 * S + 2 * MS, CLIENT, SERVER, ACK | PSH, size=100)
    c.tcp(10 * S + 3 * MS, SERVER, CLIENT, ACK, size=1000)
    c.tcp(10 * S + 9 * MS, SERVER, CLIENT, ACK, size=1100)
    c.tcp(0, CLIENT, SERVER, ACK)
    c.tcp(10 * S + 9 * MS + 1 * US, CLIENT, SERVER, ACK)
    return c


@capture
def timeout_backwards():
    """The idle gap is measured from the largest time seen on the flow; a new flow's clock is its own."""
    c = Capture()
    c.tcp(1000 * S, CLIENT, SERVER, SYN)
    c.tcp(1200 * S, SERVER, CLIENT, SYN | ACK)
    c.tcp(950 * S, CLIENT, SERVER, ACK)
    c.tcp(1400 * S, CLIENT, SERVER, ACK, size=1)
    c.tcp(1401 * S, SERVER, CLIENT, RST)
    c.tcp(1500 * S, SERVER, CLIENT, ACK)
    c.tcp(500 * S, CLIENT, SERVER, ACK)
    c.tcp(1100 * S, CLIENT, SERVER, SYN)
    c.tcp(1399 * S, SERVER, CLIENT, SYN | ACK)
    c.tcp(1101 * S, CLIENT, SERVER, ACK)
    c.tcp(1699 * S, CLIENT, SERVER, ACK)
    c.tcp(1999 * S + 1 * US, CLIENT, SERVER, SYN)
    return c


@capture
def equal_times():
    """Every packet at the same time: dur is 0 and the loads are undefined."""
    c = Capture()
    c.handshake(0, rtt=0, client_delay=0)
    for i in range(5):
        c.tcp(0, *((CLIENT, SERVER) if i % 2 else (SERVER, CLIENT)), ACK, size=100 * i)
    return c


@capture
def windows():
    """Windows of 0 and 65535 and the smallest steps between."""
    c = Capture()
    c.tcp(0, CLIENT, SERVER, SYN, window=65_535)
    for i, window in enumerate([0, 65_535, 65_535, 0, 1, 65_534, 0, 0, 65_535]):
        c.tcp((i + 1) * MS, *((CLIENT, SERVER) if i % 2 else (SERVER, CLIENT)), SYN | ACK if i == 0 else ACK, window=window)
    zero = ("192.0.2.1", 40_001)
    for i in range(4):
        c.tcp(i * MS, *((SERVER, zero) if i % 2 else (zero, SERVER)), ACK if i else SYN, window=0)
    return c


@capture
def ttls():
    """TTL and hop limit 0, 1 and 255."""
    c = Capture()
    for port, (client, server) in enumerate([(CLIENT, SERVER), (CLIENT6, SERVER6)]):
        c.tcp(port * US, client, server, SYN, ttl=255)
        for i, ttl in enumerate([0, 255, 1, 254, 255, 255, 0]):
            c.tcp((i + 1) * MS + port * US, *((client, server) if i % 3 else (server, client)), ACK, ttl=ttl)
    return c


@capture
def jumbo():
    """The largest lengths the headers can hold, only their first bytes captured: 65,535 and 65,575."""
    c = Capture()
    c.tcp(0, CLIENT, SERVER, SYN)
    c.tcp(1 * US, CLIENT6, SERVER6, SYN)
    for i in range(1, 6):
        ends, ends6 = ((CLIENT, SERVER), (CLIENT6, SERVER6)) if i % 2 else ((SERVER, CLIENT), (SERVER6, CLIENT6))
        segment, segment6 = tcp(*ends, ACK, bytes(12)), tcp(*ends6, ACK, bytes(12))
        c.frame(i * MS, ethernet(ipv4(*ends, 6, segment, total=65_535)), wire=65_549)
        c.frame(i * MS + 1 * US, ethernet(ipv6(*ends6, 6, segment6, length=65_535)), wire=65_589)
        c.frame(i * MS + 2 * US, ethernet(ipv4(*ends, 17, udp(*ends), total=65_535 - i)), wire=65_549 - i)
    return c


@capture
def offload():
    """A length of 0 (segmentation offload): the IP bytes on the wire count, behind tags too."""
    c = Capture()
    c.tcp(0, CLIENT, SERVER, SYN)
    c.tcp(1 * US, CLIENT6, SERVER6, SYN)
    for i, size in enumerate([100, 20_000, 60_000, 65_000]):
        tags = [(0x8100, 1)] * (i % 3)
        at = (i + 1) * MS
        c.frame(at, ethernet(ipv4(CLIENT, SERVER, 6, tcp(CLIENT, SERVER, ACK, bytes(8)), total=0), tags),
                wire=14 + 4 * len(tags) + 40 + size)
        c.frame(at + 1 * US, ethernet(ipv6(SERVER6, CLIENT6, 6, tcp(SERVER6, CLIENT6, ACK, bytes(8)), length=0), tags),
                wire=14 + 4 * len(tags) + 60 + size)
    return c


@capture
def padding():
    """Small packets in frames of 60 bytes: the padding does not count."""
    c = Capture()
    def padded(packet):
        return ethernet(packet).ljust(60, b"\xAA")
    c.wrap = padded
    c.tcp(0, CLIENT, SERVER, SYN)
    c.tcp(10 * MS, SERVER, CLIENT, SYN | ACK)
    c.tcp(11 * MS, CLIENT, SERVER, ACK)
    c.tcp(12 * MS, CLIENT, SERVER, ACK | PSH, size=3)
    c.udp(13 * MS, CLIENT, SERVER, size=0)
    c.udp(14 * MS, CLIENT, SERVER, size=18)
    return c


@capture
def malformed():
    """Lengths that contradict their headers and frames too short for them, counted and passed over within a flow."""
    c = Capture()
    c.handshake(0)
    good = tcp(CLIENT, SERVER, ACK, bytes(20))
    datagram = udp(CLIENT, SERVER, bytes(4))
    bad = [
        ipv4(CLIENT, SERVER, 6, good, total=19), ipv4(CLIENT, SERVER, 6, good, total=39),
        ipv4(CLIENT, SERVER, 6, tcp(CLIENT, SERVER, ACK, options=bytes(12)), total=51),
        ipv4(CLIENT, SERVER, 6, tcp(CLIENT, SERVER, ACK, offset=4)), ipv4(CLIENT, SERVER, 6, good, words=4),
        ipv4(CLIENT, SERVER, 6, good, nibble=5), ipv4(CLIENT, SERVER, 17, datagram, total=27),
        ipv6(CLIENT6, SERVER6, 6, tcp(CLIENT6, SERVER6, SYN), length=19),
        ipv6(CLIENT6, SERVER6, 17, udp(CLIENT6, SERVER6), length=7),
        ipv6(CLIENT6, SERVER6, 6, tcp(CLIENT6, SERVER6, SYN), length=27,
             extensions=[(60, bytes([0]) + bytes.fromhex("010400000000"))]),
    ]
    for i, packet in enumerate(bad):
        c.frame((30 + i) * MS, ethernet(packet, kind=0x0800 if packet[0] >> 4 != 6 else 0x86DD))
    whole = ethernet(ipv4(CLIENT, SERVER, 6, good))
    for i, captured in enumerate([0, 10, 13, 14, 20, 33, 34, 40]):
        c.frame((50 + i) * MS, whole, captured=captured)
    # Exactly as long as the headers: sound.
    c.tcp(60 * MS, CLIENT, SERVER, ACK, options=bytes(40))
    c.packet(61 * MS, ipv4(CLIENT, SERVER, 17, udp(CLIENT, SERVER)))
    c.packet(62 * MS, ipv4(CLIENT, SERVER, 6, tcp(CLIENT, SERVER, ACK), options=bytes(40)))
    return c


@capture
def snapped():
    """Cut by the snap length right after the fixed TCP header: the options are not needed, and lengths are the wire's."""
    c = Capture()
    for i in range(6):
        ends = (SERVER, CLIENT) if i % 2 else (CLIENT, SERVER)
        segment = tcp(*ends, [SYN, SYN | ACK][i] if i < 2 else ACK, bytes(200 * i), options=bytes(12))
        c.frame(i * MS, ethernet(ip(*ends, 6, segment)), captured=54)
    return c


@capture
def fragments():
    """IPv4 fragments: the first is a packet of its own length, later ones are counted and passed over."""
    c = Capture()
    more = 0x2000
    datagram = udp(CLIENT, SERVER, bytes(2000))
    for i in range(3):
        at = i * 10 * MS
        c.frame(at, ethernet(ipv4(CLIENT, SERVER, 17, datagram[:1480], fragment=more)), captured=80)
        c.frame(at + 1 * US, ethernet(ipv4(CLIENT, SERVER, 17, datagram[1480:], fragment=185)), captured=80)
    c.udp(25 * MS, SERVER, CLIENT, size=30)
    c.packet(26 * MS, ipv4(CLIENT, SERVER, 6, tcp(CLIENT, SERVER, SYN), fragment=0x4000))  # may not be fragmented
    c.packet(27 * MS, ipv4(SERVER, CLIENT, 6, tcp(SERVER, CLIENT, SYN | ACK), fragment=more))
    c.packet(28 * MS, ipv4(SERVER, CLIENT, 6, bytes(40), fragment=more | 3))
    return c


@capture
def other_protocols():
    """ICMP, ARP, IGMP, SCTP and LLDP between the packets of a connection, counted and passed over."""
    c = Capture()
    c.handshake(0)
    for i, protocol in enumerate([1, 2, 132, 47, 4]):
        c.packet((30 + i) * MS, ipv4(CLIENT, SERVER, protocol, bytes(40)))
    c.frame(40 * MS, ethernet(bytes(28), kind=0x0806))
    c.frame(41 * MS, ethernet(bytes(60), kind=0x88CC))
    c.frame(42 * MS, ethernet(bytes.fromhex("424203") + bytes(35), kind=38))  # 802.3 length and LLC
    c.tcp(50 * MS, SERVER, CLIENT, ACK | PSH, size=77)
    c.close(60 * MS)
    return c


@capture
def retransmissions():
    """Retransmissions, duplicate acknowledgements and keep-alives are packets."""
    c = Capture()
    c.handshake(0)
    for i in range(3):
        c.tcp(30 * MS + (200 << i) * MS, CLIENT, SERVER, ACK | PSH, size=500, seq=1)
    for i in range(4):
        c.tcp(1700 * MS + i * 10 * US, SERVER, CLIENT, ACK, ack=1)
    for i in range(3):
        c.tcp((45 * (i + 1)) * S, CLIENT, SERVER, ACK, size=1, seq=0)
        c.tcp((45 * (i + 1)) * S + 22 * MS, SERVER, CLIENT, ACK)
    return c


@capture
def flags():
    """Every flag bit alone and all together, from both ends; none of them ends the flow but the last."""
    c = Capture()
    c.tcp(0, CLIENT, SERVER, SYN | ECE | CWR)
    c.tcp(1 * MS, SERVER, CLIENT, SYN | ACK | ECE)
    for i, bits in enumerate([CWR, ECE, URG, ACK, PSH, SYN, CWR | ECE | URG | ACK | PSH, 0, FIN, FIN | ACK, FIN | URG]):
        c.tcp((i + 2) * MS, *((CLIENT, SERVER) if i < 7 or bits & FIN else (SERVER, CLIENT)), bits)
    c.tcp(20 * MS, SERVER, CLIENT, 0xFF)
    return c


@capture
def long_flow():
    """300 packets: past 128 values of a direction the median does not move, mean and deviation do."""
    c = Capture()
    draw = random.Random(7)
    at = 0
    c.tcp(0, CLIENT, SERVER, SYN)
    for i in range(299):
        at += draw.randrange(1, 40_000) * US
        from_client = draw.random() < 0.48
        small = i < 250
        size = draw.randrange(0, 200) if small else draw.randrange(1000, 1400)
        frame = tcp(*((CLIENT, SERVER) if from_client else (SERVER, CLIENT)), ACK, bytes(size),
                    window=draw.randrange(1, 900) if small else 60_000)
        ends = (CLIENT, SERVER) if from_client else (SERVER, CLIENT)
        c.frame(at, ethernet(ip(*ends, 6, frame, ttl=64 if small else 30)), captured=54)
    return c


@capture
def median_edge():
    """127, 128, 129 and 130 packets from one end: the median of an odd and an even count, and the first beyond its reach."""
    c = Capture()
    for port, count in enumerate([127, 128, 129, 130]):
        client = ("192.0.2.1", 40_100 + port)
        for i in range(count):
            size = i * 37 % 101
            segment = tcp(client, SERVER, ACK if i else SYN, bytes(size), window=(i * 71 + 5) % 997)
            c.frame(i * i * 11 * US + port * US, ethernet(ip(client, SERVER, 6, segment)), captured=54)
    return c


@capture
def self_flow():
    """The same address and port at both ends: every packet is from s, and FIN alone never ends the flow."""
    c = Capture()
    for i, bits in enumerate([SYN, SYN | ACK, ACK, FIN | ACK, FIN | ACK, ACK]):
        c.tcp(i * MS, CLIENT, CLIENT, bits, size=i)
    for i in range(3):
        c.udp(i * MS, CLIENT, CLIENT, size=i)
    c.tcp(10 * MS, CLIENT, CLIENT, RST)
    c.tcp(11 * MS, CLIENT, CLIENT, SYN)
    return c


@capture
def same_ports():
    """Keys that differ in one thing only: the protocol, the address, the port, the IP version, or the ends crossed over."""
    c = Capture()
    a, b = ("192.0.2.1", 1000), ("192.0.2.2", 2000)
    crossed_a, crossed_b = ("192.0.2.1", 2000), ("192.0.2.2", 1000)
    same = ("192.0.2.1", 1000), ("192.0.2.2", 1000)
    pairs = [(a, b), (crossed_a, crossed_b), same, (("192.0.2.1", 1000), ("192.0.2.1", 2000)),
             (("2001:db8::c000:201", 1000), ("2001:db8::c000:202", 2000)),
             (("::ffff:192.0.2.1", 1000), ("::ffff:192.0.2.2", 2000))]
    for round_trip in range(3):
        for i, (client, server) in enumerate(pairs):
            at = (round_trip * 10 + i) * MS
            c.tcp(at, client, server, ACK if round_trip else SYN, size=i)
            c.tcp(at + 100 * US, server, client, ACK if round_trip else SYN | ACK, size=2 * i)
            c.udp(at + 200 * US, server, client, size=3 * i)
    return c


@capture
def interleaved():
    """Twenty flows of both protocols and both IP versions, packet by packet in turn at random."""
    c = Capture()
    draw = random.Random(11)
    flows = []
    for i in range(20):
        six = i % 4 == 3
        client = (f"2001:db8::{i + 1:x}" if six else f"192.0.2.{i + 1}", 30_000 + i)
        server = ("2001:db8:1::2" if six else "198.51.100.2", [80, 443, 53][i % 3])
        flows.append({"ends": (client, server), "udp": i % 3 == 2, "sent": 0})
    at = 0
    for _ in range(180):
        flow = draw.choice(flows)
        at += draw.randrange(0, 3000) * US
        ends = flow["ends"] if flow["sent"] == 0 or draw.random() < 0.5 else flow["ends"][::-1]
        if flow["udp"]:
            packet = ip(*ends, 17, udp(*ends, bytes(draw.randrange(0, 1200))), ttl=draw.choice([64, 128]))
        else:
            bits = SYN if flow["sent"] == 0 else SYN | ACK if flow["sent"] == 1 else draw.choice([ACK, ACK | PSH, ACK, FIN | ACK])
            packet = ip(*ends, 6, tcp(*ends, bits, bytes(draw.randrange(0, 1400)), window=draw.randrange(65_536)),
                        ttl=draw.choice([64, 57, 128]))
        c.frame(at, ethernet(packet), captured=74)
        flow["sent"] += 1
    return c


@capture
def nanoseconds():
    """A nanosecond file: times that differ by single nanoseconds, and durations halfway between two f32."""
    c = Capture(fraction=1)
    c.tcp(0, CLIENT, SERVER, SYN)
    c.tcp(1, SERVER, CLIENT, SYN | ACK)
    c.tcp(3, CLIENT, SERVER, ACK)
    c.tcp(123_456_789, CLIENT, SERVER, ACK, size=7)
    c.tcp(987_654_321, SERVER, CLIENT, ACK, size=1234)
    for port, last in enumerate([(1 << 24) + 1, (1 << 24) + 3, (1 << 25) + 2, (1 << 25) + 6, (1 << 24) - 1, (1 << 30) + 63,
                                 (1 << 30) + 64, (1 << 30) + 65]):
        client = ("192.0.2.7", 42_000 + port)
        c.tcp(0, client, SERVER, SYN)
        c.tcp(last, client, SERVER, ACK)
    return c


@capture
def big_endian():
    """A file in the other byte order, microseconds."""
    c = Capture(order=">")
    c.handshake(999_999 * US)
    c.udp(2 * S, CLIENT, SERVER, size=12)
    return c


@capture
def big_endian_nanoseconds():
    """A file in the other byte order, nanoseconds."""
    c = Capture(order=">", fraction=1)
    c.handshake(999_999_999)
    c.tcp(1_999_999_999, SERVER, CLIENT, ACK, size=12)
    return c


@capture
def long_gaps():
    """A connection of almost an hour with gaps just under the time-out: squares of gaps pass 64 bits."""
    c = Capture()
    c.handshake(0)
    at = 21 * MS
    for i in range(14):
        at += 299 * S + i * 71_357 * US
        c.tcp(at, *((CLIENT, SERVER) if i % 3 else (SERVER, CLIENT)), ACK | PSH, size=1 + i)
    return c


# ---------------------------------------------------------------------------------------------- the synthesiser's

SYNTHESISED = [("synth_smoke", "smoke", 6, 1), ("synth_demo", "demo", 6, 2), ("synth_demo_longer", "demo", 6, 4)]
SNAP = 96


def synthesise(program, profile, flows, seed) -> bytes:
    """What `cato synth` writes, each frame cut to its headers; lengths on the wire stay."""
    with tempfile.TemporaryDirectory() as folder:
        out, labels = Path(folder, "out.pcap"), Path(folder, "labels.csv")
        subprocess.run([program, "synth", "--profile", profile, "--flows", str(flows), "--seed", str(seed),
                        "--out", out, "--labels", labels], check=True)
        data = out.read_bytes()
    cut, at = [data[:24]], 24
    while at < len(data):
        seconds, fraction, captured, wire = struct.unpack("<IIII", data[at:at + 16])
        kept = min(captured, SNAP)
        cut.append(struct.pack("<IIII", seconds, fraction, kept, wire) + data[at + 16:at + 16 + kept])
        at += 16 + captured
    return b"".join(cut)


# ---------------------------------------------------------------------------------------------- output

def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cato", metavar="PROGRAM", help="makes the captures of the synthesiser anew with it")
    args = parser.parse_args()
    captures = args.folder / "captures"
    captures.mkdir(parents=True, exist_ok=True)
    manifest = [
        "# Written by tests/reference/make_captures.py: the captures, how they are read, and what each is for.",
        "depths = [" + ", ".join(f'"{depth}"' for depth in DEPTHS) + "]",
    ]
    for name, require_syn, about, function in CAPTURES:
        (captures / f"{name}.pcap").write_bytes(function().bytes())
        manifest += entry(name, require_syn, about)
    for name, profile, flows, seed in SYNTHESISED:
        if args.cato:
            (captures / f"{name}.pcap").write_bytes(synthesise(args.cato, profile, flows, seed))
        about = f"{flows} flows of the synthesiser: profile {profile}, seed {seed}, frames cut to {SNAP} bytes."
        manifest += entry(name, True, about)
    (args.folder / "captures.toml").write_text("\n".join(manifest) + "\n")
    return 0


def entry(name, require_syn, about) -> list:
    return ["", "[[capture]]", f'name = "{name}"', f"require_syn = {str(require_syn).lower()}", f'about = "{about}"']


if __name__ == "__main__":
    sys.exit(main())
