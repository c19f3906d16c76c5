#!/usr/bin/env python3
"""Figures worked out by hand, against features.py: python3 -m unittest discover tests/reference"""

import struct
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import features  # noqa: E402  (the folder must be on the path first)
import make_captures as make  # noqa: E402


def compute(capture, depth=None, **settings):
    flows, counts = features.track(features.read_pcap(capture.bytes()), features.Settings(**settings))
    return [features.compute(flow, depth) for flow in flows], counts


class Rounding(unittest.TestCase):
    def test_integers_are_rounded_once_to_even(self):
        for value, bits in [
            (0, 0x00000000), (1, 0x3F800000), (-1, 0xBF800000), (65_535, 0x477FFF00),
            ((1 << 24) + 1, 0x4B800000),  # halfway, down to even
            ((1 << 24) + 3, 0x4B800002),  # halfway, up to even
            ((1 << 60) + (1 << 36) + 1, 0x5D800001),  # above halfway by one: through f64 it would become a tie
        ]:
            self.assertEqual(features.f32_bits(value), bits, value)

    def test_floats_are_rounded_to_nearest(self):
        self.assertEqual(features.f32_bits(0.1), struct.unpack("<I", bytes.fromhex("cdcccc3d"))[0])


class Values(unittest.TestCase):
    def test_a_handshake(self):
        capture = make.Capture()
        capture.handshake(0)  # 20 ms to the SYN-ACK, 1 ms to the ACK; 16 bytes of options in the first two
        (f,), _ = compute(capture)
        expected = {
            "dur": 21_000_000, "proto": 6, "s_port": 40_000, "d_port": 443, "s_pkt_cnt": 2, "d_pkt_cnt": 1,
            "syn_ack": 20_000_000, "ack_dat": 1_000_000, "tcp_rtt": 21_000_000,
            "s_bytes_sum": 96, "d_bytes_sum": 56, "s_bytes_mean": 48.0, "s_bytes_min": 40, "s_bytes_max": 56,
            "s_bytes_med": 48.0, "s_bytes_std": 8.0, "d_bytes_std": 0.0, "d_bytes_med": 56,
            "s_load": 96 * 8e9 / 21e6, "s_iat_mean": 21_000_000.0, "d_iat_mean": -1, "s_iat_sum": 21_000_000,
            "d_iat_sum": 0, "d_iat_min": -1, "s_winsize_sum": 64_240 + 502, "s_ttl_max": 64, "d_ttl_min": 57,
            "syn_cnt": 2, "ack_cnt": 2, "fin_cnt": 0,
        }
        self.assertEqual({name: f[name] for name in expected}, expected)

    def test_nothing_from_the_destination(self):
        capture = make.Capture()
        capture.tcp(0, make.CLIENT, make.SERVER, make.SYN)
        (f,), _ = compute(capture)
        self.assertEqual([f[f"d_bytes_{s}"] for s in ("sum", "mean", "min", "max", "med", "std")], [0] + [-1] * 5)
        self.assertEqual([f[n] for n in ("d_iat_sum", "d_load", "s_load", "syn_ack", "d_winsize_sum")], [-1, -1, -1, -1, 0])

    def test_udp_has_no_window_flags_or_handshake(self):
        capture = make.Capture()
        capture.udp(0, make.CLIENT, make.SERVER, size=10)
        (f,), _ = compute(capture)
        for name in ("s_winsize_sum", "d_winsize_mean", "syn_cnt", "ack_cnt", "syn_ack", "tcp_rtt"):
            self.assertEqual(f[name], -1, name)
        self.assertEqual(f["s_bytes_sum"], 38)

    def test_time_never_falls(self):
        capture = make.Capture()
        for at in (10, 4, 12, 11, 15):
            capture.udp(at * make.US, make.CLIENT, make.SERVER)
        (f,), _ = compute(capture)
        self.assertEqual((f["dur"], f["s_iat_min"], f["s_iat_max"], f["s_iat_med"]), (5_000, 0, 3_000, 1_000.0))

    def test_the_median_sees_128_values(self):
        capture = make.Capture()
        for i in range(200):
            capture.udp(i * make.US, make.CLIENT, make.SERVER, size=i)
        (f,), _ = compute(capture)
        self.assertEqual((f["s_bytes_med"], f["s_bytes_max"]), (28 + 63.5, 28 + 199))


class Flows(unittest.TestCase):
    def starts(self, name, **settings):
        function = next(function for found, _, _, function in make.CAPTURES if found == name)
        flows, _ = features.track(features.read_pcap(function().bytes()), features.Settings(**settings))
        return [((flow.first_time - make.BASE) // make.US, len(flow.packets)) for flow in flows]

    def test_port_reuse(self):
        self.assertEqual(self.starts("port_reuse"), [(0, 5), (1_000_000, 6), (5_000_000, 4)])

    def test_time_outs_are_strict(self):
        self.assertEqual(self.starts("udp_timeout"), [(0, 3), (180_000_001, 2), (400_000_000, 1)])
        self.assertEqual(self.starts("tcp_timeout"), [(0, 5), (901_000_000, 3), (1_300_000_000, 3)])

    def test_an_ended_key_is_kept_by_absorbed_packets(self):
        ended = [(0, 5), (1_000_000_000, 2)]
        self.assertEqual(self.starts("ended_key"), ended)
        self.assertEqual(self.starts("ended_key", require_syn=False), [*ended, (1_601_000_001, 2)])

    def test_a_self_flow_does_not_end_by_fin(self):
        self.assertEqual(self.starts("self_flow"), [(0, 7), (0, 3), (11_000, 1)])


if __name__ == "__main__":
    unittest.main()
