"""Which article a text belongs to by its words: pairs of neighbouring characters shared with other lines.

Pairs that many articles of the page use (工会) say little; a name in one article only (徐海伟) says much.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Number = TypeVar("Number", np.int64, np.uint64)

# Enough of a line to know its words; keeps a line of millions of characters cheap.
_LOOKED_AT = 2000
# A pair in more articles than this says nothing about where a line belongs.
_COMMON = 6
# Sums are rounded to so many places: what is equal compares as equal, in whatever order it was added up.
_PLACES = 9
# Bits of a code point, and of a line's number in the keys that are sorted: 21 + 21 + 22 = 64.
_CODE, _LINE = np.uint64(21), np.uint64(22)


class Ties(NamedTuple):
    """What ties a text to its own article and to the closest and second closest other one; larger is closer.

    A pair counts one over the number of articles that share it; sums are divided by the root of the text's
    size, so that long and short texts compare. `other` is -1 where no article shares anything.
    """

    own: float
    closest: float
    second: float
    other: int


class Cohesion:
    """The words of neighbouring articles, each given as its lines' texts; lines are numbered through from 0.

    `entries` are a word in a line, sorted by word, then line; `hits` a word in an article, sorted likewise.
    """

    def __init__(self, articles: Sequence[Sequence[str]]) -> None:
        self.count = len(articles)
        self._shares: dict[str, list[float]] = {}
        texts = [text[:_LOOKED_AT] for lines in articles for text in lines]
        self.owner = np.repeat(np.arange(self.count), [len(lines) for lines in articles])
        keys = _distinct(_keys(texts))
        self.line = (keys & np.uint64((1 << 22) - 1)).astype(np.int64)
        pairs = keys >> _LINE
        first = _changes(pairs)
        self.pairs = pairs[first]
        self.word = np.cumsum(first) - 1
        self.lines_with = np.bincount(self.word)
        in_article = self.word * self.count + self.owner[self.line]
        first = _changes(in_article)
        self.hits = in_article[first]
        self.hit_of_entry = np.cumsum(first) - 1
        self.lines_of_hit = np.bincount(self.hit_of_entry)
        self.articles_with = np.bincount(self.hits // max(1, self.count))
        self.first_hit = np.cumsum(self.articles_with) - self.articles_with

    def shares(self, title: str) -> list[float]:
        """0 to 1 for each article: how much of the telling words of a title its text uses."""
        if title in self._shares:
            return self._shares[title]
        if not len(self.pairs):
            return [0.0] * self.count
        pairs = _distinct(_keys([title[:_LOOKED_AT]]) >> _LINE)
        at = np.searchsorted(self.pairs[:-1], pairs)
        words = at[self.pairs[at] == pairs]
        weights = 1.0 / self.articles_with[words]
        total = weights.sum() + len(pairs) - len(words)
        found = np.zeros(self.count)
        hits, places = self._hits_of(words)
        np.add.at(found, self.hits[hits] % self.count, weights[places])
        self._shares[title] = (found / max(1.0, total)).round(_PLACES).tolist()
        return self._shares[title]

    def ties(self, groups: Sequence[Sequence[int]]) -> list[Ties]:
        """The ties of texts, each some lines of one article; in order of the lines, none of them twice."""
        if not groups:
            return []
        group_of = np.full(len(self.owner), -1)
        group_of[list(chain.from_iterable(groups))] = np.repeat(np.arange(len(groups)), [len(g) for g in groups])
        group = group_of[self.line]
        asked = np.flatnonzero(group >= 0)
        group, word = group[asked], self.word[asked]
        first = np.flatnonzero(_changes(word * len(groups) + group))
        lines = np.diff(np.append(first, len(group)))
        group, word = group[first], word[first]
        scale = 1.0 / np.sqrt(np.maximum(1, np.bincount(group, minlength=len(groups))))
        # A word in one line only ties it to nothing, nor does one that all use.
        at_home = self.lines_of_hit[self.hit_of_entry[asked[first]]] > lines
        telling = (self.lines_with[word] > 1) & (self.articles_with[word] <= _COMMON)
        group, word, at_home = group[telling], word[telling], at_home[telling]
        shared = self.articles_with[word]
        weight = at_home / shared
        own = np.bincount(group, weight, len(groups))
        weight = np.where(at_home, weight, 1.0 / np.maximum(1, shared - 1))
        hits, places = self._hits_of(word)
        votes = np.bincount(
            group[places] * self.count + self.hits[hits] % self.count, weight[places], len(groups) * self.count
        )
        return _ranked(votes.reshape(len(groups), self.count), own, self.owner[[g[0] for g in groups]], scale)

    def same_line(self, group: Sequence[int], article: int, share: float) -> int | None:
        """The first line of an article that has so much (0 to 1) of the smaller text in common with these lines."""
        words = self._words(group)
        lines = np.flatnonzero(self.owner == article)
        sizes = np.diff(self._starts[lines[0] : lines[-1] + 2])
        inside = self._by_line[self._starts[lines[0]] : self._starts[lines[-1] + 1]]
        sums = np.append(0, np.cumsum(self._known(words)[inside]))
        ends = np.cumsum(sizes)
        common = sums[ends] - sums[ends - sizes]
        same = np.flatnonzero(common / np.maximum(1, np.minimum(sizes, len(words))) >= share)
        return int(lines[same[0]]) if len(same) else None

    def rest(self, group: Sequence[int], article: int, left_out: int) -> float:
        """The tie of some lines to another article without one of that article's lines."""
        words = self._words(group)
        scale = np.sqrt(max(1, len(words)))
        words = words[self.lines_with[words] > 1]
        keys = words * self.count + article
        at = np.minimum(np.searchsorted(self.hits, keys), len(self.hits) - 1)
        lines = np.where(self.hits[at] == keys, self.lines_of_hit[at], 0) if len(words) else words
        tied = lines > self._known(self._words([left_out]))[words]
        total = (tied / np.maximum(1, self.articles_with[words] - 1)).sum()
        return round(float(total / scale), _PLACES)

    def _words(self, group: Sequence[int]) -> Numbers:
        parts = [self._by_line[self._starts[line] : self._starts[line + 1]] for line in group]
        return _distinct(np.concatenate(parts)) if len(parts) > 1 else parts[0]

    def _known(self, words: Numbers) -> NDArray[np.bool_]:
        """For each word of the articles, whether it is one of these."""
        known = np.zeros(len(self.pairs), dtype=np.bool_)
        known[words] = True
        return known

    def _hits_of(self, words: Numbers) -> tuple[Numbers, Numbers]:
        """All hits of some words, and for each the place of its word in `words`."""
        counts = self.articles_with[words]
        places = np.repeat(np.arange(len(words)), counts)
        within = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
        return self.first_hit[words][places] + within, places

    @cached_property
    def _by_line(self) -> Numbers:
        """The words of the entries in order of their lines."""
        return self.word[np.argsort(self.line, kind="stable")]

    @cached_property
    def _starts(self) -> Numbers:
        """Where each line's words begin in `_by_line`, and the end of the last."""
        return np.append(0, np.cumsum(np.bincount(self.line, minlength=len(self.owner))))


def _keys(texts: Sequence[str]) -> NDArray[np.uint64]:
    """Both characters of each pair and its line's number in one number."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    lines = np.repeat(np.arange(len(texts), dtype=np.uint64), [len(text) for text in texts])
    inside = lines[:-1] == lines[1:]
    keys: NDArray[np.uint64] = ((codes[:-1] << _CODE | codes[1:]) << _LINE | lines[:-1])[inside]
    return keys


def _distinct(numbers: NDArray[Number]) -> NDArray[Number]:
    """Sorted, each once."""
    ordered = np.sort(numbers)
    return ordered[_changes(ordered)]


def _changes(numbers: NDArray[Any]) -> NDArray[np.bool_]:
    """True where a number differs from the one before, and for the first."""
    changed = np.ones(len(numbers), dtype=np.bool_)
    changed[1:] = numbers[1:] != numbers[:-1]
    return changed


def _ranked(votes: NDArray[Any], own: NDArray[Any], owner: Numbers, scale: NDArray[Any]) -> list[Ties]:
    """Ties from the votes (groups x articles); the first of equal articles is the closest."""
    rows = np.arange(len(votes))
    votes = votes.round(_PLACES)
    votes[rows, owner] = 0
    other = votes.argmax(1)
    closest = votes[rows, other]
    votes[rows, other] = 0
    columns = (own * scale, closest * scale, votes.max(1) * scale, np.where(closest > 0, other, -1))
    return [Ties(*row) for row in zip(*(column.round(_PLACES).tolist() for column in columns), strict=True)]
