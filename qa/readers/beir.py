"""BEIR corpora: one JSON object a line, each a document of its own, cited by `_id` and by line.

A broken line is left out and told of, the rest is read; a file of nothing else, or of very many, is of another form.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qa.errors import UnreadableFile
from qa.readers import encodings, files, lines
from qa.types import Article, Document, Paragraph, Source

FORM = 'each line must be {"_id": "…", "title": "…", "text": "…"}'
MOST = 1000  # broken lines of a file that is read all the same


@dataclass
class Faults:
    """The lines that are no documents, and what is wrong with the first of them."""

    first: str = ""
    lines: set[int] = field(default_factory=set)

    def add(self, name: str, number: int, reason: str) -> None:
        """Note one more; raises UnreadableFile where they are too many."""
        self.first = self.first or f"line {number}: {reason}"
        self.lines.add(number)
        if len(self.lines) > MOST:
            raise UnreadableFile(f"{name}: {self}")

    def refuse(self, name: str) -> None:
        """Raise UnreadableFile for a file that holds nothing else."""
        raise UnreadableFile(f"{name}: {self}" if self.first else f"{name}: holds no documents; {FORM}")

    def __str__(self) -> str:
        more = len(self.lines) - 1
        return self.first + (f" ({more:,} more {'line' if more == 1 else 'lines'} left out)" if more > 0 else "")


def read(path: Path, name: str) -> Source:
    """Read a corpus; unit n is the `text` of line n (its title where that is empty), "" for a line that is no document."""
    decoded = encodings.decode(files.load(path, name), name)
    encoding = decoded.encoding
    rows = lines.split(decoded.text)
    del decoded
    faults = Faults()
    units, documents = records(rows, name, faults)
    if not documents:
        faults.refuse(name)
    return Source(name, "line", units, encoding, documents, str(faults))


def records(
    rows: Iterable[str], name: str, faults: Faults, before: int = 0, passed: Collection[int] = ()
) -> tuple[tuple[str, ...], tuple[Document, ...]]:
    """The units and documents of rows with so many others before them, numbered from 1.

    Those that are broken are added to `faults`, those of the numbers `passed` are not looked at.
    """
    units: list[str] = []
    documents: list[Document] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 1):
        found = None if before + number in passed else check(row, name, before + number, seen, faults)
        if found is None:
            units.append("")
            continue
        identity, title, text = found
        units.append(text if text.strip() else title)
        documents.append(_document(identity, title, text, number))
    return tuple(units), tuple(documents)


def check(row: str, name: str, number: int, seen: dict[str, int], faults: Faults) -> tuple[str, str, str] | None:
    """Identity, title and text of a row; None for a blank one, and for one that is broken or repeats another.

    `seen` tells the rows of the identities before it; what is wrong is added to `faults`.
    """
    if not row or row.isspace():
        return None
    try:
        found = _fields(row)
    except ValueError as error:
        faults.add(name, number, f"{error}; {FORM}")
        return None
    first = seen.setdefault(found[0], number)
    if first != number:
        faults.add(name, number, f"_id {found[0]!r} is taken by line {first}; make it unique")
        return None
    return found


def unit_of(row: str) -> str:
    """What stands for a line in citations; raises ValueError for a line that is no record."""
    if not row or row.isspace():
        return ""
    _, title, text = _fields(row)
    return text if text.strip() else title


def _document(identity: str, title: str, text: str, number: int) -> Document:
    """Make one article; a record of a title alone stands on its line as a headline."""
    at = (number, number)
    headline = title if title.strip() else None
    if text.strip():
        return Document(identity, (Article(headline, paragraphs=(Paragraph(at, text),)),))
    return Document(identity, (Article(headline, at if headline else None),))


def _fields(row: str) -> tuple[str, str, str]:
    """Identity, title and text of one record; ValueError says what is wrong with it."""
    record = _parse(row)
    identity = record.get("_id")
    if isinstance(identity, int) and not isinstance(identity, bool):
        identity = str(identity)
    if not isinstance(identity, str) or not identity:
        raise ValueError('no "_id"')
    text, title = record.get("text"), record.get("title")
    if not isinstance(text, str):
        raise ValueError('no "text"')
    if not isinstance(title, str | None):
        raise ValueError('"title" is not a string')
    title = title or ""
    if "\\u" in row:  # half of a surrogate pair, which JSON can escape and no encoding can write
        try:
            f"{identity}{title}{text}".encode()
        except UnicodeEncodeError as error:
            raise ValueError("an escaped character is no character") from error
    return identity, title, text


def _parse(row: str) -> dict[str, Any]:
    try:
        record = json.loads(row)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON ({error.msg} at column {error.colno})") from error
    except (ValueError, RecursionError) as error:
        raise ValueError("not JSON that can be read") from error
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")
    return record
