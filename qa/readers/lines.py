"""Text to lines, numbered as an editor numbers them."""

from __future__ import annotations


def split(text: str) -> tuple[str, ...]:
    r"""Lines without their ends; `\n`, `\r\n` and a lone `\r` end a line, nothing else does.

    A final line end is followed by one more, empty line: "a\n" -> ("a", "").
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return tuple(text.split("\n"))
