"""Which candidates are worth reading: by a forest over what is known of them before, and a few by a plain sum.

Reading costs more than all that comes before it, so few are read where the best stand out, and many where they lie
close together. The forest knows that words tell more in one index and meaning in another. Fitted by
`benchmarks/fitting/first_look.py`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qa.retrieval import MEANINGS, Candidates, Numbers
from qa.tokens import VIEWS
from qa.trees import shipped
from qa.types import Floats

LEAST, MOST = 6, 32  # candidates read: by the forest at least and at most so many,
MARGIN = 3.5  # those that it gives no less than the best of all, less this;
PLAIN = 2  # and so many more by the sum, which no question is too strange for
SUM = {
    "words": 0.16,
    "characters": 0.29,
    "bigrams": 0.27,
    "dense": 0.28,
    "article words": 0.15,
    "article dense": 0.1,
}
OWN = (*VIEWS, "article words", *MEANINGS)
AGAINST_BEST = (*VIEWS, "dense")


def shortlist(found: Candidates, wanted: int = 0) -> Numbers:
    """The places of the candidates worth reading, ascending; at least as many as are `wanted`, if there are so many."""
    if len(found) <= max(LEAST, wanted) + PLAIN:
        return np.arange(len(found))
    forest = shipped("look")
    scores = forest.scores(forest.table(columns(found)))
    return np.flatnonzero(taken(descending(scores), summed(found), near_the_best(scores, wanted)))


def near_the_best(scores: NDArray[np.floating], wanted: int = 0) -> int:
    """How many are read by the forest's scores: those that come near the best, within bounds."""
    near = int(np.count_nonzero(scores >= scores.max() - MARGIN))
    return max(LEAST, wanted, min(near, MOST))


def taken(order: Numbers, plain: Floats, read: int) -> NDArray[np.bool_]:
    """Which candidates are read: the first `read` of the forest's order, and the best others by the sum `plain`."""
    out = np.zeros(len(order), bool)
    out[order[:read]] = True
    others = descending(plain)
    out[others[~out[others]][:PLAIN]] = True
    return out


def columns(found: Candidates) -> dict[str, Floats]:
    """What the forest sees of each candidate: its features, how far they fall behind the best, how much there is to find."""
    out = {name: found.features[name] for name in OWN}
    for name in AGAINST_BEST:
        most = out[name].max()
        out[f"behind {name}"] = out[name] - most
        out[f"top {name}"] = np.full(len(found), most, np.float32)
    return out | {"size": np.full(len(found), np.log(found.size), np.float32)}


def summed(found: Candidates) -> Floats:
    """The plain sum."""
    return np.asarray(sum(weight * found.features[name] for name, weight in SUM.items()), np.float32)


def descending(scores: NDArray[np.floating]) -> Numbers:
    """Places by score, the largest first, equals by number."""
    return (-scores).argsort(kind="stable")
