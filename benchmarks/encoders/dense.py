"""Retrieval by vectors alone, and by BM25 alone: the place of the best right document of each question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from encoders.sets import Asked
from numpy.typing import NDArray

from embeddings.train.bags import Bags
from qa.bm25 import BM25, Keys
from qa.tokens import views

Floats = NDArray[np.float32]
Ranks = NDArray[np.int64]
CHUNK = 4096
FEW = 64
LEXICAL = ("words", "bigrams")


def means(texts: Bags, vectors: Floats) -> Floats:
    """Unit means of the texts' token vectors, (texts, dimension); an empty text is zeros."""
    out = np.zeros((len(texts), vectors.shape[1]), np.float32)
    for begin in range(0, len(texts), CHUNK):
        starts = texts.starts[begin : begin + CHUNK + 1]
        held = np.diff(starts) > 0
        if held.any():
            sums = np.add.reduceat(vectors[texts.tokens[starts[0] : starts[-1]]], (starts[:-1] - starts[0])[held])
            out[begin : begin + CHUNK][held] = sums
    norms = np.linalg.norm(out, axis=1, keepdims=True)
    return np.divide(out, norms, out=out, where=norms > 0)


def ranks(questions: Floats, documents: Floats, wanted: Sequence[Sequence[int]]) -> Ranks:
    """How many documents that do not answer come before the best that does, question by question."""
    out = np.zeros(len(questions), np.int64)
    for begin in range(0, len(questions), FEW):  # a few rows of scores at a time keep memory small
        scores = questions[begin : begin + FEW] @ documents.T
        for i, row in enumerate(scores, start=begin):
            out[i] = before(row, wanted[i])
    return out


def before(scores: Floats, right: Sequence[int]) -> int:
    """How many of the wrong documents score higher than the best right one."""
    best = max(scores[n] for n in right)
    return int((scores > best).sum())


def lexical_keys(texts: Sequence[str]) -> list[dict[str, Keys]]:
    """The words and the character pairs of each text."""
    return [{view: found[view] for view in LEXICAL} for found in map(views, texts)]


def lexical_ranks(asked: Asked, pool: Sequence[dict[str, Keys]]) -> Ranks:
    """As `ranks`, by the sum of BM25 over jieba words and BM25 over character pairs."""
    documents = lexical_keys(asked.documents) + list(pool)
    questions = lexical_keys(asked.questions)
    scores = np.zeros((len(questions), len(documents)), np.float32)
    for view in LEXICAL:
        index = BM25.build([d[view] for d in documents])
        for i, question in enumerate(questions):
            scores[i] += index.scores(question[view])
    return np.array([before(row, right) for row, right in zip(scores, asked.wanted, strict=True)])
