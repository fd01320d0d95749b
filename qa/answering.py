"""A ranking to an answer whose every claim is a quotation with its place, or an honest "not found"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from qa import confidence, quotes
from qa.asking import is_bare
from qa.conversation import is_talk
from qa.expectations import LIST
from qa.folding import Fold, fold_repeats
from qa.ranking import Ranking
from qa.retrieval import Numbers
from qa.standing import Places
from qa.text import fold
from qa.types import Answer, Citation, Encoder, Hit, Passage, Range

DIGITS = 4  # decimals of scores: enough to order, few enough to be the same on every machine
# A question that asks for a list is answered from other articles as well, where they score within this of the best.
CLOSE = 1.0
LISTED = 4  # quotations of such an answer at most


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked and how: `question` as typed, `standalone` as searched, how many citations are wanted."""

    question: str
    standalone: str
    top: int
    id: str = ""
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Documents:
    """What is quoted from: passages by number, the first passage of each article, and what reads files again."""

    passage: Callable[[int], Passage]
    articles: Numbers
    places: Places


def cite(rank: int, found: Fold, ranked: Ranking, documents: Documents, explain: bool) -> Citation:
    """A hit with its best sentence, read again from its file."""
    hit = ranked.hits[found.place]
    passage = documents.passage(hit.number)
    start, end = quotation(ranked, found.place, passage)
    stands, lines = documents.places.of(hit.number, passage, (start, end))
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
        also=tuple(place_of(documents.passage(ranked.hits[other].number)) for other in found.repeats),
        features={name: round(value, DIGITS) for name, value in ranked.features(found.place).items()}
        if explain
        else None,
    )


def place_of(passage: Passage) -> str:
    """`path:from-to`, as `qa show` takes it."""
    return f"{passage.path}:{passage.lines[0]}-{passage.lines[1]}"


def quotation(ranked: Ranking, place: int, passage: Passage) -> Range:
    """The best sentence of hit `place`; with the next best beside it, where the two are one quotation."""
    ranges, scores = ranked.sentences(place)
    return quotes.first(ranges, scores.tolist(), passage.text)


def said(ranked: Ranking, folds: Sequence[Fold], citations: Sequence[Citation], documents: Documents) -> list[str]:
    """The quotations that make the answer: of the best passage, and for a list of the others that come close."""
    first = documents.passage(ranked.hits[folds[0].place].number)
    ranges, scores = ranked.sentences(folds[0].place)
    out = [first.text[start:end] for start, end in quotes.chosen(ranges, scores.tolist(), first.text)]
    if LIST in ranked.query.kinds:
        seen = {article_of(documents, ranked.hits[folds[0].place])}
        for found, citation in zip(folds[1:], citations[1:], strict=False):
            hit = ranked.hits[found.place]
            article = article_of(documents, hit)
            if hit.score >= ranked.hits[0].score - CLOSE and article not in seen and len(out) < LISTED:
                out.append(citation.quote)
                seen.add(article)
    return out


def article_of(documents: Documents, hit: Hit) -> int:
    """The number of a hit's article."""
    return int(np.searchsorted(documents.articles, hit.number, side="right"))


def asks(request: Request) -> bool:
    """Whether there is anything to answer: no talk between questions, nor one that points at a conversation there is not."""
    folded, alone = fold(request.question), request.standalone == request.question
    return not is_talk(folded) and not (alone and is_bare(folded))


def answer(ranked: Ranking | None, request: Request, documents: Documents, encoder: Encoder) -> Answer:
    """Quote the best passages; below the threshold the answer is empty and the citations stay."""
    sure = round(confidence.confidence(ranked, encoder), DIGITS) if asks(request) else 0.0
    folds = fold_repeats(ranked, request.top) if ranked else []
    citations = tuple(
        cite(place, found, ranked, documents, request.explain)  # type: ignore[arg-type]
        for place, found in enumerate(folds, start=1)
    )
    answered = bool(citations) and sure >= confidence.THRESHOLD
    return Answer(
        id=request.id,
        question=request.question,
        standalone=request.standalone,
        answered=answered,
        confidence=sure,
        answer="\n".join(said(ranked, folds, citations, documents)) if ranked and answered else "",
        citations=citations,
    )
