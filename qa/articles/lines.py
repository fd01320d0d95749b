"""The lines of a page with what each gives away by itself: its end, its quotes, its neighbours.

Does not decide what a line is for; headlines, bylines and paragraphs are found by other modules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

CLOSERS = "”’」』》〉）)】〕］]"
OPENERS = "“‘「『《〈（(【〔［["
SENTENCE_ENDS = "。！？!?…．｡"
# Nothing longer is looked at for quotes or title shape: a line of ten million characters must cost no more than its copy.
LOOKED_AT = 4000
# Lines around a spot whose words count as "the same page" when a broken word is looked up there.
VICINITY = 64
# Blocks of so many lines that are kept; looking goes on from the first line to the last.
_BLOCKS = 8

QUOTES = "\"'"
_LOOKED_THROUGH = CLOSERS + QUOTES + "."
_PAIRS = tuple(zip(OPENERS, CLOSERS, strict=True))
_MARKS = re.compile(f"[{re.escape(OPENERS + CLOSERS)}]")
_WORD_LEFT = re.compile(r"[A-Za-z0-9][^\w\s]*$", re.ASCII)
_WORD_RIGHT = re.compile(r"[A-Za-z0-9]", re.ASCII)


class Page:
    """The non-blank lines of a page, stripped of blanks of any width, in columns: one entry per line in each.

    `numbers` are those of the file, from 1; `gaps` the blank lines before a line; `finished` says whether a
    sentence ends there. Columns, as a hundred thousand small records would cost more than their text.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.texts: list[str] = []
        self.numbers: list[int] = []
        self.gaps: list[int] = []
        last = 0
        for number, raw in enumerate(lines, 1):
            if text := raw.strip():
                self.texts.append(text)
                self.numbers.append(number)
                self.gaps.append(number - last - 1)
                last = number
        self.finished = [ends_sentence(text) for text in self.texts]
        # The text around a spot, kept per block, so that looking is cheap.
        self._blocks: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self.texts)

    def knows(self, index: int, word: str) -> bool:
        """Whether `word` stands within some line near line `index`; lines are kept apart."""
        middle = index // VICINITY
        return (
            word in self._block(middle)
            or word in self._block(middle + 1)
            or (middle > 0 and word in self._block(middle - 1))
        )

    def repeats(self, index: int, text: str) -> bool:
        """Whether another line near line `index` also ends in `text`, its own."""
        middle = index // VICINITY
        near = [self._block(number) for number in range(max(0, middle - 1), middle + 2)]
        return sum([block.count(text + "\n") for block in near]) > 1

    def _block(self, number: int) -> str:
        if number not in self._blocks:
            if len(self._blocks) >= _BLOCKS:
                self._blocks.clear()
            near = self.texts[number * VICINITY : (number + 1) * VICINITY]
            self._blocks[number] = "".join([text[:LOOKED_AT] + "\n" for text in near])
        return self._blocks[number]


def ends_sentence(text: str) -> bool:
    """“……好。” -> True; “好”、 -> False; a full stop after a digit may be half a number."""
    last = text[-1:]
    if last and last not in _LOOKED_THROUGH:
        return last in SENTENCE_ENDS
    core = text[-20:].rstrip(CLOSERS + QUOTES)
    if not core:
        return len(text) > 20
    if core[-1] == ".":
        return not core[-2:-1].isdigit()
    return core[-1] in SENTENCE_ENDS


def open_marks(text: str) -> int:
    """Opening less closing quotes and brackets; below zero where something closes that opened before."""
    return sum([1 if mark in OPENERS else -1 for mark in _MARKS.findall(text[:LOOKED_AT])])


def balanced(text: str) -> bool:
    """Whether each kind of quote and bracket closes as often as it opens."""
    marks = _MARKS.findall(text)
    return not marks or all([marks.count(opener) == marks.count(closer) for opener, closer in _PAIRS])


def close_up(texts: Sequence[str]) -> str:
    """Lines as one text: nothing in between, a space only between two Latin words or numbers."""
    if len(texts) == 1:
        return texts[0]
    parts = list(texts[:1])
    for left, right in zip(texts, texts[1:], strict=False):
        if _WORD_RIGHT.match(right) and _WORD_LEFT.search(left[-8:]):
            parts.append(" ")
        parts.append(right)
    return "".join(parts)
