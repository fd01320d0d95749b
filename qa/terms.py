"""What is known of a question's keys: in which texts they stand, and what they weigh there.

Postings that were decoded stay in memory for a while: the words of questions come again, the characters all the time.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.inverting import distinct, idf_of
from qa.types import Floats

Ints = NDArray[np.int64]
SCALE = 255  # steps of a weight
KEPT = 10_000_000  # postings held decoded, five bytes each
MANY = 16_384  # texts from which it is quicker to look for the best scores where they can be
SEVERAL = 8  # times as many texts as are wanted: their best are good ones, and quickly looked at
MARGIN = 1e-3  # of a sum of weights: more than single precision rounds off


class Posted(NamedTuple):
    """Where a key stands: the ascending numbers of texts, the weight in each, in steps, what a step gives, and the most steps."""

    documents: NDArray[np.int32]
    steps: NDArray[np.uint8]
    step: float
    most: int

    @classmethod
    def of(cls, documents: NDArray[np.int32], steps: NDArray[np.uint8], step: float) -> Posted:
        """Of the first three."""
        return cls(documents, steps, step, int(steps.max(initial=0)))


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


def best(scores: Floats, k: int) -> Ints:
    """The places of the k largest positive scores, in no particular order; ties at the edge by place."""
    found = np.flatnonzero(scores > 0)
    if len(found) > k:
        own = scores[found]
        edge = largest(own, k)
        above = found[own > edge]
        found = np.concatenate([above, found[own == edge][: k - len(above)]])
    return found


def largest(scores: Floats, k: int) -> float:
    """The k-th largest of at least k scores."""
    return float(np.partition(scores, len(scores) - k)[len(scores) - k])


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
            documents, steps, step, _ = zip(*self.posted, strict=True)
            each = np.array(step, np.float32) * times[self.named]
            impacts = np.concatenate(steps) * each.repeat(list(map(len, steps)))
            np.add.at(out, np.concatenate(documents, dtype=np.int64), impacts)
        return out

    def best(self, times: Floats, scores: Floats, k: int) -> Ints:
        """The numbers of the k largest positive of these `scores`, in no particular order; ties at the edge by number."""
        if self.size < MANY:
            return best(scores, k)
        found = distinct([self._likely(times, scores, k)])
        return found[best(scores[found], k)]

    def _likely(self, times: Floats, scores: Floats, k: int) -> Ints:
        """Texts with the k largest scores among them; one may come more than once.

        The k-th largest is no less than the one among the texts of a single key. Keys that all together give less than
        that cannot bring a text so far: it has another one as well (MaxScore: Turtle and Flood 1995).
        """
        gains = np.array([own.step * own.most for own in self.posted]) * times[self.named]
        order = gains.argsort(kind="stable")
        texts = self._telling(order[::-1], k)
        floor = largest(scores.take(texts), k) if len(texts) >= k else 0.0
        first = int(gains[order].cumsum().searchsorted(floor * (1 - MARGIN)))
        parts = [self.posted[place].documents for place in order[first:].tolist()]
        found = [texts[scores.take(texts) >= floor] for texts in parts]
        return np.concatenate([np.zeros(0, np.int64), *found])

    def _telling(self, order: Ints, k: int) -> NDArray[np.int32]:
        """The texts of the first key that several times k texts hold, or of the one that most do."""
        sizes = [len(own.documents) for own in self.posted]
        several = (place for place in order.tolist() if sizes[place] >= SEVERAL * k)
        place = next(several, max(range(len(sizes)), key=sizes.__getitem__, default=None))
        return np.zeros(0, np.int32) if place is None else self.posted[place].documents

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
