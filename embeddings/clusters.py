"""Near neighbours among very many vectors: 8 bits a number, grouped around centroids, and only the nearest groups read.

An inverted file with scalar quantisation (Jégou and others, 2011; FAISS's `IVF,SQ8`), made by `grouping`. What is on disk
are plain arrays, so that every number of a stranger's index can be checked and the groups of a question are read from
the mapped file and nothing else. All vectors have one step, so that one read back is packed to the same bytes again.

The vectors of the groups are glanced at first: some of their first numbers, and the question's, as whole numbers. Sums of
these are exact, so that FAISS, which is asked when many questions come (`scanning`), finds what numpy finds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count, pairwise
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.index import Floats, Ints, means, nearest
from embeddings.scanning import Scanner

STEPS = 127
RANGE = 8  # standard deviations of a unit vector's number that the steps reach to
TOGETHER = 4096  # rows turned into floats at a time: they stay in the processor's cache
CLOSER, EACH = 2048, 16  # so many are looked at whole after a glance, and so many for each one wanted
PATIENCE = 8  # questions that are answered before FAISS is asked, which must be loaded and filled
EXACT = 1 << 24  # whole numbers up to this are exact in single precision


def step_of(numbers: int) -> np.float32:
    """What a step is worth in unit vectors of which so many numbers are kept; hardly any number is larger than all steps."""
    return np.float32(min(1.0, RANGE / sqrt(max(1, numbers))) / STEPS)


def quantise(vectors: Floats) -> NDArray[np.int8]:
    """Rows as int8: within half a step of the vectors, where their numbers are within the steps."""
    steps = np.rint(vectors / step_of(vectors.shape[1]))
    codes: NDArray[np.int8] = np.clip(steps, -STEPS, STEPS, out=steps).astype(np.int8)
    return codes


def decoded(codes: NDArray[np.int8]) -> Floats:
    """The vectors that were quantised, to half a step."""
    return codes.astype(np.float32) * step_of(codes.shape[1])


def whole_numbers(query: Floats) -> Floats:
    """A query in steps of its own: as many as its sums with codes stay exact in single precision, at most STEPS."""
    most = min(STEPS, EXACT // (STEPS * max(1, len(query))))
    largest = float(np.abs(query).max(initial=0))
    found: Floats = np.rint(query * np.float32(most / largest)) if largest > 0 else np.zeros_like(query)
    return found


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
    probes: int
    places: NDArray[np.int32]  # the row of each passage
    glance: int = 0
    _asked: Iterator[int] = field(default_factory=count, repr=False, compare=False)

    kind = "ivf"

    @classmethod
    def of(cls, arrays: dict[str, Any], probes: int, glance: int = 0) -> ClusterIndex:
        """The index of arrays by name; raises ValueError where they do not fit together."""
        centroids, starts, order = arrays["centroids"], arrays["starts"], arrays["order"]
        codes = arrays["codes"]
        n = len(order)
        if codes.shape != (n, centroids.shape[1]) or len(starts) != len(centroids) + 1:
            raise ValueError("vectors: arrays of different lengths")
        if not np.isfinite(centroids).all():
            raise ValueError("vectors: a centroid that is not of numbers")
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
        return cls(centroids, starts, order, codes, max(1, min(probes, len(centroids))), places, glance)

    def __len__(self) -> int:
        return len(self.order)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self.centroids.shape[1])

    def take(self, numbers: NDArray[Any]) -> Floats:
        """The vectors of those passages, float32 (numbers, dimension)."""
        return decoded(self.codes[self.places[numbers]])

    def means(self, first: Ints, last: Ints) -> Floats:
        """The mean of the vectors of passages first[i] to last[i] - 1, float32 (ranges, dimension)."""
        return means(self.take, first, last)

    def search(self, query: Floats, k: int) -> tuple[Ints, Floats]:
        """The k nearest of one query (dimension,) in the nearest groups: best first, ties by number."""
        if not len(self) or k <= 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        groups = self.near(query)
        closer = max(CLOSER, EACH * k)
        if self.glance and self.held(groups) > 2 * closer:
            rows = self.glanced(groups, query, closer)
            parts = [self.codes[rows]]
        else:
            rows, spans = self.rows_of(groups)
            parts = [self.codes[span] for span in spans]
        rows, scores = front(rows, products(parts, query) * step_of(self.dimension), k)
        return nearest(self.order[rows].astype(np.int64), scores, k)

    def near(self, query: Floats) -> Ints:
        """The nearest groups, ascending."""
        return front(np.arange(len(self.centroids)), self.centroids @ query, self.probes)[0]

    def held(self, groups: Ints) -> int:
        """How many rows the groups have."""
        return int((self.starts[groups + 1] - self.starts[groups]).sum())

    def rows_of(self, groups: Ints) -> tuple[Ints, list[slice]]:
        """The rows of groups, and as parts of the arrays."""
        begins, ends = self.starts[groups], self.starts[groups + 1]
        places = np.cumsum(ends - begins)
        rows = np.arange(places[-1]) + np.repeat(ends - places, ends - begins)
        return rows, [slice(*span) for span in zip(begins.tolist(), ends.tolist(), strict=True)]

    def glanced(self, groups: Ints, query: Floats, closer: int) -> Ints:
        """Ascending, the rows of the groups that a glance leaves in front: fewer than `closer`, unless many are alike."""
        steps = whole_numbers(query)
        if next(self._asked) >= PATIENCE:
            rows, scores = self._scanner.search(steps[: self.glance], groups, closer)
            if len(rows) > closer:
                return np.sort(in_front(rows, scores, closer))
        (found,) = self.glances(groups, steps, [self.glance], closer)
        return found

    def glances(self, groups: Ints, steps: Floats, lengths: Sequence[int], closer: int) -> list[Ints]:
        """`glanced` by numpy, at so many first numbers, for each of the ascending lengths; `steps` are of a query."""
        rows, spans = self.rows_of(groups)
        scores, out = np.zeros(len(rows), np.float32), []
        for begin, end in pairwise([0, *lengths]):
            scores += products([self.codes[span, begin:end] for span in spans], steps[begin:end])
            out.append(in_front(rows, scores, closer))
        return out

    @cached_property
    def _scanner(self) -> Scanner:
        return Scanner(self.codes, self.starts, self.glance)


def in_front(rows: Ints, scores: Floats, k: int) -> Ints:
    """The rows that score more than the k-th does; those as good as it too, where none does."""
    if len(rows) <= k:
        return rows
    edge = largest(scores, k)
    above = scores > edge
    found: Ints = rows[above if above.any() else scores == edge]
    return found


def front(rows: Ints, scores: Floats, k: int) -> tuple[Ints, Floats]:
    """The k rows of the largest scores, and those that are as good as the last of them, in their order."""
    if len(rows) <= k:
        return rows, scores
    there = scores >= largest(scores, k)
    return rows[there], scores[there]


def largest(scores: Floats, k: int) -> np.float32:
    """The k-th largest of more than k scores."""
    found: np.float32 = np.partition(scores, len(scores) - k)[len(scores) - k]
    return found


def products(codes: list[NDArray[np.int8]], query: Floats) -> Floats:
    """The inner products of rows of several arrays with a query, one after the other."""
    every = np.concatenate(codes)
    out = np.empty(len(every), np.float32)
    for begin in range(0, len(every), TOGETHER):
        np.matmul(every[begin : begin + TOGETHER].astype(np.float32), query, out=out[begin : begin + TOGETHER])
    return out
