"""Text for matching and text for showing: folding, sentences, and the removal of control characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the types bring numpy along, which `--help` does without
    from qa.types import Range

ENDS = "。！？!?；;…"
CLOSERS = "”’」』）)】》〉\"'"
_TITLE = (
    "《[^》\n]{1,60}》|（[^（）\n]{1,80}）|〈[^〉\n]{1,60}〉"  # an end mark inside a title or an aside ends nothing
)
# What neither opens a title nor ends anything is passed over at once.
_SENTENCE = re.compile(rf"(?:[^{ENDS}《（〈]++|{_TITLE}|[《（〈])*+(?:[{ENDS}]+[{re.escape(CLOSERS)}]*|$)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# The wide marks of ordinary text: without them most texts are as NFKC has them, and to see that is quick.
_WIDE = tuple((mark, unicodedata.normalize("NFKC", mark)) for mark in "，：（）；？！…　％－～／")


@lru_cache(maxsize=1)
def _to_simplified() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def fold(text: str) -> str:
    """For matching, never for showing: NFKC width, lower case, Simplified script.

    >>> fold("臺灣ＡＢＣ")
    '台湾abc'
    """
    folded = _compatible(text).lower()
    return folded if folded.isascii() else str(_to_simplified().convert(folded))


def _compatible(text: str) -> str:
    """As NFKC has it: a mark may be replaced by its decomposition first, as NFKC begins with that."""
    if unicodedata.is_normalized("NFKC", text):
        return text
    for mark, plain in _WIDE:
        text = text.replace(mark, plain)
    return unicodedata.normalize("NFKC", text)


def sentences(text: str) -> Iterator[Range]:
    """The sentences as (start, end) offsets; together they are the whole text.

    Closing quotes and brackets belong to the sentence before; a quoted sentence in the middle of
    another (他说:“好。”然后走了。) ends one only where the quotation closes.
    """
    start = 0
    for match in _SENTENCE.finditer(text):
        if match.end() > start:
            yield start, match.end()
            start = match.end()


def printable(text: str) -> str:
    """Without control characters and direction marks, so that a document cannot steer a terminal."""
    return _CONTROL.sub("", text)


def line_of(text: str) -> str:
    """As one printable line: line ends and tabs become a blank."""
    return printable(" ".join(text.split()) if any(c in text for c in "\n\r\t\v\f") else text)


def first_of(items: Sequence[str]) -> str:
    """The first of the items, and how many more there are.

    >>> first_of(["a is new", "b is gone", "c changed"])
    'a is new and 2 more'
    """
    return items[0] + (f" and {len(items) - 1} more" if len(items) > 1 else "")


def flat(text: str) -> str:
    """Without any blanks: what two prints of one sentence have in common."""
    return "".join(text.split())
