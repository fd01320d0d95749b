"""Vectors parted into groups, and how many groups a search must read, measured: what `clusters` searches.

FAISS finds the centroids and assigns the vectors. Only directions and orders are looked for, so vectors stay in steps.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings import clusters
from embeddings.clusters import ClusterIndex
from embeddings.index import Floats, Ints

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


def groups_for(n: int) -> int:
    """How many groups so many vectors are parted into."""
    return max(1, min(n, round(FACTOR * math.sqrt(n))))


def grouped(codes: NDArray[np.int8]) -> tuple[Ints, int]:
    """The group of each vector, and how many groups there are."""
    centroids = find_centroids(codes)
    return assign(centroids, codes), len(centroids)


def find_centroids(codes: NDArray[np.int8]) -> Floats:
    """Unit centroids of the groups, by FAISS's spherical k-means over a seeded sample."""
    import faiss

    groups = groups_for(len(codes))
    wanted = min(len(codes), POINTS * groups)
    sample = np.sort(np.random.default_rng(SEED).permutation(len(codes))[:wanted])
    points = codes[sample].astype(np.float32)
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


def assign(centroids: Floats, codes: NDArray[np.int8]) -> Ints:
    """The nearest centroid of each vector."""
    import faiss

    flat = faiss.IndexFlatIP(centroids.shape[1])
    flat.add(centroids)
    out = np.zeros(len(codes), np.int64)
    for begin in range(0, len(codes), ASSIGNED):
        rows = slice(begin, begin + ASSIGNED)
        out[rows] = flat.search(codes[rows].astype(np.float32), 1)[1][:, 0]
    return np.maximum(out, 0)


def middles(codes: NDArray[np.int8], starts: Ints) -> Floats:
    """The directions of the means of groups, group g with the rows `starts[g]` to `starts[g + 1] - 1`; zeros for one without."""
    out = np.zeros((len(starts) - 1, codes.shape[1]), np.float32)
    filled = np.flatnonzero(np.diff(starts))
    for begin in range(0, len(filled), AVERAGED):
        some = filled[begin : begin + AVERAGED]
        first, last = starts[some[0]], starts[some[-1] + 1]
        out[some] = np.add.reduceat(codes[first:last].astype(np.float32), starts[some] - first, axis=0)
    out /= np.maximum(1e-6, np.linalg.norm(out, axis=1, keepdims=True))
    return out


def exact(codes: NDArray[np.int8], queries: Floats, k: int) -> Ints:
    """The numbers of the k nearest vectors of each query, (queries, k), every vector looked at."""
    best = np.full((len(queries), 0), -np.inf, np.float32)
    numbers = np.zeros((len(queries), 0), np.int64)
    for begin in range(0, len(codes), LOOKED_AT):
        part = codes[begin : begin + LOOKED_AT].astype(np.float32)
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


def build(codes: NDArray[np.int8], queries: Floats, *, ordered: bool = False) -> tuple[dict[str, Any], Reach]:
    """The arrays of an index of quantised vectors, and how it is searched.

    `queries` are a sample, float32 (queries, dimension), that this is chosen by; `ordered` vectors hold most in their
    first numbers.
    """
    owners, groups = grouped(codes[:, :PARTED_BY] if ordered else codes)
    order = np.argsort(owners, kind="stable").astype(np.int32)
    starts = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=groups))]).astype(np.int64)
    packed = codes[order]
    centroids = middles(packed, starts)
    arrays = {"centroids": centroids, "starts": starts, "order": order, "codes": packed}
    wanted = exact(codes, queries, min(DEPTH, len(codes)))
    reached = recalls(centroids, owners, queries, wanted)
    probes = next(n for n in tries(len(centroids)) if reached[n] >= WANTED + SLACK or n == len(centroids))
    index = ClusterIndex.of(arrays, probes)
    some = [n for n in GLANCES if ordered and n < queries.shape[1]]
    for lengths in (some, [queries.shape[1]]):
        found = kept(index, queries, wanted, lengths)
        serve = np.flatnonzero(found >= min(WANTED, reached[probes]))
        if len(serve):
            return arrays, Reach(probes, lengths[serve[0]], float(found[serve[0]]))
    return arrays, Reach(probes, 0, float(reached[probes]))


def kept(index: ClusterIndex, queries: Floats, wanted: Ints, lengths: Sequence[int]) -> NDArray[np.float64]:
    """What part of the nearest vectors `wanted` (queries, k) is still found after glances at so many first numbers: (lengths,).

    What is among the nearest of all and looked at whole is among the nearest found.
    """
    if not wanted.size:
        return np.ones(len(lengths))
    found = np.zeros(len(lengths))
    for query, own in zip(queries, index.places[wanted], strict=True):
        steps = clusters.whole_numbers(query)
        found += [
            (rows[np.minimum(rows.searchsorted(own), len(rows) - 1)] == own).sum()
            for rows in index.glances(index.near(query), steps, lengths, clusters.CLOSER)
        ]
    return found / wanted.size
