"""Compares the runs of every tool on some captures: a table in Markdown and the same as JSON.

    table.py RESULTS/iot_sentinel RESULTS/mobile_apps --json comparison.json

A hypervolume is that of the front after so many evaluations, with F1 0 and cost 1 as the reference point. Costs are divided
by one number for each seed: the largest that any tool has seen with it, all features at the largest depth among them.
"""

import argparse
import json
import statistics
from collections import defaultdict
from pathlib import Path

AT = (15, 25, 50, 200)


def hypervolume(points, worst):
    """Of (F1, cost) points, cost divided by `worst`, against F1 0 and cost 1."""
    area, best = 0.0, 0.0
    ascending = sorted((cost / worst, -f1) for f1, cost in points)
    for at, (cost, negative) in enumerate(ascending):
        best = max(best, -negative)
        end = ascending[at + 1][0] if at + 1 < len(ascending) else 1.0
        area += best * max(0.0, min(end, 1.0) - cost)
    return area


def read(folder):
    runs = [json.loads(path.read_text()) for path in sorted(folder.glob("*-*-*.json"))]
    worst = defaultdict(float)
    for path in folder.glob("objective-*.jsonl"):
        seed = int(path.stem.split("-")[1])
        for line in path.read_text().splitlines():
            worst[seed] = max(worst[seed], json.loads(line)["execution_time_ns"])
    for run in runs:
        worst[run["seed"]] = max([worst[run["seed"]], *(one["execution_time_ns"] for one in run["evaluations"])])
    return runs, worst


def compare(folder):
    runs, worst = read(folder)
    found = defaultdict(dict)
    for run in runs:
        points = [(one["macro_f1"], one["execution_time_ns"]) for one in run["evaluations"]]
        for at in AT:
            # A tool that was given 200 is another one than with 50: its populations are larger.
            if at <= run["budget"] and (at == run["budget"] or run["budget"] == 50):
                reached = hypervolume(points[:at], worst[run["seed"]])
                found[run["tool"], run["budget"]].setdefault(at, {})[run["seed"]] = reached
    rows = []
    for (tool, budget), by_count in sorted(found.items(), key=lambda entry: -mean(entry[1][max(entry[1])])):
        hypervolumes = {
            str(at): {
                "mean": mean(by_seed),
                "min": min(by_seed.values()),
                "sd": statistics.stdev(by_seed.values()) if len(by_seed) > 1 else 0.0,
                "by_seed": by_seed,
            }
            for at, by_seed in sorted(by_count.items())
        }
        of_tool = [run for run in runs if (run["tool"], run["budget"]) == (tool, budget)]
        rows.append(
            {
                "tool": tool,
                "budget": budget,
                "seeds": len(of_tool),
                "hypervolume": hypervolumes,
                "best_f1": statistics.fmean(max(one["macro_f1"] for one in run["evaluations"]) for run in of_tool),
            }
        )
    return {"captures": folder.name, "worst_cost_ns": dict(sorted(worst.items())), "tools": rows}


def mean(by_seed):
    return statistics.fmean(by_seed.values())


def markdown(comparison):
    worst = comparison["worst_cost_ns"].values()
    lines = [
        f"### {comparison['captures']}",
        "",
        f"Cost 1 is {min(worst):.0f} to {max(worst):.0f} ns per flow, by seed.",
        "",
        "| tool | evaluations | seeds | at 15 | at 25 | at the end: mean | worst seed | sd | best F1 |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in comparison["tools"]:
        at = row["hypervolume"]
        end = at[str(row["budget"])]
        early = [f"{at[count]['mean']:.4f}" if count in at else "" for count in ("15", "25")]
        figures = [row["tool"], str(row["budget"]), str(row["seeds"]), *early]
        figures += [f"{end['mean']:.4f}", f"{end['min']:.4f}", f"{end['sd']:.4f}", f"{row['best_f1']:.4f}"]
        lines.append(f"| {' | '.join(figures)} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", help="one folder of results for each set of captures")
    parser.add_argument("--json", type=Path, help="writes all figures into this file")
    args = parser.parse_args()
    comparisons = [compare(folder) for folder in args.folders]
    print("\n".join(markdown(comparison) for comparison in comparisons))
    if args.json:
        args.json.write_text(json.dumps(comparisons, indent=1) + "\n")


if __name__ == "__main__":
    main()
