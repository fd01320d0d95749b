"""The views of a generation on disk: the entries of their keys, their postings, and the norms of their texts."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

import numpy as np

from qa import arrays
from qa.arrays import ArrayWriter
from qa.bm25 import BM25
from qa.entries import GROUP, Entries, Keys, pack
from qa.inverting import Inverted
from qa.postings import Ints

VARINTS, TABLE, POSTINGS, NORMS = "{}.entries.npy", "{}.table.npy", "{}.postings.npy", "{}.norms.npy"


class ViewWriter:
    """Takes ascending ranges of keys; a context that completes the files.

    Groups of keys do not end with a range: what is written does not depend on how the keys were parted.
    """

    def __init__(self, generation: Path, view: str) -> None:
        self._varints = ArrayWriter(generation / VARINTS.format(view), np.uint8)
        self._table = ArrayWriter(generation / TABLE.format(view), np.uint64, 3)
        self._postings = ArrayWriter(generation / POSTINGS.format(view), np.uint8)
        self._left: tuple[Keys, Ints, Ints, Ints] | None = (
            None  # keys of a group that is not full: as `Inverted` has them
        )
        self._at = [0, 0]  # bytes of varints and of postings written in whole groups

    def add(self, part: Inverted) -> None:
        """Write the next keys."""
        self._postings.add(part.postings)
        columns = (part.keys, part.counts, part.totals, part.lengths)
        if self._left is not None:
            keys, counts, totals, lengths = zip(self._left, columns, strict=True)
            columns = (np.concatenate(keys), np.concatenate(counts), np.concatenate(totals), np.concatenate(lengths))
        full = len(columns[0]) // GROUP * GROUP
        self._write(columns[0][:full], columns[1][:full], columns[2][:full], columns[3][:full])
        self._left = (columns[0][full:], columns[1][full:], columns[2][full:], columns[3][full:])

    def _write(self, keys: Keys, counts: Ints, totals: Ints, lengths: Ints) -> None:
        packed = pack(keys, counts, totals, lengths, *self._at)
        self._varints.add(packed.varints)
        self._table.add(packed.rows)
        self._at[0] += len(packed.varints)
        self._at[1] += int(lengths.sum())

    def __enter__(self) -> ViewWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            if self._left is not None:
                self._write(*self._left)
            self._table.add(np.array([[0, *self._at]], np.uint64))
        for writer in (self._varints, self._table, self._postings):
            writer.close()


def load(generation: Path, view: str, size: int) -> BM25:
    """Memory-map one view of so many texts; raises ValueError or OSError where its files do not fit together."""
    varints = arrays.opened(generation / VARINTS.format(view), np.uint8)
    table = arrays.opened(generation / TABLE.format(view), np.uint64, 2)
    postings = arrays.opened(generation / POSTINGS.format(view), np.uint8)
    norms = arrays.opened(generation / NORMS.format(view), np.float32)
    if len(norms) != size:
        raise ValueError(f"{view}: norms of another number of passages")
    return BM25(Entries.checked(varints, table, size, len(postings)), postings, norms)
