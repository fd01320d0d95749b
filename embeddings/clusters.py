"""Near neighbours among very many vectors: 8 bits a number, grouped around centroids, and only the nearest groups read.

An inverted file with scalar quantisation (Jégou and others, 2011; FAISS's `IVF,SQ8`), made by `grouping`. What is on disk
are plain arrays, so that every number of a stranger's index can be checked and the groups of a question are read from
the mapped file and nothing else. A vector's largest number is 127 steps of its
own scale, which has few enough bits that a vector read back is packed to the same bytes again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.index import Floats, Ints, means, nearest

STEPS = 127
TOGETHER = 4096  # rows turned into floats at a time: they stay in the processor's cache
CLOSER, EACH = 2048, 16  # so many are looked at whole after a glance, and so many for each one wanted


def quantise(vectors: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Rows as int8 and each row's scale; `codes * scales` is within half a step of the vectors."""
    scales = np.abs(vectors).max(axis=1, initial=0) / np.float32(STEPS)
    bits = scales.astype(np.float32).view(np.uint32)
    # 16 bits of mantissa, rounded up: 127 of them are an exact float again.
    scales = ((bits + np.uint32(0x7F)) & np.uint32(0xFFFFFF80)).view(np.float32)
    safe = np.where(scales > 0, scales, 1)
    return np.rint(vectors / safe[:, None]).astype(np.int8), scales


def decoded(codes: NDArray[np.int8], scales: Floats) -> Floats:
    """The vectors that were quantised, to half a step."""
    return codes.astype(np.float32) * scales[:, None]


@dataclass(frozen=True)
class ClusterIndex:
    """Row r belongs to passage `order[r]`; group g has the rows `starts[g]` to `starts[g + 1] - 1`.

    A search reads the `probes` groups whose centroids are nearest: of many vectors the first `glance` numbers, and those
    that these leave in front whole; 0 where all are read whole.
    """

    centroids: Floats
    starts: Ints
    order: NDArray[np.int32]
    codes: NDArray[np.int8]
    scales: Floats
    probes: int
    places: NDArray[np.int32]  # the row of each passage
    glance: int = 0

    kind = "ivf"

    @classmethod
    def of(cls, arrays: dict[str, Any], probes: int, glance: int = 0) -> ClusterIndex:
        """The index of arrays by name; raises ValueError where they do not fit together."""
        centroids, starts, order = arrays["centroids"], arrays["starts"], arrays["order"]
        codes, scales = arrays["codes"], arrays["scales"]
        n = len(order)
        if codes.shape != (n, centroids.shape[1]) or len(scales) != n or len(starts) != len(centroids) + 1:
            raise ValueError("vectors: arrays of different lengths")
        if starts[0] != 0 or starts[-1] != n or (np.diff(starts) < 0).any():
            raise ValueError("vectors: groups that are none")
        if n and (order.min() < 0 or order.max() >= n):
            raise ValueError("vectors: of passages that are not there")
        places = np.full(n, -1, np.int32)
        places[order] = np.arange(n, dtype=np.int32)
        if n and places.min() < 0:
            raise ValueError("vectors: passages without one")
        if not 0 <= glance <= centroids.shape[1]:
            raise ValueError("vectors: a glance at more numbers than there are")
        return cls(centroids, starts, order, codes, scales, max(1, min(probes, len(centroids))), places, glance)

    def __len__(self) -> int:
        return len(self.order)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self.centroids.shape[1])

    def take(self, numbers: NDArray[Any]) -> Floats:
        """The vectors of those passages, float32 (numbers, dimension)."""
        rows = self.places[numbers]
        return decoded(self.codes[rows], self.scales[rows])

    def means(self, first: Ints, last: Ints) -> Floats:
        """The mean of the vectors of passages first[i] to last[i] - 1, float32 (ranges, dimension)."""
        return means(self.take, first, last)

    def search(self, query: Floats, k: int) -> tuple[Ints, Floats]:
        """The k nearest of one query (dimension,) in the nearest groups: best first, ties by number."""
        if not len(self) or k <= 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        rows, spans = self.near(query)
        closer = max(CLOSER, EACH * k)
        if self.glance and len(rows) > 2 * closer:
            (rows,) = self.glances(rows, spans, query, [self.glance], closer)
            scores = products([self.codes[rows]], query) * self.scales[rows]
        else:
            scores = products([self.codes[span] for span in spans], query) * self.scales[rows]
        rows, scores = front(rows, scores, k)
        return nearest(self.order[rows].astype(np.int64), scores, k)

    def near(self, query: Floats) -> tuple[Ints, list[slice]]:
        """The rows of the nearest groups, ascending, and as parts of the arrays."""
        groups, _ = nearest(np.arange(len(self.centroids)), self.centroids @ query, self.probes)
        groups.sort()
        begins, ends = self.starts[groups], self.starts[groups + 1]
        places = np.cumsum(ends - begins)
        rows = np.arange(places[-1]) + np.repeat(ends - places, ends - begins)
        return rows, [slice(*span) for span in zip(begins.tolist(), ends.tolist(), strict=True)]

    def glances(self, rows: Ints, spans: list[slice], query: Floats, lengths: Sequence[int], closer: int) -> list[Ints]:
        """The `closer` of the rows that glances at so many first numbers leave in front, for each of the ascending lengths."""
        scores, out = np.zeros(len(rows), np.float32), []
        for begin, end in pairwise([0, *lengths]):
            scores += products([self.codes[span, begin:end] for span in spans], query[begin:end])
            out.append(front(rows, scores * self.scales[rows], closer)[0])
        return out


def front(rows: Ints, scores: Floats, k: int) -> tuple[Ints, Floats]:
    """The k rows of the largest scores, and those that are as good as the last of them, in their order."""
    if len(rows) <= k:
        return rows, scores
    there = scores >= np.partition(scores, len(scores) - k)[len(scores) - k]
    return rows[there], scores[there]


def products(codes: list[NDArray[np.int8]], query: Floats) -> Floats:
    """The inner products of rows of several arrays with a query, one after the other."""
    every = np.concatenate(codes)
    out = np.empty(len(every), np.float32)
    for begin in range(0, len(every), TOGETHER):
        np.matmul(every[begin : begin + TOGETHER].astype(np.float32), query, out=out[begin : begin + TOGETHER])
    return out
