#!/usr/bin/env bash
# Packets a second without loss on a pair of virtual Ethernet interfaces: cato serve beside tcpdump. Needs root. The README
# beside it says what is measured.
#
#   benches/veth/run.sh DATA [OPTION...]    DATA holds pcaps/ and labels.csv; options are those of the program `veth`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ $# -lt 1 ] || [ ! -d "$1/pcaps" ]; then
    echo "usage: benches/veth/run.sh DATA [OPTION...], where DATA holds pcaps/ and labels.csv" >&2
    exit 2
fi
data=$(realpath "$1")
shift

cargo build --release -p cato-optimizer --bin cato -p cato-tests --bin veth
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The pipeline: all features of ten packets, a forest of a hundred trees.
target/release/cato --quiet train --pcap "$data/pcaps" --labels "$data/labels.csv" --depth 10 --features all \
    --model random-forest --out "$work" >"$work/training"

# Built now, so that no trial waits for a compiler.
first=$(find "$data/pcaps" -type f | sort | head -n 1)
target/release/cato --quiet classify "$work/spec.toml" --pcap "$first" >/dev/null

receivers=(cato)
command -v tcpdump >/dev/null && receivers+=(tcpdump)
target/release/veth --pcap "$data/pcaps" --spec "$work/spec.toml" --cato target/release/cato \
    --receiver "${receivers[@]}" "$@"
