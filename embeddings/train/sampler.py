"""Draws training batches: queries and positives as token runs, kinds mixed by share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.train import bags
from embeddings.train.bags import Bags, Ints, Pairs, Passages
from embeddings.train.config import Contrast

MINED = ("questions", "pairs")  # the kinds that may bring mined negatives along


def negatives(kind: str, step: str) -> str:
    """The file of the negatives that a step mined for a kind."""
    return f"{kind}.{step}.npz"


@dataclass(frozen=True)
class Batch:
    """Query i's positive is row i of `passages`, which go on with mined negatives.

    `groups` has one number a passage; a passage of the same group as a query's own is not its negative.
    """

    queries: list[Ints]
    passages: list[Ints]
    groups: NDArray[np.int64]


@dataclass(frozen=True)
class Row:
    """A query with its positive; `passage` is the positive's number in text.npz, -1 for another text.

    `group` is the same for rows of one kind with the same positive; `negatives` are numbers in text.npz.
    """

    group: int
    passage: int
    query: Ints
    positive: Ints
    negatives: tuple[int, ...] = ()


@dataclass(frozen=True)
class Mined:
    """Row i of the pairs has the negatives `passages[places[i]]`, none where the place is -1.

    Its positive is passage `answers[i]` of text.npz, or another text where that is -1.
    """

    places: NDArray[np.int64]
    passages: NDArray[np.int32]
    answers: NDArray[np.int64]


def mined(path: Path, count: int) -> Mined:
    """What the stage `mine` wrote for `count` pairs."""
    with np.load(path) as f:
        places = np.full(count, -1, np.int64)
        places[f["rows"]] = np.arange(len(f["rows"]))
        return Mined(places, f["passages"], f["answers"])


class Sampler:
    """Endless batches from the files of the work folder, the same for the same seed."""

    def __init__(self, work: Path, settings: Contrast, seed: int) -> None:
        self.settings = settings
        self.random = np.random.default_rng(seed)
        self.text: Passages = bags.load_passages(work / "text.npz")
        names = [k for k in ("words", "pairs", "questions") if settings.mix.get(k, 0) > 0]
        self.pairs: dict[str, Pairs] = {k: bags.load_pairs(work / f"{k}.npz") for k in names}
        self.chances = {k: self.chance(k, p.weights) for k, p in self.pairs.items()}
        self.titled = np.flatnonzero(np.diff(self.text.titles.starts) >= 3)
        self.long = np.flatnonzero(np.diff(self.text.firsts) >= 3)
        kinds = [k for k in MINED if settings.negatives and k in names]
        self.mined = {k: mined(work / negatives(k, settings.mined), len(self.pairs[k].groups)) for k in kinds}

    def chance(self, kind: str, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """How likely each pair of a kind is drawn."""
        last = self.settings.first_questions if kind == "questions" else 0
        kept = np.where(np.arange(len(weights)) < (last or len(weights)), weights, 0)
        return np.asarray(kept / kept.sum())

    def batch(self) -> Batch:
        """Draw one batch of the size the settings ask for."""
        queries: list[Ints] = []
        positives: list[Ints] = []
        groups: list[int] = []
        mined: list[int] = []
        size = self.settings.batch
        kinds = list(self.settings.mix.items())
        for number, (kind, share) in enumerate(kinds):
            n = size - len(queries) if number == len(kinds) - 1 else round(size * share)
            for row in self.rows(kind, n):
                queries.append(self.drop(kind, row.query))
                positives.append(self.window(row.positive))
                groups.append(row.passage if row.passage >= 0 else -1 - row.group * len(kinds) - number)
                mined.extend(row.negatives)
        negatives = [self.window(self.passage(i)) for i in mined]
        return Batch(queries, positives + negatives, np.array(groups + mined))

    def rows(self, kind: str, n: int) -> list[Row]:
        """n rows of one kind; empty texts are drawn again."""
        rows: list[Row] = []
        while len(rows) < n:
            rows += [row for row in self.draw(kind, n - len(rows)) if len(row.query) and len(row.positive)]
        return rows

    def draw(self, kind: str, n: int) -> list[Row]:
        """As `rows`, but a text may be empty."""
        if kind == "headline":
            return [Row(0, int(i), self.text.titles[i], self.passage(i)) for i in self.random.choice(self.titled, n)]
        if kind == "context":
            return [self.context(int(i)) for i in self.random.choice(self.long, n)]
        p = self.pairs[kind]
        picked = self.random.choice(len(p.groups), n, p=self.chances[kind])
        return [self.pair(kind, p, int(i)) for i in picked]

    def pair(self, kind: str, p: Pairs, i: int) -> Row:
        """Row i of the pairs, with as many mined negatives as the settings ask for, where it has any."""
        found = self.mined.get(kind)
        negatives: tuple[int, ...] = ()
        if found and (place := found.places[i]) >= 0:
            drawn = self.random.choice(found.passages[place], self.settings.negatives, replace=False)
            negatives = tuple(int(n) for n in drawn)
        answer = int(found.answers[i]) if found else -1
        return Row(int(p.groups[i]), answer, p.queries[i], p.positives[i], negatives)

    def passage(self, i: int) -> Ints:
        """All tokens of passage i."""
        return span(self.text.sentences, self.text.firsts[i], self.text.firsts[i + 1])

    def context(self, i: int) -> Row:
        """A sentence of passage i, and the passage without it (one time in ten: with it)."""
        first, last = self.text.firsts[i], self.text.firsts[i + 1]
        j = int(self.random.integers(first, last))
        sentence = self.text.sentences[j]
        if self.random.random() < 0.1:
            return Row(0, i, sentence, self.passage(i))
        before = span(self.text.sentences, first, j)
        return Row(0, i, sentence, np.concatenate([before, span(self.text.sentences, j + 1, last)]))

    def drop(self, kind: str, query: Ints) -> Ints:
        """Leave out some tokens, so that no single word carries the match."""
        share = self.settings.drop_context_tokens if kind == "context" else self.settings.drop_query_tokens
        kept = query[self.random.random(len(query)) >= share]
        return kept if len(kept) else query

    def window(self, passage: Ints) -> Ints:
        """A random run of at most `passage_tokens`."""
        room = len(passage) - self.settings.passage_tokens
        if room <= 0:
            return passage
        begin = int(self.random.integers(0, room + 1))
        return passage[begin : begin + self.settings.passage_tokens]


def span(texts: Bags, first: int, last: int) -> Ints:
    """The tokens of texts first to last - 1."""
    return texts.tokens[texts.starts[first] : texts.starts[last]]
