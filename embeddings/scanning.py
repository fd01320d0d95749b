"""The first numbers of grouped vectors as FAISS scans them: a third of numpy's time, once they are copied into its lists."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.index import Floats, Ints

MIDDLE = np.uint8(0x80)  # FAISS's signed codes count from the least one


class Scanner:
    """Group g has the rows `starts[g]` to `starts[g + 1] - 1` of `codes`, of which the first `numbers` are scanned."""

    def __init__(self, codes: NDArray[np.int8], starts: Ints, numbers: int) -> None:
        import faiss

        groups, rows = len(starts) - 1, np.arange(len(codes))
        self._lists = faiss.ArrayInvertedLists(groups, numbers)
        for group, (begin, end) in enumerate(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)):
            if begin < end:
                own = codes[begin:end, :numbers].view(np.uint8) ^ MIDDLE
                self._lists.add_entries(group, end - begin, faiss.swig_ptr(rows[begin:end]), faiss.swig_ptr(own))
        self._centroids = faiss.IndexFlatIP(numbers)  # none are in it: who searches says which groups
        kind, metric = faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
        self._index: Any = faiss.IndexIVFScalarQuantizer(self._centroids, numbers, groups, kind, metric, False)
        self._index.replace_invlists(self._lists, False)
        self._index.is_trained = True
        self._index.ntotal = len(codes)

    def search(self, query: Floats, groups: Ints, k: int) -> tuple[Ints, Floats]:
        """The k rows of these groups, which have as many, with the largest inner products with a query of whole numbers, and these.

        FAISS sums whole numbers; which of equals at the edge it keeps is its own affair.
        """
        self._index.nprobe = len(groups)
        scores, rows = self._index.search_preassigned(
            query[None, :], k, groups[None, :], np.zeros((1, len(groups)), np.float32)
        )
        return rows[0], scores[0]
