"""Frozen models of cato, as ONNX and as treelite have them: the same splits, the same leaves."""

import json
from dataclasses import dataclass


@dataclass
class Node:
    """A node of a tree in preorder; a leaf has no feature."""

    feature: int | None
    threshold: float
    right: int
    leaf: list[tuple[int, int]]


@dataclass
class Model:
    """Trees whose leaves hold (class, share in 65535ths)."""

    features: int
    classes: int
    trees: list[list[Node]]


def read(path):
    """Reads the JSON of a frozen model, whose right children follow from the preorder."""
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    trees = []
    for columns in document["trees"]:
        thresholds, leaves = iter(columns["threshold"]), iter(columns["leaf"])
        nodes, waiting = [], []
        for feature in columns["feature"]:
            if nodes and nodes[-1].feature is None:
                nodes[waiting.pop()].right = len(nodes)
            if feature < 0:
                nodes.append(Node(None, 0.0, 0, document["leaves"][next(leaves)]))
            else:
                waiting.append(len(nodes))
                nodes.append(Node(feature, next(thresholds), 0, []))
        trees.append(nodes)
    return Model(len(document["features"]), len(document["classes"]), trees)
