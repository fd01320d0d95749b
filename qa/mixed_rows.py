"""Rows in UTF-8 and rows in another encoding in one file: which of them is the odd one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from qa.errors import UnreadableFile
from qa.readers import encodings

FOREIGN = 4  # Chinese characters in a row that reads as UTF-8 in a file of another encoding: no accident
SAMPLE = 1 << 16  # bytes of the other rows that their encoding is told by
OTHERS = ("gb18030", "big5", "big5hkscs")


def odd_row(rows: Iterable[bytes]) -> tuple[int, str, str] | None:
    """The number of the first row in the rarer encoding, that encoding, and that of the others; None where all are of one."""
    firsts: dict[bool, int] = {}
    counts: Counter[bool] = Counter()
    sample = bytearray()
    for number, row in enumerate(rows, start=1):
        told = is_utf8(row)
        if told is None:
            continue
        firsts.setdefault(told, number)
        counts[told] += 1
        if not told and len(sample) < SAMPLE:
            sample += row
    if len(firsts) < 2:
        return None
    try:
        other = encodings.decode(bytes(sample)).encoding
    except UnreadableFile:  # damaged, not of another encoding
        return None
    rarer = min(firsts, key=lambda told: (counts[told], -firsts[told]))
    names = {True: "UTF-8", False: other.upper()}
    return (firsts[rarer], names[rarer], names[not rarer]) if other in OTHERS else None


def is_utf8(row: bytes) -> bool | None:
    """Whether a row is UTF-8; None where it may be that and another encoding as well."""
    if row.isascii():
        return None
    try:
        chinese = sum(char >= "\u0800" for char in row.decode("utf-8"))
    except UnicodeDecodeError:
        return False
    return True if chinese >= FOREIGN or (chinese and not _is_gb18030(row)) else None


def _is_gb18030(row: bytes) -> bool:
    try:
        row.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True
