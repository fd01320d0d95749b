"""Exact nearest neighbours by FAISS: inner products over unit vectors."""

from __future__ import annotations

import importlib
import mmap
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


# FAISS's own form of a flat index: kind, dimension, vectors, two numbers unused, trained, metric, floats.
HEADER = struct.Struct("<4siqqq?iq")
FEW = 4096  # vectors that numpy multiplies in a fraction of a millisecond
KIND, UNUSED = b"IxFI", 1 << 20  # what FAISS writes for the two


def header(vectors: int, dimension: int) -> bytes:
    """What stands before so many vectors in a file that FAISS reads as a flat index of inner products."""
    return HEADER.pack(KIND, dimension, vectors, UNUSED, UNUSED, True, 0, dimension * vectors)


def check_header(data: Any) -> tuple[int, int]:
    """The number of vectors and their dimension; raises ValueError unless the bytes are as many as their header says.

    FAISS would believe any number.
    """
    if len(data) < HEADER.size:
        raise ValueError("not a FAISS index")
    kind, dimension, vectors, _, _, trained, metric, floats = HEADER.unpack_from(data)
    sizes = dimension > 0 and vectors >= 0 and floats == dimension * vectors
    if kind != KIND or not sizes or len(data) != HEADER.size + 4 * floats or not trained or metric != 0:
        raise ValueError("not a flat FAISS index of inner products")
    return vectors, dimension


def nearest(numbers: Ints, scores: Floats, k: int) -> tuple[Ints, Floats]:
    """The k best of these, best first, ties by number."""
    order = np.lexsort((numbers, -scores))[:k]
    return numbers[order].astype(np.int64), scores[order]


def means(take: Callable[[Ints], Floats], first: Ints, last: Ints) -> Floats:
    """The mean of rows first[i] to last[i] - 1, none of them empty, of what `take` gives by number: (ranges, dimension)."""
    sizes = last - first
    ends = np.cumsum(sizes)
    rows = take(np.arange(sizes.sum()) + np.repeat(first - (ends - sizes), sizes))
    found: Floats = rows[ends - 1]  # of one row, which most are: the row
    several = np.flatnonzero(sizes > 1)
    if len(several):
        own = sizes[several]
        sums = np.add.reduceat(rows[np.repeat(sizes > 1, sizes)], np.cumsum(own) - own, axis=0)
        found[several] = sums / own[:, None]
    return found


class VectorIndex:
    """A flat FAISS index over memory that it does not own; vector i belongs to passage i."""

    kind = "flat"

    def __init__(self, data: Any) -> None:
        """Read bytes as FAISS writes them, where they are; raises ValueError where they are no flat index."""
        size, dimension = check_header(data)
        self._bytes = np.frombuffer(data, np.uint8)
        rows: Floats = np.frombuffer(data, "<f4", offset=HEADER.size).reshape(size, dimension)
        # Few are multiplied without FAISS, whose import costs more than the search; they are copied, because they
        # begin at no multiple of four, where numpy goes slowly.
        self._few = size <= FEW
        self._rows = rows.copy() if self._few else rows
        self._flat: Any = None
        self._mean_to = np.zeros(size if self._few else 0, np.int64)  # where the mean that is kept of a first row ends
        self._means = np.empty_like(self._rows) if self._few else self._rows[:0]

    @classmethod
    def build(cls, vectors: Floats) -> VectorIndex:
        """Index `vectors`, float32 (n, dimension), of unit length."""
        return cls(header(*vectors.shape) + np.ascontiguousarray(vectors, "<f4").tobytes())

    @classmethod
    def open(cls, path: Path) -> VectorIndex:
        """Memory-map a file; raises OSError, and ValueError where it is no flat index."""
        with path.open("rb") as file:
            return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

    def to_bytes(self) -> bytes:
        """FAISS's own format."""
        return self._bytes.tobytes()

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._rows.shape[1])

    def take(self, numbers: NDArray[Any]) -> Floats:
        """The vectors of those numbers, float32 (numbers, dimension)."""
        found: Floats = self._rows[numbers]
        return found

    def means(self, first: Ints, last: Ints) -> Floats:
        """The mean of the vectors of numbers first[i] to last[i] - 1, float32 (ranges, dimension)."""
        if not self._few:
            return means(self.take, first, last)
        new = self._mean_to[first] != last
        if new.any():
            self._means[first[new]] = means(self.take, first[new], last[new])
            self._mean_to[first[new]] = last[new]
        found: Floats = self._means[first]
        return found

    def search(self, query: Floats, k: int) -> tuple[Ints, Floats]:
        """The k nearest of one query (dimension,): numbers and inner products, best first, ties by number."""
        if not len(self) or k <= 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if self._few:
            return nearest(np.arange(len(self)), self._rows @ query, k)
        scores, numbers = self._by_faiss(query, min(k, len(self)))
        return nearest(numbers, scores, k)

    def _by_faiss(self, query: Floats, k: int) -> tuple[Floats, Ints]:
        """The inner products of the k nearest and their numbers, by FAISS's index of the same bytes, which it does not copy.

        In one thread: a second one makes a single query twice as slow, and turns in circles beside.
        """
        faiss: Any = importlib.import_module("faiss")  # its own types do not name the reader
        if self._flat is None:
            self._flat = faiss.read_index(faiss.ZeroCopyIOReader(faiss.swig_ptr(self._bytes), self._bytes.size))
        before = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(1)  # of those that this thread starts
        try:
            scores, numbers = self._flat.search(query[None, :], k)
        finally:
            faiss.omp_set_num_threads(before)
        return scores[0], numbers[0]
