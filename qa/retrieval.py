"""Question to hits: several lexical views and a dense one propose, and one fused score decides.

Knows protocols, not folders: whatever holds BM25 views and vectors can be searched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa import fusion
from qa.asking import content
from qa.bm25 import BM25
from qa.text import fold
from qa.tokens import VIEWS, views
from qa.types import Encoder, Floats, Hit

DEPTH = 100  # candidates of each view
Numbers = NDArray[np.int64]


class Vectors(Protocol):
    """The dense half of an index."""

    def search(self, query: Floats, k: int) -> tuple[Numbers, Floats]:
        """The k nearest passages and their cosines, best first."""
        ...

    def vectors(self) -> Floats:
        """All vectors, float32 (passages, dimension)."""
        ...


class Searchable(Protocol):
    """What retrieval needs of an index."""

    @property
    def lexical(self) -> Mapping[str, BM25]:
        """BM25 by view."""
        ...

    @property
    def segmenter(self) -> str:
        """What cut its words."""
        ...

    @property
    def dense(self) -> Vectors:
        """The vectors."""
        ...

    def __len__(self) -> int: ...


def best(scores: Floats, k: int) -> Numbers:
    """The numbers of the k largest positive scores, in no particular order; ties at the edge by number."""
    found = np.flatnonzero(scores > 0)
    if len(found) > k:
        edge = np.partition(scores[found], len(found) - k)[len(found) - k]
        above, level = found[scores[found] > edge], found[scores[found] == edge]
        found = np.concatenate([above, level[: k - len(above)]])
    return found


def lexical_scores(index: Searchable, question: str) -> dict[str, Floats]:
    """Each view's BM25 for all passages, as the share of what the question's tokens could give."""
    keys = views(content(fold(question)), index.segmenter)
    out = {}
    for name in VIEWS:
        bm25 = index.lexical[name]
        _, idf = bm25.weights(keys[name])
        out[name] = bm25.scores(keys[name]) / max(1e-6, float(idf.sum()))
    return out


def search(
    index: Searchable, encoder: Encoder, question: str, k: int, allowed: Callable[[int], bool] | None = None
) -> list[Hit]:
    """The k best passages, best first, ties by number; `allowed` filters before the cut to k."""
    if not len(index) or k <= 0:
        return []
    query = encoder.queries([question])[0]
    lexical = lexical_scores(index, question)
    depth = len(index) if allowed else max(DEPTH, k)
    near, _ = index.dense.search(query, depth)
    pools = [best(lexical[name], depth) for name in VIEWS]
    candidates = np.unique(np.concatenate([near, *pools]))
    if allowed:
        candidates = np.array([n for n in candidates if allowed(int(n))], dtype=np.int64)
    if not len(candidates):
        return []
    features = {name: lexical[name][candidates] for name in VIEWS}
    features["dense"] = index.dense.vectors()[candidates] @ query
    scores = fusion.fuse(features)
    order = np.lexsort((candidates, -scores))[:k]
    return [
        Hit(int(candidates[i]), float(scores[i]), {name: float(f[i]) for name, f in features.items()}) for i in order
    ]
