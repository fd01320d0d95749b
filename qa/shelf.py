"""Passages on disk: JSON lines, eight at a time in one compressed block, read as they are asked for.

A line is a passage's values in GB18030, which holds every character and takes two bytes for most Chinese ones. Of a
larger index some lines are the dictionary that every block is compressed with, as what passages share is no more in a
block of eight than in one.
"""

from __future__ import annotations

import json
import os
import weakref
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, get_args

import numpy as np

from qa import arrays
from qa.errors import REBUILD, BrokenIndex
from qa.types import Kind, Passage

BLOCKS = "passages.zlib"
OFFSETS = "passages.offsets.npy"
DICTIONARY = "passages.dictionary.npy"
CODEC = "gb18030"
TOGETHER = 8  # passages of a block: with a dictionary as small as blocks of 64 without, and an eighth to read
REACH = 1 << 15  # bytes of a dictionary that DEFLATE can refer to
SAMPLED = 64  # passages that a dictionary is made of
LEVEL = 1  # of compression: 4 takes a third longer and saves three per cent
RAW = -zlib.MAX_WBITS  # no header and no checksum: whole files have one
LARGEST = 64 << 20  # bytes of a block unpacked; one that claims more was not written here
HELD = 256  # blocks that stay unpacked

KINDS = get_args(Kind)
TEXTS = ("document", "path", "text", "headline", "context", "byline")


class Writer:
    """Writes passages in order; a context that completes the files, or leaves what there is where an error ends it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._out = (folder / BLOCKS).open("wb")
        self._offsets = [0]
        self.dictionary(b"")

    def dictionary(self, dictionary: bytes) -> None:
        """Keep what all blocks are compressed with, where that is anything."""
        np.save(self._folder / DICTIONARY, np.frombuffer(dictionary, np.uint8))

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._out:
            if kind is None:
                np.save(self._folder / OFFSETS, np.array(self._offsets, dtype=np.int64))

    def add(self, blocks: Iterable[bytes]) -> None:
        """Write the next passages, as `packed` makes blocks of them: all but the last of TOGETHER passages."""
        for block in blocks:
            self._offsets.append(self._offsets[-1] + self._out.write(block))


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def row(passage: Passage) -> list[object]:
    """A passage's values; what can mostly be told from others is written as the difference."""
    (first, last), (begin, end) = passage.lines, passage.span
    return [
        passage.document,
        passage.path,
        first,
        last - first,
        begin,
        end - begin - len(passage.text),
        passage.article,
        passage.paragraph,
        passage.start,
        passage.text,
        passage.headline,
        None if passage.context == passage.headline else passage.context,
        passage.byline,
        passage.reporters,
        passage.kind,
    ]


def of_row(values: Sequence[Any]) -> Passage:
    """The passage of a row; raises ValueError or TypeError for what `row` does not make."""
    document, path, first, more, begin, beyond, article, paragraph, start, text, headline, context, *rest = values
    byline, reporters, kind = rest
    lines, span = (first, first + more), (begin, begin + len(text) + beyond)
    context = headline if context is None else context
    where = (document, path, lines, span, article, paragraph, start)
    return sound(Passage(*where, text, headline, context, byline, tuple(reporters), kind))


def line(passage: Passage) -> bytes:
    """A passage's row as JSON."""
    return _json(row(passage)).encode(CODEC) + b"\n"


def dictionary_of(passages: Sequence[Passage]) -> bytes:
    """The lines of some passages, evenly spread, to compress others with."""
    return b"".join(map(line, passages[:: max(1, len(passages) // SAMPLED)]))[:REACH]


def packed(passages: Sequence[Passage], dictionary: bytes = b"") -> list[bytes]:
    """Blocks of the passages."""
    lines = list(map(line, passages))
    fresh = _compressor(dictionary)
    out = []
    for begin in range(0, len(lines), TOGETHER):
        compressor = fresh.copy()
        out.append(compressor.compress(b"".join(lines[begin : begin + TOGETHER])) + compressor.flush())
    return out


def _compressor(dictionary: bytes) -> Any:
    settings = (LEVEL, zlib.DEFLATED, RAW)
    return zlib.compressobj(*settings, zdict=dictionary) if dictionary else zlib.compressobj(*settings)


def write(folder: Path, passages: Iterable[Passage]) -> int:
    """Write the passages; returns their number."""
    every = list(passages)
    with Writer(folder) as out:
        out.add(packed(every))
    return len(every)


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


class Pieces:
    """Pieces of a file, which stays open.

    They are read where they are needed, not mapped: a few of many would count as the program's memory with all around them.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        weakref.finalize(self, os.close, self._file)
        self._one = Lock()

    def read(self, begin: int, end: int) -> bytes:
        """The bytes from `begin` to `end`, fewer where the file ends before."""
        if hasattr(os, "pread"):
            return os.pread(self._file, end - begin, begin)
        with self._one:  # pragma: no cover - where two steps are needed
            os.lseek(self._file, begin, os.SEEK_SET)
            return os.read(self._file, end - begin)


class Shelf:
    """Passage i, from its block."""

    def __init__(self, folder: Path) -> None:
        """Open; raises BrokenIndex where blocks and offsets do not agree."""
        self._where = folder / BLOCKS
        self._offsets = arrays.opened(folder / OFFSETS, np.int64)
        self._dictionary = arrays.opened(folder / DICTIONARY, np.uint8)[:REACH].tobytes()
        size = self._where.stat().st_size
        if not len(self._offsets) or int(self._offsets[-1]) != size:
            raise BrokenIndex(f"{self._where} is truncated: {REBUILD}")
        self._pieces = Pieces(self._where)
        self._unpacked: OrderedDict[int, list[bytes]] = OrderedDict()
        blocks = len(self._offsets) - 1
        self._passages = (blocks - 1) * TOGETHER + len(self._block(blocks - 1)) if blocks else 0

    def __len__(self) -> int:
        return self._passages

    def __getitem__(self, i: int) -> Passage:
        """Raises BrokenIndex where the line is none that `Writer` writes."""
        lines = self._block(i // TOGETHER)
        try:
            return of_row(json.loads(lines[i % TOGETHER].decode(CODEC)))
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
            reader = zlib.decompressobj(RAW, zdict=self._dictionary) if self._dictionary else zlib.decompressobj(RAW)
            there = 0 <= begin < end <= self._offsets[-1]  # room for what is read is made first, however much that is
            text = reader.decompress(self._pieces.read(begin, end) if there else b"", LARGEST)
            if not reader.eof or reader.unused_data:
                raise ValueError("not one whole block")
        except (ValueError, zlib.error) as error:
            first = number * TOGETHER
            raise BrokenIndex(f"{self._where} is damaged at passage {first}: {REBUILD}") from error
        return text.split(b"\n")[:-1]
