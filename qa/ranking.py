"""Candidates to an order: the likeliest are read sentence by sentence, and fitted trees weigh all that was seen.

The forests are in `qa/weights`, made by `benchmarks/fitting`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa import evidence, expectations, retrieval
from qa.cutting import Cutter
from qa.evidence import Evidence
from qa.numerals import CLAUSE_BEGUN, clause
from qa.query import Query
from qa.retrieval import Allowed, Candidates, Numbers, Searchable
from qa.shortlist import shortlist
from qa.trees import shipped
from qa.types import Floats, Hit

MOST = (
    "dense",
    "beside dense",
    "beside words",
    "bigrams",
    "words",
    "beside characters",
    "focus words",
    "focus characters",
    "focus dense",
)
BEST, PEAK = "best ", "most "
CLAUSE_NAMED = 8.0  # for the clause that is asked for by number: more than what others have for naming it
# Among few passages words tell most, among many meaning and agreement do: a forest for each, and between these sizes both.
FEW, MANY = 1_000, 20_000

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Passages best first: `hits`, and `evidence` with the score of each of its sentences.

    `order[i]` is the place of hit i's passage among the evidence and in each of the `columns` of features. `few` is what
    the forest for few passages gives each, in the order of the evidence. `followed` is there where the question leant
    on a conversation.
    """

    query: Query
    hits: tuple[Hit, ...]
    order: Numbers
    columns: Mapping[str, Floats]
    evidence: Evidence
    sentence_scores: Doubles
    few: Doubles
    followed: Followed | None = None

    def features(self, place: int) -> dict[str, float]:
        """What the score of hit `place` was made of; what is not known of it (NaN) is left out."""
        values = {name: float(column[self.order[place]]) for name, column in self.columns.items()}
        return {name: value for name, value in values.items() if value == value}

    def sentences(self, place: int) -> tuple[tuple[tuple[int, int], ...], Doubles]:
        """The sentences of hit `place` as ranges of its text, and their scores."""
        passage = int(self.order[place])
        first, last = self.evidence.starts[passage], self.evidence.starts[passage + 1]
        return self.evidence.cuts[passage].ranges, self.sentence_scores[first:last]

    def reordered(self, numbers: Numbers, scores: Doubles, sentences: Doubles) -> Ranking:
        """The same passages, by ascending number, with other scores for them and for their sentences."""
        return arranged(self.query, numbers, scores, self.columns, self.evidence, sentences, self.few)


@dataclass(frozen=True, slots=True)
class Followed:
    """What a follow-up was ranked by beside the question as it was searched.

    `alone` are the same passages in the same order, seen by the question's own words; `measures` say how the question
    stands to the conversation.
    """

    alone: Ranking
    measures: Mapping[str, float]


def best_sentences(seen: Evidence, scores: Doubles) -> Numbers:
    """The row of each passage's best sentence; the first of equals."""
    begins = seen.starts[:-1]
    equal = np.flatnonzero(scores == np.maximum.reduceat(scores, begins)[seen.owners])
    return equal[equal.searchsorted(begins)]


def passage_features(query: Query, found: Candidates, seen: Evidence, scores: Doubles) -> dict[str, Floats]:
    """What is known of each passage: its own features, its best sentence's, and the most of any sentence.

    The last ones are the same for all passages of a question: how much its words and its meaning find at all, and what it
    asks for.
    """
    best = best_sentences(seen, scores)
    columns: dict[str, Floats] = dict(found.features)
    columns["sentence"] = scores[best].astype(np.float32)
    columns |= zip((BEST + name for name in seen.features), seen.table[:, best], strict=True)
    most = np.concatenate([seen.features[name] for name in MOST]).reshape(len(MOST), -1)
    peaks = np.maximum.reduceat(most, seen.starts[:-1], axis=1)
    columns |= zip((PEAK + name for name in MOST), peaks, strict=True)
    columns["length"] = np.log1p(np.add.reduceat(np.expm1(seen.features["length"]), seen.starts[:-1]))
    for name in ("coverage bigrams", "coverage words", "dense"):
        columns[f"top {name}"] = np.full(len(found), found.features[name].max(), np.float32)
    columns |= gaps(query, found)
    return columns | asked_for(query, len(found))


def asked_for(query: Query, rows: int) -> dict[str, Floats]:
    """What kind of answer is asked for, and in how long a question: the same in every row."""
    values = {f"asks {kind}": kind in query.kinds for kind in expectations.KINDS}
    values |= {"asks unit": query.unit is not None, "question length": np.log1p(len(query.text))}
    return dict(zip(values, np.array(list(values.values()), np.float32)[:, None].repeat(rows, axis=1), strict=True))


def gaps(query: Query, found: Candidates) -> dict[str, Floats]:
    """The weightiest word and pair of the question that a passage's whole article lacks, and how much no article has.

    A question about something else may share many words with an article, but not the one that names its matter.
    """
    columns = {}
    nowhere = np.log(1 + (found.size + 0.5) / 0.5) - 1e-3  # the idf of what is in no passage
    for name, telling in found.telling.items():
        tokens = query.tokens[name]
        lacked = telling >= tokens.shares * np.float32(1 - 1e-6)  # what no passage of the article holds keeps its share
        columns[f"gap {name}"] = (lacked * tokens.shares).max(axis=1, initial=0).astype(np.float32)
        columns[f"unknown {name}"] = np.full(len(found), tokens.shares[tokens.idf >= nowhere].sum(), np.float32)
    return columns


def read(query: Query, found: Candidates, cutter: Cutter) -> tuple[Evidence, Doubles]:
    """The evidence of the candidates and the score of each sentence."""
    passages = [cutter.passage(int(number)) for number in found.numbers]
    seen = evidence.weigh(query, passages, found, cutter)
    forest = shipped("sentences")
    return seen, forest.scores(forest.table(dict(seen.features)))


@dataclass(frozen=True, slots=True)
class Sought:
    """A question and the candidates that are worth reading for it."""

    query: Query
    found: Candidates

    def ranked(self, cutter: Cutter) -> Ranking | None:
        """The passages when they are read, best first, ties by number; None where nothing was found."""
        return order(self.query, self.found, cutter) if len(self.found) else None


def rank(
    index: Searchable, query: Query, cutter: Cutter, wanted: int = 0, allowed: Allowed | None = None
) -> Ranking | None:
    """The passages that were read, best first, ties by number; None where nothing was found."""
    return Sought(query, closer(index, query, wanted, allowed)).ranked(cutter)


def closer(index: Searchable, query: Query, wanted: int = 0, allowed: Allowed | None = None) -> Candidates:
    """The candidates that are worth reading, with all their features."""
    found = retrieval.propose(index, query, max(retrieval.DEPTH, wanted), allowed)
    return retrieval.complete(index, query, found.take(shortlist(found, wanted)))


def order(query: Query, found: Candidates, cutter: Cutter) -> Ranking:
    """Rank just these candidates."""
    seen, sentence_scores = read(query, found, cutter)
    columns = passage_features(query, found, seen, sentence_scores)
    few = scores("few", columns)
    every = blended(few, columns, found.size)
    if query.clauses:
        named = begun(query, seen)
        few, every = few + named, every + named
    return arranged(query, found.numbers, every, columns, seen, sentence_scores, few)


def begun(query: Query, seen: Evidence) -> Doubles:
    """What passages get for beginning with a clause that the question names."""
    heads = [CLAUSE_BEGUN.match(cut.folded[0]) for cut in seen.cuts]
    return np.array([CLAUSE_NAMED if head and clause(head) in query.clauses else 0.0 for head in heads])


def scores(name: str, columns: Mapping[str, Floats]) -> Doubles:
    """What a forest gives the passages."""
    forest = shipped(name)
    return forest.scores(forest.table(columns))


def blended(few: Doubles, columns: Mapping[str, Floats], size: int) -> Doubles:
    """The passages' scores in an index of `size` passages, of which `few` are those among few passages."""
    many = float(np.clip(np.log(max(size, 1) / FEW) / np.log(MANY / FEW), 0, 1))
    parts = [(1 - many) * few] if many < 1 else []
    if many:
        parts.append(many * scores("many", columns))
    total: Doubles = sum(parts, np.zeros(len(few)))
    return total


def arranged(
    query: Query,
    numbers: Numbers,
    scores: Doubles,
    columns: Mapping[str, Floats],
    seen: Evidence,
    sentences: Doubles,
    few: Doubles,
) -> Ranking:
    """A ranking by these scores."""
    places = np.lexsort((numbers, -scores))
    hits = tuple(map(Hit, numbers[places].tolist(), scores[places].tolist()))
    return Ranking(query, hits, places, columns, seen, sentences, few)
