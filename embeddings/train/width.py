"""Steps `widen` and `narrow`: more numbers a word while it is trained, and as many as are shipped afterwards.

New numbers are random, of one length with the word's own: a fingerprint by which texts that share words are near each other
whatever the words mean (random indexing: Kanerva and others, 2000). Training makes of them what it needs; the principal
axes of all words then hold in few numbers nearly what the many did.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def widen(vectors: Floats, numbers: int, share: float, seed: int) -> Floats:
    """The vectors with so many `numbers` in all; the new ones of a word are some `share` as long as what it had."""
    more = numbers - vectors.shape[1]
    if more < 0:
        raise ValueError(f"vectors of {vectors.shape[1]} numbers cannot be widened to {numbers}")
    random = np.random.default_rng(seed).standard_normal((len(vectors), more)).astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.hstack([vectors, random * (share * lengths / np.sqrt(max(more, 1)))]).astype(np.float32)


def stressed(vectors: Floats, old: int, stress: float) -> Floats:
    """The numbers after the first `old` count `stress` times as much."""
    return np.hstack([vectors[:, :old], vectors[:, old:] * np.float32(stress)])


def narrow(vectors: Floats, numbers: int) -> Floats:
    """The first `numbers` coordinates along the principal axes of the words, those of most length first."""
    if numbers > vectors.shape[1]:
        raise ValueError(f"vectors of {vectors.shape[1]} numbers cannot be narrowed to {numbers}")
    _, axes = np.linalg.eigh(vectors.T.astype(np.float64) @ vectors)
    kept = axes[:, ::-1][:, :numbers]
    kept *= np.where(kept[np.abs(kept).argmax(axis=0), np.arange(numbers)] < 0, -1, 1)  # an axis has two directions
    return np.asarray(vectors @ kept, dtype=np.float32)
