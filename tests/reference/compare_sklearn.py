#!/usr/bin/env python3
"""Compares cato's random forests with scikit-learn's on the same table, split and depth of trees.

    compare_sklearn.py --cato target/release/cato --front STUDY [--pick ID] -- \\
        --pcap PATH... --labels FILE --split flow
    compare_sklearn.py --cato target/release/cato --features s_ttl_mean,dur --depth 10 -- \\
        --pcap PATH... --labels FILE --split flow

Without --pick, the member of the front with the best macro-F1 on validation is taken. What follows `--` goes to
`cato features` and `cato train` as it is: captures, labels, split, flow options. For each seed,

* ours is the forest that `cato train` fits, with the tree depth that its cross-validation chose;
* theirs is scikit-learn's with that depth, fitted on the train part of the table that `cato features` writes.

Both have 100 trees and draw sqrt(features) at each split. Printed: macro-F1 on validation and on test for each seed,
the means, and their difference. Exit status 1 if a mean differs by more than --tolerance.
"""

import argparse
import csv
import io
import json
import math
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score

PARTS = ("validation", "test")
KEY_COLUMNS = {
    "file", "key_proto", "key_s_addr", "key_s_port", "key_d_addr", "key_d_port", "first_ts_ns", "packets",
    "packets_used", "label", "part",
}


def table(cato, representation, options, seed):
    """The table of one split: part -> (rows, labels)."""
    text = run(cato, "features", *representation, *options, "--seed", str(seed), "--format", "csv")
    parts = {}
    for row in csv.DictReader(io.StringIO(text)):
        if not row["part"]:
            continue  # without a label, or of a class that was dropped
        rows, labels = parts.setdefault(row["part"], ([], []))
        rows.append([float(value) for column, value in row.items() if column not in KEY_COLUMNS])
        labels.append(row["label"])
    return {part: (np.array(rows, dtype=np.float32), np.array(labels)) for part, (rows, labels) in parts.items()}


def theirs(parts, max_depth, seed, jobs):
    forest = RandomForestClassifier(100, max_depth=max_depth, max_features="sqrt", random_state=seed, n_jobs=jobs)
    forest.fit(*parts["train"])
    return {part: macro_f1(parts[part][1], forest.predict(parts[part][0])) for part in PARTS}


def macro_f1(truth, predicted):
    """Over the classes that the part holds, as cato counts."""
    return f1_score(truth, predicted, average="macro", labels=np.unique(truth), zero_division=0)


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}")
    return done.stdout


def front_member(study, pick):
    members = json.loads((study / "front.json").read_text())
    if pick:
        return next((m for m in members if m["id"] == pick), None) or sys.exit(f"{study}: no member {pick}")
    return max(members, key=lambda m: m["validation"]["macro_f1"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cato", default="cato", help="the program")
    parser.add_argument("--front", type=Path, metavar="STUDY", help="take features and depth from this study")
    parser.add_argument("--pick", metavar="ID")
    parser.add_argument("--features", help="names, separated by commas")
    parser.add_argument("--depth", help="packets, or all")
    parser.add_argument("--seeds", type=int, default=10, help="how many, from 1")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--tolerance", type=float, default=0.02)
    parser.add_argument("options", nargs="+", help="for cato features and cato train")
    args = parser.parse_args()
    if args.front:
        member = front_member(args.front, args.pick)
        args.features, args.depth = ",".join(member["features"]), str(member["depth"])
    if not args.features or not args.depth:
        parser.error("give --front, or --features and --depth")

    representation = ["--features", args.features, "--depth", args.depth]
    print(f"features at depth {args.depth}: {args.features}")
    print("seed  max_depth  part        ours    scikit-learn")
    scores = {(who, part): [] for who in ("ours", "theirs") for part in PARTS}
    for seed in range(1, args.seeds + 1):
        own = json.loads(run(args.cato, "train", *representation, *args.options, "--model", "random-forest",
                             "--seed", str(seed), "--json"))
        other = theirs(table(args.cato, representation, args.options, seed), own["max_depth"], seed, args.jobs)
        for part in PARTS:
            scores["ours", part].append(own[part]["macro_f1"])
            scores["theirs", part].append(other[part])
            print(f"{seed:>4}  {own['max_depth']:>9}  {part:<10}  {own[part]['macro_f1']:.4f}  {other[part]:.4f}", flush=True)

    far = False
    for part in PARTS:
        ours, their = scores["ours", part], scores["theirs", part]
        difference = statistics.mean(ours) - statistics.mean(their)
        error = statistics.stdev(a - b for a, b in zip(ours, their)) / math.sqrt(len(ours)) if len(ours) > 1 else 0.0
        print(f"mean over {len(ours)} seeds, {part}: ours {statistics.mean(ours):.4f}, scikit-learn "
              f"{statistics.mean(their):.4f}, difference {difference:+.4f} (standard error {error:.4f})")
        far |= abs(difference) > args.tolerance
    return 1 if far else 0


if __name__ == "__main__":
    sys.exit(main())
