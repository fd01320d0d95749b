"""Draws training batches: queries and positives as token runs, kinds mixed by share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.train import bags
from embeddings.train.bags import Bags, Ints, Pairs, Passages
from embeddings.train.config import Contrast


@dataclass(frozen=True)
class Batch:
    """Query i's positive is row i; rows that share a group are masked out as negatives."""

    queries: list[Ints]
    positives: list[Ints]
    groups: NDArray[np.int64]


class Sampler:
    """Endless batches from the files of the work folder, the same for the same seed."""

    def __init__(self, work: Path, settings: Contrast, seed: int) -> None:
        self.settings = settings
        self.random = np.random.default_rng(seed)
        self.text: Passages = bags.load_passages(work / "text.npz")
        names = [k for k in ("words", "pairs", "questions") if settings.mix.get(k, 0) > 0]
        self.pairs: dict[str, Pairs] = {k: bags.load_pairs(work / f"{k}.npz") for k in names}
        self.chances = {k: p.weights / p.weights.sum() for k, p in self.pairs.items()}
        self.titled = np.flatnonzero(np.diff(self.text.titles.starts) >= 3)
        self.long = np.flatnonzero(np.diff(self.text.firsts) >= 3)

    def batch(self) -> Batch:
        """Draw one batch of the size the settings ask for."""
        queries: list[Ints] = []
        positives: list[Ints] = []
        groups: list[int] = []
        size = self.settings.batch
        kinds = list(self.settings.mix.items())
        for number, (kind, share) in enumerate(kinds):
            n = size - len(queries) if number == len(kinds) - 1 else round(size * share)
            for group, query, positive in self.rows(kind, n):
                queries.append(self.drop(query))
                positives.append(self.window(positive))
                groups.append(group * len(kinds) + number)
        return Batch(queries, positives, np.array(groups))

    def rows(self, kind: str, n: int) -> list[tuple[int, Ints, Ints]]:
        """n rows (group, query, positive) of one kind; empty texts are drawn again."""
        rows: list[tuple[int, Ints, Ints]] = []
        while len(rows) < n:
            for row in self.draw(kind, n - len(rows)):
                if len(row[1]) and len(row[2]):
                    rows.append(row)
        return rows

    def draw(self, kind: str, n: int) -> list[tuple[int, Ints, Ints]]:
        """As `rows`, but a text may be empty."""
        if kind == "headline":
            return [(int(i), self.text.titles[i], self.passage(i)) for i in self.random.choice(self.titled, n)]
        if kind == "context":
            return [self.context(int(i)) for i in self.random.choice(self.long, n)]
        p = self.pairs[kind]
        picked = self.random.choice(len(p.groups), n, p=self.chances[kind])
        return [(int(p.groups[i]), p.queries[i], p.positives[i]) for i in picked]

    def passage(self, i: int) -> Ints:
        """All tokens of passage i."""
        return span(self.text.sentences, self.text.firsts[i], self.text.firsts[i + 1])

    def context(self, i: int) -> tuple[int, Ints, Ints]:
        """A sentence of passage i, and the passage without it (one time in ten: with it)."""
        first, last = self.text.firsts[i], self.text.firsts[i + 1]
        j = int(self.random.integers(first, last))
        sentence = self.text.sentences[j]
        if self.random.random() < 0.1:
            return i, sentence, self.passage(i)
        before = span(self.text.sentences, first, j)
        return i, sentence, np.concatenate([before, span(self.text.sentences, j + 1, last)])

    def drop(self, query: Ints) -> Ints:
        """Leave out some tokens, so that no single word carries the match."""
        kept = query[self.random.random(len(query)) >= self.settings.drop_query_tokens]
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
