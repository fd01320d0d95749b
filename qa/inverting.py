"""Texts as keys to the postings of each key, in memory that does not grow with the texts.

Keys and the texts that hold them are gathered as numbers, and these parted by their keys into some files on disk; in the
end each file is sorted by itself, by whatever process is free (Manning and others, 2008, "Introduction to Information
Retrieval", chapter 4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.postings import encode
from qa.types import Floats

Keys = NDArray[np.uint64]
Ints = NDArray[np.int64]

K1 = 1.5
B = 0.75
KEY_BITS = 43  # a key and the number of a text are sorted as one number of 64 bits
TEXT_BITS = 64 - KEY_BITS
EPOCH = 1 << (TEXT_BITS - 1)  # texts that are counted from one base, and no more than as many again
GATHERED = 2_000_000  # numbers in memory before they go to the files
FILES = 16
RANGE = 200_000  # numbers inverted at a time: what is made of them stays in the processor's cache
SAMPLE = 512  # of so many numbers one is looked at to part them by their keys
LARGE, COMMON = 50_000, 16  # of an index of so many texts, keys in more than one of 16 are left out: they tell nothing
MOST = 255  # repetitions of a key in one text that are counted


def idf_of(counts: NDArray[np.generic], size: int) -> NDArray[np.float64]:
    """The idf of keys that stand in so many of `size` texts."""
    wide = counts.astype(np.float64)
    return np.log(1 + (size - wide + 0.5) / (wide + 0.5))


def is_common(counts: NDArray[np.generic], size: int) -> NDArray[np.bool_]:
    """Which keys are left out."""
    left_out: NDArray[np.bool_] = (counts.astype(np.int64) * COMMON > size) & (size > LARGE)
    return left_out


def changes(numbers: NDArray[np.generic]) -> NDArray[np.bool_]:
    """True where a number differs from the one before, and for the first."""
    changed = np.ones(len(numbers), bool)
    np.not_equal(numbers[1:], numbers[:-1], out=changed[1:])
    return changed


def distinct(parts: Sequence[Ints]) -> Ints:
    """The numbers that stand in any of the parts, ascending."""
    every = np.concatenate(parts)
    every.sort()
    return every[changes(every)]


def beginnings(ascending: Keys) -> Ints:
    """Where each distinct number begins."""
    return changes(ascending).nonzero()[0]


@dataclass(frozen=True, slots=True)
class Inverted:
    """Ascending keys: the number of texts that hold each, how often they do, the bytes of its postings, and these."""

    keys: Keys
    counts: Ints
    totals: Ints
    lengths: Ints
    postings: NDArray[np.uint8]


def gathered(keys: Keys, lengths: Ints) -> Keys:
    """Keys below 2**43, the next `lengths[i]` those of text i, as sorted numbers: each a key and a text."""
    texts = np.repeat(np.arange(len(lengths), dtype=np.uint64), lengths)
    texts |= keys << np.uint64(TEXT_BITS)
    texts.sort()
    return texts


def edges_of(ascending: Keys, parts: int) -> list[int]:
    """Keys that part sorted numbers into about as large parts, the first 0, the last above all."""
    inner = ascending[[len(ascending) * part // parts for part in range(1, parts)]] >> np.uint64(TEXT_BITS)
    return [0, *np.unique(inner[inner > 0]).tolist(), 1 << KEY_BITS]


def places_of(edges: Sequence[int], ascending: Keys) -> list[int]:
    """Where sorted numbers of keys from each edge on begin."""
    inner = np.array([edge << TEXT_BITS for edge in edges[1:-1]], np.uint64)
    return [0, *ascending.searchsorted(inner).tolist(), len(ascending)]


@dataclass(frozen=True, slots=True)
class Bucket:
    """The numbers of one range of keys, in pieces: each a file or an array, and the text that it counts from."""

    pieces: tuple[tuple[Path | Keys, int], ...]
    size: int  # texts of the whole index

    def inverted(self) -> Inverted:
        """Their postings, made in ranges of keys, one after the other."""
        pieces = [(np.fromfile(one, np.uint64) if isinstance(one, Path) else one, base) for one, base in self.pieces]
        for numbers, _ in pieces:
            numbers.sort()
        ranges = 1 + sum(len(numbers) for numbers, _ in pieces) // RANGE
        sample = np.sort(np.concatenate([np.zeros(0, np.uint64), *(numbers[::SAMPLE] for numbers, _ in pieces)]))
        edges = edges_of(sample, ranges) if len(sample) else [0, 1 << KEY_BITS]
        places = [places_of(edges, numbers) for numbers, _ in pieces]
        parts = [
            self._range([(n[at[i] : at[i + 1]], base) for (n, base), at in zip(pieces, places, strict=True)])
            for i in range(len(edges) - 1)
        ]
        columns = (
            [getattr(part, name) for part in parts] for name in ("keys", "counts", "totals", "lengths", "postings")
        )
        return Inverted(*(np.concatenate(column) for column in columns))

    def _range(self, pieces: Sequence[tuple[Keys, int]]) -> Inverted:
        """The postings of sorted numbers."""
        found = [counted(numbers, base) for numbers, base in pieces]
        keys, texts, times = (np.concatenate(column) for column in zip(*found, strict=True))
        if len(found) > 1:  # the texts of a later piece come after those of an earlier one: a stable sort keeps them so
            order = np.argsort(keys, kind="stable")
            keys, texts, times = keys[order], texts[order], times[order]
        begins = beginnings(keys)
        counts = np.diff(begins, append=len(keys))
        totals = np.add.reduceat(times, begins) if len(begins) else begins
        kept = ~is_common(counts, self.size)
        if not kept.all():
            own = np.repeat(kept, counts)
            texts, times = texts[own], times[own]
        posted = encode(texts, times, np.where(kept, counts, 0), self.size)
        return Inverted(keys[begins], counts, totals, posted.lengths, posted.blocks)


def counted(ascending: Keys, base: int) -> tuple[Keys, Ints, Ints]:
    """The distinct keys and texts of sorted numbers, and how often each stands there, up to a limit."""
    first = beginnings(ascending)
    times = np.minimum(np.diff(first, append=len(ascending)), MOST)
    distinct = ascending[first]
    texts = (distinct & np.uint64((1 << TEXT_BITS) - 1)).astype(np.int64) + base
    return distinct >> np.uint64(TEXT_BITS), texts, times


@dataclass
class Files:
    """The files of the numbers since text `base`, one for each range of keys."""

    base: int
    paths: list[Path]
    made: set[Path] = field(default_factory=set)

    def add(self, edges: Sequence[int], lots: Sequence[Keys]) -> None:
        """Write sorted numbers behind what there is."""
        places = [places_of(edges, lot) for lot in lots]
        for number, path in enumerate(self.paths):
            some = [lot[at[number] : at[number + 1]] for lot, at in zip(lots, places, strict=True)]
            if any(map(len, some)):
                with path.open("ab") as file:
                    np.concatenate(some).tofile(file)
                self.made.add(path)


class Inverter:
    """Takes texts in order; `folder` is where numbers are kept, None for texts that fit into memory."""

    def __init__(self, folder: Path | None = None, name: str = "view") -> None:
        self._folder = folder
        self._name = name
        self._gathered: list[Keys] = []
        self._waiting = 0
        self._base = 0
        self._texts = self._added = 0
        self._lengths: list[Ints] = []
        self._edges: list[int] = []
        self._epochs: list[Files] = []

    def __len__(self) -> int:
        """How many keys were added, repetitions included."""
        return self._added

    def add(self, numbers: Keys, lengths: Ints) -> None:
        """Add texts, at most EPOCH: `gathered` of their keys, and how many each has."""
        if self._texts - self._base >= EPOCH:
            self._next_epoch()
        self._gathered.append(numbers + np.uint64(self._texts - self._base))
        self._lengths.append(np.asarray(lengths, np.int32))
        self._texts += len(lengths)
        self._waiting += len(numbers)
        self._added += len(numbers)
        if self._folder is not None and self._waiting > GATHERED:
            self._spill(self._folder)

    def _next_epoch(self) -> None:
        """Count texts anew, so that their numbers keep to their bits."""
        if self._folder is None:
            raise ValueError("too many texts for memory")
        self._spill(self._folder)
        self._base = self._texts

    def _spill(self, folder: Path) -> None:
        """What was gathered goes to the files; the first time says by which keys."""
        if not self._edges:
            sample = np.sort(np.concatenate([lot[::SAMPLE] for lot in self._gathered]))
            self._edges = edges_of(sample, FILES)
        if not self._epochs or self._epochs[-1].base != self._base:
            names = (f"{self._name}-{len(self._epochs)}-{part}.numbers" for part in range(len(self._edges) - 1))
            self._epochs.append(Files(self._base, [folder / name for name in names]))
        self._epochs[-1].add(self._edges, self._gathered)
        self._gathered.clear()
        self._waiting = 0

    def norms(self) -> Floats:
        """What the length of each text adds to the divisor of its weights."""
        lengths = np.concatenate(self._lengths) if self._lengths else np.zeros(0, np.int32)
        mean = max(1.0, float(lengths.mean())) if len(lengths) else 1.0
        return (K1 * (1 - B + B * lengths / mean)).astype(np.float32)

    def buckets(self) -> Iterator[Bucket]:
        """Everything, in ascending ranges of keys, each to be inverted by itself."""
        if not self._epochs:
            whole = np.concatenate([np.zeros(0, np.uint64), *self._gathered])
            yield Bucket(((whole, 0),), self._texts)
            return
        if self._folder is not None and self._gathered:
            self._spill(self._folder)
        for number in range(len(self._edges) - 1):
            files = [(epoch.paths[number], epoch.base) for epoch in self._epochs]
            made = [(path, base) for (path, base), epoch in zip(files, self._epochs, strict=True) if path in epoch.made]
            if made:
                yield Bucket(tuple(made), self._texts)

    def done(self) -> None:
        """Remove the files."""
        for epoch in self._epochs:
            for path in epoch.made:
                path.unlink()
