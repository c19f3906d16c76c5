"""Runs one of cato's own algorithms, seed by seed, and keeps what it evaluated in the form of `run.py`.

    own.py --out DIR --algorithm NAME --budget N --seeds 5 -- cato --pcap ... --labels ... --cost-model operations

The seed of `cato optimize` is that of split, training and search, as in `run.py`.
"""

import argparse
import json
import shutil
import subprocess
import time
from pathlib import Path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of the results for these captures")
    parser.add_argument("--algorithm", required=True)
    parser.add_argument("--budget", type=int, required=True)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("command", nargs="+", help="cato optimize with its captures and options")
    args = parser.parse_args()
    tool = f"cato-{args.algorithm}"
    for seed in range(1, args.seeds + 1):
        path = args.out / f"{tool}-{args.budget}-{seed}.json"
        if path.exists():
            continue
        study = args.out / "studies" / path.stem
        shutil.rmtree(study, ignore_errors=True)
        command = [*args.command, "--algorithm", args.algorithm, "--iterations", str(args.budget)]
        started = time.monotonic()
        subprocess.run([*command, "--seed", str(seed), "--study", study, "--json"], check=True, stdout=subprocess.DEVNULL)
        lines = [json.loads(line) for line in (study / "evaluations.jsonl").read_text().splitlines()]
        run = {
            "tool": tool,
            "budget": args.budget,
            "seed": seed,
            "seconds": time.monotonic() - started,
            "choose_seconds": sum(line["seconds"]["choose"] for line in lines),
            "evaluations": [evaluation(line) for line in lines],
        }
        path.with_suffix(".part").write_text(json.dumps(run))
        path.with_suffix(".part").rename(path)
        print(f"{path}: {len(lines)} evaluations in {run['seconds']:.0f} s", flush=True)


def evaluation(line):
    measured = line["outcome"]["measured"]
    return {
        "features": line["features"],
        "depth": line["depth"],
        "macro_f1": measured["validation"]["macro_f1"],
        "execution_time_ns": measured["cost"]["execution_time_ns"],
    }


if __name__ == "__main__":
    main()
