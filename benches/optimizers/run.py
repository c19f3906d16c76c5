"""Runs one tool on one set of captures, seed by seed, and keeps what it evaluated.

    run.py --out DIR --tool NAME --budget N --seeds 5 -- cato evaluate --pcap ... --labels ... --cost-model operations

A seed is that of the tool, and of split and training as well: so each run has the objective that `cato optimize` has with
the same seed.
"""

import argparse
import json
import time
from pathlib import Path

from objective import Objective, Recorder
from tools import TOOLS


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of the results for these captures")
    parser.add_argument("--tool", choices=sorted(TOOLS), required=True)
    parser.add_argument("--budget", type=int, required=True, help="evaluations of each run")
    parser.add_argument("--seeds", type=int, default=5, help="runs, with the seeds 1 to N")
    parser.add_argument("command", nargs="+", help="cato evaluate with its captures and options")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for seed in range(1, args.seeds + 1):
        path = args.out / f"{args.tool}-{args.budget}-{seed}.json"
        if path.exists():
            continue
        objective = Objective([*args.command, "--seed", str(seed)], args.out / f"objective-{seed}.jsonl")
        objective.cost_of_all()
        recorder = Recorder(objective)
        started = time.monotonic()
        TOOLS[args.tool](recorder.ask, objective, args.budget, seed)
        run = {
            "tool": args.tool,
            "budget": args.budget,
            "seed": seed,
            "seconds": time.monotonic() - started,
            "evaluations": recorder.evaluations[: args.budget],
        }
        objective.close()
        path.with_suffix(".part").write_text(json.dumps(run))
        path.with_suffix(".part").rename(path)
        print(f"{path}: {len(recorder.evaluations)} evaluations in {run['seconds']:.0f} s", flush=True)


if __name__ == "__main__":
    main()
