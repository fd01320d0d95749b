"""The bytes of a file, or one clear line on why there are none."""

from __future__ import annotations

import stat
from pathlib import Path

from qa.errors import UnreadableFile


def size(path: Path, name: str) -> int:
    """Bytes of a regular file; anything else, such as a FIFO, would block or never end."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise unreadable(name, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFile(f"{name}: not a regular file; leave it out")
    return status.st_size


def load(path: Path, name: str) -> bytes:
    """Read the whole file."""
    size(path, name)
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(name, error) from error


def unreadable(name: str, error: Exception) -> UnreadableFile:
    """Say in one line why the system does not give the file."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return UnreadableFile(f"{name}: cannot be opened ({reason}); check that it exists and may be read")
