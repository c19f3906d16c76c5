"""Captures from an interface with NFStream until it is interrupted; it says every second how many packets it has processed."""

import sys

from nfstream import NFStreamer


def main() -> None:
    # One meter, no dissection, no statistics: the least that NFStream does.
    streamer = NFStreamer(
        source=sys.argv[1],
        promiscuous_mode=True,
        snapshot_length=256,
        n_meters=1,
        n_dissections=0,
        statistical_analysis=False,
        performance_report=1,
    )
    for _ in streamer:
        pass


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    main()
