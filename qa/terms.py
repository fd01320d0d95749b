"""What is known of a question's keys: in which texts they stand, and what they weigh there.

Postings that were decoded stay in memory for a while: the words of questions come again, the characters all the time.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.inverting import idf_of
from qa.types import Floats

Ints = NDArray[np.int64]
SCALE = 255  # steps of a weight
KEPT = 10_000_000  # postings held decoded, five bytes each


class Posted(NamedTuple):
    """Where a key stands: the ascending numbers of texts, the weight in each, in steps, and what a step gives."""

    documents: NDArray[np.int32]
    steps: NDArray[np.uint8]
    step: float


class Recent:
    """Postings that were decoded lately, by their key: some millions of them in all."""

    def __init__(self) -> None:
        self._held: OrderedDict[int, Posted] = OrderedDict()
        self._size = 0

    def get(self, key: int) -> Posted | None:
        """What is held of a key."""
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
        return found

    def keep(self, key: int, found: Posted) -> Posted:
        """Hold it; the oldest go."""
        self._held[key] = found
        self._size += len(found.documents)
        while self._size > KEPT and len(self._held) > 1:
            self._size -= len(self._held.popitem(last=False)[1].documents)
        return found


@dataclass(frozen=True, slots=True)
class Terms:
    """Some keys as they stand in `size` texts: `counts[i]` of them hold key i; one that is `common` is left out.

    Key `named[i]` stands where `posted[i]` says.
    """

    size: int
    counts: Ints
    common: NDArray[np.bool_]
    named: Ints
    posted: list[Posted]

    def idf(self) -> Floats:
        """The idf of each key; a key of no text has the highest there is."""
        return idf_of(self.counts, self.size).astype(np.float32)

    def scores(self, times: Floats) -> Floats:
        """The score of every text, float32 (size,), where each key counts so many times."""
        out = np.zeros(self.size, np.float32)
        if self.posted:
            documents, steps, step = zip(*self.posted, strict=True)
            each = np.array(step, np.float32) * times[self.named]
            impacts = np.concatenate(steps) * each.repeat(list(map(len, steps)))
            np.add.at(out, np.concatenate(documents, dtype=np.int64), impacts)
        return out

    def within(self, first: Ints, last: Ints) -> Ints:
        """How many of the texts first[i] to last[i] - 1 hold key j: (ranges, keys).

        A common key counts as held by all: it stands in so many that no text is told by it.
        """
        bounds = np.concatenate([first, last])
        passed = np.zeros((len(self.counts), len(bounds)), np.int64)  # how many texts of each key come before
        passed[self.common] = bounds
        narrow = bounds.astype(np.int32)
        for row, own in zip(self.named.tolist(), self.posted, strict=True):
            passed[row] = own.documents.searchsorted(narrow)
        return np.subtract(passed[:, len(first) :].T, passed[:, : len(first)].T, order="C")
