"""What is made of some passages before they go into an index, each lot by itself: other processes can do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa import shelf
from qa.inverting import gathered
from qa.tokens import Segmenter, flat_views
from qa.types import Encoder, Floats, Passage

Item = tuple[Passage, Floats | None]  # a passage, and its vector where that is known


@dataclass(frozen=True, slots=True)
class Prepared:
    """Passages as they are kept, the keys of their words by view, `gathered`, and how many each has, and their vectors.

    `vectors` is None where whoever asked makes them.
    """

    blocks: list[bytes]
    views: dict[str, tuple[NDArray[np.uint64], NDArray[np.int64]]]
    vectors: Floats | None


def searched_text(passage: Passage) -> str:
    """What the words of a passage are taken from: its article's titles in front."""
    return f"{passage.context}\n{passage.text}" if passage.context else passage.text


def embedded_text(passage: Passage) -> str:
    """What is embedded for a passage: its headline in front; kickers would only dilute the mean."""
    return f"{passage.headline}\n{passage.text}" if passage.context and passage.headline else passage.text


def embedded(encoder: Encoder, items: Sequence[Item]) -> Floats:
    """Vectors of the passages, float32 (passages, dimension); what is known is not embedded again."""
    out = np.zeros((len(items), encoder.dimension), np.float32)
    fresh = [row for row, (_, vector) in enumerate(items) if vector is None]
    if fresh:
        out[fresh] = encoder.passages([embedded_text(items[row][0]) for row in fresh])
    for row, (_, vector) in enumerate(items):
        if vector is not None:
            out[row] = vector
    return out


def portable(encoder: Encoder) -> bool:
    """Whether copies of an encoder may work in other processes: one that is small and keeps nothing open."""
    return bool(getattr(encoder, "portable", False))


@dataclass(frozen=True, slots=True)
class Lot:
    """Passages that are prepared together, and the dictionary that they are packed with."""

    items: Sequence[Item]
    dictionary: bytes = b""


def prepare(lot: Lot, segmenter: Segmenter, encoder: Any) -> Prepared:
    """Pack, cut and, where there is an `encoder`, embed some passages."""
    passages = [passage for passage, _ in lot.items]
    found = flat_views([searched_text(passage) for passage in passages], segmenter)
    views = {view: (gathered(keys, lengths), lengths) for view, (keys, lengths) in found.items()}
    vectors = embedded(encoder, lot.items) if encoder else None
    return Prepared(shelf.packed(passages, lot.dictionary), views, vectors)
