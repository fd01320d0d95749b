"""Exact nearest neighbours by FAISS: inner products over unit vectors."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


# FAISS's own form of a flat index: kind, dimension, vectors, two numbers unused, trained, metric, floats.
HEADER = struct.Struct("<4siq8x8x?iq")


def check_header(data: bytes) -> None:
    """Raise ValueError unless the bytes are as many as their header says: FAISS would believe any number."""
    if len(data) < HEADER.size:
        raise ValueError("not a FAISS index")
    kind, dimension, vectors, trained, metric, floats = HEADER.unpack_from(data)
    sizes = dimension > 0 and vectors >= 0 and floats == dimension * vectors
    if kind != b"IxFI" or not sizes or len(data) != HEADER.size + 4 * floats or not trained or metric != 0:
        raise ValueError("not a flat FAISS index of inner products")


class _Memory:
    """A flat index's vectors as numpy asks for foreign memory: an array made of it holds on to the index."""

    def __init__(self, flat: Any) -> None:
        self._flat = flat
        shape = (int(flat.ntotal), int(flat.d))
        address = int(flat.get_xb())
        self.__array_interface__ = {"shape": shape, "typestr": "<f4", "data": (address, True), "version": 3}


class VectorIndex:
    """A flat FAISS index; vector i belongs to passage i."""

    def __init__(self, flat: Any) -> None:
        self._flat = flat

    @classmethod
    def build(cls, vectors: Floats) -> VectorIndex:
        """Index `vectors`, float32 (n, dimension), of unit length."""
        import faiss

        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(np.ascontiguousarray(vectors))
        return cls(flat)

    @classmethod
    def from_bytes(cls, data: bytes) -> VectorIndex:
        """Read what `to_bytes` gave; raises ValueError where it is no flat index."""
        import faiss

        check_header(data)
        try:
            flat = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        except RuntimeError as error:
            raise ValueError("not a FAISS index") from error
        if not isinstance(flat, faiss.IndexFlat):
            raise ValueError("not a flat FAISS index")
        return cls(flat)

    def to_bytes(self) -> bytes:
        """FAISS's own format; through Python, so that any path works on any system."""
        import faiss

        return bytes(faiss.serialize_index(self._flat).tobytes())

    def __len__(self) -> int:
        return int(self._flat.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._flat.d)

    def vectors(self) -> Floats:
        """All vectors, float32 (n, dimension): a view on the index's own memory, which it keeps alive."""
        if not len(self):
            return np.zeros((0, self.dimension), np.float32)
        found: Floats = np.asarray(_Memory(self._flat))
        return found

    def take(self, numbers: Ints) -> Floats:
        """The vectors of these passages, float32 (numbers, dimension): a copy."""
        found: Floats = np.take(self.vectors(), numbers, axis=0)
        return found

    def search(self, query: Floats, k: int) -> tuple[Ints, Floats]:
        """The k nearest of one query (dimension,): numbers and inner products, best first, ties by number."""
        if not len(self) or k <= 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        scores, numbers = self._flat.search(query[None, :], min(k, len(self)))
        order = np.lexsort((numbers[0], -scores[0]))
        return numbers[0][order], scores[0][order]
