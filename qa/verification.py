"""Do the files still say what the index says? Citations are read again from their source."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from qa import store
from qa.errors import REBUILD, BrokenIndex, UnreadableFile
from qa.passages import begins_of, locate
from qa.readers import registry
from qa.store import Index
from qa.text import flat
from qa.types import Paragraph, Range

KEPT = 64  # files whose units stay in memory while questions are asked

State = Literal["verified", "moved", "changed", "gone"]
Stamp = tuple[int, int]
Units = tuple[str, ...]


class Sources:
    """Reads source files when a citation needs them; a file is read again when its size or time changes."""

    def __init__(self, base: Path, max_bytes: int) -> None:
        self._base = base
        self._max_bytes = max_bytes
        self._pages: OrderedDict[str, tuple[Stamp, Units]] = OrderedDict()

    def units(self, path: str) -> Units | None:
        """The file's units; None where it is gone or cannot be read any more."""
        try:
            stat = (self._base / path).stat()
            stamp = (stat.st_size, stat.st_mtime_ns)
            held = self._pages.get(path)
            if held is None or held[0] != stamp:
                held = (stamp, registry.read(self._base / path, path, max_bytes=self._max_bytes).units)
        except (OSError, UnreadableFile):
            return None
        self._pages[path] = held
        self._pages.move_to_end(path)
        if len(self._pages) > KEPT:
            self._pages.popitem(last=False)
        return held[1]

    def state(self, path: str, lines: Range, text: str) -> State:
        """Whether `text` stands in these lines now (blanks aside), or elsewhere in the file, or no more."""
        units = self.units(path)
        if units is None:
            return "gone"
        wanted = flat(text)
        if wanted in flat("".join(units[lines[0] - 1 : lines[1]])):
            return "verified"
        return "moved" if wanted in flat("".join(units)) else "changed"


def quote_lines(sources: Sources, path: str, lines: Range, text: str, span: Range) -> Range:
    """The lines of `text[span]`, where `text` stands in the file's `lines`."""
    every = sources.units(path)
    if every is None or lines[0] == lines[1] or lines[1] > len(every):
        return lines
    before = lines[0] - 1
    units = every[before : lines[1]]
    places = locate(Paragraph((1, len(units)), text), units, begins_of(units))
    return before + places.at(span[0])[0], before + places.at(max(span[0], span[1] - 1))[0]


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that `verify` found: what, where, and what to do about it."""

    what: str
    where: str
    remedy: str


def verify(index: Index, sources: Sources) -> Iterator[Damage]:
    """Check every byte of the index and every passage against its file."""
    for name, expected in index.manifest.checksums.items():
        path = index.folder / name
        if not path.is_file():
            yield Damage("file is missing", str(path), REBUILD)
        elif store.sha256(path) != expected:
            yield Damage("file differs from its checksum", str(path), REBUILD)
    vectors = index.dense.vectors()
    norms = np.linalg.norm(vectors, axis=1)
    if not np.isfinite(vectors).all():
        yield Damage("vectors that are no finite numbers", str(index.folder / store.VECTORS), REBUILD)
    elif not np.all((np.abs(norms - 1) < 1e-3) | (norms == 0)):
        yield Damage("vectors that are not of unit length", str(index.folder / store.VECTORS), REBUILD)
    for number in range(len(index)):
        try:
            passage = index.passages[number]
        except BrokenIndex as error:
            yield Damage("a passage cannot be read", str(error), REBUILD)
            return
        state = sources.state(passage.path, passage.lines, passage.text)
        if state != "verified":
            where = f"{passage.path}:{passage.lines[0]}-{passage.lines[1]}"
            yield Damage(f"the source of a passage is {state}", where, "update the index with `qa index`")
