"""Vectors kept between runs: one SQLite file in the user's cache folder, shared by all indexes and models.

A row is named by a hash of the model's fingerprint and the text, and carries a checksum: what is damaged is
a miss, never a wrong vector. SQLite's journal makes a write whole or not at all, and lets two programs write.
(Not its write-ahead log, which needs memory shared between programs and so fails on network folders.)
What cannot be read or written is a cache that is not there: nothing here raises.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
NAME = "vectors-1.sqlite"  # the number is the format's
LIMIT = 1 << 30  # bytes; beyond it the rows longest unused go
WAIT = 10.0  # seconds for another program's write
SUM = 8  # bytes of a checksum
TOGETHER = 500  # keys in one SELECT; old SQLite takes at most 999
DAY = 86_400  # seconds
BROKEN = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}  # not: locked, full, read-only

SELECT = "SELECT key, vector, used FROM vectors"
SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (key BLOB NOT NULL UNIQUE, vector BLOB NOT NULL, used INTEGER NOT NULL)"


def default_place() -> Path:
    """The cache file: in $QA_CACHE, else where the platform keeps what programs can make again."""
    home = Path.home()
    if own := os.environ.get("QA_CACHE"):
        return Path(own) / NAME
    if xdg := os.environ.get("XDG_CACHE_HOME"):
        return Path(xdg) / "qa" / NAME
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "qa" / "Cache" / NAME
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "qa" / NAME


def key_of(fingerprint: str, text: str) -> bytes:
    """Names the vector of a text by a model: 16 bytes."""
    return hashlib.blake2b(f"{fingerprint}\0{text}".encode(errors="surrogatepass"), digest_size=16).digest()


def packed(key: bytes, vector: Floats) -> bytes:
    """A vector as its row holds it: little-endian float32 numbers, then their checksum."""
    numbers = vector.astype("<f4").tobytes()
    return numbers + hashlib.blake2b(key + numbers, digest_size=SUM).digest()


def unpacked(key: bytes, row: bytes, dimension: int) -> Floats | None:
    """What `packed` made; None for anything else, which a damaged file may hold."""
    if not isinstance(key, bytes) or not isinstance(row, bytes):
        return None
    numbers, checksum = row[:-SUM], row[-SUM:]
    if len(numbers) != 4 * dimension or hashlib.blake2b(key + numbers, digest_size=SUM).digest() != checksum:
        return None
    return np.frombuffer(numbers, dtype="<f4").astype(np.float32)


def today() -> int:
    """The day, to tell what was used lately."""
    return int(time.time() // DAY)


def marks(keys: Sequence[bytes]) -> str:
    """The placeholders of so many values."""
    return ",".join("?" * len(keys))


class VectorCache:
    """Holds no file open between calls, so that programs may share it and forks are harmless."""

    def __init__(self, place: Path, limit: int = LIMIT) -> None:
        self.place = place
        self.limit = limit

    def get(self, keys: Sequence[bytes], dimension: int) -> dict[bytes, Floats]:
        """The vectors known, each float32 (dimension,)."""
        found: dict[bytes, Floats] = {}

        def read(database: sqlite3.Connection) -> None:
            for begin in range(0, len(keys), TOGETHER):
                some = keys[begin : begin + TOGETHER]
                stale = []
                for key, row, used in database.execute(f"{SELECT} WHERE key IN ({marks(some)})", some).fetchall():
                    vector = unpacked(key, row, dimension)
                    if vector is not None:
                        found[key] = vector
                        stale += [key] if used != today() else []
                self._note_use(database, stale)

        if self.place.is_file():
            self._with(read)
        return found

    def put(self, vectors: Mapping[bytes, Floats]) -> None:
        """Keep vectors, and let go of those longest unused where there are too many."""

        def write(database: sqlite3.Connection) -> None:
            with database:  # one transaction
                rows = ((key, packed(key, vector), today()) for key, vector in vectors.items())
                database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
                self._trim(database)

        with suppress(OSError):
            self.place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._with(write)

    def _trim(self, database: sqlite3.Connection) -> None:
        while self._size(database) > self.limit:
            (held,) = database.execute("SELECT count(*) FROM vectors").fetchone()
            if not held:
                return
            oldest = "SELECT rowid FROM vectors ORDER BY used, rowid LIMIT ?"
            database.execute(f"DELETE FROM vectors WHERE rowid IN ({oldest})", (max(1, held // 4),))

    @staticmethod
    def _note_use(database: sqlite3.Connection, keys: Sequence[bytes]) -> None:
        with suppress(sqlite3.OperationalError), database:  # a cache that cannot be written can still be read
            if keys:
                database.execute(f"UPDATE vectors SET used = {today()} WHERE key IN ({marks(keys)})", keys)

    @staticmethod
    def _size(database: sqlite3.Connection) -> int:
        """Bytes in use; what was let go is used again before the file grows."""
        pages, free, size = (
            database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    def _with(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do the work, in a new database where there is none. A damaged one is removed, to be made anew."""
        try:
            with closing(sqlite3.connect(self.place, timeout=WAIT)) as database:
                database.execute(SCHEMA)
                work(database)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in BROKEN:
                self._remove()

    def _remove(self) -> None:
        for path in (self.place, self.place.with_name(f"{self.place.name}-journal")):
            with suppress(OSError):
                path.unlink(missing_ok=True)
