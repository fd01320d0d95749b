"""What the libraries of retrieval measures lack; larger is better."""

from __future__ import annotations

from collections.abc import Sequence


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Chance that an answerable question gets the higher confidence; a tie counts half.

    >>> auroc([0.9, 0.5], [0.5, 0.1])
    0.875
    """
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return wins / (len(positive) * len(negative)) if positive and negative else 0.0
