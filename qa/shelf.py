"""Passages on disk: JSON lines and where each begins, read one at a time."""

from __future__ import annotations

import json
import mmap
import tokenize
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import numpy as np

from qa.errors import REBUILD, BrokenIndex
from qa.types import Kind, Passage

LINES = "passages.jsonl"
OFFSETS = "passages.offsets.npy"
NAMES = tuple(field.name for field in fields(Passage))


KINDS = get_args(Kind)
TEXTS = ("document", "path", "text", "headline", "context", "byline")


def array(path: Path, kind: type[np.generic]) -> Any:
    """Memory-map a flat array of this type; raises ValueError or OSError where the file holds none."""
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, SyntaxError, tokenize.TokenError, RecursionError, OverflowError, TypeError) as error:
        raise ValueError(f"{path.name} has a damaged header") from error  # numpy reads it with Python's own parser
    if found.ndim != 1 or found.dtype != kind:
        raise ValueError(f"{path.name} holds another kind of numbers")
    return found.view(np.ndarray)  # slices of a numpy.memmap cost several times those of a plain array


def write(folder: Path, passages: Iterable[Passage]) -> int:
    """Write the passages; returns their number."""
    offsets = [0]
    with (folder / LINES).open("wb") as out:
        for passage in passages:
            line = json.dumps(record(passage), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            offsets.append(offsets[-1] + out.write(line))
    np.save(folder / OFFSETS, np.array(offsets, dtype=np.int64))
    return len(offsets) - 1


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
    """Passage i, from memory-mapped lines."""

    def __init__(self, folder: Path) -> None:
        """Open; raises BrokenIndex where lines and offsets do not agree."""
        self._where = folder / LINES
        self._offsets = array(folder / OFFSETS, np.int64)
        size = self._where.stat().st_size
        if not len(self._offsets) or int(self._offsets[-1]) != size:
            raise BrokenIndex(f"{self._where} is truncated: {REBUILD}")
        with self._where.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, i: int) -> Passage:
        """Raises BrokenIndex where the line is none that `write` writes."""
        begin, end = int(self._offsets[i]), int(self._offsets[i + 1])
        try:
            raw = json.loads(self._bytes[begin:end] if 0 <= begin < end else b"")
            return sound(Passage(**raw | {k: tuple(raw[k]) for k in ("lines", "span", "reporters")}))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise BrokenIndex(f"{self._where} is damaged at passage {i}: {REBUILD}") from error
