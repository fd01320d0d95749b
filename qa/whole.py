"""A small index read whole: every key is at hand, which pays from some questions on."""

from __future__ import annotations

from dataclasses import dataclass, field

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
    _known: dict[int, Posted] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, every: Every, size: int, documents: Ints, steps: NDArray[np.uint8]) -> Whole:
        """Of all entries, with what was decoded of all, key after key."""
        step = idf_of(every.texts, size) / SCALE
        return cls(size, every.keys, every.texts, np.cumsum(every.texts), step, documents.astype(np.int32), steps)

    def look_up(self, keys: Keys) -> Terms:
        """Where the keys stand."""
        found = [self._known.get(key) or self._posted(key) for key in keys.tolist()]
        counts = np.array([0 if own is None else len(own.steps) for own in found], np.int64)
        posted = [own for own in found if own is not None]
        return Terms(self.size, counts, np.zeros(len(keys), bool), counts.nonzero()[0], posted)

    def _posted(self, key: int) -> Posted | None:
        """Where a key stands that nobody asked for yet; None for one that stands nowhere."""
        place = int(self.keys.searchsorted(np.uint64(key)))
        if place == len(self.keys) or self.keys[place] != key:
            return None
        last = int(self.ends[place])
        own = slice(last - int(self.counts[place]), last)
        found = self._known[key] = Posted.of(self.documents[own], self.steps[own], float(self.step[place]))
        return found
