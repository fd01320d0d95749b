"""Where a question's words stand in a quotation, however either writes them: full width, Traditional, upper case."""

from __future__ import annotations

from qa.asking import content
from qa.text import fold
from qa.tokens import words
from qa.types import Range

SHORTEST = 2  # characters: single ones (的, 在) stand everywhere


def ranges(text: str, question: str) -> list[Range]:
    """Where the words are, as (start, end) offsets in ascending order, touching ones joined.

    >>> ranges("泰順縣總工會舉行競答", "泰顺的竞答?")
    [(0, 2), (8, 10)]
    """
    folded, origins = _folded(text)
    marked = [False] * len(text)
    for word in {word for word in words(content(fold(question))) if len(word) >= SHORTEST or word.isdecimal()}:
        at = folded.find(word)
        while at >= 0:
            for origin in origins[at : at + len(word)]:
                marked[origin] = True
            at = folded.find(word, at + 1)
    edges = [i for i in range(len(text) + 1) if (i < len(text) and marked[i]) != (i > 0 and marked[i - 1])]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _folded(text: str) -> tuple[str, list[int]]:
    """The text folded character by character, and which character each of the result comes from."""
    pieces = [fold(char) for char in text]
    return "".join(pieces), [i for i, piece in enumerate(pieces) for _ in piece]
