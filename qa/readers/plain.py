"""Plain text and newspaper pages: articles by the page splitter, cited by line."""

from __future__ import annotations

from pathlib import Path

from qa.readers import encodings, files, lines
from qa.types import Document, Source


def read(path: Path, name: str) -> Source:
    """Read one page; its lines are the units, blank ones included."""
    from qa.articles import page  # whoever only looks a line up does without

    units, encoding = read_lines(path, name)
    return Source(name, "line", units, encoding, (Document(name, page.split(units)),))


def read_lines(path: Path, name: str) -> tuple[tuple[str, ...], str]:
    """The lines of a page, and its encoding."""
    decoded = encodings.decode(files.load(path, name), name)
    return lines.split(decoded.text), decoded.encoding
