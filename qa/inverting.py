"""Texts as keys to the postings of each key, in memory that does not grow with the texts.

Keys and the texts that hold them are gathered, sorted and written to runs on disk; in the end the runs are merged,
one range of keys after the other (Manning and others, 2008, "Introduction to Information Retrieval", chapter 4).
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.postings import SCALE, encode
from qa.types import Floats

Keys = NDArray[np.uint64]
Ints = NDArray[np.int64]

K1 = 1.5
B = 0.75
KEY_BITS = 43  # a key and the number of a text in its run are sorted as one number of 64 bits
TEXT_BITS = 64 - KEY_BITS
RUN = 2_000_000  # keys sorted at a time
RANGE = 1_000_000  # postings merged at a time: all that is made of them fits 200 MB
SAMPLE = 512  # of so many postings of a run one is looked at to part the keys into ranges
LARGE, COMMON = 200_000, 8  # of an index of so many texts, keys in more than one of 8 are left out: they tell nothing
MOST = 255  # repetitions of a key in one text that are counted


def idf_of(counts: NDArray[np.generic], size: int) -> NDArray[np.float64]:
    """The idf of keys that stand in so many of `size` texts."""
    wide = counts.astype(np.float64)
    return np.log(1 + (size - wide + 0.5) / (wide + 0.5))


def is_common(counts: NDArray[np.generic], size: int) -> NDArray[np.bool_]:
    """Which keys are left out."""
    left_out: NDArray[np.bool_] = (counts.astype(np.int64) * COMMON > size) & (size > LARGE)
    return left_out


def beginnings(ascending: Keys) -> Ints:
    """Where each distinct number begins."""
    return np.flatnonzero(np.concatenate([[True], ascending[1:] != ascending[:-1]])[: len(ascending)])


@dataclass(frozen=True, slots=True)
class Inverted:
    """Ascending keys, the number of texts that hold each, and the postings, as `BM25` has them."""

    keys: Keys
    counts: NDArray[np.int32]
    starts: Ints
    postings: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Run:
    """Sorted numbers, each a key and a text counted from `base`, and how often the text holds the key."""

    numbers: Keys
    times: NDArray[np.uint8]
    base: int

    def between(self, low: int, high: int) -> tuple[Keys, Ints, NDArray[np.uint8]]:
        """Keys, texts and times of the keys from `low` up to below `high`."""
        begin, end = (
            len(self.numbers) if key >> KEY_BITS else int(np.searchsorted(self.numbers, np.uint64(key << TEXT_BITS)))
            for key in (low, high)
        )
        numbers = np.asarray(self.numbers[begin:end])
        texts = (numbers & np.uint64((1 << TEXT_BITS) - 1)).astype(np.int64) + self.base
        keys, times = numbers >> np.uint64(TEXT_BITS), np.array(self.times[begin:end])
        self._let_go()
        return keys, texts, times

    def _let_go(self) -> None:
        """Let the system take back the memory of what was read, where it can be told to."""
        for array in (self.numbers, self.times):
            mapped = getattr(array, "_mmap", None)
            if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
                mapped.madvise(mmap.MADV_DONTNEED)


class Inverter:
    """Takes texts in order; `folder` is where runs are kept, None for texts that fit into memory."""

    def __init__(self, folder: Path | None = None, name: str = "run") -> None:
        self._folder = folder
        self._name = name
        self._gathered: list[Keys] = []
        self._waiting = 0
        self._base = 0
        self._texts = 0
        self._lengths: list[Ints] = []
        self._runs: list[Run] = []
        self._files: list[Path] = []

    def add(self, keys: Keys, lengths: Ints) -> None:
        """Add texts: the next `lengths[i]` of the keys, all below 2**43, are those of the next text."""
        local = np.repeat(np.arange(self._texts - self._base, self._texts - self._base + len(lengths)), lengths)
        self._gathered.append((keys << np.uint64(TEXT_BITS)) | local.astype(np.uint64))
        self._lengths.append(np.asarray(lengths, np.int32))
        self._texts += len(lengths)
        self._waiting += len(keys)
        if self._folder is not None and (self._waiting > RUN or self._texts - self._base >= 1 << (TEXT_BITS - 1)):
            self._spill(self._folder)

    def _sorted(self) -> Run:
        """What was gathered, as a run."""
        numbers = np.concatenate(self._gathered) if self._gathered else np.zeros(0, np.uint64)
        self._gathered.clear()
        numbers.sort()
        first = beginnings(numbers)
        times = np.diff(first, append=len(numbers))
        run = Run(numbers[first], np.minimum(times, MOST).astype(np.uint8), self._base)
        self._base, self._waiting = self._texts, 0
        return run

    def _spill(self, folder: Path) -> None:
        run = self._sorted()
        files = [folder / f"{self._name}-{len(self._runs)}.{part}.npy" for part in ("numbers", "times")]
        np.save(files[0], run.numbers)
        np.save(files[1], run.times)
        self._files += files
        numbers, times = (np.load(path, mmap_mode="r") for path in files)
        self._runs.append(Run(numbers, times, run.base))

    def norms(self) -> Floats:
        """What the length of each text adds to the divisor of its weights."""
        lengths = np.concatenate(self._lengths) if self._lengths else np.zeros(0, np.int32)
        mean = max(1.0, float(lengths.mean())) if len(lengths) else 1.0
        return (K1 * (1 - B + B * lengths / mean)).astype(np.float32)

    def parts(self) -> Iterator[Inverted]:
        """Everything in ascending ranges of keys; `starts` count from the part's own beginning. Ends the work."""
        if self._waiting or not self._runs:
            self._runs.append(self._sorted())
        norms = self.norms()
        for low, high in self._ranges():
            yield self._merged(low, high, norms)
        self._runs.clear()
        for path in self._files:
            path.unlink()

    def whole(self) -> Inverted:
        """Everything at once."""
        parts = list(self.parts())
        lengths = [np.diff(part.starts) for part in parts]
        starts = np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64)
        keys, counts, postings = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("keys", "counts", "postings")
        )
        return Inverted(keys, counts, starts, postings)

    def _ranges(self) -> Iterator[tuple[int, int]]:
        """Keys parted so that each range holds about as many postings as are merged at a time."""
        seen = np.sort(np.concatenate([run.numbers[::SAMPLE] for run in self._runs])) >> np.uint64(TEXT_BITS)
        edges = np.unique(seen[RANGE // SAMPLE :: RANGE // SAMPLE]).tolist()
        yield from zip([0, *edges], [*edges, 1 << KEY_BITS], strict=True)

    def _merged(self, low: int, high: int, norms: Floats) -> Inverted:
        """The postings of one range of keys."""
        found = [run.between(low, high) for run in self._runs]
        keys, texts, times = (np.concatenate(column) for column in zip(*found, strict=True))
        if len(found) > 1:  # the texts of a later run come after those of an earlier one: a stable sort keeps them so
            order = np.argsort(keys, kind="stable")
            keys, texts, times = keys[order], texts[order], times[order]
        begins = beginnings(keys)
        distinct, counts = keys[begins], np.diff(begins, append=len(keys))
        kept = ~is_common(counts, self._texts)
        own = np.repeat(kept, counts)
        texts, times = texts[own], times[own].astype(np.float32)
        codes = np.rint(SCALE * times / (times + norms[texts])).clip(1, SCALE).astype(np.uint8)
        posted = encode(texts, codes, np.where(kept, counts, 0), self._texts)
        starts = np.concatenate([[0], np.cumsum(posted.lengths)]).astype(np.int64)
        return Inverted(distinct, counts.astype(np.int32), starts, posted.blocks)
