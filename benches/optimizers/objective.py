"""The objective that every tool is given: `cato evaluate --jsonl`, with its answers kept in a file.

A candidate is a set of features and a packet depth. Its answer is macro-F1 on the validation part and the counted cost
in nanoseconds per flow; both are functions of the candidate, so an answer is asked for once, whichever tool wants it.
"""

import json
import subprocess
from pathlib import Path


class Objective:
    """Candidates of one set of captures. `command` is `cato evaluate` with its captures, labels and options."""

    def __init__(self, command, cache):
        self.command = command
        self.cache = Path(cache)
        self.known = {}
        self.process = None
        if self.cache.exists():
            for line in self.cache.read_text().splitlines():
                answer = json.loads(line)
                self.known[key(answer["features"], answer["depth"])] = answer
        description = self.cache.with_suffix(".describe.json")
        if not description.exists():
            said = subprocess.run([*command, "--describe"], check=True, capture_output=True, text=True).stdout
            json.loads(said)
            description.write_text(said)
        self.description = json.loads(description.read_text())
        self.features = [feature["name"] for feature in self.description["features"]]
        self.max_depth = self.description["max_depth"]

    def ask(self, features, depth):
        """Macro-F1 and cost. No features at all are no candidate: F1 0 at the cost of everything."""
        features = [name for name in self.features if name in set(features)]
        if not features:
            return 0.0, self.cost_of_all()
        answer = self.known.get(key(features, depth))
        if answer is None:
            answer = self.evaluate(features, int(depth))
            self.known[key(features, depth)] = answer
            with self.cache.open("a") as file:
                file.write(json.dumps(answer) + "\n")
        return answer["macro_f1"], answer["execution_time_ns"]

    def cost_of_all(self):
        """The cost of all features at the largest depth."""
        return self.ask(self.features, self.max_depth)[1]

    def evaluate(self, features, depth):
        if self.process is None:
            self.process = subprocess.Popen(
                [*self.command, "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
            )
        self.process.stdin.write(json.dumps({"features": features, "depth": depth}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("cato evaluate has ended")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"{features} at depth {depth}: {answer['error']}")
        kept = ("features", "depth", "macro_f1", "execution_time_ns")
        return {name: answer[name] for name in kept}

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()
            self.process = None


class Recorder:
    """Asks an objective and keeps the order in which a tool asked."""

    def __init__(self, objective):
        self.objective = objective
        self.evaluations = []

    def ask(self, features, depth):
        f1, cost = self.objective.ask(features, depth)
        self.evaluations.append({"features": sorted(features), "depth": int(depth), "macro_f1": f1, "execution_time_ns": cost})
        return f1, cost


def key(features, depth):
    return (frozenset(features), int(depth))
