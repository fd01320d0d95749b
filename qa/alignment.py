"""How much of a question a passage, its title included, says in any words: each word of the question beside the nearest word of the text.

A question on something else may lie near a passage as a whole, yet what it asks about has no like in it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.asking import content
from qa.query import Query, share
from qa.tokens import words_at
from qa.types import Encoder, Floats

NAMES = ("said", "said focus", "unsaid", "unsaid focus", "least said", "question words")


def measures(query: Query, texts: Sequence[str], encoder: Encoder) -> dict[str, float]:
    """What share of the question's words the folded texts say, of all and of those asked about; the weightiest that is not said.

    A word is said as far as its cosine with the nearest word of the texts goes; by an encoder without vectors of words,
    where it stands there itself.
    """
    found = words_at(content(query.folded), query.segmenter)
    if not found:
        return dict.fromkeys(NAMES, 0.0)
    near = query.near.tolist()
    nearest = np.array([max(near[at : at + len(word)]) for word, at in found], dtype=np.float32)
    said, weights = aligned([word for word, _ in found], texts, encoder)
    shares, focus = share(weights), share(weights * nearest)
    values = (
        said @ shares,
        said @ focus,
        ((1 - said) * shares).max(),
        ((1 - said) * focus).max(),
        said.min(),
        len(found),
    )
    return dict(zip(NAMES, map(float, values), strict=True))


def aligned(words: Sequence[str], texts: Sequence[str], encoder: Encoder) -> tuple[Floats, Floats]:
    """How far the texts say each word, 0 to 1 (words,), and what each word weighs (words,)."""
    vectors_of = getattr(encoder, "words", None)  # quicker than to ask whether it is a `Parting`
    if vectors_of is None:
        weights = np.array([len(word) for word in words], dtype=np.float32)
        return np.array([any(word in text for text in texts) for word in words], dtype=np.float32), weights
    parts, counts = vectors_of([*words, *texts])
    asked = int(counts[: len(words)].sum())
    vectors, there = summed(parts[:asked], counts[: len(words)]), parts[asked:]
    weights = np.sqrt(np.einsum("wd,wd->w", vectors, vectors))
    if not len(there):
        return np.zeros(len(words), np.float32), weights
    lengths = np.sqrt(np.einsum("td,td->t", there, there))
    cosines = vectors @ there.T / np.maximum(1e-6, weights[:, None] * lengths)
    return np.clip(cosines.max(axis=1), 0, 1), weights


def summed(rows: Floats, counts: NDArray[np.int64]) -> Floats:
    """The sums of the next `counts[i]` rows: (counts, dimension)."""
    out = np.zeros((len(counts), rows.shape[1]), np.float32)
    held = np.flatnonzero(counts)
    if len(held):
        out[held] = np.add.reduceat(rows, (np.cumsum(counts) - counts)[held], axis=0)
    return out
