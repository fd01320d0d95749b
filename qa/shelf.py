"""Passages on disk: JSON lines, eight at a time in one compressed block, read as they are asked for."""

from __future__ import annotations

import json
import mmap
import zlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import get_args

import numpy as np

from qa import arrays
from qa.errors import REBUILD, BrokenIndex
from qa.types import Kind, Passage

BLOCKS = "passages.zlib"
OFFSETS = "passages.offsets.npy"
TOGETHER = 8  # passages of a block: half the size of blocks of one, and as quick to read as they are to parse
LARGEST = 64 << 20  # bytes of a block unpacked; one that claims more was not written here
HELD = 256  # blocks that stay unpacked
NAMES = tuple(field.name for field in fields(Passage))


KINDS = get_args(Kind)
TEXTS = ("document", "path", "text", "headline", "context", "byline")


class Writer:
    """Writes passages in order; a context that completes the files, or leaves what there is where an error ends it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._out = (folder / BLOCKS).open("wb")
        self._offsets = [0]
        self._lines: list[bytes] = []
        self._written = 0

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._out:
            if kind is None:
                self._pack()
                np.save(self._folder / OFFSETS, np.array(self._offsets, dtype=np.int64))

    def add(self, passage: Passage) -> None:
        """Write the next passage."""
        self._lines.append(json.dumps(record(passage), ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        self._written += 1
        if len(self._lines) == TOGETHER:
            self._pack()

    def __len__(self) -> int:
        return self._written

    def _pack(self) -> None:
        if self._lines:
            self._offsets.append(self._offsets[-1] + self._out.write(zlib.compress(b"".join(self._lines))))
            self._lines.clear()


def write(folder: Path, passages: Iterable[Passage]) -> int:
    """Write the passages; returns their number."""
    with Writer(folder) as out:
        for passage in passages:
            out.add(passage)
    return len(out)


def record(passage: Passage) -> dict[str, object]:
    """The fields by name; `dataclasses.asdict` would copy every value on the way, at ten times the cost."""
    return {name: getattr(passage, name) for name in NAMES}


def sound(passage: Passage) -> Passage:
    """The passage, if its fields are of their types and its numbers make sense; raises ValueError or TypeError."""
    numbers = (*passage.lines, *passage.span, passage.article, passage.paragraph, passage.start)
    texts = [getattr(passage, name) for name in TEXTS]
    if not all(isinstance(text, str) for text in (*texts, *passage.reporters)):
        raise TypeError("texts are wanted")
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise TypeError("numbers from 0 are wanted")
    (first, last), (begin, end) = passage.lines, passage.span
    if not (1 <= first <= last and begin <= end and passage.text and passage.kind in KINDS):
        raise ValueError("not a passage")
    for text in texts:
        text.encode()  # half of a surrogate pair, which JSON can escape, cannot be printed
    return passage


class Shelf:
    """Passage i, from memory-mapped blocks."""

    def __init__(self, folder: Path) -> None:
        """Open; raises BrokenIndex where blocks and offsets do not agree."""
        self._where = folder / BLOCKS
        self._offsets = arrays.opened(folder / OFFSETS, np.int64)
        size = self._where.stat().st_size
        if not len(self._offsets) or int(self._offsets[-1]) != size:
            raise BrokenIndex(f"{self._where} is truncated: {REBUILD}")
        with self._where.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        self._unpacked: OrderedDict[int, list[bytes]] = OrderedDict()
        blocks = len(self._offsets) - 1
        self._passages = (blocks - 1) * TOGETHER + len(self._block(blocks - 1)) if blocks else 0

    def __len__(self) -> int:
        return self._passages

    def __getitem__(self, i: int) -> Passage:
        """Raises BrokenIndex where the line is none that `Writer` writes."""
        lines = self._block(i // TOGETHER)
        try:
            raw = json.loads(lines[i % TOGETHER])
            return sound(Passage(**raw | {k: tuple(raw[k]) for k in ("lines", "span", "reporters")}))
        except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
            raise BrokenIndex(f"{self._where} is damaged at passage {i}: {REBUILD}") from error

    def _block(self, number: int) -> list[bytes]:
        """The lines of a block."""
        held = self._unpacked.get(number)
        if held is None:
            held = self._unpacked[number] = self._unpack(number)
            if len(self._unpacked) > HELD:
                self._unpacked.popitem(last=False)
        return held

    def _unpack(self, number: int) -> list[bytes]:
        begin, end = int(self._offsets[number]), int(self._offsets[number + 1])
        try:
            reader = zlib.decompressobj()
            text = reader.decompress(self._bytes[begin:end] if 0 <= begin < end else b"", LARGEST)
            if not reader.eof or reader.unused_data:
                raise ValueError("not one whole block")
        except (ValueError, zlib.error) as error:
            first = number * TOGETHER
            raise BrokenIndex(f"{self._where} is damaged at passage {first}: {REBUILD}") from error
        return text.split(b"\n")[:-1]
