"""Is every file of a generation what its checksum says? Knows files and hashes, not what is in them."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from qa import disk
from qa.disk import sha256
from qa.errors import REBUILD, BrokenIndex
from qa.readers.stamps import settled, stamp_of

CHECKED = "CHECKED"
MANIFEST = "manifest.json"
SIDE_BY_SIDE, THREADS = 16 << 20, 4  # bytes from which on files are hashed by so many threads
SMALL = 64 << 20  # bytes of an index that is hashed whole whenever it is opened: some 50 ms


def regular(path: Path) -> bool:
    """Whether this is a file of its own: a link, a FIFO or a device is no part of an index."""
    with suppress(OSError):
        return stat.S_ISREG(path.lstat().st_mode)
    return False


def checksums(generation: Path) -> dict[str, str]:
    """SHA-256 of every file of the generation but the manifest."""
    paths = [path for path in sorted(generation.iterdir()) if path.name != MANIFEST]
    return {path.name: digest for path, digest in zip(paths, side_by_side(sha256, paths), strict=True)}


def damaged(generation: Path, sums: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The files that are not what their checksum says, and what is wrong with each."""
    paths = [generation / name for name in sums]
    for name, what in zip(sums, side_by_side(fault, paths, sums.values()), strict=True):
        if what:
            yield name, what


def fault(path: Path, expected: str) -> str:
    """What is wrong with a file that has this SHA-256; empty where nothing is."""
    if not regular(path):
        return "is missing"
    try:
        return "" if sha256(path) == expected else "differs from its checksum"
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def side_by_side(work: Callable[..., str], paths: Sequence[Path], *more: Iterable[str]) -> Iterable[str]:
    """`map(work, paths, *more)`, by several threads where there is much to read: hashing does not hold Python up."""
    if sum(map(size, paths)) < SIDE_BY_SIDE:
        return map(work, paths, *more)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(work, paths, *more))


def size(path: Path) -> int:
    """Bytes of a file; 0 where there is none."""
    with suppress(OSError):
        return path.lstat().st_size
    return 0


def check(folder: Path, generation: Path, digest: str, sums: dict[str, str]) -> None:
    """Raise BrokenIndex where a file of the generation is not what its checksum says.

    What stands beside them is no part of the index and does no harm.
    A large index is hashed only where the stamps of its files are others than when it was last hashed.
    """
    now = time.time_ns()
    try:
        stamps = {name: list(stamp_of((generation / name).lstat())) for name in sums}
        if odd := [name for name in sums if not regular(generation / name)]:
            raise BrokenIndex(f"{generation / odd[0]} is no plain file: {REBUILD}")
    except OSError as error:
        raise BrokenIndex(f"{error.filename} is missing: {REBUILD}") from error
    large = sum(stamp[0] for stamp in stamps.values()) > SMALL
    state = {"manifest": digest, "files": stamps}
    if large and checked(folder) == state:
        return
    for name, what in damaged(generation, sums):
        raise BrokenIndex(f"{generation / name} {what}: {REBUILD}")
    if large and all(settled((s[0], s[1], s[2], s[3]), now) for s in stamps.values()):
        with suppress(OSError):
            disk.replace(folder / CHECKED, json.dumps(state) + "\n", durable=False)


def checked(folder: Path) -> object:
    """What was hashed when the index was last hashed whole."""
    with suppress(OSError, ValueError, RecursionError):
        return json.loads((folder / CHECKED).read_text(encoding="utf-8"))
    return None
