"""BM25 (Robertson and Zaragoza 2009, Lucene's idf) over token keys.

A posting says how often a text holds a key; with the text's length that is a weight in 255 steps, and most are of texts
that hold a key once, whose steps are worked out for all texts together. See `postings` and `entries` for what is on disk.
Does not know words: see `tokens` for what a key is, and `inverting` for how an index is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.entries import Entries, Entry, find
from qa.errors import BrokenIndex
from qa.inverting import LARGE, Inverted, Inverter, gathered, is_common
from qa.postings import DAMAGED, decode, decode_each
from qa.terms import SCALE, Posted, Recent, Terms
from qa.types import Floats
from qa.whole import Whole

Keys = NDArray[np.uint64]
Ints = NDArray[np.int64]
FEW = 1_000  # postings of a key up to which many keys are decoded at once
SMALL, PATIENCE = 1 << 18, 8  # bytes of postings up to which all are decoded, after so many questions


@dataclass(frozen=True)
class BM25:
    """The texts are as many as `norms`, what the length of each adds to the divisor of its weights.

    A key that a large index leaves out, because it stands in so many texts that it tells nothing, has no postings.
    """

    entries: Entries
    postings: NDArray[np.uint8]
    norms: Floats
    _recent: Recent = field(default_factory=Recent, repr=False, compare=False)
    _asked: Iterator[int] = field(default_factory=count, repr=False, compare=False)

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
        return look_up([(self, keys)])[0]

    def scores(self, keys: Keys) -> Floats:
        """The score of every text, float32 (size,); a key that occurs twice counts twice."""
        distinct, times = np.unique(keys, return_counts=True)
        return self.look_up(distinct).scores(times.astype(np.float32))

    def whole(self) -> Whole | None:
        """All of a small index, once it was asked for some times."""
        small = len(self.postings) <= SMALL and self.size <= LARGE
        return self._whole if small and next(self._asked) >= PATIENCE else None

    @cached_property
    def _whole(self) -> Whole | None:
        """None where a part is damaged: what is intact is answered from as long as it is."""
        try:
            every = self.entries.every()
            ranges = zip(every.begins.tolist(), every.ends.tolist(), strict=True)
            blocks = [self.postings[begin:end] for begin, end in ranges]
            documents, times = decode_each(blocks, every.texts, every.totals, self.size)
            return Whole.of(every, self.size, documents, self.weights(documents, times))
        except BrokenIndex:
            return None

    @cached_property
    def _once(self) -> NDArray[np.uint8]:
        """The step of each text's weight for a key that it holds once; raises BrokenIndex where a norm is none."""
        if not (np.isfinite(self.norms) & (self.norms > 0)).all():
            raise BrokenIndex(DAMAGED)
        return steps(np.float32(1), self.norms)

    def held(self, key: int) -> Posted | None:
        """What is known of a key, where it was decoded lately."""
        return self._recent.get(key)

    def keep(self, key: int, documents: Ints, steps: NDArray[np.uint8]) -> Posted:
        """Hold what was decoded."""
        texts = len(documents)
        whole = log(1 + (self.size - texts + 0.5) / (texts + 0.5))  # as `idf_of`
        return self._recent.keep(key, Posted.of(documents.astype(np.int32), steps, whole / SCALE))

    def weights(self, documents: Ints, times: Ints | None) -> NDArray[np.uint8]:
        """The steps of the weights of keys that the documents hold so often (None: once)."""
        found = self._once[documents]
        if times is not None:
            more = np.flatnonzero(times > 1)
            found[more] = steps(times[more].astype(np.float32), self.norms[documents[more]])
        return found


def look_up(wanted: Sequence[tuple[BM25, Keys]]) -> list[Terms]:
    """Where keys stand in indexes of the same texts, for each its own; raises BrokenIndex as `BM25.look_up`."""
    wholes = [index.whole() for index, _ in wanted]
    if all(wholes):
        return [whole.look_up(keys) for whole, (_, keys) in zip(wholes, wanted, strict=True) if whole]
    listed = [(index, keys.tolist()) for index, keys in wanted]
    entries = find([(index.entries, keys) for index, keys in listed])
    sought = [(*own, found) for own, found in zip(listed, entries, strict=True)]
    counts = [np.array([entry.texts for entry in own], np.int64) for own in entries]
    common = [is_common(own, index.size) for own, (index, _, _) in zip(counts, sought, strict=True)]
    named = [np.flatnonzero((own > 0) & ~many) for own, many in zip(counts, common, strict=True)]
    held = [
        {place: index.held(keys[place]) for place in places.tolist()}
        for places, (index, keys, _) in zip(named, sought, strict=True)
    ]
    fresh = [
        Fresh(number, place, sought[number][1][place], sought[number][2][place])
        for number, own in enumerate(held)
        for place, found in own.items()
        if found is None
    ]
    for one, found in decoded([index for index, _ in wanted], fresh):
        held[one.view][one.place] = found
    return [
        Terms(index.size, *rest, list(filter(None, found.values())))
        for (index, _), rest, found in zip(wanted, zip(counts, common, named, strict=True), held, strict=True)
    ]


class Fresh(NamedTuple):
    """A key that is to be decoded: of which view, its place among those sought there, and its entry."""

    view: int
    place: int
    key: int
    entry: Entry


def decoded(indexes: Sequence[BM25], fresh: Sequence[Fresh]) -> Iterator[tuple[Fresh, Posted]]:
    """What is not held yet, read from the bytes: long blocks one by one, the others together."""
    for one in fresh:
        if one.entry.texts > FEW:
            index, entry = indexes[one.view], one.entry
            block = index.postings[entry.begin : entry.end]
            documents, times = decode(block, entry.texts, entry.total, index.size)
            yield one, index.keep(one.key, documents, index.weights(documents, times))
    few = [one for one in fresh if one.entry.texts <= FEW]
    if not few:
        return
    texts, totals, begins, ends = np.array([one.entry for one in few], np.int64).T
    places = zip(few, begins.tolist(), ends.tolist(), strict=True)
    blocks = [indexes[one.view].postings[begin:end] for one, begin, end in places]
    documents, times = decode_each(blocks, texts, totals, indexes[0].size)
    last = np.cumsum(texts)
    owners = np.repeat([one.view for one in few], texts)
    weights = np.empty(len(documents), np.uint8)
    for number, index in enumerate(indexes):
        own = np.flatnonzero(owners == number)
        weights[own] = index.weights(documents[own], times[own])
    for one, first, end in zip(few, (last - texts).tolist(), last.tolist(), strict=True):
        # A part of what all have in common would keep the whole alive.
        yield one, indexes[one.view].keep(one.key, documents[first:end], weights[first:end].copy())


def steps(times: Floats | np.float32, norms: Floats) -> NDArray[np.uint8]:
    """The weights of keys that texts of these norms hold so often, in steps."""
    found: NDArray[np.uint8] = np.maximum(np.rint(SCALE * times / (times + norms)), 1).astype(np.uint8)
    return found
