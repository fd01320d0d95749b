"""Do the files still say what the index says? Citations are read again from their source."""

from __future__ import annotations

import os
import time
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Literal

import numpy as np

from qa import checking, large_files
from qa import vectors as stored_vectors
from qa.errors import REBUILD, UPDATE, BrokenIndex, UnreadableFile
from qa.passages import begins_of, locate
from qa.readers import registry
from qa.readers.large import LargeLines
from qa.readers.stamps import Stamp, settled, stamp_of
from qa.store import Index
from qa.text import flat
from qa.types import Paragraph, Range

KEPT = 64  # files whose units stay in memory while questions are asked
BATCH = 8192  # vectors looked at at a time
TOLERANCE = {"flat": 1e-3, "ivf": 2e-2}  # how far from 1 the length of a vector may be
UNSETTLED: Stamp = (-1, 0, 0, 0)  # the stamp of no file: it is read again the next time

Fault = Literal["moved", "changed", "missing", "unreadable"]
Kind = Literal["missing file", "checksum", "unknown file", "vectors", "counts", "passage", "source", "index"]
Units = tuple[str, ...] | LargeLines


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a text stands in its file now, and what is wrong where that is not where it stood."""

    lines: Range
    fault: Fault | None = None


class Sources:
    """Reads source files when a citation needs them; a file is read again when its stamp changes."""

    def __init__(self, base: Path, max_bytes: int, folder: Path | None = None) -> None:
        """Paths start from `base`; where the lines of large files end is kept in `folder`, that of the index."""
        self._base = base
        self._max_bytes = max_bytes
        self._folder = folder
        self._pages: OrderedDict[str, tuple[Stamp, Units, object]] = OrderedDict()
        self._odd: set[str] = set()  # large files that are not of the form that single lines are read from

    def units(self, path: str) -> Units | None:
        """The file's units; None where it is gone or cannot be read any more."""
        found = self._look(path)
        return None if isinstance(found, str) else found

    def reading(self, path: str) -> object:
        """What stands for the units that were given last: another object once the file was read again."""
        held = self._pages.get(path)
        return held[2] if held else None

    def _look(self, path: str) -> Units | Fault:
        """The units as they are now; those of a large file are read when they are asked for."""
        try:
            stamp = stamp_of(os.stat(os.path.join(self._base, path)))  # noqa: PTH116, PTH118 - done for every citation
            held = self._pages.get(path)
            if held is None or held[0] != stamp:
                began = time.time_ns()
                units = self._read(path, stamp)
                held = (stamp if settled(stamp, began) else UNSETTLED, units, object())
        except (FileNotFoundError, NotADirectoryError):
            return "missing"
        except (OSError, ValueError, UnreadableFile):
            return "unreadable"
        self._pages[path] = held
        self._pages.move_to_end(path)
        if len(self._pages) > KEPT:
            self._pages.popitem(last=False)
        return held[1]

    def _read(self, path: str, stamp: Stamp) -> Units:
        file = self._base / path
        lines = None
        if path not in self._odd:
            lines = large_files.lines_of(file, registry.suffix(path), stamp, path, self._folder)
        return lines or registry.units(file, path, max_bytes=self._max_bytes)

    def _whole(self, path: str) -> Units | Fault:
        """The units of a file of which lines alone could not be read."""
        self._odd.add(path)
        self._pages.pop(path, None)
        return self._look(path)

    def standing(self, path: str, lines: Range, text: str) -> Standing:
        """Where `text` stands in the file now, blanks aside: in these lines, elsewhere (its first place), or no more."""
        units = self._look(path)
        wanted = flat(text)
        if hold(units, lines, wanted):
            return Standing(lines)
        if isinstance(units, LargeLines):  # what cannot be confirmed from a few lines is looked at whole
            units = self._whole(path)
            if hold(units, lines, wanted):
                return Standing(lines)
        if isinstance(units, str):
            return Standing(lines, units)
        place = lines_of(wanted, units)
        return Standing(place, "moved") if place else Standing(lines, "changed")


def hold(units: Units | Fault, lines: Range, wanted: str) -> bool:
    """Whether these lines hold a text without blanks; not where they cannot be read."""
    if isinstance(units, str):
        return False
    with suppress(ValueError, OSError):
        return wanted in flat("".join(units[lines[0] - 1 : lines[1]]))
    return False


def lines_of(wanted: str, units: Units) -> Range | None:
    """The first lines that hold a text without blanks; None where no lines do."""
    pieces = [flat(unit) for unit in units]
    at = "".join(pieces).find(wanted)
    if at < 0 or not wanted:
        return None
    ends = list(accumulate(map(len, pieces)))
    return bisect_right(ends, at) + 1, bisect_left(ends, at + len(wanted)) + 1


def quote_lines(sources: Sources, path: str, lines: Range, text: str, span: Range) -> Range:
    """The lines of `text[span]`, where `text` stands in the file's `lines`."""
    every = sources.units(path)
    if every is None or lines[0] == lines[1] or lines[1] > len(every):
        return lines
    before = lines[0] - 1
    units = tuple(every[before : lines[1]])
    places = locate(Paragraph((1, len(units)), text), units, begins_of(units))
    return before + places.at(span[0])[0], before + places.at(max(span[0], span[1] - 1))[0]


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that `verify` found: of what kind, what exactly, where, and what to do about it."""

    kind: Kind
    what: str
    where: str
    remedy: str


REMEDIES: dict[Fault, str] = {
    "moved": UPDATE,
    "changed": UPDATE,
    "missing": f"bring the file back, or {UPDATE}",
    "unreadable": f"make the file readable, or {UPDATE}",
}


def verify(index: Index, sources: Sources) -> Iterator[Damage]:
    """Check every byte of the index and every passage against its file."""
    yield from files(index.folder, index.manifest.checksums)
    yield from counts(index)
    yield from vectors(index)
    yield from passages(index, sources)


def files(generation: Path, sums: dict[str, str]) -> Iterator[Damage]:
    """Every file of the generation against its checksum, and files that belong to none."""
    for name, what in checking.damaged(generation, sums):
        kind: Kind = "missing file" if what == "is missing" else "checksum"
        yield Damage(kind, f"file {what}", str(generation / name), REBUILD)
    for path in sorted(generation.iterdir()):
        if path.name not in sums and path.name != checking.MANIFEST and not path.name.startswith("."):
            yield Damage("unknown file", "file is not part of the index", str(path), "remove it")


def counts(index: Index) -> Iterator[Damage]:
    """Do the files' passages follow each other without a gap, and are there as many as of everything else?"""
    where, at = str(index.folder / checking.MANIFEST), 0
    for file in index.manifest.files:
        if file.first != at or file.last <= file.first:
            yield Damage("counts", f"the passages of {file.path} are miscounted", where, REBUILD)
            return
        at = file.last
    sizes = {at, len(index), len(index.dense), *(bm25.size for bm25 in index.lexical.values())}
    if len(sizes) > 1:
        yield Damage("counts", "the parts of the index disagree on the number of passages", where, REBUILD)


def vectors(index: Index) -> Iterator[Damage]:
    """Are the vectors finite and of unit length, or zero for a text without a known word?

    Of which only the first numbers are kept, they may be shorter.
    """
    where, off = str(index.folder / "vectors.*"), TOLERANCE[index.manifest.dense.kind]
    whole = index.dense.dimension == index.manifest.settings.dimension
    for some in stored_vectors.each(index.dense, BATCH):
        with np.errstate(all="ignore"):
            norms = np.linalg.norm(some, axis=1)
        if not np.isfinite(norms).all():
            yield Damage("vectors", "vectors that are no finite numbers", where, REBUILD)
            return
        if not np.all((norms < 1 + off) & ((norms > 1 - off) | (norms == 0) | (not whole))):
            yield Damage("vectors", "vectors that are not of unit length", where, REBUILD)
            return


def passages(index: Index, sources: Sources) -> Iterator[Damage]:
    """Every passage read, held against the record of its file, and read again from its source."""
    for file in index.manifest.files:
        for number in range(file.first, min(file.last, len(index))):
            try:
                passage = index.passages[number]
            except BrokenIndex as error:
                yield Damage("passage", "a passage cannot be read", str(error).rpartition(": ")[0], REBUILD)
                return
            if passage.path != file.path:
                yield Damage("counts", "a passage stands under another file", passage.path, REBUILD)
                return
            fault = sources.standing(passage.path, passage.lines, passage.text).fault
            if fault:
                where = f"{passage.path}:{passage.lines[0]}-{passage.lines[1]}"
                yield Damage("source", f"the source of a passage is {fault}", where, REMEDIES[fault])
