"""How well each sentence of a passage meets the question: by its rare words and by meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qa.asking import content
from qa.retrieval import Searchable
from qa.text import fold, sentences
from qa.tokens import VIEWS, views
from qa.types import Encoder, Floats, Range

KEPT = 8192  # passages whose sentences stay cut in memory


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as sentences are weighed by it: the share of its idf that each token holds, and its vector."""

    shares: tuple[Mapping[int, float], ...]
    vector: Floats
    segmenter: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentences of one passage: `overlaps` (sentences, views) and `near` (sentences,) are 0 to 1.

    `coverage` (views,) is the share of the question that the whole passage holds, its context included.
    """

    ranges: tuple[Range, ...]
    overlaps: Floats
    near: Floats
    coverage: Floats


@dataclass(frozen=True, slots=True)
class Cut:
    """A passage cut into sentences, and the keys of each, view by view."""

    ranges: tuple[Range, ...]
    keys: tuple[tuple[frozenset[int], ...], ...]


def asked(question: str, index: Searchable, encoder: Encoder) -> Asked:
    """Prepare a question once for all its passages."""
    keys = views(content(fold(question)), index.segmenter)
    shares = []
    for name in VIEWS:
        tokens, weights = index.lexical[name].weights(keys[name])
        weights = weights / max(1e-6, float(weights.sum()))
        shares.append(dict(zip(tokens.tolist(), weights.tolist(), strict=True)))
    return Asked(tuple(shares), encoder.queries([question])[0], index.segmenter)


@lru_cache(maxsize=KEPT)
def keys_of(text: str, segmenter: str) -> tuple[frozenset[int], ...]:
    """The distinct keys of a text, view by view."""
    found = views(text, segmenter)
    return tuple(frozenset(found[name].tolist()) for name in VIEWS)


@lru_cache(maxsize=KEPT)
def cut(text: str, segmenter: str) -> Cut:
    """The sentences that hold a letter or digit; the whole text where there is none."""
    ranges = tuple(r for r in sentences(text) if any(c.isalnum() for c in text[r[0] : r[1]])) or ((0, len(text)),)
    return Cut(ranges, tuple(keys_of(text[start:end], segmenter) for start, end in ranges))


def held(question: Asked, keys: Sequence[frozenset[int]]) -> list[float]:
    """The share of the question's idf that the keys hold, view by view."""
    return [sum(map(share.__getitem__, share.keys() & own)) for share, own in zip(question.shares, keys, strict=True)]


def weigh(question: Asked, texts: Sequence[str], contexts: Sequence[str], encoder: Encoder) -> list[Evidence]:
    """The evidence of each passage; all their sentences are encoded at once."""
    pieces = [cut(text, question.segmenter) for text in texts]
    parts = [text[start:end] for text, piece in zip(texts, pieces, strict=True) for start, end in piece.ranges]
    near = encoder.passages(parts) @ question.vector if parts else np.zeros(0, np.float32)
    out, at = [], 0
    for piece, context in zip(pieces, contexts, strict=True):
        overlaps = np.array([held(question, keys) for keys in piece.keys], dtype=np.float32)
        every = [*piece.keys, keys_of(context, question.segmenter)]
        whole = [frozenset().union(*(keys[view] for keys in every)) for view in range(len(VIEWS))]
        end = at + len(piece.ranges)
        out.append(Evidence(piece.ranges, overlaps, near[at:end], np.array(held(question, whole), dtype=np.float32)))
        at = end
    return out
