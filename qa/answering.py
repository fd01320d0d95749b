"""Hits to an answer whose every claim is a quotation with its place, or an honest "not found"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qa import evidence, quotes, reranking, retrieval
from qa.evidence import Evidence
from qa.store import Index
from qa.types import Answer, Citation, Encoder, Hit
from qa.verification import Sources, quote_lines

DIGITS = 4  # decimals of scores: enough to order, few enough to be the same on every machine

# Logistic regression on questions asked with and without the passages that answer them, and of documents
# on other matters: how near the best passage and its nearest sentence are in meaning, and how far it stands
# above the next. An article on the very subject that lacks the one fact asked for still looks like an answer.
BIAS = -2.53
MEANING = {"dense": 3.49, "sentence dense": 2.52}
LEAD = 12.07
THRESHOLD = 0.5


def confidence(hits: Sequence[Hit]) -> float:
    """How sure it is that the documents hold the answer, 0 to 1."""
    if not hits:
        return 0.0
    lead = hits[0].score - hits[1].score if len(hits) > 1 else 0.0
    logit = BIAS + LEAD * lead + sum(weight * hits[0].features[name] for name, weight in MEANING.items())
    return float(1 / (1 + np.exp(-logit)))


def cite(rank: int, hit: Hit, own: Evidence, index: Index, sources: Sources) -> Citation:
    """A hit with its best sentence, read again from its file."""
    passage = index.passages[hit.number]
    start, end = quotes.quote_of(own, passage.text)
    stands = sources.standing(passage.path, passage.lines, passage.text)
    lines = stands.lines  # where the text moved to, if it did: never where it no longer stands
    if stands.fault in (None, "moved"):
        lines = quote_lines(sources, passage.path, lines, passage.text, (start, end))
    return Citation(
        rank=rank,
        score=round(hit.score, DIGITS),
        document=passage.document,
        path=passage.path,
        lines=stands.lines,
        headline=passage.headline,
        byline=passage.byline,
        reporters=passage.reporters,
        paragraph=passage.paragraph,
        text=passage.text,
        quote=passage.text[start:end],
        quote_lines=lines,
        verified=stands.fault is None,
        fault=stands.fault,
    )


def rank(standalone: str, depth: int, index: Index, encoder: Encoder) -> list[tuple[Hit, Evidence]]:
    """The best passages for a question with their sentences weighed, best first."""
    hits = retrieval.search(index, encoder, standalone, max(depth, reranking.DEPTH))
    return reranking.rerank(hits, weighed(standalone, hits, index, encoder))[:depth]


def weighed(question: str, hits: Sequence[Hit], index: Index, encoder: Encoder) -> list[Evidence]:
    """How well the sentences of each hit meet the question."""
    found = [index.passages[hit.number] for hit in hits]
    asked = evidence.asked(question, index, encoder)
    return evidence.weigh(asked, [p.text for p in found], [p.context for p in found], encoder)


def answer(
    ranked: Sequence[tuple[Hit, Evidence]],
    question: str,
    standalone: str,
    *,
    top: int,
    id: str,
    index: Index,
    encoder: Encoder,
    sources: Sources,
) -> Answer:
    """Quote the best passages; below the threshold the answer is empty and the citations stay.

    A follow-up is found with the turns before it, and quoted by what it asks itself: the turns before
    tell the subject, not what is wanted of it.
    """
    sure = round(confidence([hit for hit, _ in ranked]), DIGITS)
    chosen = [hit for hit, _ in ranked[:top]]
    quoted = [own for _, own in ranked[:top]] if standalone == question else weighed(question, chosen, index, encoder)
    citations = tuple(
        cite(place, hit, own, index, sources)
        for place, (hit, own) in enumerate(zip(chosen, quoted, strict=True), start=1)
    )
    answered = bool(citations) and sure >= THRESHOLD
    return Answer(
        id=id,
        question=question,
        standalone=standalone,
        answered=answered,
        confidence=sure,
        answer=citations[0].quote if answered else "",
        citations=citations,
    )
