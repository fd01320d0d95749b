"""Passages on disk: JSON lines and where each begins, read one at a time."""

from __future__ import annotations

import json
import mmap
import tokenize
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import REBUILD, BrokenIndex
from qa.types import Passage

LINES = "passages.jsonl"
OFFSETS = "passages.offsets.npy"
NAMES = tuple(field.name for field in fields(Passage))


def array(path: Path) -> Any:
    """Memory-map an array; raises ValueError or OSError where the file holds none."""
    try:
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
        return mapped.view(np.ndarray)  # slices of a numpy.memmap cost several times those of a plain array
    except (SyntaxError, tokenize.TokenError) as error:  # numpy reads the header with Python's own parser
        raise ValueError(f"{path.name} has a damaged header") from error


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


class Shelf:
    """Passage i, from memory-mapped lines."""

    def __init__(self, folder: Path) -> None:
        """Open; raises BrokenIndex where lines and offsets do not agree."""
        self._where = folder / LINES
        self._offsets = array(folder / OFFSETS)
        size = self._where.stat().st_size
        if self._offsets.ndim != 1 or not len(self._offsets) or int(self._offsets[-1]) != size:
            raise BrokenIndex(f"{self._where} is truncated: {REBUILD}")
        with self._where.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, i: int) -> Passage:
        line = self._bytes[int(self._offsets[i]) : int(self._offsets[i + 1])]
        try:
            raw = json.loads(line)
            return Passage(**raw | {k: tuple(raw[k]) for k in ("lines", "span", "reporters")})
        except (ValueError, TypeError, KeyError) as error:
            raise BrokenIndex(f"{self._where} is damaged at passage {i}: {REBUILD}") from error
