"""The lines of a page with what each gives away by itself: its end, its quotes, its neighbours.

Does not decide what a line is for; headlines, bylines and paragraphs are found by other modules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CLOSERS = "”’」』》〉）)】〕］]"
OPENERS = "“‘「『《〈（(【〔［["
SENTENCE_ENDS = "。！？!?…．｡"
# Nothing longer is looked at for quotes or title shape: a line of ten million characters must cost no more than its copy.
LOOKED_AT = 4000
# Lines around a spot whose words count as "the same page" when a broken word is looked up there.
VICINITY = 64

_PAIRS = tuple(zip(OPENERS, CLOSERS, strict=True))
_MARKS = re.compile(f"[{re.escape(OPENERS + CLOSERS)}]")
_WORD_LEFT = re.compile(r"[A-Za-z0-9][^\w\s]*$", re.ASCII)
_WORD_RIGHT = re.compile(r"[A-Za-z0-9]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """A non-blank line: its number in the file, its stripped text, the blank lines before it."""

    number: int
    text: str
    gap: int

    @property
    def finished(self) -> bool:
        """Whether a sentence ends here, closing quotes and brackets aside."""
        return ends_sentence(self.text)


class Page:
    """All non-blank lines in order, and the text around a spot (kept per block, so looking is cheap)."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.lines = tuple(lines)
        self._blocks: dict[int, str] = {}

    def knows(self, index: int, word: str) -> bool:
        """Whether `word` stands within some line near line `index`; lines are kept apart."""
        return word in self._near(index)

    def repeats(self, index: int, text: str) -> bool:
        """Whether another line near line `index` also ends in `text`, its own."""
        return self._near(index).count(text + "\n") > 1

    def _near(self, index: int) -> str:
        block = index // VICINITY
        if block not in self._blocks:
            near = self.lines[max(0, (block - 1) * VICINITY) : (block + 2) * VICINITY]
            self._blocks = {block: "".join(line.text[:LOOKED_AT] + "\n" for line in near)}
        return self._blocks[block]


def read(lines: Sequence[str]) -> tuple[Line, ...]:
    """Number the non-blank lines; blanks of any width are stripped, line n is lines[n - 1]."""
    found = []
    last = 0
    for number, raw in enumerate(lines, 1):
        text = raw.strip()
        if text:
            found.append(Line(number, text, number - last - 1))
            last = number
    return tuple(found)


def ends_sentence(text: str) -> bool:
    """“……好。” -> True; “好”、 -> False; a full stop after a digit may be half a number."""
    core = text[-20:].rstrip(CLOSERS + "\"'")
    if not core:
        return len(text) > 20
    if core[-1] == ".":
        return not core[-2:-1].isdigit()
    return core[-1] in SENTENCE_ENDS


def open_marks(text: str) -> int:
    """Opening less closing quotes and brackets; below zero where something closes that opened before."""
    marks = "".join(_MARKS.findall(text[:LOOKED_AT]))
    return sum([marks.count(opener) - marks.count(closer) for opener, closer in _PAIRS]) if marks else 0


def balanced(text: str) -> bool:
    """Whether each kind of quote and bracket closes as often as it opens."""
    marks = "".join(_MARKS.findall(text))
    return not marks or all([marks.count(opener) == marks.count(closer) for opener, closer in _PAIRS])


def close_up(texts: Sequence[str]) -> str:
    """Lines as one text: nothing in between, a space only between two Latin words or numbers."""
    parts = list(texts[:1])
    for left, right in zip(texts, texts[1:], strict=False):
        if _WORD_RIGHT.match(right) and _WORD_LEFT.search(left[-8:]):
            parts.append(" ")
        parts.append(right)
    return "".join(parts)
