"""The first numbers of grouped vectors as FAISS scans them: a quarter of numpy's time, once they are copied into its lists.

FAISS keeps the best of thousands in a heap, which takes as long as the sums. So a part of the rows tells first what the
best of all will exceed, and only these come back.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.index import Floats, Ints

MIDDLE = np.uint8(0x80)  # FAISS's signed codes count from the least one
SAMPLE = 32  # one row of so many of each group tells how far the best go
SURE = 3  # standard deviations that it is not trusted by


class Scanner:
    """Group g has the rows `starts[g]` to `starts[g + 1] - 1` of `codes`, of which the first `numbers` are scanned."""

    def __init__(self, codes: NDArray[np.int8], starts: Ints, numbers: int) -> None:
        self._every = Lists(codes, starts, numbers)
        self._some = Lists(codes, starts, numbers, SAMPLE)

    def search(self, query: Floats, groups: Ints, k: int) -> tuple[Ints, Floats]:
        """The rows of these groups whose inner products with a query of whole numbers are no less than some edge, and these.

        The edge is such that they are hardly ever fewer than k, and seldom half as many more.
        """
        part = k / SAMPLE
        edge = self._some.best(query, groups, int(part + SURE * sqrt(part)) + 1).min()
        return self._every.above(query, groups, float(edge) - 0.5)


class Lists:
    """FAISS's lists of each group's every `step`th row."""

    def __init__(self, codes: NDArray[np.int8], starts: Ints, numbers: int, step: int = 1) -> None:
        import faiss

        groups = len(starts) - 1
        self._lists = faiss.ArrayInvertedLists(groups, numbers)
        for group, (begin, end) in enumerate(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)):
            if begin < end:
                own, rows = codes[begin:end:step, :numbers].view(np.uint8) ^ MIDDLE, np.arange(begin, end, step)
                self._lists.add_entries(group, len(own), faiss.swig_ptr(rows), faiss.swig_ptr(own))
        self._centroids = faiss.IndexFlatIP(numbers)  # none are in it: who searches says which groups
        kind, metric = faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
        self._index: Any = faiss.IndexIVFScalarQuantizer(self._centroids, numbers, groups, kind, metric, False)
        self._index.replace_invlists(self._lists, False)
        self._index.is_trained = True
        self._index.ntotal = len(codes)

    def best(self, query: Floats, groups: Ints, k: int) -> Floats:
        """The k largest inner products of these groups; the least number there is for those that they do not have."""
        scores: Floats = self._index.search_preassigned(query[None, :], k, *self._only(groups))[0][0]
        return scores

    def above(self, query: Floats, groups: Ints, edge: float) -> tuple[Ints, Floats]:
        """The rows of these groups whose inner products are more than the edge, and these."""
        _, scores, rows = self._index.range_search_preassigned(query[None, :], edge, *self._only(groups))
        return rows, scores

    def _only(self, groups: Ints) -> tuple[Ints, Floats]:
        """As FAISS is told to look at these groups alone; how far they are does not matter."""
        self._index.nprobe = len(groups)
        return groups[None, :], np.zeros((1, len(groups)), np.float32)
