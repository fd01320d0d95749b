"""A large BEIR corpus, some thousand lines at a time, so that memory does not grow with it.

Only for UTF-8 with plain line ends; whatever is otherwise is left to `beir`, which reads a file whole. Every line is
looked at before the first document is given, as an identity is that of its first line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from qa.errors import UnreadableFile
from qa.readers import beir
from qa.readers.stamps import Stamp, stamp_of
from qa.types import Part, Source

LARGE = 32 << 20  # bytes of a corpus from which on it is read in parts
PART_LINES = 4096  # lines
MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class LongCorpus:
    """A corpus that was looked at whole; `documents` is how many it holds, `faults` what else there is in it."""

    path: Path
    name: str
    documents: int
    stamp: Stamp
    faults: beir.Faults

    def parts(self) -> Iterator[Part]:
        """Read it again, part after part; raises UnreadableFile where it is no longer what was looked at."""
        lines = characters = 0
        try:
            with self.path.open("rb") as file:
                while rows := list(islice(rows_of(file), PART_LINES)):
                    new = beir.Faults()
                    units, found = beir.records(rows, self.name, new, lines, self.faults.lines)
                    if new.first:
                        raise ValueError("another line is broken")
                    yield Part(Source(self.name, "line", units, "utf-8", found), lines, characters)
                    lines += len(units)
                    characters += sum(map(len, units)) + len(units)
            if stamp_of(self.path.stat()) != self.stamp:
                raise ValueError("another stamp")
        except (ValueError, OSError) as error:
            raise UnreadableFile(f"{self.name}: changes while it is read; index it when it is at rest") from error


def rows_of(file: Iterable[bytes]) -> Iterator[str]:
    """The lines as text, without their ends; raises ValueError for what is not UTF-8 with plain line ends."""
    for line in file:
        row = line.removeprefix(MARK).removesuffix(b"\n").removesuffix(b"\r")
        if b"\r" in row or b"\0" in row:
            raise ValueError("another form")
        yield row.decode("utf-8")


def look(path: Path, name: str) -> LongCorpus | None:
    """The corpus, every line of it looked at; None for one that is small or of another form; raises UnreadableFile."""
    stamp = stamp_of(path.stat())
    if stamp[0] < LARGE:
        return None
    seen: dict[str, int] = {}
    faults = beir.Faults()
    with path.open("rb") as file:
        try:
            for number, row in enumerate(rows_of(file), 1):
                beir.check(row, name, number, seen, faults)
        except ValueError:
            return None
    if not seen:
        faults.refuse(name)
    return LongCorpus(path, name, len(seen), stamp, faults)
