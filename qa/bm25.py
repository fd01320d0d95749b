"""BM25 (Robertson and Zaragoza 2009, Lucene's idf) over token keys, as flat arrays.

A posting holds its finished score, so a search only adds up. Arrays are read from disk as they are.
Does not know words: see `tokens` for what a key is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.errors import BrokenIndex
from qa.types import Floats

Keys = NDArray[np.uint64]
K1 = 1.5
B = 0.75


@dataclass(frozen=True)
class BM25:
    """Postings of key `keys[i]`: `documents[starts[i]:starts[i + 1]]` with their `impacts`."""

    keys: Keys
    starts: NDArray[np.int64]
    documents: NDArray[np.int32]
    impacts: Floats
    size: int

    @classmethod
    def build(cls, texts: Sequence[Keys]) -> BM25:
        """Index texts given as keys with repetitions; text i is document i."""
        n = len(texts)
        lengths = np.array([len(t) for t in texts], dtype=np.int64)
        flat = np.concatenate(texts) if n else np.zeros(0, np.uint64)
        owners = np.repeat(np.arange(n, dtype=np.int32), lengths)
        order = np.lexsort((owners, flat))
        flat, owners = flat[order], owners[order]
        first = np.ones(len(flat), dtype=bool)
        first[1:] = (flat[1:] != flat[:-1]) | (owners[1:] != owners[:-1])
        places = np.flatnonzero(first)
        counts = np.diff(np.append(places, len(flat))).astype(np.float32)
        posting_keys, documents = flat[places], owners[places]
        keys, starts = np.unique(posting_keys, return_index=True)
        starts = np.append(starts, len(posting_keys)).astype(np.int64)
        frequency = np.diff(starts)
        idf = np.log(1 + (n - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        mean = max(1.0, float(lengths.mean())) if n else 1.0
        norms = (K1 * (1 - B + B * lengths / mean)).astype(np.float32)
        impacts = np.repeat(idf, frequency) * counts / (counts + norms[documents])
        return cls(keys, starts, documents, impacts.astype(np.float32), n)

    def scores(self, keys: Keys, times: Floats | None = None) -> Floats:
        """The score of every document, float32 (size,); a key that occurs twice, or `times`, counts twice.

        Raises BrokenIndex for postings of documents that are not there.
        """
        if times is None:
            keys, counted = np.unique(keys, return_counts=True)
            times = counted.astype(np.float32)
        out = np.zeros(self.size, np.float32)
        places, held = self._places(keys)
        for place, n in zip(places[held], times[held], strict=True):
            begin, end = self.starts[place], self.starts[place + 1]
            try:
                out[self.documents[begin:end]] += n * self.impacts[begin:end]
            except IndexError as error:
                raise BrokenIndex("the word index is damaged: build it again with `qa index --rebuild`") from error
        return out

    def idf(self, keys: Keys) -> Floats:
        """The idf of each key; a key of no document has the highest there is."""
        places, held = self._places(keys)
        frequency = np.where(held, self.starts[places + held] - self.starts[places], 0)
        return np.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)

    def within(self, keys: Keys, first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.int32]:
        """How many of the documents first[i] to last[i] - 1 hold keys[j]: (ranges, keys)."""
        out = np.zeros((len(first), len(keys)), np.int32)
        places, held = self._places(keys)
        for column in np.flatnonzero(held):
            posted = self.documents[self.starts[places[column]] : self.starts[places[column] + 1]]
            out[:, column] = np.searchsorted(posted, last) - np.searchsorted(posted, first)
        return out

    def _places(self, keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Where each key stands in `keys` (0 where it does not), and whether it does."""
        places = np.searchsorted(self.keys, keys)
        held = places < len(self.keys)
        held[held] = self.keys[places[held]] == keys[held]
        return np.where(held, places, 0), held
