"""A small index read whole: every key is at hand, which pays from some questions on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.entries import Every
from qa.inverting import idf_of
from qa.terms import SCALE, Posted, Terms

Keys = NDArray[np.uint64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Whole:
    """Ascending `keys` of `size` texts: key i stands in `counts[i]` of them, up to place
    `ends[i]` of `documents` and `steps`, and a step gives `step[i]`.
    """

    size: int
    keys: Keys
    counts: Ints
    ends: Ints
    step: NDArray[np.float64]
    documents: NDArray[np.int32]
    steps: NDArray[np.uint8]

    @classmethod
    def of(cls, every: Every, size: int, documents: Ints, steps: NDArray[np.uint8]) -> Whole:
        """Of all entries, with what was decoded of all, key after key."""
        step = idf_of(every.texts, size) / SCALE
        return cls(size, every.keys, every.texts, np.cumsum(every.texts), step, documents.astype(np.int32), steps)

    def look_up(self, keys: Keys) -> Terms:
        """Where the keys stand."""
        if not len(self.keys):
            return Terms(self.size, np.zeros(len(keys), np.int64), np.zeros(len(keys), bool), np.zeros(0, np.int64), [])
        places = np.minimum(self.keys.searchsorted(keys), len(self.keys) - 1)
        there = self.keys[places] == keys
        counts = np.where(there, self.counts[places], 0)
        named = there.nonzero()[0]
        own = places[named]
        ends = self.ends[own]
        ranges = zip((ends - self.counts[own]).tolist(), ends.tolist(), self.step[own].tolist(), strict=True)
        posted = [Posted(self.documents[first:last], self.steps[first:last], step) for first, last, step in ranges]
        return Terms(self.size, counts, np.zeros(len(keys), bool), named, posted)
