"""Question to candidates: several lexical views and a dense one propose passages and say how each one fits.

Knows protocols, not folders: whatever holds BM25 views and vectors can be searched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.bm25 import BM25
from qa.query import Query
from qa.tokens import VIEWS, Segmenter
from qa.types import Floats, Passages

DEPTH = 100  # candidates of each view
TOLD_APART = ("words", "bigrams")  # views by which the passages of one article are told apart
Numbers = NDArray[np.int64]
Allowed = Callable[[Numbers], NDArray[np.bool_]]  # which of these passages a filter lets through


class Vectors(Protocol):
    """The dense half of an index."""

    def search(self, query: Floats, k: int) -> tuple[Numbers, Floats]:
        """The k nearest passages and their cosines, best first."""
        ...

    def take(self, numbers: Numbers) -> Floats:
        """The vectors of those passages, float32 (numbers, dimension)."""
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


def best(scores: Floats, k: int) -> Numbers:
    """The numbers of the k largest positive scores, in no particular order; ties at the edge by number."""
    found = np.flatnonzero(scores > 0)
    if len(found) > k:
        edge = np.partition(scores[found], len(found) - k)[len(found) - k]
        above, level = found[scores[found] > edge], found[scores[found] == edge]
        found = np.concatenate([above, level[: k - len(above)]])
    return found


def lexical_scores(index: Searchable, query: Query) -> dict[str, Floats]:
    """Each view's BM25 for all passages, as the share of what the question's tokens could give."""
    out = {}
    for name, tokens in query.tokens.items():
        scores = index.lexical[name].scores(tokens.keys, tokens.times)
        out[name] = scores / max(1e-6, float(tokens.idf.sum()))
    return out


def find(index: Searchable, query: Query, depth: int = DEPTH, allowed: Allowed | None = None) -> Candidates:
    """What the views find, each to the same depth; `allowed` filters before any cut."""
    lexical = lexical_scores(index, query)
    if allowed is not None:
        found = np.arange(len(index))[allowed(np.arange(len(index)))]
    else:
        near, _ = index.dense.search(query.vector, depth)
        found = np.unique(np.concatenate([near, *(best(lexical[name], depth) for name in VIEWS)]))
    return describe(index, query, found, lexical)


def describe(
    index: Searchable, query: Query, found: Numbers, lexical: Mapping[str, Floats] | None = None
) -> Candidates:
    """The features of the passages `found`, whatever found them."""
    lexical = lexical or lexical_scores(index, query)
    features = {name: lexical[name][found] for name in VIEWS}
    words, telling = word_features(index, query, found)
    return Candidates(found, features | words | dense_features(index, query, found), telling, len(index))


def word_features(index: Searchable, query: Query, found: Numbers) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """How much of the question each candidate holds, its article holds, and it alone holds in its article."""
    places = np.searchsorted(index.articles, found, side="right") - 1
    articles, own = np.unique(places, return_inverse=True)
    first, last = index.articles[articles], index.articles[articles + 1]
    sizes = (last - first)[:, None]
    features, telling = {}, {}
    for name, tokens in query.tokens.items():
        held = index.lexical[name].within(tokens.keys, found, found + 1) > 0
        features[f"coverage {name}"] = held @ tokens.shares
        features[f"focus {name}"] = held @ tokens.focus
        if name not in TOLD_APART:
            continue
        counts = index.lexical[name].within(tokens.keys, first, last)
        features[f"article {name}"] = ((counts > 0) @ tokens.shares)[own]
        features[f"article focus {name}"] = ((counts > 0) @ tokens.focus)[own]
        telling[name] = (tokens.shares * (1 - counts / sizes))[own].astype(np.float32)
        features[f"telling {name}"] = np.einsum("nt,nt->n", held, telling[name])
    return {name: f.astype(np.float32) for name, f in features.items()}, telling


def dense_features(index: Searchable, query: Query, found: Numbers) -> dict[str, Floats]:
    """How near each candidate is, its whole article is, and how much nearer than its article's mean."""
    places = np.searchsorted(index.articles, found, side="right") - 1
    articles, own = np.unique(places, return_inverse=True)
    near = index.dense.take(found) @ query.vector
    first, last = index.articles[articles], index.articles[articles + 1]
    means, lengths = article_means(index, query, first, last)
    wholes = means / np.maximum(1e-6, lengths)
    return {"dense": near, "article dense": wholes[own], "telling dense": near - means[own]}


def article_means(index: Searchable, query: Query, first: Numbers, last: Numbers) -> tuple[Floats, Floats]:
    """How near the mean vector of the passages of each range is to the question, and the length of that mean."""
    sizes = last - first
    begins = np.cumsum(sizes) - sizes
    members = np.repeat(first - begins, sizes) + np.arange(int(sizes.sum()))
    means = np.add.reduceat(index.dense.take(members), begins, axis=0) / sizes[:, None]
    return means @ query.vector, np.linalg.norm(means, axis=1)
