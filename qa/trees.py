"""Gradient-boosted trees as JSON: a few hundred small decisions on named features, added up.

Trained elsewhere (`benchmarks/fitting`), only applied here. No tree is walked: every decision is taken for every row,
each rules out the leaves on the side that is not gone to, and the first leaf left is the row's (QuickScorer: Lucchese
et al. 2015).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.types import Floats

Ints = NDArray[np.int64]
WEIGHTS = Path(__file__).parent / "weights"
MOST_LEAVES = 16
FEW_LEAVES = 8  # of trees that are small: what is added is looked up by the set of leaves that are out
AT_ONCE = 256  # rows that are scored together: what is known of each decision stays in the processor's cache


@dataclass(frozen=True, slots=True)
class Decisions:
    """A forest's decisions: the first of every tree, then the second, `width` times; those that a tree lacks rule out nothing.

    Decision d asks whether `feature[d]` is more than `threshold[d]` (decisions, 1); if so, the leaves `ruled[d]`
    (decisions, 1) are out. Tree t gives `values[t, leaf]`; where trees are `small`, `values[t, set]` by the whole set
    of leaves that are out.
    """

    feature: Ints
    threshold: Floats
    ruled: NDArray[np.unsignedinteger]
    values: NDArray[np.float64]
    width: int
    small: bool


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
        parts = [self._summed(rows[begin : begin + AT_ONCE]) for begin in range(0, len(rows), AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _summed(self, rows: Floats) -> NDArray[np.float64]:
        known, trees = self._decisions, len(self.roots)
        beyond = np.ascontiguousarray(rows.T).take(known.feature, axis=0) > known.threshold
        out = np.multiply(beyond.view(np.uint8), known.ruled).reshape(known.width, trees * len(rows))
        sets = np.bitwise_or.reduce(out, axis=0).reshape(trees, len(rows))
        places = (sets if known.small else first_left().take(sets)) + self._begins
        total: NDArray[np.float64] = known.values.take(places).sum(axis=0)
        return total

    @cached_property
    def _begins(self) -> Ints:
        """Where each tree's values begin: (trees, 1)."""
        trees, each = self._decisions.values.shape
        return np.arange(0, trees * each, each)[:, None]

    @cached_property
    def _decisions(self) -> Decisions:
        return decisions(self)

    def table(self, columns: Mapping[str, NDArray[np.generic]]) -> Floats:
        """Named columns as rows in this forest's order; raises KeyError for a feature that is not there."""
        every = np.concatenate([columns[name] for name in self.names], dtype=np.float32, casting="unsafe")
        rows: Floats = every.reshape(len(self.names), -1).T
        return rows


@lru_cache(maxsize=1)
def first_left() -> NDArray[np.uint8]:
    """The lowest bit that is not set, for every set of leaves that are ruled out; 0 where all are."""
    every = np.arange(1 << MOST_LEAVES)
    lowest: Ints = np.log2(~every & (every + 1)).astype(np.int64) % MOST_LEAVES
    return lowest.astype(np.uint8)


def decisions(forest: Forest) -> Decisions:
    """A forest's nodes as decisions; raises ValueError for a tree of more than MOST_LEAVES leaves."""
    here, (left, right) = np.arange(len(forest.feature)), forest.children.T
    inner = left != here
    leaves, first = np.ones(len(here), np.int64), np.zeros(len(here), np.int64)
    for _ in range(
        forest.depth
    ):  # upwards, a level each time: how many leaves are below; then downwards: from which on
        leaves[inner] = leaves[left[inner]] + leaves[right[inner]]
    for _ in range(forest.depth):
        first[left[inner]] = first[inner]
        first[right[inner]] = first[inner] + leaves[left[inner]]
    if leaves.max(initial=0) > MOST_LEAVES:
        raise ValueError(f"a tree has {leaves.max()} leaves: at most {MOST_LEAVES} can be scored")
    tree = np.searchsorted(forest.roots, here, side="right") - 1
    places = np.arange(inner.sum()) - np.searchsorted(tree[inner], tree[inner])
    width = int(places.max(initial=0)) + 1
    at = places * len(forest.roots) + tree[inner]
    feature, ruled = np.zeros(len(forest.roots) * width, np.int64), np.zeros(len(forest.roots) * width, np.uint16)
    threshold = np.full(len(feature), np.inf, np.float32)
    feature[at], threshold[at] = forest.feature[inner], below(forest.threshold[inner])
    ruled[at] = ((1 << leaves[left[inner]]) - 1) << first[inner]
    values = np.zeros((len(forest.roots), MOST_LEAVES))
    values[tree[~inner], first[~inner]] = forest.value[~inner]
    most = int(leaves.max(initial=1))
    small = most <= FEW_LEAVES
    if small:  # a tree's last leaf is never ruled out
        values, ruled = values.take(first_left()[: 1 << (most - 1)], axis=1), ruled.astype(np.uint8)
    return Decisions(feature, threshold[:, None], ruled[:, None], values, width, small)


def below(thresholds: NDArray[np.float64]) -> Floats:
    """The largest single-precision numbers that are not above: the same ones are more than either."""
    near = thresholds.astype(np.float32)
    return np.where(near > thresholds, np.nextafter(near, np.float32(-np.inf)), near)


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
    return from_json(json.loads((WEIGHTS / f"{name}.json").read_text(encoding="utf-8")))
