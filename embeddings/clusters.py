"""Near neighbours among very many vectors: 8 bits a number, grouped around centroids, and only the nearest groups read.

An inverted file with scalar quantisation (Jégou and others, 2011; FAISS's `IVF,SQ8`). FAISS finds the centroids and
assigns the vectors; what is on disk are plain arrays, so that every number of a stranger's index can be checked and
the groups of a question are read from the mapped file and nothing else. A vector's largest number is 127 steps of its
own scale, which has few enough bits that a vector read back is packed to the same bytes again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.index import Floats, Ints, means, nearest

STEPS = 127
TOGETHER = 4096  # rows turned into floats at a time: they stay in the processor's cache
ASSIGNED = 65536  # vectors assigned at a time
LOOKED_AT = 8192  # vectors compared with the sample's questions at a time
POINTS = 24  # vectors a centroid that the centroids are found from
ROUNDS = 5
SEED = 7
PARTED_BY = 128  # first numbers of ordered vectors that tell which group they belong to
AVERAGED = 256  # groups whose vectors are turned into floats at a time
FACTOR = 3  # groups for each root of the number of vectors
WANTED = 0.98  # recall@10 against exact search that the number of groups read must reach
SLACK = 0.003  # more than that, where a glance will lose some of it
DEPTH = 10
GLANCES = (64, 96, 128)  # first numbers of ordered vectors that may tell which ones to look at whole
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


def groups_for(n: int) -> int:
    """How many groups so many vectors are parted into."""
    return max(1, min(n, round(FACTOR * math.sqrt(n))))


def grouped(codes: NDArray[np.int8], scales: Floats) -> tuple[Ints, int]:
    """The group of each vector, and how many groups there are."""
    centroids = find_centroids(codes, scales)
    return assign(centroids, codes, scales), len(centroids)


def find_centroids(codes: NDArray[np.int8], scales: Floats) -> Floats:
    """Unit centroids of the groups, by FAISS's spherical k-means over a seeded sample."""
    import faiss

    groups = groups_for(len(codes))
    wanted = min(len(codes), POINTS * groups)
    sample = np.sort(np.random.default_rng(SEED).permutation(len(codes))[:wanted])
    points = decoded(codes[sample], scales[sample])
    means = faiss.Kmeans(
        codes.shape[1],
        groups,
        niter=ROUNDS,
        seed=SEED,
        spherical=True,
        min_points_per_centroid=1,
        max_points_per_centroid=POINTS,
    )
    means.train(points)
    found: Floats = np.ascontiguousarray(means.centroids, np.float32)
    return found


def assign(centroids: Floats, codes: NDArray[np.int8], scales: Floats) -> Ints:
    """The nearest centroid of each vector."""
    import faiss

    flat = faiss.IndexFlatIP(centroids.shape[1])
    flat.add(centroids)
    out = np.zeros(len(codes), np.int64)
    for begin in range(0, len(codes), ASSIGNED):
        rows = slice(begin, begin + ASSIGNED)
        out[rows] = flat.search(decoded(codes[rows], scales[rows]), 1)[1][:, 0]
    return np.maximum(out, 0)


def middles(codes: NDArray[np.int8], scales: Floats, starts: Ints) -> Floats:
    """The directions of the means of groups, group g with the rows `starts[g]` to `starts[g + 1] - 1`; zeros for one without."""
    out = np.zeros((len(starts) - 1, codes.shape[1]), np.float32)
    filled = np.flatnonzero(np.diff(starts))
    for begin in range(0, len(filled), AVERAGED):
        some = filled[begin : begin + AVERAGED]
        first, last = starts[some[0]], starts[some[-1] + 1]
        out[some] = np.add.reduceat(decoded(codes[first:last], scales[first:last]), starts[some] - first, axis=0)
    out /= np.maximum(1e-6, np.linalg.norm(out, axis=1, keepdims=True))
    return out


def exact(codes: NDArray[np.int8], scales: Floats, queries: Floats, k: int) -> Ints:
    """The numbers of the k nearest vectors of each query, (queries, k), every vector looked at."""
    best = np.full((len(queries), 0), -np.inf, np.float32)
    numbers = np.zeros((len(queries), 0), np.int64)
    for begin in range(0, len(codes), LOOKED_AT):
        part = decoded(codes[begin : begin + LOOKED_AT], scales[begin : begin + LOOKED_AT])
        some, places = foremost(queries @ part.T, k)
        best, here = foremost(np.concatenate([best, some], axis=1), k)
        numbers = np.take_along_axis(np.concatenate([numbers, places + begin], axis=1), here, 1)
    return numbers


def foremost(scores: Floats, k: int) -> tuple[Floats, Ints]:
    """The k largest of each row and their columns, in the order of the columns; ties by column."""
    if scores.shape[1] <= k:
        return scores, np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    edge = np.partition(scores, scores.shape[1] - k, axis=1)[:, [-k]]
    above, level = scores > edge, scores == edge
    level &= level.cumsum(axis=1) <= k - above.sum(axis=1, keepdims=True)
    places = np.nonzero(above | level)[1].reshape(len(scores), k)
    return np.take_along_axis(scores, places, 1), places


def recalls(centroids: Floats, owners: Ints, queries: Floats, wanted: Ints) -> NDArray[np.float64]:
    """What part of the nearest vectors `wanted` (queries, k) a search of so many groups finds, on average: (groups + 1,).

    A vector that is among the nearest of all is among those of any groups that hold it.
    """
    groups = len(centroids)
    if not wanted.size:
        return np.ones(groups + 1)
    order = np.argsort(-(queries @ centroids.T), axis=1, kind="stable")
    turns = np.empty_like(order)  # when each group is read
    np.put_along_axis(turns, order, np.arange(groups)[None, :], 1)
    read = np.take_along_axis(turns, owners[wanted], 1)
    found: NDArray[np.float64] = np.cumsum(np.bincount(read.ravel() + 1, minlength=groups + 1)) / wanted.size
    return found


def tries(groups: int) -> Iterator[int]:
    """Numbers of groups to read, each a tenth more than the one before, up to all."""
    probes = min(groups, 8)
    while probes < groups:
        yield probes
        probes += max(1, probes // 10)
    yield groups


@dataclass(frozen=True, slots=True)
class Reach:
    """How an index is searched, `probes` and `glance` as in `ClusterIndex`, and the recall@10 that this gives."""

    probes: int
    glance: int
    recall: float


def build(
    codes: NDArray[np.int8], scales: Floats, queries: Floats, *, ordered: bool = False
) -> tuple[dict[str, Any], Reach]:
    """The arrays of an index of quantised vectors, and how it is searched.

    `queries` are a sample, float32 (queries, dimension), that this is chosen by; `ordered` vectors hold most in their
    first numbers.
    """
    owners, groups = grouped(codes[:, :PARTED_BY] if ordered else codes, scales)
    order = np.argsort(owners, kind="stable").astype(np.int32)
    starts = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=groups))]).astype(np.int64)
    packed, steps = codes[order], scales[order]
    centroids = middles(packed, steps, starts)
    arrays = {"centroids": centroids, "starts": starts, "order": order, "codes": packed, "scales": steps}
    wanted = exact(codes, scales, queries, min(DEPTH, len(codes)))
    reached = recalls(centroids, owners, queries, wanted)
    wished = WANTED + SLACK if ordered else WANTED
    probes = next(n for n in tries(len(centroids)) if reached[n] >= wished or n == len(centroids))
    whole = Reach(probes, 0, float(reached[probes]))
    return arrays, glanced(arrays, whole, queries, wanted) if ordered else whole


def glanced(arrays: dict[str, Any], whole: Reach, queries: Floats, wanted: Ints) -> Reach:
    """With the shortest glance that keeps the recall wanted, without one where none does."""
    index = ClusterIndex.of(arrays, whole.probes)
    lengths = [n for n in GLANCES if n < queries.shape[1]]
    found = np.zeros(len(lengths))
    for query, own in zip(queries, wanted, strict=True):
        # What is among the nearest of all and looked at whole is among the nearest found.
        found += [
            np.isin(index.places[own], rows).sum() for rows in index.glances(*index.near(query), query, lengths, CLOSER)
        ]
    recall = found / wanted.size if wanted.size else np.ones(len(lengths))
    serve = np.flatnonzero(recall >= min(WANTED, whole.recall))
    return Reach(whole.probes, lengths[serve[0]], float(recall[serve[0]])) if len(serve) else whole
