"""The sentence of a passage that answers: by the question's rare words and by meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qa.asking import content
from qa.retrieval import Searchable
from qa.text import fold, sentences
from qa.tokens import VIEWS, views
from qa.types import Encoder, Floats, Passage, Range

# Chosen on CMRC 2018 trial: the share of answers inside the sentence hardly moves around these.
WEIGHTS = {"words": 0.5, "characters": 0.5, "bigrams": 1.0}
DENSE = 0.3
SHORT = 12  # characters: a sentence this short (a shout, "对此，他说：") is quoted with the next


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as quotes are chosen by it: its tokens with their idf, and its vector."""

    idf: Mapping[str, Mapping[int, float]]
    vector: Floats
    segmenter: str


def asked(question: str, index: Searchable, encoder: Encoder) -> Asked:
    """Prepare a question once for all its passages."""
    keys = views(content(fold(question)), index.segmenter)
    idf = {}
    for name in VIEWS:
        tokens, weights = index.lexical[name].weights(keys[name])
        idf[name] = dict(zip(tokens.tolist(), weights.tolist(), strict=True))
    return Asked(idf, encoder.queries([question])[0], index.segmenter)


def overlap(question: Asked, sentence: str) -> float:
    """The share of the question's idf that the sentence's tokens hold, over the views; 0 to 2."""
    found = views(sentence, question.segmenter)
    total = 0.0
    for name, weight in WEIGHTS.items():
        idf = question.idf[name]
        if weight and idf:
            total += weight * sum(idf[key] for key in set(found[name].tolist()) & idf.keys()) / sum(idf.values())
    return total


def best_sentence(question: Asked, text: str, encoder: Encoder) -> Range:
    """Where in `text` the best sentence stands, blanks at its ends left out; the first of equals."""
    ranges = [r for r in sentences(text) if any(c.isalnum() for c in text[r[0] : r[1]])]
    if not ranges:
        return 0, len(text)
    parts = [text[start:end] for start, end in ranges]
    dense = encoder.passages(parts) @ question.vector
    scores = [overlap(question, part) + DENSE * float(near) for part, near in zip(parts, dense, strict=True)]
    place = int(np.argmax(scores))
    start, end = ranges[place]
    if end - start < SHORT and place + 1 < len(ranges):
        end = ranges[place + 1][1]
    return trim(text, start, end)


def trim(text: str, start: int, end: int) -> Range:
    """The range without blanks at its ends."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def quote_of(question: Asked, passage: Passage, encoder: Encoder) -> Range:
    """The quote's range in the passage's text."""
    return best_sentence(question, passage.text, encoder)
