r"""The paths of files as one printable line, and back: a name may hold line ends, which would break a citation in two.

A name without such characters is shown as it is, so a backslash in it means itself.
"""

from __future__ import annotations

import re

_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_WRITTEN = {"\n": r"\n", "\r": r"\r", "\t": r"\t", "\\": "\\\\"}
_MEANT = {written: char for char, written in _WRITTEN.items()}
_ESCAPE = re.compile(r"\\(?:[nrt\\]|u[0-9a-f]{4})")


def shown(path: str) -> str:
    r"""The path with its control characters and direction marks escaped.

    >>> shown("a\nb.txt") == r"a\nb.txt"
    True
    """
    if not _ODD.search(path):
        return path
    return re.sub(rf"{_ODD.pattern}|\\", lambda odd: _WRITTEN.get(odd[0]) or f"\\u{ord(odd[0]):04x}", path)


def meant(text: str) -> str:
    """The path that is shown so, where any of it is escaped."""
    return _ESCAPE.sub(lambda found: _MEANT.get(found[0]) or chr(int(found[0][2:], 16)), text)
