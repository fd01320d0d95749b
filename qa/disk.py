"""Files that are whole or not there: flushed, replaced in one step, known by their hash."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

PARTIAL = ".partial"  # what is being written ends so; the next writer sweeps what a crash left


def sha256(path: Path) -> str:
    """The hash of a file's bytes, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush(path: Path) -> None:
    """Ask the system to put a file or folder on the disk now."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open a folder to flush it
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def forget(path: Path) -> None:
    """Ask the system to drop its copy of a flushed file, so that the next read comes from the disk."""
    if not hasattr(os, "posix_fadvise"):
        return
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)


def replace(path: Path, text: str, *, durable: bool = True) -> None:
    """Put a file of this text in the place of what is there, in one step; raises OSError."""
    beside = path.with_name(f"{path.name}.{os.getpid()}{PARTIAL}")
    try:
        beside.write_text(text, encoding="utf-8")
        if durable:
            flush(beside)
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
    if durable:
        flush(path.parent)
