"""Passages on disk: JSON lines and where each begins, read one at a time."""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from qa.errors import BrokenIndex
from qa.types import Passage

LINES = "passages.jsonl"
OFFSETS = "passages.offsets.npy"


def write(folder: Path, passages: Iterable[Passage]) -> int:
    """Write the passages; returns their number."""
    offsets = [0]
    with (folder / LINES).open("wb") as out:
        for passage in passages:
            line = json.dumps(asdict(passage), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            offsets.append(offsets[-1] + out.write(line))
    np.save(folder / OFFSETS, np.array(offsets, dtype=np.int64))
    return len(offsets) - 1


class Shelf:
    """Passage i, from memory-mapped lines."""

    def __init__(self, folder: Path) -> None:
        """Open; raises BrokenIndex where lines and offsets do not agree."""
        self._where = folder / LINES
        self._offsets = np.load(folder / OFFSETS, mmap_mode="r", allow_pickle=False)
        size = self._where.stat().st_size
        if self._offsets.ndim != 1 or not len(self._offsets) or int(self._offsets[-1]) != size:
            raise BrokenIndex(f"{self._where} is truncated: build the index again with `qa index --rebuild`")
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
            raise BrokenIndex(
                f"{self._where} is damaged at passage {i}: build the index again with `qa index --rebuild`"
            ) from error
