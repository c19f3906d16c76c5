"""ONNX Runtime on a frozen model, written as one TreeEnsembleClassifier."""

import time

import numpy as np
import onnxruntime
from onnx import TensorProto, helper


class OnnxRuntime:
    """A session on one thread. Calls are for one row, or for all rows at once."""

    def __init__(self, model, rows):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        text = document(model).SerializeToString()
        self.session = onnxruntime.InferenceSession(text, options, providers=["CPUExecutionProvider"])
        self.rows = rows
        self.single = [rows[row : row + 1] for row in range(len(rows))]

    def classes(self):
        """The class of each row."""
        return self.session.run(["label"], {"rows": self.rows})[0]

    def times(self):
        """Nanoseconds for a row: in calls for one row, with the interpreter's share taken off, and in one call for all."""
        return {
            "ONNX Runtime, one row a call": self._calls(self.session.run) - self._calls(nothing),
            "ONNX Runtime, all rows in one call": self._batch(),
        }

    def _calls(self, call):
        best = float("inf")
        for _ in range(2):
            start = time.perf_counter_ns()
            for row in self.single:
                call(["label"], {"rows": row})
            best = min(best, (time.perf_counter_ns() - start) / len(self.single))
        return best

    def _batch(self):
        best = float("inf")
        for _ in range(2):
            start = time.perf_counter_ns()
            self.session.run(["label"], {"rows": self.rows})
            best = min(best, (time.perf_counter_ns() - start) / len(self.rows))
        return best


def nothing(_names, _inputs):
    """What a call costs that does nothing."""


def document(model):
    """The model as ONNX. Shares are divided by the number of trees: a soft vote."""
    columns = {name: [] for name in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")}
    votes = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}
    for tree_id, tree in enumerate(model.trees):
        for node_id, node in enumerate(tree):
            split = node.feature is not None
            columns["treeids"].append(tree_id)
            columns["nodeids"].append(node_id)
            columns["featureids"].append(node.feature if split else 0)
            columns["values"].append(node.threshold)
            columns["modes"].append("BRANCH_LEQ" if split else "LEAF")
            columns["truenodeids"].append(node_id + 1 if split else 0)
            columns["falsenodeids"].append(node.right)
            for label, share in node.leaf:
                votes["treeids"].append(tree_id)
                votes["nodeids"].append(node_id)
                votes["ids"].append(label)
                votes["weights"].append(share / 65535 / len(model.trees))
    ensemble = helper.make_node(
        "TreeEnsembleClassifier",
        ["rows"],
        ["label", "votes"],
        domain="ai.onnx.ml",
        classlabels_int64s=list(range(model.classes)),
        post_transform="NONE",
        **{f"nodes_{name}": column for name, column in columns.items()},
        **{f"class_{name}": column for name, column in votes.items()},
    )
    graph = helper.make_graph(
        [ensemble],
        "forest",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, [None, model.features])],
        [
            helper.make_tensor_value_info("label", TensorProto.INT64, [None]),
            helper.make_tensor_value_info("votes", TensorProto.FLOAT, [None, model.classes]),
        ],
    )
    opsets = [helper.make_opsetid("ai.onnx.ml", 3), helper.make_opsetid("", 15)]
    made = helper.make_model(graph, opset_imports=opsets)
    made.ir_version = 8
    return made


def wrong(ours, theirs):
    """The share of rows that two sets of classes differ in."""
    return float(np.mean(np.asarray(ours) != np.asarray(theirs)))
