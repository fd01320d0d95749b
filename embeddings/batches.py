"""Texts in batches of like length: little padding, bounded memory, and an order that input order does not change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

TEXTS = 32  # of a batch, as sentence-transformers has it
TOKENS = 16_384  # of a batch, padding included: 32 texts of 512


def ordered(texts: Sequence[str], lengths: Sequence[int]) -> list[int]:
    """The numbers of the texts, short ones first, ties by the text itself."""
    return sorted(range(len(texts)), key=lambda n: (lengths[n], texts[n]))


def batches(lengths: Sequence[int], most_texts: int = TEXTS, most_tokens: int = TOKENS) -> Iterator[tuple[int, int]]:
    """Ranges over rising `lengths` (tokens) that fit a batch once padded; a longer text is a batch of its own."""
    begin = 0
    for end in range(1, len(lengths) + 1):
        full = end == len(lengths) or end - begin == most_texts
        if full or (end - begin + 1) * lengths[end] > most_tokens:
            yield begin, end
            begin = end
