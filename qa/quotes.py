"""The sentence of a passage that answers: by the question's rare words and by meaning."""

from __future__ import annotations

import numpy as np

from qa.evidence import Evidence
from qa.tokens import VIEWS
from qa.types import Range

# Chosen on CMRC 2018 trial: the share of answers inside the sentence hardly moves around these.
OVERLAP = {"words": 0.5, "characters": 0.5, "bigrams": 1.0}
MEANING = 0.3
SHORT = 12  # characters: a sentence this short (a shout, "对此，他说：") is quoted with the next


def best_sentence(evidence: Evidence) -> int:
    """The number of the best sentence; the first of equals."""
    weights = np.array([OVERLAP[name] for name in VIEWS], dtype=np.float32)
    return int(np.argmax(evidence.overlaps @ weights + MEANING * evidence.near))


def quote_of(evidence: Evidence, text: str) -> Range:
    """Where in the passage's text the quote stands, blanks at its ends left out."""
    place = best_sentence(evidence)
    start, end = evidence.ranges[place]
    if end - start < SHORT and place + 1 < len(evidence.ranges):
        end = evidence.ranges[place + 1][1]
    return trim(text, start, end)


def trim(text: str, start: int, end: int) -> Range:
    """The range without blanks at its ends."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
