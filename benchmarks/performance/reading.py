"""Files read as `cat` does: the limit of reading documents, and what brings an index back into the system's memory."""

from __future__ import annotations

from pathlib import Path

BLOCK = 1 << 20


def documents(path: Path) -> list[Path]:
    """The files of a folder, or the file."""
    return sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


def read(path: Path) -> int:
    """Read all bytes; gives their number."""
    total = 0
    for file in documents(path):
        with file.open("rb", buffering=0) as opened:
            while block := opened.read(BLOCK):
                total += len(block)
    return total
