#!/usr/bin/env python3
"""An independent implementation of cato's flows and features.

Written from the page of definitions alone (FEATURES.md), in plain Python with exact integers, so that it
shares neither code nor habits with the Rust crates it checks. It reads classic pcap files, tracks flows and
prints all 67 features of every flow, each as the bit pattern of its f32.

    features.py CAPTURE.pcap --depth 1,10,all            one CSV row per flow and depth, to standard output
    features.py --golden tests/golden [--check]          renews (or checks) every golden file

No dependency beyond the standard library (Python 3.11).
"""

import argparse
import csv
import io
import ipaddress
import json
import math
import struct
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

NS = 1_000_000_000

TCP, UDP = 6, 17
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80

UNDEFINED = -1
LARGEST = 65_575  # IP bytes of one packet; more can only come of offload, and such a packet is passed over


# ---------------------------------------------------------------------------------------------- captures

def read_pcap(data: bytes):
    """Yields (raw time in ns, length on the wire, captured bytes, link type) for each record."""
    magics = {
        b"\xd4\xc3\xb2\xa1": ("<", 1000), b"\xa1\xb2\xc3\xd4": (">", 1000),
        b"\x4d\x3c\xb2\xa1": ("<", 1), b"\xa1\xb2\x3c\x4d": (">", 1),
    }
    if len(data) < 24 or data[:4] not in magics:
        raise ValueError("not a classic pcap file")
    order, fraction_ns = magics[data[:4]]
    link = struct.unpack(order + "I", data[20:24])[0] & 0xFFFF
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, captured, wire = struct.unpack(order + "IIII", data[at:at + 16])
        at += 16
        if at + captured > len(data):
            return  # cut off in the middle of a record: what came before counts
        yield seconds * NS + fraction * fraction_ns, wire, data[at:at + captured], link
        at += captured


# ---------------------------------------------------------------------------------------------- decoding

class PassedOver(Exception):
    """A packet that belongs to no flow; the argument is the reason under which it is counted."""


@dataclass(frozen=True)
class Packet:
    time: int
    version: int
    protocol: int
    sender: tuple  # (address, port)
    receiver: tuple
    bytes: int
    ttl: int
    winsize: int = 0
    flags: int = 0


def ip_start(link: int, data: bytes) -> int:
    """Offset of the outermost IP header behind the link layer."""
    if link == 1:  # Ethernet
        return behind_ethertype(data, 12)
    if link == 113:  # Linux cooked
        return behind_ethertype(data, 14)
    if link == 276:  # Linux cooked, version 2: the protocol comes first, the header has 20 bytes
        return behind_ethertype(data, 0, header_end=20)
    if link in (12, 14, 101, 228, 229):  # raw IP
        return 0
    if link in (0, 108):  # BSD null, loopback: the address family, in the byte order of the host, or big endian
        family = take(data, 0, 4)
        families = {2: 4, 24: 6, 28: 6, 30: 6}
        if int.from_bytes(family, "little") in families or int.from_bytes(family, "big") in families:
            return 4
        raise PassedOver("not_ip")
    raise PassedOver("link")


def behind_ethertype(data: bytes, at: int, header_end: int | None = None) -> int:
    """Follows VLAN tags, MPLS labels and PPPoE from the EtherType at `at` to the IP header."""
    kind = int.from_bytes(take(data, at, 2), "big")
    at = at + 2 if header_end is None else header_end
    while True:
        if kind in (0x8100, 0x88A8, 0x9100):  # a tag: two bytes of control information, then the next EtherType
            kind = int.from_bytes(take(data, at + 2, 2), "big")
            at += 4
        elif kind in (0x8847, 0x8848):  # labels up to the bottom of the stack
            while not take(data, at, 4)[2] & 1:
                at += 4
            at += 4
            if take(data, at, 1)[0] >> 4 not in (4, 6):
                raise PassedOver("not_ip")
            return at
        elif kind == 0x8864:  # PPPoE session: six bytes, then the PPP protocol in two bytes, or in one if that is odd
            at += 6
            length = 1 if take(data, at, 1)[0] & 1 else 2
            if int.from_bytes(take(data, at, length), "big") not in (0x0021, 0x0057):
                raise PassedOver("not_ip")
            return at + length
        elif kind in (0x0800, 0x86DD):
            return at
        else:
            raise PassedOver("not_ip")


def take(data: bytes, at: int, count: int) -> bytes:
    if at + count > len(data):
        raise PassedOver("truncated")
    return data[at:at + count]


def decode(time: int, wire: int, data: bytes, link: int) -> Packet:
    start = ip_start(link, data)
    on_the_wire = wire - start
    version = take(data, start, 1)[0] >> 4
    if version == 4:
        return decode_ipv4(time, data, start, on_the_wire)
    if version == 6:
        return decode_ipv6(time, data, start, on_the_wire)
    raise PassedOver("malformed")


def decode_ipv4(time, data, start, on_the_wire):
    header = take(data, start, 20)
    header_len = (header[0] & 0x0F) * 4
    if header_len < 20:
        raise PassedOver("malformed")
    total = int.from_bytes(header[2:4], "big") or on_the_wire
    fragment_offset = int.from_bytes(header[6:8], "big") & 0x1FFF
    protocol, ttl = header[9], header[8]
    if total < header_len:
        raise PassedOver("malformed")
    if fragment_offset:
        raise PassedOver("fragment")
    source, destination = header[12:16], header[16:20]
    return decode_transport(
        time, 4, protocol, source, destination, total, ttl, data, start + header_len, header_len)


def decode_ipv6(time, data, start, on_the_wire):
    header = take(data, start, 40)
    payload = int.from_bytes(header[4:6], "big")
    total = payload + 40 if payload else on_the_wire
    if total < 40:
        raise PassedOver("malformed")
    protocol, ttl = header[6], header[7]
    source, destination = header[8:24], header[24:40]
    at = start + 40
    while protocol in (0, 43, 44, 51, 60, 135, 139, 140):
        extension = take(data, at, 8)
        if protocol == 44:
            if int.from_bytes(extension[2:4], "big") >> 3:
                raise PassedOver("fragment")
            length = 8
        elif protocol == 51:
            length = (extension[1] + 2) * 4
        else:
            length = (extension[1] + 1) * 8
        protocol = extension[0]
        at += length
    return decode_transport(time, 6, protocol, source, destination, total, ttl, data, at, at - start)


def decode_transport(time, version, protocol, source, destination, total, ttl, data, at, headers):
    if total > LARGEST:
        raise PassedOver("malformed")
    if protocol == TCP:
        segment = take(data, at, 20)
        header_len = (segment[12] >> 4) * 4
        if header_len < 20 or total < headers + header_len:
            raise PassedOver("malformed")
        winsize, flags = int.from_bytes(segment[14:16], "big"), segment[13]
    elif protocol == UDP:
        segment = take(data, at, 8)
        if total < headers + 8:
            raise PassedOver("malformed")
        winsize = flags = 0
    else:
        raise PassedOver("transport")
    sender = (source, int.from_bytes(segment[0:2], "big"))
    receiver = (destination, int.from_bytes(segment[2:4], "big"))
    return Packet(time, version, protocol, sender, receiver, total, ttl, winsize, flags)


# ---------------------------------------------------------------------------------------------- flows

@dataclass
class Settings:
    require_syn: bool = True
    tcp_timeout: int = 300 * NS
    udp_timeout: int = 60 * NS


@dataclass
class Flow:
    version: int
    protocol: int
    source: tuple
    destination: tuple
    first_time: int
    # (t in ns since the first packet, from the source?, Packet)
    packets: list = field(default_factory=list)
    # the state of its key
    clock: int = 0  # largest raw time seen on the flow, absorbed packets included
    finished: set = field(default_factory=set)  # directions that have sent FIN
    ended: bool = False

    def add(self, packet: Packet):
        """Counts a packet in; returns nothing, but may end the flow."""
        from_source = packet.sender == self.source
        previous = self.packets[-1][0] if self.packets else 0
        t = max(packet.time - self.first_time, previous)
        self.packets.append((t, from_source, packet))
        self.clock = max(self.clock, packet.time)
        if packet.protocol == TCP:
            if packet.flags & FIN:
                self.finished.add(from_source)
            if packet.flags & RST or len(self.finished) == 2:
                self.ended = True


def track(packets, settings: Settings):
    """All flows in the order of their first packets, and the counts of what belongs to none."""
    flows, counts = [], Counter()
    current = {}  # key -> the key's latest flow
    for item in packets:
        counts["frames"] += 1
        try:
            packet = decode(*item)
        except PassedOver as reason:
            counts[str(reason)] += 1
            continue
        key = (packet.version, packet.protocol, frozenset((packet.sender, packet.receiver)))
        timeout = settings.tcp_timeout if packet.protocol == TCP else settings.udp_timeout
        flow = current.get(key)
        if flow is not None and packet.time - flow.clock > timeout:
            del current[key]  # the key is unknown again
            flow = None
        opens = packet.flags & (SYN | ACK | RST) == SYN
        if flow is None:
            starts = packet.protocol == UDP or opens or not settings.require_syn
        else:
            starts = flow.ended and packet.protocol == TCP and opens
        if starts:
            flow = start(packet)
            flows.append(flow)
            current[key] = flow
            flow.add(packet)
        elif flow is None:
            counts["no_flow"] += 1
        elif flow.ended:
            counts["after_end"] += 1
            flow.clock = max(flow.clock, packet.time)
        else:
            flow.add(packet)
    counts["in_flows"] = sum(len(flow.packets) for flow in flows)
    return flows, counts


def start(packet: Packet) -> Flow:
    source, destination = packet.sender, packet.receiver
    if packet.flags & SYN and packet.flags & ACK:
        source, destination = destination, source
    return Flow(packet.version, packet.protocol, source, destination, packet.time, clock=packet.time)


# ---------------------------------------------------------------------------------------------- features

def per_direction(template: str):
    return [template.format(direction) for direction in ("s", "d")]


NAMES = (
    ["dur", "proto", "s_port", "d_port", "s_load", "d_load", "s_pkt_cnt", "d_pkt_cnt", "s_iat_mean", "d_iat_mean"]
    + ["tcp_rtt", "syn_ack", "ack_dat"]
    + [n for s in ("sum", "mean", "min", "max", "med", "std") for n in per_direction("{}_bytes_" + s)]
    + [n for s in ("sum", "min", "max", "med", "std") for n in per_direction("{}_iat_" + s)]
    + [n for s in ("sum", "mean", "min", "max", "med", "std") for n in per_direction("{}_winsize_" + s)]
    + [n for s in ("sum", "mean", "min", "max", "med", "std") for n in per_direction("{}_ttl_" + s)]
    + ["cwr_cnt", "ece_cnt", "urg_cnt", "ack_cnt", "psh_cnt", "rst_cnt", "syn_cnt", "fin_cnt"]
)
assert len(NAMES) == 67


def quotient(numerator: int, denominator: int) -> float:
    """One f64 division of converted integers. (`/` on two ints would round once less than the page says.)"""
    return float(numerator) / float(denominator)


def statistics(values: list) -> dict:
    """mean, min, max, med, std of exact integers; all undefined when there are none."""
    if not values:
        return dict.fromkeys(("mean", "min", "max", "med", "std"), UNDEFINED)
    n, total = len(values), sum(values)
    first = sorted(values[:128])
    half = len(first) // 2
    variance = n * sum(x * x for x in values) - total * total
    return {
        "mean": quotient(total, n),
        "min": min(values),
        "max": max(values),
        "med": first[half] if len(first) % 2 else quotient(first[half - 1] + first[half], 2),
        "std": math.sqrt(float(variance)) / float(n),
    }


def compute(flow: Flow, depth: int | None) -> dict:
    """The 67 features right after packet `depth` (None: at the end of the flow), before rounding to f32."""
    used = flow.packets if depth is None else flow.packets[:depth]
    tcp = flow.protocol == TCP
    duration = used[-1][0] - used[0][0]
    f = {"dur": duration, "proto": flow.protocol, "s_port": flow.source[1], "d_port": flow.destination[1]}

    for name, is_source in (("s", True), ("d", False)):
        own = [(t, p) for t, from_source, p in used if from_source == is_source]
        times = [t for t, _ in own]
        gaps = [b - a for a, b in zip(times, times[1:])]
        f[f"{name}_pkt_cnt"] = len(own)
        for field_name in ("bytes", "winsize", "ttl"):
            values = [getattr(p, field_name) for _, p in own]
            defined = tcp or field_name != "winsize"
            f[f"{name}_{field_name}_sum"] = sum(values) if defined else UNDEFINED
            for statistic, value in statistics(values if defined else []).items():
                f[f"{name}_{field_name}_{statistic}"] = value
        f[f"{name}_iat_sum"] = times[-1] - times[0] if own else UNDEFINED
        for statistic, value in statistics(gaps).items():
            f[f"{name}_iat_{statistic}"] = value
        total = f[f"{name}_bytes_sum"]
        f[f"{name}_load"] = float(total) * 8e9 / float(duration) if duration else UNDEFINED

    f["syn_ack"], f["ack_dat"] = handshake(used) if tcp else (UNDEFINED, UNDEFINED)
    either_undefined = UNDEFINED in (f["syn_ack"], f["ack_dat"])
    f["tcp_rtt"] = UNDEFINED if either_undefined else f["syn_ack"] + f["ack_dat"]

    for name, bit in (("cwr", CWR), ("ece", ECE), ("urg", URG), ("ack", ACK),
                      ("psh", PSH), ("rst", RST), ("syn", SYN), ("fin", FIN)):
        f[f"{name}_cnt"] = sum(1 for _, _, p in used if p.flags & bit) if tcp else UNDEFINED
    return f


def handshake(used: list) -> tuple:
    """(syn_ack, ack_dat)"""
    first_source = next((t for t, from_source, _ in used if from_source), None)
    for at, (reply, from_source, packet) in enumerate(used):
        if not from_source and packet.flags & SYN and packet.flags & ACK:
            break
    else:
        return UNDEFINED, UNDEFINED
    syn_ack = UNDEFINED
    if first_source is not None and reply >= first_source:
        syn_ack = reply - first_source
    for t, from_source, packet in used[at + 1:]:
        if from_source and packet.flags & ACK:
            return syn_ack, t - reply
    return syn_ack, UNDEFINED


def f32_bits(value) -> int:
    """The bits of the f32 nearest to an int or a float (ties to even), rounded once."""
    if isinstance(value, int):
        # struct would go through f64 and round twice: cut to 24 significant bits by hand first.
        magnitude = abs(value)
        shift = magnitude.bit_length() - 24
        if shift > 0:
            kept, rest = magnitude >> shift, magnitude & ((1 << shift) - 1)
            half = 1 << (shift - 1)
            kept += rest > half or (rest == half and kept & 1)
            magnitude = kept << shift
        value = float(-magnitude if value < 0 else magnitude)
    return struct.unpack("<I", struct.pack("<f", value))[0]


# ---------------------------------------------------------------------------------------------- output

KEY_COLUMNS = ["proto", "s_addr", "s_port", "d_addr", "d_port", "first_ts_ns", "packets", "packets_used"]


def rows(data: bytes, depths: list, settings: Settings):
    """(rows of the table, counts); a row is depth, key columns, then the 67 bit patterns in hexadecimal."""
    flows, counts = track(read_pcap(data), settings)
    table = []
    for depth in depths:
        for flow in flows:
            values = compute(flow, depth)
            packets = len(flow.packets)
            table.append([
                "all" if depth is None else str(depth),
                str(flow.protocol),
                address(flow.source[0]), str(flow.source[1]), address(flow.destination[0]), str(flow.destination[1]),
                str(flow.first_time), str(packets), str(packets if depth is None else min(packets, depth)),
                *(format(f32_bits(values[name]), "08x") for name in NAMES),
            ])
    return table, counts


def address(packed: bytes) -> str:
    """As text; an IPv4 address mapped into IPv6 with dots (RFC 5952, section 5)."""
    found = ipaddress.ip_address(packed)
    mapped = getattr(found, "ipv4_mapped", None)
    return f"::ffff:{mapped}" if mapped else str(found)


def header():
    return ["depth"] + ["key_" + c if c.endswith(("proto", "addr", "port")) else c for c in KEY_COLUMNS] + NAMES


def to_csv(table: list) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header())
    writer.writerows(table)
    return text.getvalue()


def to_json(table: list) -> str:
    return json.dumps([dict(zip(header(), row)) for row in table], indent=1) + "\n"


def golden_files(folder: Path):
    """(path, text) of every golden file, from the captures that the manifest names."""
    manifest = tomllib.loads((folder / "captures.toml").read_text())
    depths = parse_depths(",".join(manifest["depths"]))
    tallies = [["capture", *COUNT_COLUMNS]]
    for capture in manifest["capture"]:
        data = (folder / "captures" / f"{capture['name']}.pcap").read_bytes()
        table, counts = rows(data, depths, Settings(require_syn=capture["require_syn"]))
        yield folder / "features" / f"{capture['name']}.csv", to_csv(table)
        tallies.append([capture["name"], *(str(counts[c]) for c in COUNT_COLUMNS)])
    yield folder / "counts.csv", "".join(",".join(row) + "\n" for row in tallies)


COUNT_COLUMNS = [
    "frames", "in_flows", "after_end", "no_flow", "link", "not_ip", "truncated", "malformed", "fragment", "transport",
]


def renew(folder: Path, check: bool) -> int:
    stale = 0
    for path, text in golden_files(folder):
        if check:
            if not path.exists() or path.read_text() != text:
                print(f"stale: {path}", file=sys.stderr)
                stale += 1
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return 1 if stale else 0


def parse_depths(text: str) -> list:
    return [None if d == "all" else int(d) for d in text.split(",")]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captures", nargs="*", type=Path)
    parser.add_argument("--depth", default="all", help="packet depths, for example 1,10,all")
    parser.add_argument("--require-syn", choices=("true", "false"), default="true")
    parser.add_argument("--tcp-timeout", type=int, default=300, help="seconds")
    parser.add_argument("--udp-timeout", type=int, default=60, help="seconds")
    parser.add_argument("--format", choices=("csv", "json"), default="csv")
    parser.add_argument("--golden", type=Path, help="the folder of golden files to renew")
    parser.add_argument("--check", action="store_true", help="with --golden: only compare")
    args = parser.parse_args()
    if args.golden:
        return renew(args.golden, args.check)
    settings = Settings(args.require_syn == "true", args.tcp_timeout * NS, args.udp_timeout * NS)
    for path in args.captures:
        table, counts = rows(path.read_bytes(), parse_depths(args.depth), settings)
        sys.stdout.write(to_csv(table) if args.format == "csv" else to_json(table))
        print(f"{path}: {dict(counts)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
