"""Which row has an id already: exact, and in the same memory for a hundred rows or ten million."""

from __future__ import annotations

import sqlite3

CACHE = -2048  # KiB that SQLite keeps in memory before its private file on disk takes over


class Seen:
    """The ids so far and the row of each."""

    def __init__(self) -> None:
        # An empty name is a private file that vanishes with the connection.
        self._table = sqlite3.connect("", check_same_thread=False)
        self._table.execute(f"PRAGMA cache_size={CACHE}")
        self._table.execute("PRAGMA journal_mode=OFF")
        self._table.execute("CREATE TABLE seen (id TEXT PRIMARY KEY, row INTEGER) WITHOUT ROWID")

    def first(self, id: str, row: int) -> int:
        """The first row with this id, which may be this one."""
        if self._table.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (_key(id), row)).rowcount:
            return row
        return self.row(id) or row

    def row(self, id: str) -> int | None:
        """The row with this id; None where there is none so far."""
        found = self._table.execute("SELECT row FROM seen WHERE id = ?", (_key(id),)).fetchone()
        return int(found[0]) if found else None


def _key(id: str) -> bytes:
    return id.encode("utf-8", "surrogatepass")
