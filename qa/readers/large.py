"""The lines of a large UTF-8 file, read where they are needed: to look at one citation of it must not cost it all.

Only for files whose units are lines, in the commonest form: UTF-8 with ends of lines that are all alike. Whatever is
otherwise is left to the readers proper.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import overload

import numpy as np

from qa.readers import beir

LARGE = 4 << 20  # bytes of a file from which on this is worth it
BLOCK = 1 << 16  # bytes; how many lines end before each block is remembered
MARK, NEWLINE = "\ufeff", 10

Parse = Callable[[str], str]


def plain(line: str) -> str:
    """A line of text is its own unit."""
    return line


PARSERS: dict[str, Parse] = {".txt": plain, "": plain, ".jsonl": beir.unit_of}


class LargeLines(Sequence[str]):
    """Units by number from 0; raises ValueError where a line is not UTF-8, or no record, and OSError."""

    def __init__(self, path: Path, ended: Sequence[int], parse: Parse) -> None:
        """`ended[b]` lines end before block b; the last counts them all."""
        self._path = path
        self._ended = ended
        self._parse = parse

    def __len__(self) -> int:
        return self._ended[-1] + 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...
    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        if isinstance(place, int):
            if not 0 <= place < len(self):
                raise IndexError(place)
            return self._between(place, place + 1)[0]
        first, last, _ = place.indices(len(self))
        return self._between(first, last) if first < last else ()

    def _between(self, first: int, last: int) -> tuple[str, ...]:
        """The units `first` to `last - 1`."""
        block = max(0, bisect_left(self._ended, first) - 1) if first else 0
        before = first - self._ended[block]  # lines that end in the block before the first that is wanted
        wanted = before + last - first
        data = bytearray()
        with self._path.open("rb") as file:
            file.seek(block * BLOCK)
            ends = 0
            while ends < wanted and (some := file.read(BLOCK)):
                data += some
                ends += some.count(b"\n")
        lines = bytes(data).split(b"\n", wanted)[before:wanted]
        return tuple([self._parse(line.decode("utf-8").removesuffix("\r").removeprefix(MARK)) for line in lines])


def parser_of(suffix: str, size: int) -> Parse | None:
    """How a line of a file of so many bytes is read; None of one that is small or of another form."""
    return PARSERS.get(suffix) if size >= LARGE else None


def line_ends(path: Path) -> list[int] | None:
    """How many lines end before each block, and in all; None where they are not UTF-8's own, all alike."""
    ended, carriages, pairs, last = [0], 0, 0, b""
    with path.open("rb") as file:
        while some := file.read(BLOCK):
            # numpy counts a byte ten times as fast as `bytes.count`, which is only asked where there is something.
            ended.append(ended[-1] + int(np.count_nonzero(np.frombuffer(some, np.uint8) == NEWLINE)))
            if b"\r" in some:
                carriages += some.count(b"\r")
                pairs += some.count(b"\r\n")
            pairs += last == b"\r" and some[:1] == b"\n"
            last = some[-1:]
            if b"\0" in some:
                return None
    return ended if carriages == pairs else None
