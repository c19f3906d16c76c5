"""The C that TL2cgen writes for a frozen decision tree, compiled by gcc -O3 and timed from a loop in C."""

import ctypes
import subprocess

import numpy as np
import tl2cgen
from treelite.model_builder import Metadata, ModelBuilder, PostProcessorFunc, TreeAnnotation


class Tl2cgen:
    """One tree, with a score for each class at its leaves, or with one number, the class."""

    def __init__(self, model, rows, folder, scores):
        self.rows = np.ascontiguousarray(rows)
        self.scores = scores
        tl2cgen.generate_c_code(treelite_of(model, scores), dirpath=str(folder), params={"parallel_comp": 0})
        library = folder / "tree.so"
        source = __file__.replace("tl2cgen_c.py", "loop.c")
        flags = [f"-DSCORES={scores}", f"-DN_COLUMNS={model.features}", f"-I{folder}"]
        command = ["gcc", "-O3", "-shared", "-fPIC", *flags, source, str(folder / "main.c"), "-lm", "-o", str(library)]
        subprocess.run(command, check=True)
        self.library = ctypes.CDLL(str(library))
        self.library.time_rows.restype = ctypes.c_double

    def classes(self):
        """The class of each row."""
        found = []
        result = np.zeros(self.scores, dtype=np.float32)
        for row in self.rows:
            self.library.scores(row.ctypes.data_as(ctypes.c_void_p), result.ctypes.data_as(ctypes.c_void_p))
            found.append(int(result[0]) if self.scores == 1 else int(np.argmax(result)))
        return np.array(found)

    def times(self):
        """Nanoseconds for a row."""
        name = "TL2cgen -O3, a class a leaf" if self.scores == 1 else "TL2cgen -O3, scores a leaf"
        pointer = self.rows.ctypes.data_as(ctypes.c_void_p)
        return {name: self.library.time_rows(pointer, len(self.rows), 3)}


def treelite_of(model, scores):
    """The tree as treelite has it."""
    one = scores == 1
    metadata = Metadata(
        num_feature=model.features,
        task_type="kRegressor" if one else "kMultiClf",
        average_tree_output=False,
        num_target=1,
        num_class=[scores],
        leaf_vector_shape=(1, scores),
    )
    builder = ModelBuilder(
        threshold_type="float32",
        leaf_output_type="float32",
        metadata=metadata,
        tree_annotation=TreeAnnotation(num_tree=1, target_id=[0], class_id=[0 if one else -1]),
        postprocessor=PostProcessorFunc(name="identity" if one else "identity_multiclass"),
        base_scores=[0.0] * scores,
    )
    builder.start_tree()
    for number, node in enumerate(model.trees[0]):
        builder.start_node(number)
        if node.feature is None:
            shares = [0.0] * model.classes
            for label, share in node.leaf:
                shares[label] = share / 65535
            builder.leaf(float(np.argmax(shares)) if one else shares)
        else:
            builder.numerical_test(
                feature_id=node.feature,
                threshold=node.threshold,
                default_left=True,
                opname="<=",
                left_child_key=number + 1,
                right_child_key=node.right,
            )
        builder.end_node()
    builder.end_tree()
    return builder.commit()
