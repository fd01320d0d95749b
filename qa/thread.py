"""A follow-up is searched as the conversation understands it: its own words, the question before, that one's article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from qa import conversation, query, ranking, retrieval
from qa.cutting import Cutter
from qa.query import Query
from qa.ranking import Doubles, Ranking
from qa.retrieval import Allowed, Numbers, Searchable
from qa.types import Encoder, Floats, Turn

# Fitted once by softmax on the follow-ups of `benchmarks/fitting/reading.jsonl.gz`, batches 00 to 04: the score with the conversation's subject in front, the score by its own
# words, the share of the subject's article in what was found for the subject, and the passage's own share in it (what
# was told already is seldom asked again).
WEIGHTS: Mapping[str, float] = {"joined": 0.75, "alone": 0.85, "article": 0.42, "told": -1.4}
FAINT = 1e-3  # of an article's share, so that its logarithm stays finite


def rank(
    index: Searchable,
    encoder: Encoder,
    cutter: Cutter,
    question: str,
    history: Sequence[Turn],
    wanted: int = 0,
    allowed: Allowed | None = None,
) -> tuple[str, Ranking | None]:
    """The question as searched, and the passages best first; by the question alone where it stands alone."""
    joined = conversation.standalone(question, history)
    asked = query.prepare(joined, index, encoder)
    if joined == question:
        return joined, ranking.rank(index, asked, cutter, wanted, allowed)
    alone = query.prepare(question, index, encoder)
    before = query.prepare(conversation.subject(history), index, encoder)
    return joined, follow(index, (asked, alone, before), cutter, wanted, allowed)


def follow(
    index: Searchable, queries: tuple[Query, Query, Query], cutter: Cutter, wanted: int, allowed: Allowed | None
) -> Ranking | None:
    """Rank what any of three questions finds: joined with the subject, alone, and the subject.

    Sentences are scored by both the joined question and the question alone.
    """
    lexical = [retrieval.lexical_scores(asked) for asked in queries]
    every = np.unique(
        np.concatenate([numbers(index, *each, wanted, allowed) for each in zip(queries, lexical, strict=True)])
    )
    if not len(every):
        return None
    by_all, by_own, by_before = (
        ranking.order(asked, retrieval.describe(index, asked, every, scores), cutter)
        for asked, scores in zip(queries, lexical, strict=True)
    )
    told = shares(placed(by_before))
    _, own = np.unique(np.searchsorted(index.articles, every, side="right"), return_inverse=True)
    whole = np.bincount(own, weights=told)[own]
    scores = (
        WEIGHTS["joined"] * placed(by_all)
        + WEIGHTS["alone"] * placed(by_own)
        + WEIGHTS["article"] * np.log(whole + FAINT)
        + WEIGHTS["told"] * told
    )
    return by_all.reordered(every, scores, by_all.sentence_scores + by_own.sentence_scores)


def numbers(
    index: Searchable, asked: Query, lexical: Mapping[str, Floats], wanted: int, allowed: Allowed | None
) -> Numbers:
    """The passages that are worth reading for a question."""
    found = retrieval.propose(index, asked, max(retrieval.DEPTH, wanted), allowed, lexical)
    return found.numbers[ranking.shortlist(found, wanted)] if len(found) else found.numbers


def placed(ranked: Ranking) -> Doubles:
    """The scores in the order of the passages' numbers."""
    out = np.zeros(len(ranked.hits))
    out[ranked.order] = [hit.score for hit in ranked.hits]
    return out


def shares(scores: Doubles) -> Doubles:
    """Softmax."""
    odds = np.exp(scores - scores.max())
    found: Doubles = odds / odds.sum()
    return found
