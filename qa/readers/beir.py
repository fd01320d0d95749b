"""BEIR corpora: one JSON object a line, each a document of its own, cited by `_id` and by line.

A file with a broken line is refused whole: a corpus that is short of documents would only show
in wrong scores.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from qa.errors import UnreadableFile
from qa.readers import encodings, files, lines
from qa.types import Article, Document, Paragraph, Source

FORM = 'each line must be {"_id": "…", "title": "…", "text": "…"}'


def read(path: Path, name: str) -> Source:
    """Read a corpus; unit n is the `text` of line n (its title where that is empty), "" for a blank line."""
    decoded = encodings.decode(files.load(path, name), name)
    encoding = decoded.encoding
    rows = lines.split(decoded.text)
    del decoded
    units, documents = records(rows, name)
    if not documents:
        raise UnreadableFile(f"{name}: holds no documents; {FORM}")
    return Source(name, "line", units, encoding, documents)


def records(rows: Iterable[str], name: str, before: int = 0) -> tuple[tuple[str, ...], tuple[Document, ...]]:
    """The units and documents of rows with so many others before them, numbered from 1; raises UnreadableFile."""
    units: list[str] = []
    documents: list[Document] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 1):
        found = check(row, name, before + number, seen)
        if found is None:
            units.append("")
            continue
        identity, title, text = found
        units.append(text if text.strip() else title)
        documents.append(_document(identity, title, text, number))
    return tuple(units), tuple(documents)


def check(row: str, name: str, number: int, seen: dict[str, int]) -> tuple[str, str, str] | None:
    """Identity, title and text of a row; None for a blank one.

    `seen` tells the rows of the identities before it. Raises UnreadableFile for one that is broken or repeats another.
    """
    if not row or row.isspace():
        return None
    try:
        found = _fields(row)
    except ValueError as error:
        raise UnreadableFile(f"{name} line {number}: {error}; {FORM}") from error
    first = seen.setdefault(found[0], number)
    if first != number:
        raise UnreadableFile(f"{name} line {number}: _id {found[0]!r} is taken by line {first}; make it unique")
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
