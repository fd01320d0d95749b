"""BM25 (Robertson and Zaragoza 2009, Lucene's idf) over token keys.

A posting holds its finished weight, so a search only adds up; see `postings` for its form. Arrays are read from disk
as they are. Does not know words: see `tokens` for what a key is, and `inverting` for how an index is made.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qa.inverting import Inverted, Inverter, idf_of, is_common
from qa.postings import SCALE, decode
from qa.types import Floats

Keys = NDArray[np.uint64]
Ints = NDArray[np.int64]
KEPT = 2_000_000  # postings held decoded: the words of questions come again


class Recent:
    """Postings that were decoded lately, by the place of their key: some millions of them in all."""

    def __init__(self) -> None:
        self._held: OrderedDict[int, tuple[Ints, Floats]] = OrderedDict()
        self._size = 0

    def get(self, place: int) -> tuple[Ints, Floats] | None:
        """What is held of a key."""
        found = self._held.get(place)
        if found is not None:
            self._held.move_to_end(place)
        return found

    def keep(self, place: int, found: tuple[Ints, Floats]) -> None:
        """Hold it; the oldest go."""
        self._held[place] = found
        self._size += len(found[0])
        while self._size > KEPT and len(self._held) > 1:
            self._size -= len(self._held.popitem(last=False)[1][0])


@dataclass(frozen=True, slots=True)
class Terms:
    """Some keys as they stand in `size` texts: `counts[i]` of them hold key i; one that is `common` is left out.

    Key `named[i]` stands in the ascending `documents[i]` and gives their scores `impacts[i]`.
    """

    size: int
    counts: Ints
    common: NDArray[np.bool_]
    named: Ints
    documents: list[Ints]
    impacts: list[Floats]

    def idf(self) -> Floats:
        """The idf of each key; a key of no text has the highest there is."""
        return idf_of(self.counts, self.size).astype(np.float32)

    def scores(self, times: Floats) -> Floats:
        """The score of every text, float32 (size,), where each key counts so many times."""
        out = np.zeros(self.size, np.float32)
        if self.documents:
            impacts = np.concatenate(self.impacts)
            if (times > 1).any():
                impacts *= np.repeat(times[self.named], [len(own) for own in self.impacts])
            np.add.at(out, np.concatenate(self.documents), impacts)
        return out

    def within(self, first: Ints, last: Ints) -> Ints:
        """How many of the texts first[i] to last[i] - 1 hold key j: (ranges, keys).

        A common key counts as held by all: it stands in so many that no text is told by it.
        """
        bounds = np.concatenate([first, last])
        passed = np.zeros((len(self.counts), len(bounds)), np.int64)  # how many texts of each key come before
        passed[self.common] = bounds
        for row, documents in zip(self.named.tolist(), self.documents, strict=True):
            passed[row] = documents.searchsorted(bounds)
        return np.subtract(passed[:, len(first) :].T, passed[:, : len(first)].T, order="C")


@dataclass(frozen=True)
class BM25:
    """Key `keys[i]` stands in `counts[i]` of `size` texts: bytes `starts[i]` to `starts[i + 1] - 1` of `postings`.

    A key that a large index leaves out, because it stands in so many texts that it tells nothing, has no bytes.
    """

    keys: Keys
    counts: NDArray[np.int32]
    starts: Ints
    postings: NDArray[np.uint8]
    size: int
    _recent: Recent = field(default_factory=Recent, repr=False, compare=False)

    @classmethod
    def build(cls, texts: Sequence[Keys]) -> BM25:
        """Index texts given as keys with repetitions; text i is document i."""
        inverter = Inverter()
        lengths = np.array([len(t) for t in texts], dtype=np.int64)
        inverter.add(np.concatenate(texts) if len(texts) else np.zeros(0, np.uint64), lengths)
        return cls.of(inverter.whole(), len(texts))

    @classmethod
    def of(cls, made: Inverted, size: int) -> BM25:
        """The index of what was inverted."""
        return cls(made.keys, made.counts, made.starts, made.postings, size)

    def look_up(self, keys: Keys) -> Terms:
        """Where the keys stand; raises BrokenIndex for postings of texts that are not there."""
        places = self.keys.searchsorted(keys)
        held = places < len(self.keys)
        held[held] = self.keys[places[held]] == keys[held]
        counts = np.zeros(len(keys), np.int64)
        counts[held] = self.counts[places[held]]
        common = is_common(counts, self.size)
        named = np.flatnonzero(held & ~common)
        found = [self._posted(place) for place in places[named].tolist()]
        return Terms(self.size, counts, common, named, [own for own, _ in found], [own for _, own in found])

    def scores(self, keys: Keys) -> Floats:
        """The score of every text, float32 (size,); a key that occurs twice counts twice."""
        distinct, times = np.unique(keys, return_counts=True)
        return self.look_up(distinct).scores(times.astype(np.float32))

    def _posted(self, place: int) -> tuple[Ints, Floats]:
        """The documents of a key and its part of their scores."""
        found = self._recent.get(place)
        if found is None:
            count = int(self.counts[place])
            block = self.postings[self.starts[place] : self.starts[place + 1]]
            if not len(block):
                count = 0
            documents, codes = decode(block, count, self.size)
            whole = float(idf_of(np.array([count]), self.size)[0])
            found = (documents, codes * np.float32(whole / SCALE))
            self._recent.keep(place, found)
        return found
