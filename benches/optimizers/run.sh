#!/bin/sh
# Runs public optimisers and cato's own algorithms on the same captures, and writes the comparison.
#
#   benches/optimizers/run.sh OUT NAME PCAPS LABELS [NAME PCAPS LABELS ...]
#
# CATO names the program (default: target/release/cato), TOOLS the public tools, ALGORITHMS cato's own, SEEDS how many
# seeds each gets (default 5), WEIGHTS a file of operation weights (default: this machine's). Runs that are there already
# are not made again.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
CATO=${CATO:-$root/target/release/cato}
TOOLS=${TOOLS-optuna-tpe:50 optuna-nsga2:50 pymoo-nsga2:50 optuna-nsga2:200 pymoo-nsga2:200 hypermapper:50}
ALGORITHMS=${ALGORITHMS-mobo cato random anneal nsga2}
SEEDS=${SEEDS:-5}
PYTHON=${PYTHON:-python3}

[ $# -ge 4 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
out=$1
shift
mkdir -p "$out"

# HyperMapper 2.2 needs a scikit-learn that is older than what the others come with, so it has an environment of its own.
environment() {
    [ -x "$out/$1/bin/python" ] || {
        "$PYTHON" -m venv "$out/$1"
        "$out/$1/bin/pip" install --quiet -r "$here/$1.txt"
        # Its own requirements name no versions, and what they name says it needs later ones than it does.
        [ ! -f "$here/$1.pins.txt" ] || "$out/$1/bin/pip" install --quiet -r "$here/$1.pins.txt"
    }
}

# Python's linear algebra would take every core for matrices that are too small for it.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
# HyperMapper's choices depend on the order of sets of strings.
export PYTHONHASHSEED=0

folders=
while [ $# -ge 3 ]; do
    name=$1 pcaps=$2 labels=$3
    shift 3
    folder=$out/$name
    folders="$folders $folder"
    mkdir -p "$folder"
    data="--pcap $pcaps --labels $labels --features all --max-depth 50 --cost-model operations --quiet"
    data="$data ${WEIGHTS:+--cost-weights $WEIGHTS}"
    for tool in $TOOLS; do
        case $tool in hypermapper:*) python=hypermapper ;; *) python=tools ;; esac
        environment $python
        # Paths with spaces in them are not supported here.
        # shellcheck disable=SC2086
        "$out/$python/bin/python" "$here/run.py" --out "$folder" --tool "${tool%:*}" --budget "${tool#*:}" \
            --seeds "$SEEDS" -- "$CATO" evaluate $data
    done
    for algorithm in $ALGORITHMS; do
        # shellcheck disable=SC2086
        "$PYTHON" "$here/own.py" --out "$folder" --algorithm "$algorithm" --budget 50 --seeds "$SEEDS" -- \
            "$CATO" optimize $data
    done
done
# shellcheck disable=SC2086
"$PYTHON" "$here/table.py" $folders --json "$out/comparison.json" > "$out/comparison.md"
cat "$out/comparison.md"
