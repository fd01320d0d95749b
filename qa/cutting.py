"""Texts cut into sentences, and what is known of each; the texts of a question that are new are cut together.

What only some questions need (kinds of answer, character pairs) is looked at when the first one asks for it.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from qa import expectations
from qa.errors import BrokenIndex
from qa.inverting import beginnings
from qa.text import fold, sentences
from qa.tokens import FIRST_PAIR, FIRST_WORD, Keys, Segmenter, flat
from qa.types import Encoder, Floats, Passage, Passages, Range
from qa.wordkeys import CODE_BITS

KEPT = 4096  # passages and titles whose sentences stay cut in memory
FEW, AHEAD = 1_000, 96  # of an index of so few passages, so many are cut together that no question asked for yet
BETWEEN = "\n"  # stands between sentences that are folded and cut together: no word, pair or number goes over it
PROFILE = 32  # counts in the profile of a text's character pairs
_WRITTEN = re.compile(r"[^\W_]")  # a letter or digit

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class Cut:
    """A text in sentences: sentence s has the next `counts[s]` of the `keys`, of all views together, and `vectors[s]`.

    `profile` (PROFILE,) is how many of the text's distinct character pairs fall in each of some classes. `kinds`
    (sentences,) says which sentences hold each kind of answer that was asked for so far.
    """

    ranges: tuple[Range, ...]
    folded: tuple[str, ...]
    keys: Keys
    counts: Ints
    vectors: Floats
    profile: NDArray[np.int64]
    kinds: dict[str, Bools] = field(default_factory=dict)

    @cached_property
    def lengths(self) -> Floats:
        """Characters of each sentence."""
        return np.array([end - start for start, end in self.ranges], dtype=np.float32)

    @cached_property
    def whole(self) -> Floats:
        """The sum of the vectors."""
        found: Floats = self.vectors.sum(axis=0)
        return found

    @cached_property
    def pairs(self) -> frozenset[int]:
        """The character pairs of the whole text."""
        return frozenset(self.keys[(self.keys >= FIRST_PAIR) & (self.keys < FIRST_WORD)].tolist())


@dataclass(frozen=True, eq=False)
class Reading:
    """A passage under its title: `counts` are the numbers of keys of the title and of each sentence.

    `keys` are the title's and the sentences'; `subject` (1, dimension), of unit length, is what title and first
    sentence are about. `title` is folded, and empty where there is none.
    """

    cut: Cut
    title: tuple[str, ...]
    keys: tuple[Keys, Keys]
    counts: Ints
    subject: Floats


def unit_rows(rows: Floats) -> Floats:
    """The rows, which are overwritten, at unit length; what is next to nothing stays short."""
    rows /= np.maximum(1e-6, np.sqrt(np.add.reduce(rows * rows, axis=1, keepdims=True)))
    return rows


def reading(own: Cut, title: Cut | None) -> Reading:
    """A passage with its title, or with none."""
    subject = own.vectors[:1].copy()
    if title is None:
        return Reading(own, (), (own.keys[:0], own.keys), np.append(0, own.counts), unit_rows(subject))
    subject += title.whole
    counts = np.append(len(title.keys), own.counts)
    return Reading(own, title.folded, (title.keys, own.keys), counts, unit_rows(subject))


def ranges_of(text: str) -> tuple[Range, ...]:
    """The sentences that hold a letter or digit; the whole text where there is none."""
    found = tuple(r for r in sentences(text) if _WRITTEN.search(text, *r))
    return found or ((0, len(text)),)


def folded_parts(parts: Sequence[str]) -> list[str]:
    """Each text folded; all in one go, where none has what stands between them."""
    found = fold(BETWEEN.join(parts)).split(BETWEEN)
    return found if len(found) == len(parts) else [fold(part) for part in parts]


def keyed(folded: Sequence[str], segmenter: Segmenter) -> tuple[Keys, Ints]:
    """The keys of all views, sentence after sentence, and how many each of them has."""
    found = flat(folded, segmenter).values()
    keys, counts = np.concatenate([keys for keys, _ in found]), np.stack([counts for _, counts in found])
    owners = np.concatenate([np.repeat(np.arange(len(folded)), own) for own in counts])
    return keys[np.argsort(owners, kind="stable")], counts.sum(axis=0)


def cut(texts: Sequence[str], segmenter: Segmenter, encoder: Encoder) -> list[Cut]:
    """Look at all sentences of some texts together."""
    ranges = [ranges_of(text) for text in texts]
    parts = [text[start:end].rstrip(BETWEEN) for text, own in zip(texts, ranges, strict=True) for start, end in own]
    vectors = encoder.passages(parts)
    folded = folded_parts(parts)
    keys, counts = keyed(folded, segmenter)
    ends = np.concatenate([[0], np.cumsum(counts)])
    firsts = np.cumsum([0, *map(len, ranges)])
    profiles = profiled(keys, np.diff(ends[firsts]))
    out = []
    for own, first, last, profile in zip(ranges, firsts[:-1].tolist(), firsts[1:].tolist(), profiles, strict=True):
        # A part of what all have in common would keep the whole alive.
        mine, each, near = keys[ends[first] : ends[last]].copy(), counts[first:last].copy(), vectors[first:last].copy()
        out.append(Cut(own, tuple(folded[first:last]), mine, each, near, profile.copy()))
    return out


def profiled(keys: Keys, counts: Ints) -> NDArray[np.int64]:
    """The profiles of texts that have so many of the keys each: (texts, PROFILE)."""
    pairs = np.flatnonzero((keys >= FIRST_PAIR) & (keys < FIRST_WORD))
    owners = np.cumsum(counts).searchsorted(pairs, side="right").astype(np.uint64)
    every = keys[pairs] | owners << np.uint64(2 * CODE_BITS)
    every.sort()
    every = every[beginnings(every)]
    classes = (every ^ every >> np.uint64(CODE_BITS)) & FIRST_PAIR - np.uint64(1)
    owners = every >> np.uint64(2 * CODE_BITS)
    places = (owners * np.uint64(PROFILE) + classes % np.uint64(PROFILE)).astype(np.int64)
    return np.bincount(places, minlength=PROFILE * len(counts)).reshape(-1, PROFILE)


def know_kinds(cuts: Iterable[Cut], kinds: frozenset[str]) -> None:
    """Look for what holds these kinds of answer, where that is not known yet."""
    fresh = list({id(c): c for c in cuts if not c.kinds.keys() >= kinds}.values())
    if not fresh:
        return
    found = expectations.holders(kinds, [part for c in fresh for part in c.folded])
    first = 0
    for c in fresh:
        last = first + len(c.folded)
        c.kinds.update({kind: np.array(held[first:last]) for kind, held in found.items()})
        first = last


class Cutter:
    """Reads and cuts passages and keeps the latest: the same ones come up again and again in one sitting."""

    def __init__(self, passages: Passages, segmenter: Segmenter, encoder: Encoder) -> None:
        self._passages = passages
        self._segmenter = segmenter
        self._encoder = encoder
        self._held: OrderedDict[int, Passage] = OrderedDict()
        self._cut: OrderedDict[str, Cut] = OrderedDict()
        self._read: OrderedDict[tuple[str, str], Reading] = OrderedDict()
        self._ahead = 0

    def passage(self, number: int) -> Passage:
        """The passage of that number."""
        return kept(self._held, number) or keep(self._held, number, self._passages[number])

    def cut(self, texts: Sequence[str]) -> list[Cut]:
        """Each text in sentences."""
        held = {text: kept(self._cut, text) for text in texts}
        if new := [text for text, own in held.items() if own is None]:
            for text, own in zip(new, cut(new, self._segmenter, self._encoder), strict=True):
                held[text] = keep(self._cut, text, own)
        return [held[text] for text in texts]  # type: ignore[misc]

    def read(self, passages: Sequence[Passage]) -> list[Reading]:
        """Each passage in sentences, under its title."""
        wanted = [(p.text, p.title) for p in passages]
        held = {key: kept(self._read, key) for key in wanted}
        if new := [key for key, own in held.items() if own is None]:
            every = list(dict.fromkeys(new + self._others()))
            texts = list(dict.fromkeys(part for key in every for part in key if part))
            cuts = dict(zip(texts, self.cut(texts), strict=True))
            for text, title in every:
                own = reading(cuts[text], cuts.get(title))
                held[text, title] = keep(self._read, (text, title), own)
        return [held[key] for key in wanted]  # type: ignore[misc]

    def _others(self) -> list[tuple[str, str]]:
        """The next passages of a small index, which later questions will ask for: cut with others they cost little.

        None for the first question, which may be the only one.
        """
        if not self._read or len(self._passages) > FEW:
            return []
        numbers = range(self._ahead, min(self._ahead + AHEAD, len(self._passages)))
        self._ahead = numbers.stop
        with suppress(BrokenIndex):  # nobody asked for it
            return [(p.text, p.title) for p in map(self.passage, numbers)]
        return []


def kept(held: OrderedDict[Key, Value], key: Key) -> Value | None:
    """What is held under the key; it is the latest then."""
    found = held.get(key)
    if found is not None:
        held.move_to_end(key)
    return found


def keep(held: OrderedDict[Key, Value], key: Key, value: Value) -> Value:
    """Hold a value; the oldest goes when there are too many."""
    held[key] = value
    if len(held) > KEPT:
        held.popitem(last=False)
    return value
