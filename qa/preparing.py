"""What is made of some passages before they go into an index, each lot by itself: other processes can do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa import shelf
from qa.inverting import gathered
from qa.measuring import Ints, Tokens
from qa.tokens import Segmenter, flat_views
from qa.types import Encoder, Floats, Parting, Passage

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
    """What is embedded for a passage: its title in front; kickers would only dilute the mean."""
    return f"{title}\n{passage.text}" if (title := passage.title) else passage.text


def embedded(encoder: Encoder, items: Sequence[Item], known: Tokens | None = None) -> Floats:
    """Vectors of the passages, float32 (passages, dimension); what is known is not embedded again.

    `known` are the tokens of the texts of those without a vector, as far as they were measured.
    """
    out = np.zeros((len(items), encoder.dimension), np.float32)
    fresh = [row for row, (_, vector) in enumerate(items) if vector is None]
    passages = [items[row][0] for row in fresh]
    if fresh and isinstance(encoder, Parting) and encoder.parted:
        out[fresh] = encoder.means(*tokens_of(encoder, passages, known.each() if known else [None] * len(fresh)))
    elif fresh:
        out[fresh] = encoder.passages([embedded_text(passage) for passage in passages])
    for row, (_, vector) in enumerate(items):
        if vector is not None:
            out[row, : len(vector)] = vector  # an index may keep the first numbers only
    return out


def tokens_of(encoder: Parting, passages: Sequence[Passage], known: Sequence[Ints | None]) -> tuple[Ints, Ints]:
    """The tokens of each passage's title and of its text, each cut by itself, whether it was measured or not."""
    lacking = [passage.text for passage, tokens in zip(passages, known, strict=True) if tokens is None]
    cut, lengths = encoder.entries([*(passage.title for passage in passages), *lacking])
    ends = np.cumsum(lengths).tolist()
    pieces = [cut[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
    rest = iter(pieces[len(passages) :])
    texts = [next(rest) if tokens is None else tokens for tokens in known]
    every = [tokens for pair in zip(pieces, texts, strict=False) for tokens in pair]
    return np.concatenate(every), lengths[: len(passages)] + np.fromiter(map(len, texts), np.int64, len(texts))


def portable(encoder: Encoder) -> bool:
    """Whether copies of an encoder may work in other processes: one that is small and keeps nothing open."""
    return bool(getattr(encoder, "portable", False))


def leading(encoder: Encoder) -> int | None:
    """How many of a vector's first numbers serve for it among very many; None where their order says nothing."""
    return getattr(encoder, "leading", None)


@dataclass(frozen=True, slots=True)
class Lot:
    """Passages that are prepared together, the dictionary that they are packed with, and what is known of the tokens
    of those that have no vector yet.
    """

    items: Sequence[Item]
    dictionary: bytes = b""
    tokens: Tokens | None = None


def prepare(lot: Lot, segmenter: Segmenter, encoder: Any) -> Prepared:
    """Pack, cut and, where there is an `encoder`, embed some passages."""
    passages = [passage for passage, _ in lot.items]
    found = flat_views([searched_text(passage) for passage in passages], segmenter)
    views = {view: (gathered(keys, lengths), lengths) for view, (keys, lengths) in found.items()}
    vectors = embedded(encoder, lot.items, lot.tokens) if encoder else None
    return Prepared(shelf.packed(passages, lot.dictionary), views, vectors)
