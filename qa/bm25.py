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
from typing import Any

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
KEPT = 2_000_000  # postings held decoded: the words of questions come again, and are asked for thrice in each


class Recent:
    """Postings that were decoded lately, by their key: some millions of them in all."""

    def __init__(self) -> None:
        self._held: OrderedDict[int, tuple[Ints, Floats]] = OrderedDict()
        self._size = 0

    def get(self, key: int) -> tuple[Ints, Floats] | None:
        """What is held of a key."""
        return self._held.get(key)

    def keep(self, key: int, found: tuple[Ints, Floats]) -> None:
        """Hold it; the oldest go."""
        self._held[key] = found
        self._size += len(found[0])
        while self._size > KEPT and len(self._held) > 1:
            self._size -= len(self._held.popitem(last=False)[1][0])


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

    def scores(self, keys: Keys, times: Floats | None = None) -> Floats:
        """The score of every document, float32 (size,); a key that occurs twice, or `times`, counts twice.

        Raises BrokenIndex for postings of documents that are not there.
        """
        if times is None:
            keys, counted = np.unique(keys, return_counts=True)
            times = counted.astype(np.float32)
        out = np.zeros(self.size, np.float32)
        every = keys.tolist()
        for key, entry, n in zip(every, self.entries.find(every), times.tolist(), strict=True):
            if entry.texts:
                documents, impacts = self._posted(key, entry)
                out[documents] += impacts if n == 1 else np.float32(n) * impacts
        return out

    def idf(self, keys: Keys) -> Floats:
        """The idf of each key; a key of no document has the highest there is."""
        return idf_of(self._counts(keys), self.size).astype(np.float32)

    def within(self, keys: Keys, first: NDArray[Any], last: NDArray[Any]) -> NDArray[np.int32]:
        """How many of the documents first[i] to last[i] - 1 hold keys[j]: (ranges, keys).

        A key that is left out counts as held by all: it stands in so many that no document is told by it.
        """
        out = np.zeros((len(first), len(keys)), np.int32)
        first, last = first.astype(np.int64), last.astype(np.int64)
        common = is_common(self._counts(keys), self.size)
        out[:, common] = (last - first)[:, None]
        every = keys.tolist()
        for column, entry in enumerate(self.entries.find(every)):
            if entry.texts and not common[column]:
                documents, _ = self._posted(every[column], entry)
                out[:, column] = documents.searchsorted(last) - documents.searchsorted(first)
        return out

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

    def _counts(self, keys: Keys) -> Ints:
        """How many documents hold each key: none one that is not in the index."""
        return np.array([entry.texts for entry in self.entries.find(keys.tolist())], np.int64)


def steps(times: Floats | np.float32, norms: Floats) -> NDArray[np.uint8]:
    """The weights of keys that texts of these norms hold so often, in steps."""
    found: NDArray[np.uint8] = np.maximum(np.rint(SCALE * times / (times + norms)), 1).astype(np.uint8)
    return found
