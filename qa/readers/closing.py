"""Lines that a page or a file broke, closed up into the text of one paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BLANKS = re.compile(r"[ \t\n\r\f\v]+")
# Chinese and Japanese set no blank between words, and neither do their punctuation marks.
_UNSPACED = re.compile(
    r"[\u2014-\u201f\u2026\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]|[\U00020000-\U0003ffff]"
)


def close_up(pieces: Iterable[str]) -> str:
    """Join broken lines: with a blank between two words, without one beside a Chinese character.

    ["今年三", "月的 NBA", "final"] -> "今年三月的 NBA final".
    """
    text = ""
    parts: list[str] = []
    for piece in pieces:
        stripped = piece.strip()
        if not stripped:
            continue
        if parts and not (_UNSPACED.match(text[-1]) or _UNSPACED.match(stripped)):
            parts.append(" ")
        parts.append(stripped)
        text = stripped
    return "".join(parts)


def tidy(text: str) -> str:
    """Close up text whose line breaks mean no more than blanks, as those of HTML do."""
    return _BLANKS.sub(" ", close_up(text.splitlines())).strip()
