"""What the system says of a file without reading it: enough to see that it changed.

A file may change twice within one tick of the clock that stamps it, so a stamp says nothing until it
is old enough: see `settled`.
"""

from __future__ import annotations

import os

Stamp = tuple[int, int, int, int]  # size in bytes, time of the content and of the entry in nanoseconds, inode

COARSEST = 2_000_000_000  # nanoseconds: FAT stamps every other second, everything else is finer


def stamp_of(status: os.stat_result) -> Stamp:
    """The stamp of a file. Windows gives no inode when it lists a folder, so there is none on Windows."""
    inode = 0 if os.name == "nt" else status.st_ino
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, inode


def settled(stamp: Stamp, now: int) -> bool:
    """Whether any change after `now` (nanoseconds since 1970) must alter the stamp.

    The time of the entry cannot be set back by programs; on Windows it is that of the file's making.
    """
    latest = stamp[1] if os.name == "nt" else stamp[2]
    return latest < now - COARSEST
