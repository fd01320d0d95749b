"""A user's own words: a dictionary in jieba's form, and stop words, as texts to be read line by line.

A line that could have no effect is refused with its number rather than passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from qa.text import fold

# Compiled when the first list is read.
_ENTRY = r"(\S+)(?: ([0-9]{1,12}))?(?: ([a-z]+))?"
_WORD = r"[\u4e00-\u9fd5a-z0-9+#&._%-]+"  # what jieba can put into a word; between others it always cuts
_SHOWN = 40  # characters of a faulty line in a message


def lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers from 1; blanks in them are single spaces."""
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if line := " ".join(line.split()):
            yield number, line


@lru_cache(maxsize=4)
def entries(text: str) -> tuple[tuple[str, int | None], ...]:
    """The words of a dictionary, folded, each with its frequency where one is given; raises ValueError for a fault.

    >>> entries("云计算 5 n")
    (('云计算', 5),)
    """
    found = []
    for number, line in lines(text):
        match = re.fullmatch(_ENTRY, line)
        if match is None:
            raise ValueError(
                f"line {number} ({line[:_SHOWN]!r}) is no entry: write WORD, WORD FREQUENCY or both and a TAG"
            )
        word, frequency = fold(match[1]), match[2]
        if not word[0].isalnum() or not re.fullmatch(_WORD, word):
            raise ValueError(
                f"line {number}: jieba never cuts {match[1][:_SHOWN]!r} as one word: use Chinese characters, Latin letters "
                "and digits (after the first also + # & . _ % -)"
            )
        if frequency is not None and int(frequency) == 0:
            raise ValueError(f"line {number}: {match[1][:_SHOWN]!r} has the frequency 0: give one from 1, or none")
        found.append((word, int(frequency) if frequency is not None else None))
    if not found:
        raise ValueError("it holds no word: write one a line, as WORD, WORD FREQUENCY or WORD FREQUENCY TAG")
    return tuple(found)


@lru_cache(maxsize=4)
def listed(text: str) -> frozenset[str]:
    """The stop words of a list, folded; raises ValueError for a fault."""
    found = set()
    for number, line in lines(text):
        if " " in line:
            raise ValueError(f"line {number} ({line[:_SHOWN]!r}) is more than one word: write one a line")
        found.add(fold(line))
    if not found:
        raise ValueError("it holds no word: write one a line")
    return frozenset(found)
