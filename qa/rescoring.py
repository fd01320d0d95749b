"""The best of a ranking in the order of a cross-encoder, which reads question and passage together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from qa.ranking import Ranking
from qa.types import Floats, Hit

FIRST = 24  # hits that are read again: what is farther behind is seldom the answer, and each costs a pass
COLUMN = "reranker"


class Reranker(Protocol):
    """Reads pairs."""

    def scores(self, question: str, texts: Sequence[str]) -> Floats:
        """How well each text answers the question, float32 (texts,); larger is better."""
        ...


def rescored(ranked: Ranking, question: str, reranker: Reranker, text_of: Callable[[int], str]) -> Ranking:
    """The first hits by the reranker's scores for the question, ties by number; those behind stay in their order.

    The hits' scores are those of the ranking before, dealt out again from the first to the last: they still fall, and
    what is set by their scale still fits. The reranker's own stand among the features of the passages that it read.
    """
    head = ranked.hits[:FIRST]
    numbers = np.array([hit.number for hit in head], dtype=np.int64)
    scores = reranker.scores(question, [text_of(hit.number) for hit in head])
    new = np.lexsort((numbers, -scores))
    hits = tuple(Hit(int(numbers[i]), held.score) for i, held in zip(new, head, strict=True))
    column = np.full(len(ranked.hits), np.nan, np.float32)
    column[ranked.order[:FIRST]] = scores
    every, order = hits + ranked.hits[FIRST:], np.concatenate([ranked.order[:FIRST][new], ranked.order[FIRST:]])
    seen = ranked.followed
    return replace(
        ranked,
        hits=every,
        order=order,
        columns={**ranked.columns, COLUMN: column},
        followed=seen and replace(seen, alone=replace(seen.alone, hits=every, order=order)),
    )
