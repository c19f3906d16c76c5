"""Captures from an interface with NFStream until it is interrupted, and says how many packets its flows have."""

import signal
import sys

from nfstream import NFStreamer


def main() -> None:
    seen = 0
    # One meter, flows without statistics, no dissection: the least that NFStream does.
    streamer = NFStreamer(
        source=sys.argv[1],
        promiscuous_mode=True,
        snapshot_length=256,
        n_meters=1,
        n_dissections=0,
        statistical_analysis=False,
        idle_timeout=15,
        active_timeout=120,
    )
    try:
        for flow in streamer:
            seen += flow.bidirectional_packets
    except KeyboardInterrupt:
        pass
    print(f"{seen} packets seen", flush=True)


if __name__ == "__main__":
    main()
