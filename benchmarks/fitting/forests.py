"""Fits gradient-boosted trees with LightGBM and writes them in the form that `qa/trees.py` reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from qa.trees import Forest

SETTINGS = {
    "max_depth": 6,
    "verbose": -1,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
}
DIGITS = 6  # decimals of leaf values in the file
CLOSE = 1e-3  # how far a forest read back may be from the models it was made of


BAGS = 3  # models of other seeds, averaged: with some thousand questions one alone leans on chance


def ranker(
    groups: Sequence[tuple[np.ndarray, np.ndarray, float]], rounds: int, **settings: Any
) -> list[lightgbm.Booster]:
    """LambdaMART over groups of (features, right or not, weight), once for each bag."""
    table = np.concatenate([features for features, _, _ in groups])
    labels = np.concatenate([right for _, right, _ in groups]).astype(int)
    weights = np.concatenate([np.full(len(right), weight) for _, right, weight in groups])
    data = lightgbm.Dataset(table, label=labels, group=[len(right) for _, right, _ in groups], weight=weights)
    return [
        lightgbm.train(SETTINGS | {"objective": "lambdarank"} | settings | {"seed": bag + 1}, data, rounds)
        for bag in range(BAGS)
    ]


def classifier(
    table: np.ndarray, labels: np.ndarray, weights: np.ndarray, rounds: int, **settings: Any
) -> list[lightgbm.Booster]:
    """Boosted logistic regression; the sum of the trees is the logit."""
    data = lightgbm.Dataset(table, label=labels.astype(int), weight=weights)
    return [
        lightgbm.train(SETTINGS | {"objective": "binary"} | settings | {"seed": bag + 1}, data, rounds)
        for bag in range(BAGS)
    ]


def to_json(models: Sequence[lightgbm.Booster], names: Sequence[str]) -> dict[str, Any]:
    """The mean of the models as flat lists of nodes, tree after tree; a leaf points to itself and asks nothing."""
    nodes: dict[str, list[Any]] = {key: [] for key in ("feature", "threshold", "left", "right", "value")}
    roots, depth = [], 1
    for tree in (tree for model in models for tree in model.dump_model()["tree_info"]):
        roots.append(len(nodes["feature"]))
        depth = max(depth, add(nodes, tree["tree_structure"], len(models)))
    return {"features": list(names), "roots": roots, "depth": depth, **nodes}


def add(nodes: dict[str, list[Any]], node: dict[str, Any], models: int) -> int:
    """Append a node and all below it; returns how many questions lead to its deepest leaf."""
    here = len(nodes["feature"])
    for key in nodes:
        nodes[key].append(0)
    if "leaf_value" in node:
        nodes["left"][here] = nodes["right"][here] = here
        nodes["value"][here] = round(node["leaf_value"] / models, DIGITS)
        return 0
    nodes["feature"][here] = node["split_feature"]
    nodes["threshold"][here] = rounded(node["threshold"])
    nodes["left"][here] = len(nodes["feature"])
    left = add(nodes, node["left_child"], models)
    nodes["right"][here] = len(nodes["feature"])
    return 1 + max(left, add(nodes, node["right_child"], models))


def rounded(threshold: float) -> float:
    """The shortest number that parts features of single precision where the threshold does.

    A number next to zero, which parts zero from what is less, so does not become zero.
    """
    near = np.float32(threshold)
    below = np.nextafter(near, np.float32(-np.inf)) if float(near) > threshold else near
    low, high = float(below), float(np.nextafter(below, np.float32(np.inf)))
    shorter = (float(f"{threshold:.{digits}g}") for digits in range(1, 18))
    return next((number for number in shorter if low <= number < high), low)


def check(forest: Forest, models: Sequence[lightgbm.Booster], table: np.ndarray) -> None:
    """Raise ValueError where the forest read back from its file says something else than the models."""
    said = sum(model.predict(table, raw_score=True) for model in models) / len(models)
    if (apart := float(np.abs(forest.scores(table.astype(np.float32)) - said).max())) > CLOSE:
        raise ValueError(f"the forest is {apart} from the models that it was made of")


def digest(groups: Sequence[tuple[np.ndarray, ...]]) -> str:
    """A hash of all that a forest was fitted on."""
    found = hashlib.sha256()
    for group in groups:
        for part in group:
            found.update(np.ascontiguousarray(part).tobytes())
    return found.hexdigest()[:16]


def write(path: Path, forest: dict[str, Any]) -> None:
    """Write a forest with what it was fitted on."""
    path.write_text(json.dumps(forest, separators=(",", ":")) + "\n", encoding="utf-8")
