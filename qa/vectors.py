"""The dense half of an index on disk: written as the vectors come, exact while few, grouped when they are many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from embeddings import clusters, grouping
from embeddings.clusters import ClusterIndex
from embeddings.index import VectorIndex, header
from qa import arrays
from qa.arrays import ArrayWriter, RowWriter
from qa.errors import InputError
from qa.manifest import COMPARED, Dense
from qa.types import Floats

Kind = Literal["auto", "flat", "ivf"]
KINDS: Sequence[Kind] = ("auto", "flat", "ivf")
EXACT = 1 << 24  # numbers of vectors up to which every one is looked at: some 4 ms
TOGETHER = 8192  # vectors moved at a time

FLAT = "vectors.faiss"
CODES = "codes.npy"  # in the scratch folder: in the order of the passages
PARTS: dict[str, tuple[type[np.generic], int]] = {
    "centroids": (np.float32, 2),
    "starts": (np.int64, 1),
    "order": (np.int32, 1),
    "codes": (np.int8, 2),
}


def kind_of(name: str) -> Kind:
    """The kind of that name; raises InputError."""
    for kind in KINDS:
        if kind == name:
            return kind
    raise InputError(f"--index-kind {name!r} is unknown: give one of {', '.join(KINDS)}")


def exact(dimension: int) -> int:
    """So many vectors of this length are all looked at."""
    return EXACT // dimension


def part(generation: Path, name: str) -> Path:
    """The file of one array of a grouped index."""
    return generation / f"vectors.{name}.npy"


def load(generation: Path, dense: Dense) -> VectorIndex | ClusterIndex:
    """Open the vectors of a generation; raises OSError or ValueError."""
    if dense.kind == "flat":
        return VectorIndex.open(generation / FLAT)
    if dense.kind != "ivf":
        raise ValueError(f"vectors of the unknown kind {dense.kind!r:.20}")
    found = {name: arrays.opened(part(generation, name), *form) for name, form in PARTS.items()}
    return ClusterIndex.of(found, dense.probes, dense.glance)


class VectorWriter:
    """Takes vectors in order; what is not for keeps lies in `scratch`.

    Of vectors that are packed the first `leading` numbers are kept, all where it is None.
    """

    def __init__(self, generation: Path, scratch: Path, dimension: int, kind: Kind, leading: int | None = None) -> None:
        self._generation = generation
        self._scratch = scratch
        self._dimension = dimension
        self._kept = leading or dimension
        self._ordered = leading is not None
        self._kind = kind
        self._size = 0
        self._flat: RowWriter | None = None
        self._packed: ArrayWriter | None = None
        if kind == "ivf":
            self._packed = self._open_packed()
        else:
            self._flat = RowWriter(generation / FLAT, np.float32, lambda rows: header(rows, dimension))

    def _open_packed(self) -> ArrayWriter:
        return ArrayWriter(self._scratch / CODES, np.int8, self._kept)

    def add(self, vectors: Floats) -> None:
        """Write the next vectors, float32 (n, dimension)."""
        self._size += len(vectors)
        if self._kind == "auto" and self._flat and self._size > exact(self._dimension):
            self._pack_flat(self._flat)
        if self._packed:
            self._pack(self._packed, vectors)
        elif self._flat:
            self._flat.add(vectors)

    def _pack_flat(self, flat: RowWriter) -> None:
        """From now on in 8 bits, and what was written before too."""
        flat.close()
        path = self._generation / FLAT
        written = VectorIndex.open(path)
        self._flat, self._packed = None, self._open_packed()
        for rows in each(written, TOGETHER):
            self._pack(self._packed, rows)
        del written
        path.unlink()

    def _pack(self, packed: ArrayWriter, vectors: Floats) -> None:
        packed.add(clusters.quantise(vectors[:, : self._kept]))

    def __enter__(self) -> VectorWriter:
        return self

    def __exit__(self, *error: object) -> None:
        for writer in (self._flat, self._packed):
            if writer:
                writer.close()

    def finish(self, sample: Callable[[], Floats]) -> Dense:
        """Complete the files; `sample` gives the vectors of some questions, where a grouped index needs them."""
        if self._flat:
            self._flat.close()
            return COMPARED
        assert self._packed
        self._packed.close()
        codes = np.load(self._scratch / CODES, mmap_mode="r")
        made, reach = grouping.build(codes, sample()[:, : self._kept], ordered=self._ordered)
        for name, (kind, _) in PARTS.items():
            np.save(part(self._generation, name), np.asarray(made[name], kind))
        recall = round(reach.recall, 4)
        return Dense("ivf", len(made["centroids"]), reach.probes, recall, self._kept, reach.glance)


def each(index: VectorIndex | ClusterIndex, together: int) -> Iterator[Floats]:
    """All vectors, so many at a time."""
    for begin in range(0, len(index), together):
        yield index.take(np.arange(begin, min(begin + together, len(index))))
