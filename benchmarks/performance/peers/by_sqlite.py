"""SQLite's own full-text search over runs of three characters, which needs no words: FTS5, from the standard library."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import protocol

NAME = "texts.sqlite"


def build(passages: list[protocol.Passage], folder: Path, model: str) -> None:
    """One table."""
    (folder / NAME).unlink(missing_ok=True)
    base = sqlite3.connect(folder / NAME)
    base.execute("create virtual table texts using fts5(text, tokenize='trigram')")
    rows = ((n, protocol.whole(p)) for n, p in enumerate(passages))
    base.executemany("insert into texts(rowid, text) values (?, ?)", rows)
    base.commit()
    base.close()


def wanted(question: str) -> str:
    """Any run of three characters of the question."""
    runs = [part[n : n + 3] for part in re.findall(r"\w{3,}", question) for n in range(len(part) - 2)]
    return " OR ".join(f'"{run}"' for run in dict.fromkeys(runs))


def open_(folder: Path, model: str) -> protocol.Search:
    """Ranked by its BM25."""
    base = sqlite3.connect(folder / NAME)

    def search(question: str, k: int) -> list[int]:
        match = wanted(question)
        if not match:
            return []
        found = base.execute("select rowid from texts where texts match ? order by rank limit ?", (match, k))
        return [number for (number,) in found]

    return search


if __name__ == "__main__":
    protocol.run(build, open_)
