"""BM25 (Robertson and Zaragoza 2009, Lucene's idf) over token keys.

A posting holds its finished weight, so a search only adds up; see `postings` for its form. Arrays are read from disk
as they are. Does not know words: see `tokens` for what a key is, and `inverting` for how an index is made.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.inverting import Inverted, Inverter, idf_of, is_common
from qa.postings import SCALE, decode
from qa.types import Floats

Keys = NDArray[np.uint64]
Ints = NDArray[np.int64]
KEPT = 2_000_000  # postings held decoded: the words of questions come again, and are asked for thrice in each


class Recent:
    """Postings that were decoded lately, by the place of their key: some millions of them in all."""

    def __init__(self) -> None:
        self._held: OrderedDict[int, tuple[Ints, Floats]] = OrderedDict()
        self._size = 0

    def get(self, place: int) -> tuple[Ints, Floats] | None:
        """What is held of a key."""
        return self._held.get(place)

    def keep(self, place: int, found: tuple[Ints, Floats]) -> None:
        """Hold it; the oldest go."""
        self._held[place] = found
        self._size += len(found[0])
        while self._size > KEPT and len(self._held) > 1:
            self._size -= len(self._held.popitem(last=False)[1][0])


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

    def scores(self, keys: Keys, times: Floats | None = None) -> Floats:
        """The score of every document, float32 (size,); a key that occurs twice, or `times`, counts twice.

        Raises BrokenIndex for postings of documents that are not there.
        """
        if times is None:
            keys, counted = np.unique(keys, return_counts=True)
            times = counted.astype(np.float32)
        out = np.zeros(self.size, np.float32)
        places, held = self._places(keys)
        for place, n in zip(places[held].tolist(), times[held].tolist(), strict=True):
            documents, impacts = self._posted(place)
            out[documents] += impacts if n == 1 else np.float32(n) * impacts
        return out

    def idf(self, keys: Keys) -> Floats:
        """The idf of each key; a key of no document has the highest there is."""
        places, held = self._places(keys)
        return idf_of(self._counts(places, held), self.size).astype(np.float32)

    def within(self, keys: Keys, first: NDArray[Any], last: NDArray[Any]) -> NDArray[np.int32]:
        """How many of the documents first[i] to last[i] - 1 hold keys[j]: (ranges, keys).

        A key that is left out counts as held by all: it stands in so many that no document is told by it.
        """
        out = np.zeros((len(first), len(keys)), np.int32)
        first, last = first.astype(np.int64), last.astype(np.int64)
        places, held = self._places(keys)
        common = is_common(self._counts(places, held), self.size)
        out[:, common] = (last - first)[:, None]
        for column in np.flatnonzero(held & ~common):
            documents, _ = self._posted(int(places[column]))
            out[:, column] = documents.searchsorted(last) - documents.searchsorted(first)
        return out

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

    def _counts(self, places: Ints, held: NDArray[np.bool_]) -> Ints:
        """How many documents hold each key: none one that is not in the index."""
        return np.where(held, self.counts[places] if len(self.counts) else 0, 0)

    def _places(self, keys: Keys) -> tuple[Ints, NDArray[np.bool_]]:
        """Where each key stands in `keys` (0 where it does not), and whether it does."""
        places = self.keys.searchsorted(keys)
        held = places < len(self.keys)
        held[held] = self.keys[places[held]] == keys[held]
        return np.where(held, places, 0), held
