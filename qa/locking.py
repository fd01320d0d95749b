"""Who may write and what may be removed: one writer, any number of readers, and no lock outlives its process.

The writer holds `LOCK` and says in `HOLDER` who it is. A reader holds a shared lock on the manifest of
the generation that it opened; where the system has no such lock, as on Windows, a file that is open
cannot be removed anyway.
"""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from qa import disk
from qa.errors import BrokenIndex, Busy, InputError, ReadOnly

LOCK = "LOCK"
HOLDER = "HOLDER"
DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}

Say = Callable[[str], None]


def silent(message: str) -> None:
    """Say nothing."""


class Lease:
    """A reader's hold on a file, until it is released or its process ends."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def release(self) -> None:
        """Let go; once is enough."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __del__(self) -> None:
        self.release()


def lease(path: Path) -> Lease:
    """Hold a file that may not be removed meanwhile; raises OSError, where it is being removed as well."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    held = Lease(handle)
    with suppress(ImportError):
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:  # a file system without locks: what is open stays readable on it all the same
            pass
    return held


@contextmanager
def unused(path: Path) -> Iterator[bool]:
    """Whether nobody holds the file; while it is true, nobody new can."""
    try:
        import fcntl

        handle = os.open(path, os.O_RDONLY)
    except (ImportError, OSError):
        yield True
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:
            pass
        yield True
    finally:
        os.close(handle)


def alone(handle: int) -> bool:
    """Hold an open file until it is closed, unless another program holds it so; True where the system has no such lock."""
    with suppress(ImportError, OSError):
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def holder(folder: Path) -> str:
    """Who writes to this index, in words."""
    try:
        raw = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        return f"process {int(raw['pid'])} on {raw['host']!s:.80} since {raw['since']!s:.40}"
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return "another program"


def name_holder(folder: Path) -> None:
    """Write down that this process has the lock."""
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    import socket

    who = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
    disk.replace(folder / HOLDER, json.dumps(who) + "\n", durable=False)


def refusal(folder: Path, error: OSError | NotImplementedError) -> BrokenIndex:
    """What the disk or its file system refuses, in one line."""
    number = getattr(error, "errno", None)
    if isinstance(error, NotImplementedError):
        return BrokenIndex(f"index folder {folder} is on a file system without locks: choose another with --index")
    if number in DENIED:
        return ReadOnly(f"index folder {folder} cannot be written ({error.strerror}): choose another with --index")
    # numpy says how many items were written, and nothing of why not all
    reason = error.strerror if number else "not all could be written, the disk may be full"
    where = "make room" if number in (None, *FULL) else "check the disk"
    return BrokenIndex(f"index folder {folder} cannot be written ({reason}): {where}, or choose another with --index")


def unmake(places: Sequence[Path]) -> None:
    """Remove a lock and then the folders around it, as far as nothing else is in them."""
    with suppress(OSError):
        for place in places:
            if place.name == LOCK:
                place.unlink()
            else:
                place.rmdir()


def check_wait(seconds: float) -> None:
    """Raise InputError for what is no time to wait."""
    if not seconds >= 0:
        raise InputError(f"--wait is {seconds:g}: give a number of seconds from 0")


@contextmanager
def writing(folder: Path, wait: float = 0.0, say: Say = silent) -> Iterator[None]:
    """Be the one writer of the index folder.

    Waits up to `wait` seconds for another one, and says so; raises Busy when they are over, ReadOnly
    where nothing can be written, and BrokenIndex for anything else that the disk refuses meanwhile. Where the first
    index comes to nothing, the lock and the folders that were made for it are removed.
    """
    from filelock import FileLock, Timeout

    try:
        made = [place for place in (folder / LOCK, folder, *folder.parents) if not place.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / LOCK).touch()  # made here, with the permissions that the user's umask gives
        lock = FileLock(folder / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if wait <= 0:
                raise
            say(f"{folder} is being written by {holder(folder)}: waiting up to {wait:g} seconds")
            lock.acquire(timeout=wait)
        try:
            name_holder(folder)
            yield
            made.clear()
        finally:
            with suppress(OSError):
                (folder / HOLDER).unlink()
            unmake(made)  # while it is held: who was waiting for it sees that it has no name any more
            lock.release()
    except Timeout as error:
        raise Busy(
            f"{folder} is being written by {holder(folder)}: wait for it (--wait SECONDS) and try again"
        ) from error
    except (OSError, NotImplementedError) as error:
        raise refusal(folder, error) from error
