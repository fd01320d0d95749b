"""Question to candidates: several lexical views and a dense one propose passages and say how each one fits.

Knows protocols, not folders: whatever holds BM25 views and vectors can be searched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.beside import beside, crowded
from qa.bm25 import BM25
from qa.inverting import changes, distinct
from qa.query import Query
from qa.terms import best
from qa.tokens import VIEWS, Segmenter
from qa.types import Floats, Passages

DEPTH = 100  # candidates of each view
FEW = 2_000  # passages that a filter leaves, up to which every one of them is a candidate
BESIDE = 400_000  # passages from which two threads search sooner than one: below, they wait for each other
MEANINGS = ("dense", "article dense", "telling dense")
TOLD_APART = ("words", "bigrams")  # views by which the passages of one article are told apart
Numbers = NDArray[np.int64]
Allowed = Callable[[Numbers], NDArray[np.bool_]]  # which of these passages a filter lets through


class Vectors(Protocol):
    """The dense half of an index."""

    @property
    def dimension(self) -> int:
        """How many numbers of each vector it keeps, the first ones."""
        ...

    def search(self, query: Floats, k: int) -> tuple[Numbers, Floats]:
        """The k nearest passages and their inner products with the question, best first."""
        ...

    def take(self, numbers: Numbers) -> Floats:
        """The vectors of these passages, float32 (numbers, dimension)."""
        ...

    def means(self, first: Numbers, last: Numbers) -> Floats:
        """The mean of the vectors of passages first[i] to last[i] - 1, float32 (ranges, dimension)."""
        ...


class Searchable(Protocol):
    """What retrieval needs of an index."""

    @property
    def lexical(self) -> Mapping[str, BM25]:
        """BM25 by view."""
        ...

    @property
    def segmenter(self) -> Segmenter:
        """What cut its words."""
        ...

    @property
    def dense(self) -> Vectors:
        """The vectors."""
        ...

    @property
    def articles(self) -> Numbers:
        """The first passage of each article, and the number of passages: (articles + 1,), ascending."""
        ...

    @property
    def article_of(self) -> NDArray[np.int32]:
        """The place of each passage's article among the articles: (passages,)."""
        ...

    @property
    def passages(self) -> Passages:
        """The passages themselves."""
        ...

    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that may answer of an index of `size`: ascending `numbers` (n,), and `features`, every one (n,).

    `telling[view]` (n, tokens) is what each token of the question weighs inside the candidate's article:
    its share of the question, less the share of the article's passages that hold it.
    """

    numbers: Numbers
    features: Mapping[str, Floats]
    telling: Mapping[str, Floats]
    size: int

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, places: Numbers) -> Candidates:
        """Those at the given places, in that order."""
        features = {name: column[places] for name, column in self.features.items()}
        telling = {name: rows[places] for name, rows in self.telling.items()}
        return Candidates(self.numbers[places], features, telling, self.size)


@dataclass(frozen=True, slots=True)
class Lexical:
    """Each view's BM25 of all passages, float32 (passages,), and what the question's tokens could give at most."""

    scores: Mapping[str, Floats]
    most: Mapping[str, float]

    def shares(self, found: Numbers) -> dict[str, Floats]:
        """Of the passages `found`, as the share of the most."""
        return {name: self.scores[name][found] / self.most[name] for name in VIEWS}


def lexical_scores(query: Query) -> Lexical:
    """How well the words of all passages meet the question's."""
    scores = {name: tokens.terms.scores(tokens.times) for name, tokens in query.tokens.items()}
    return Lexical(scores, {name: max(1e-6, float(tokens.idf.sum())) for name, tokens in query.tokens.items()})


def propose(
    index: Searchable,
    query: Query,
    depth: int = DEPTH,
    allowed: Allowed | None = None,
    lexical: Lexical | None = None,
) -> Candidates:
    """What the views find, each to the same depth, with the features that decide which are worth a closer look.

    `allowed` filters before any cut.
    """
    if allowed is not None:
        lexical = lexical or lexical_scores(query)
        found = filtered(index, query, np.flatnonzero(allowed(np.arange(len(index)))), lexical, depth)
    else:
        near, lexical, told = searched(index, query, depth, lexical)
        found = distinct([near, *told])
    around = articles_of(index, found)
    features = lexical.shares(found)
    features["article words"] = article_words(query, around)
    return Candidates(found, features | dense_features(index, query, found, around), {}, len(index))


def searched(
    index: Searchable, query: Query, depth: int, lexical: Lexical | None
) -> tuple[Numbers, Lexical, list[Numbers]]:
    """The passages nearest in meaning, all scores by words, and the best passages of each view.

    Of a large index the vectors are searched by a thread of their own, where it finds a core.
    """

    def by_meaning() -> Numbers:
        return index.dense.search(kept(index, query), depth)[0]

    def by_words() -> tuple[Lexical, list[Numbers]]:
        scores = lexical or lexical_scores(query)
        views = query.tokens.items()
        return scores, [own.terms.best(own.times, scores.scores[name], depth) for name, own in views]

    if len(index) < BESIDE or crowded():
        return by_meaning(), *by_words()
    told: list[tuple[Lexical, list[Numbers]]] = []
    near = beside(by_meaning, lambda: told.append(by_words()))
    return near, *told[0]


def filtered(index: Searchable, query: Query, held: Numbers, lexical: Lexical, depth: int) -> Numbers:
    """Of the passages `held`, those that some view finds; all of them where they are few."""
    if len(held) <= FEW:
        return held
    vector = kept(index, query)
    near = np.concatenate([index.dense.take(some) @ vector for some in np.array_split(held, len(held) // FEW)])
    nearest = held[np.argsort(-near, kind="stable")[:depth]]
    return np.unique(np.concatenate([nearest, *(held[best(lexical.scores[name][held], depth)] for name in VIEWS)]))


def complete(index: Searchable, query: Query, found: Candidates) -> Candidates:
    """All features of candidates that were proposed."""
    words, telling = word_features(index, query, found.numbers)
    features = {name: found.features[name] for name in VIEWS} | words
    return Candidates(found.numbers, features | {n: found.features[n] for n in MEANINGS}, telling, found.size)


def describe(index: Searchable, query: Query, found: Numbers, lexical: Lexical | None = None) -> Candidates:
    """The features of the passages `found`, whatever found them."""
    lexical = lexical or lexical_scores(query)
    features = lexical.shares(found)
    meanings = dense_features(index, query, found, articles_of(index, found))
    return complete(index, query, Candidates(found, features | meanings, {}, len(index)))


@dataclass(frozen=True, slots=True)
class Around:
    """The articles around some passages: article i has the passages `first[i]` to `last[i] - 1`; `own` (passages,) is the place of each passage's."""

    first: Numbers
    last: Numbers
    own: Numbers


def articles_of(index: Searchable, found: Numbers) -> Around:
    """The articles of passages in ascending order."""
    places = index.article_of[found]
    begins = changes(places)
    articles, own = places[begins], begins.cumsum() - 1
    return Around(index.articles[articles], index.articles[articles + 1], own)


def article_words(query: Query, around: Around) -> Floats:
    """What share of the question's words the article of each passage holds."""
    tokens = query.tokens["words"]
    counts = tokens.terms.within(around.first, around.last)
    share: Floats = ((counts > 0) @ tokens.shares)[around.own]
    return share


def word_features(index: Searchable, query: Query, found: Numbers) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """How much of the question each candidate holds, its article holds, and it alone holds in its article.

    `lead` is the first passage of its article, `place` how many passages of its article come before the candidate.
    """
    around = articles_of(index, found)
    first = np.concatenate([found, around.first, around.first])
    last = np.concatenate([found + 1, around.last, around.first + 1])
    n, sizes = len(found), around.last - around.first
    article = n + around.own  # rows of what is asked of all: candidates, then articles, then their first passages
    lead = article + len(sizes)
    place = found - around.first[around.own]
    features = {"place": place, "place in article": place / np.maximum(1, sizes - 1)[around.own]}
    telling = {}
    for name, tokens in query.tokens.items():
        apart = name in TOLD_APART
        every = tokens.terms.within(first if apart else found, last if apart else found + 1)
        held = (every > 0).astype(np.float32)
        shares, focus, front, rest = (held @ tokens.weights.T).T
        features |= {f"coverage {name}": shares[:n], f"focus {name}": focus[:n]}
        if apart:
            telling[name] = tokens.shares * (1 - every[article] / sizes[around.own, None]).astype(np.float32)
            fresh, _, _, fresh_rest = ((held[:n] > held[lead]) @ tokens.weights.T).T
            features |= {
                f"front {name}": front[:n],
                f"rest {name}": rest[:n],
                f"article {name}": shares[article],
                f"article focus {name}": focus[article],
                f"telling {name}": np.einsum("nt,nt->n", held[:n], telling[name]),
                f"lead {name}": shares[lead],
                f"beside lead {name}": fresh,
                f"beside lead rest {name}": fresh_rest,
            }
    return {name: f.astype(np.float32, copy=False) for name, f in features.items()}, telling


def kept(index: Searchable, query: Query) -> Floats:
    """As many numbers of the question's vector as the index keeps of each passage's."""
    return query.vector[: index.dense.dimension]


def dense_features(index: Searchable, query: Query, found: Numbers, around: Around) -> dict[str, Floats]:
    """How near each candidate is, its whole article is, and how much nearer than its article's mean."""
    vector = kept(index, query)
    near = index.dense.take(found) @ vector
    middles = index.dense.means(around.first, around.last)
    means = middles @ vector
    wholes = means / np.maximum(1e-6, np.sqrt(np.add.reduce(middles * middles, axis=1)))
    return {"dense": near, "article dense": wholes[around.own], "telling dense": near - means[around.own]}
