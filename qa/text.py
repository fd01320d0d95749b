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
_SENTENCE = re.compile(rf"(?:[^{ENDS}《（〈\n]++|{_TITLE}|[《（〈])*+(?:[{ENDS}]+[{re.escape(CLOSERS)}]*\n*|\n+|$)")
LONGEST_SPEAKER = 24  # characters of a sentence that only says who said the one before
_SAYING = (
    "说|表示|介绍|坦言|感慨|感叹|告诉(?:笔者|记者)|回忆|指出|强调|认为|补充|解释|透露|评价|告诉大家|总结|呼吁|赞叹"
)
_SPEAKER = re.compile(rf"\s*[^{ENDS},，:：“”\"]+?(?:{_SAYING})(?:地?[说道]|说道)?\s*[{ENDS}]*\s*")
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
    # Nothing is composed over a line end, and few lines are left that are not as NFKC has them.
    return "\n".join([unicodedata.normalize("NFKC", line) for line in text.split("\n")])


def sentences(text: str) -> Iterator[Range]:
    """The sentences as (start, end) offsets; together they are the whole text. A line end ends one.

    Closing quotes and brackets belong to the sentence before; a quoted sentence in the middle of
    another (他说:“好。”然后走了。) ends one only where the quotation closes, and who said it (“好。”他说。) belongs
    to what was said.
    """
    start = 0
    held: Range | None = None
    for match in _SENTENCE.finditer(text):
        if match.end() == start:
            continue
        start, found = match.end(), (start, match.end())
        if held and _says_who(text, held, found):
            held = held[0], found[1]
            continue
        if held:
            yield held
        held = found
    if held:
        yield held


def _says_who(text: str, quoted: Range, found: Range) -> bool:
    """Whether a sentence only names the speaker of the quotation before it."""
    if found[1] - found[0] > LONGEST_SPEAKER or text[quoted[0] : quoted[1]].rstrip()[-1:] not in CLOSERS:
        return False
    return _SPEAKER.fullmatch(text, *found) is not None


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
