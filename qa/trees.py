"""Gradient-boosted trees as JSON: a few hundred small decisions on named features, added up.

Trained elsewhere (`benchmarks/fitting`), only applied here: all trees walk down together for all rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.types import Floats

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Forest:
    """Node n asks whether feature `feature[n]` is at most `threshold[n]`, and goes to `left[n]` or `right[n]`.

    A leaf goes to itself and adds `value[n]`; tree t begins at node `roots[t]`; no tree is deeper than `depth`.
    """

    names: tuple[str, ...]
    feature: Ints
    threshold: NDArray[np.float64]
    children: Ints
    value: NDArray[np.float64]
    roots: Ints
    depth: int

    def scores(self, rows: Floats) -> NDArray[np.float64]:
        """The sum of the trees for each row of features (rows, names), larger is better: (rows,)."""
        wide = rows.astype(np.float64)
        at = np.repeat(self.roots[:, None], len(rows), axis=1)
        lines = np.arange(len(rows))[None, :]
        for _ in range(self.depth):
            beyond = wide[lines, self.feature[at]] > self.threshold[at]
            at = self.children[at, beyond.astype(np.int64)]
        total: NDArray[np.float64] = self.value[at].sum(axis=0)
        return total

    def table(self, columns: Mapping[str, Floats]) -> Floats:
        """Named columns as rows in this forest's order; raises KeyError for a feature that is not there."""
        return np.stack([columns[name] for name in self.names], axis=1).astype(np.float32)


def from_json(raw: dict[str, Any]) -> Forest:
    """Read the form that `benchmarks/fitting` writes: lists of nodes, tree after tree."""
    children = np.stack([np.array(raw["left"]), np.array(raw["right"])], axis=1)
    return Forest(
        names=tuple(raw["features"]),
        feature=np.array(raw["feature"]),
        threshold=np.array(raw["threshold"], dtype=np.float64),
        children=children,
        value=np.array(raw["value"], dtype=np.float64),
        roots=np.array(raw["roots"]),
        depth=int(raw["depth"]),
    )


@lru_cache(maxsize=8)
def shipped(name: str) -> Forest:
    """The forest `qa/weights/NAME.json`."""
    return from_json(json.loads((files("qa") / "weights" / f"{name}.json").read_text(encoding="utf-8")))
