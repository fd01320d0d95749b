"""BM25 (Robertson and Zaragoza 2009, Lucene's idf) over token keys.

A posting says how often a text holds a key; with the text's length that is a weight in 255 steps, and most are of texts
that hold a key once, whose steps are worked out for all texts together. See `postings` and `entries` for what is on disk.
Does not know words: see `tokens` for what a key is, and `inverting` for how an index is made.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log

import numpy as np
from numpy.typing import NDArray

from qa.entries import Entries, Entry
from qa.errors import BrokenIndex
from qa.inverting import Inverted, Inverter, gathered, idf_of, is_common
from qa.postings import DAMAGED, decode
from qa.types import Floats

Keys = NDArray[np.uint64]
Ints = NDArray[np.int64]
SCALE = 255  # steps of a weight
KEPT = 2_000_000  # postings held decoded: the words of questions come again


class Recent:
    """Postings that were decoded lately, by their key: some millions of them in all."""

    def __init__(self) -> None:
        self._held: OrderedDict[int, tuple[Ints, Floats]] = OrderedDict()
        self._size = 0

    def get(self, key: int) -> tuple[Ints, Floats] | None:
        """What is held of a key."""
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
        return found

    def keep(self, key: int, found: tuple[Ints, Floats]) -> None:
        """Hold it; the oldest go."""
        self._held[key] = found
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
    """The texts are as many as `norms`, what the length of each adds to the divisor of its weights.

    A key that a large index leaves out, because it stands in so many texts that it tells nothing, has no postings.
    """

    entries: Entries
    postings: NDArray[np.uint8]
    norms: Floats
    _recent: Recent = field(default_factory=Recent, repr=False, compare=False)

    @classmethod
    def build(cls, texts: Sequence[Keys]) -> BM25:
        """Index texts given as keys with repetitions; text i is document i."""
        inverter = Inverter()
        lengths = np.array([len(t) for t in texts], dtype=np.int64)
        inverter.add(gathered(np.concatenate([np.zeros(0, np.uint64), *texts]), lengths), lengths)
        (bucket,) = inverter.buckets()
        return cls.of(bucket.inverted(), inverter.norms())

    @classmethod
    def of(cls, made: Inverted, norms: Floats) -> BM25:
        """The index of what was inverted."""
        entries = Entries.of(made.keys, made.counts, made.totals, made.lengths, len(norms))
        return cls(entries, made.postings, norms)

    @property
    def size(self) -> int:
        """The number of texts."""
        return len(self.norms)

    def look_up(self, keys: Keys) -> Terms:
        """Where the keys stand; raises BrokenIndex for postings of texts that are not there."""
        every = keys.tolist()
        entries = self.entries.find(every)
        counts = np.array([entry.texts for entry in entries], np.int64)
        common = is_common(counts, self.size)
        named = np.flatnonzero((counts > 0) & ~common)
        found = [self._posted(every[place], entries[place]) for place in named.tolist()]
        return Terms(self.size, counts, common, named, [own for own, _ in found], [own for _, own in found])

    def scores(self, keys: Keys) -> Floats:
        """The score of every text, float32 (size,); a key that occurs twice counts twice."""
        distinct, times = np.unique(keys, return_counts=True)
        return self.look_up(distinct).scores(times.astype(np.float32))

    @cached_property
    def _once(self) -> NDArray[np.uint8]:
        """The step of each text's weight for a key that it holds once; raises BrokenIndex where a norm is none."""
        if not (np.isfinite(self.norms) & (self.norms > 0)).all():
            raise BrokenIndex(DAMAGED)
        return steps(np.float32(1), self.norms)

    def _posted(self, key: int, entry: Entry) -> tuple[Ints, Floats]:
        """The documents of a key and its part of their scores."""
        found = self._recent.get(key)
        if found is None:
            found = self._read(entry)
            self._recent.keep(key, found)
        return found

    def _read(self, entry: Entry) -> tuple[Ints, Floats]:
        """As `_posted`, from the bytes."""
        if entry.begin == entry.end:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        documents, times = decode(self.postings[entry.begin : entry.end], entry.texts, entry.total, self.size)
        weights = self._once[documents]
        if times is not None:
            more = np.flatnonzero(times > 1)
            weights[more] = steps(times[more].astype(np.float32), self.norms[documents[more]])
        whole = log(1 + (self.size - entry.texts + 0.5) / (entry.texts + 0.5))  # as `idf_of`
        return documents, weights * np.float32(whole / SCALE)


def steps(times: Floats | np.float32, norms: Floats) -> NDArray[np.uint8]:
    """The weights of keys that texts of these norms hold so often, in steps."""
    found: NDArray[np.uint8] = np.maximum(np.rint(SCALE * times / (times + norms)), 1).astype(np.uint8)
    return found
