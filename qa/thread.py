"""A follow-up is searched as the conversation understands it: its own words, the question before, that one's article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from qa import conversation, query, ranking, retrieval, turning
from qa.cutting import Cutter
from qa.query import Query
from qa.ranking import Doubles, Followed, Ranking, Sought
from qa.retrieval import Allowed, Lexical, Numbers, Searchable
from qa.shortlist import shortlist
from qa.turning import Views
from qa.types import Encoder, Turn

# Fitted once by softmax on the follow-ups of `benchmarks/fitting/reading.jsonl.gz`: the score with the conversation's subject in
# front, the score by its own words, the share of the subject's article in what was found for the subject, and the passage's own
# share in it (what was told already is seldom asked again).
WEIGHTS: Mapping[str, float] = {"joined": 1.06, "alone": 0.77, "article": 0.79, "told": -1.62}
FAINT = 1e-3  # of an article's share, so that its logarithm stays finite


def rank(
    index: Searchable,
    encoder: Encoder,
    cutter: Cutter,
    question: str,
    history: Sequence[Turn],
    wanted: int = 0,
    allowed: Allowed | None = None,
    sought: Sought | None = None,
) -> tuple[str, Ranking | None]:
    """The question as searched, and the passages best first; by the question alone where it is about something else.

    `sought` is what the question alone finds, where that is known.
    """
    if sought and not history:
        return question, sought.ranked(cutter)
    alone = query.prepare(question, index, encoder)
    if not history or conversation.leaning(question) < conversation.LEAST:
        return question, ranking.rank(index, alone, cutter, wanted, allowed)
    about = conversation.subject(history)
    joined = conversation.in_front(about, question)
    asked, before = (query.prepare(text, index, encoder) for text in (joined, about))
    views = seen_by(index, (asked, alone, before), cutter, wanted, allowed)
    if views is None:
        return joined, None
    known = turning.measures(question, views)
    if turning.turns_away(known):
        return question, views.alone
    return joined, follow(views, known)


def seen_by(
    index: Searchable, queries: tuple[Query, Query, Query], cutter: Cutter, wanted: int, allowed: Allowed | None
) -> Views | None:
    """What any of three questions finds, ranked by each: joined with the subject, alone, and the subject."""
    lexical = [retrieval.lexical_scores(asked) for asked in queries]
    every = np.unique(
        np.concatenate([numbers(index, *each, wanted, allowed) for each in zip(queries, lexical, strict=True)])
    )
    if not len(every):
        return None
    joined, alone, before = (
        ranking.order(asked, retrieval.describe(index, asked, every, scores), cutter)
        for asked, scores in zip(queries, lexical, strict=True)
    )
    _, articles = np.unique(index.article_of[every], return_inverse=True)
    return Views(joined, alone, before, articles)


def follow(views: Views, known: Mapping[str, float]) -> Ranking:
    """The passages as a follow-up that has these measures finds them; sentences by the joined question and by its own words."""
    whole, told = views.told_around(), views.told()
    scores = (
        WEIGHTS["joined"] * placed(views.joined)
        + WEIGHTS["alone"] * placed(views.alone)
        + WEIGHTS["article"] * np.log(whole + FAINT)
        + WEIGHTS["told"] * told
    )
    sentences = views.joined.sentence_scores + views.alone.sentence_scores
    numbers = np.sort(np.array([hit.number for hit in views.joined.hits]))
    found, alone = (view.reordered(numbers, scores, sentences) for view in (views.joined, views.alone))
    best = found.order[0]
    standing = {
        "told": float(told[best]),
        "told around": float(whole[best]),
        "joined score": float(views.joined.few[best]),
        "joined behind": float(views.joined.few[best] - views.joined.few.max()),
        "alone behind": float(views.alone.few[best] - views.alone.few.max()),
        "ahead": float(scores[best] - np.delete(scores, best).max(initial=scores[best] + turning.NONE)),
    }
    return replace(found, followed=Followed(alone, dict(known) | standing))


def numbers(index: Searchable, asked: Query, lexical: Lexical, wanted: int, allowed: Allowed | None) -> Numbers:
    """The passages that are worth reading for a question."""
    found = retrieval.propose(index, asked, max(retrieval.DEPTH, wanted), allowed, lexical)
    return found.numbers[shortlist(found, wanted)] if len(found) else found.numbers


def placed(ranked: Ranking) -> Doubles:
    """The scores in the order of the passages' numbers."""
    out = np.zeros(len(ranked.hits))
    out[ranked.order] = [hit.score for hit in ranked.hits]
    return out
