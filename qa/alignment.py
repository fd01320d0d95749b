"""How much of a question a passage says in any words: each word of the question beside the nearest word of the text.

A question on something else may lie near a passage as a whole, yet what it asks about has no like in it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qa.asking import content, nearness
from qa.query import Query, share
from qa.tokens import words_at
from qa.types import Encoder, Floats, Parting

NAMES = ("said", "said focus", "unsaid", "unsaid focus", "least said", "question words")


def measures(query: Query, texts: Sequence[str], encoder: Encoder) -> dict[str, float]:
    """What share of the question's words the folded texts say, of all and of those asked about; the weightiest that is not said.

    A word is said as far as its cosine with the nearest word of the texts goes; by an encoder without vectors of words,
    where it stands there itself.
    """
    found = words_at(content(query.folded), query.segmenter)
    if not found:
        return dict.fromkeys(NAMES, 0.0)
    near = nearness(query.folded)
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
    if not isinstance(encoder, Parting):
        weights = np.array([len(word) for word in words], dtype=np.float32)
        return np.array([any(word in text for text in texts) for word in words], dtype=np.float32), weights
    parts, counts = encoder.words(words)
    vectors = np.zeros((len(words), encoder.dimension), np.float32)
    np.add.at(vectors, np.repeat(np.arange(len(words)), counts), parts)
    weights = np.linalg.norm(vectors, axis=1)
    there, _ = encoder.words(texts)
    if not len(there):
        return np.zeros(len(words), np.float32), weights
    cosines = vectors @ there.T / np.maximum(1e-6, np.outer(weights, np.linalg.norm(there, axis=1)))
    return np.clip(cosines.max(axis=1), 0, 1), weights
