"""Measures of retrieval, of quotes and of confidence; larger is better for all but the two error rates.

A question that was never answered counts as found nowhere: silence does not raise a mean.
"""

from __future__ import annotations

from collections.abc import Sequence

MISS = 10**9  # the rank (from 0) of what was not found


def recall(ranks: Sequence[int], k: int) -> float:
    """Share of questions whose gold passage is among the first k; with one gold each, also success@k.

    >>> recall([0, 3, MISS], 1), recall([0, 3, MISS], 5)
    (0.3333333333333333, 0.6666666666666666)
    """
    return sum(rank < k for rank in ranks) / len(ranks) if ranks else 0.0


def reciprocal_rank(ranks: Sequence[int], k: int = 10) -> float:
    """Mean of 1 / place over the questions, 0 beyond place k (MRR@k).

    >>> reciprocal_rank([0, 3, MISS])
    0.4166666666666667
    """
    return sum(1 / (rank + 1) for rank in ranks if rank < k) / len(ranks) if ranks else 0.0


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Chance that an answerable question gets the higher confidence; a tie counts half.

    >>> auroc([0.9, 0.5], [0.5, 0.1])
    0.875
    """
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return wins / (len(positive) * len(negative)) if positive and negative else 0.0
