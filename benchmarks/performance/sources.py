"""Texts to make corpora from: JSON lines with `title` and `text`, plain or compressed, or a BEIR folder; and its questions."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.judgements import read_qrels


@dataclass(frozen=True, slots=True)
class Record:
    """A text with its title; `kind` is where it comes from, where the source tells."""

    title: str
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the documents that answer it (none: not known)."""

    id: str
    text: str
    relevant: tuple[str, ...] = ()


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file, compressed or not."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def corpus_file(source: Path) -> Path:
    """The file that holds the texts."""
    return source / "corpus.jsonl" if source.is_dir() else source


def records(source: Path) -> Iterator[Record]:
    """The texts of a source."""
    for row in lines(corpus_file(source)):
        yield Record(row.get("title") or "", row["text"], row.get("source", ""))


def questions(source: Path) -> list[Asked]:
    """The questions of a BEIR folder with what answers them, or of a file of questions alone."""
    if not source.is_dir():
        rows = enumerate(lines(source), start=1)
        return [Asked(str(row.get("id", row.get("_id", n))), row.get("question") or row["text"]) for n, row in rows]
    judged = read_qrels(next((source / "qrels").glob("*.tsv")))
    return [
        Asked(row["_id"], row["text"], tuple(judged[row["_id"]]))
        for row in lines(source / "queries.jsonl")
        if row["_id"] in judged and any(c.isalnum() for c in row["text"])  # some are marks alone
    ]


def spread(items: list[Any], most: int) -> list[Any]:
    """So many of the items, evenly from first to last.

    >>> spread([1, 2, 3, 4, 5, 6], 3)
    [1, 3, 5]
    """
    if len(items) <= most:
        return items
    return [items[n * len(items) // most] for n in range(most)]
