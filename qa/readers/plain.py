"""Plain text and newspaper pages: articles by the page splitter, cited by line."""

from __future__ import annotations

from pathlib import Path

from qa.articles import page
from qa.readers import encodings, files, lines
from qa.types import Document, Source


def read(path: Path, name: str) -> Source:
    """Read one page; its lines are the units, blank ones included."""
    decoded = encodings.decode(files.load(path, name), name)
    units = lines.split(decoded.text)
    encoding = decoded.encoding
    del decoded  # the text in one piece is as large as its lines
    return Source(name, "line", units, encoding, (Document(name, page.split(units)),))
