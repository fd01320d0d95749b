"""Places of the right document to the figures of a row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Row = dict[str, Any]
CUTS = (1, 5, 10)


def cuts(ranks: NDArray[np.int64]) -> list[float]:
    """The share of questions whose right document is among the first 1, 5 and 10.

    >>> cuts(np.array([0, 3, 12]))
    [0.333, 0.667, 0.667]
    """
    return [round(float(np.mean(ranks < k)), 3) for k in CUTS]


def reciprocal(ranks: NDArray[np.int64]) -> float:
    """MRR@10.

    >>> reciprocal(np.array([0, 1, 10]))
    0.5
    """
    return round(float(np.mean(np.where(ranks < CUTS[-1], 1 / (ranks + 1), 0))), 3)
