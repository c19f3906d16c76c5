"""Times ONNX Runtime and TL2cgen's C on models and rows in a folder, one line of JSON for each line of input."""

import json
import os
import pathlib
import sys

import numpy as np

import frozen
from onnx_runtime import OnnxRuntime, wrong
from tl2cgen_c import Tl2cgen


def main():
    # Libraries write remarks to the standard output, which is for answers here: they go where errors go.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    folder = pathlib.Path(sys.argv[1])
    models = {kind: frozen.read(folder / f"{kind}.json") for kind in ("tree", "forest")}
    rows = np.fromfile(folder / "rows.bin", dtype="<f4").reshape(-1, models["tree"].features)
    contestants = []
    for kind, model in models.items():
        contestants.append((kind, OnnxRuntime(model, rows)))
    # A forest of this size is hundreds of megabytes of C.
    for scores in (models["tree"].classes, 1):
        contestants.append(("tree", Tl2cgen(models["tree"], rows, folder / f"tl2cgen-{scores}", scores)))
    for kind, contestant in contestants:
        ours = np.fromfile(folder / f"{kind}-classes.bin", dtype="<u2")
        share = wrong(ours, contestant.classes())
        # Votes are summed in floats there, and in integers here: ties may fall otherwise.
        if share > 0.01:
            sys.exit(f"{type(contestant).__name__} predicts {share:.1%} of the rows otherwise than the {kind} does")
    print("ready", file=answers, flush=True)
    for _ in sys.stdin:
        times = {"tree": {}, "forest": {}}
        for kind, contestant in contestants:
            times[kind].update(contestant.times())
        print(json.dumps(times), file=answers, flush=True)


if __name__ == "__main__":
    main()
