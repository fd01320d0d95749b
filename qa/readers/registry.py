"""The one door to all readers: a file's suffix chooses who reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from qa.errors import UnreadableFile
from qa.readers import files, plain
from qa.types import Source

if TYPE_CHECKING:
    from qa.readers.long_corpus import LongCorpus

Reader = Callable[[Path, str], Source]

_READERS: Mapping[str, str] = {  # modules beside this one, imported when the first such file is met
    ".txt": "plain",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".jsonl": "beir",
}


def suffix(name: str) -> str:
    """What of a name decides who reads the file."""
    found = PurePath(name).suffix.lower()
    return found if found in _READERS else ""


def names_documents(name: str) -> bool:
    """Whether the documents of such a file have ids of their own; else a file is its one document."""
    return suffix(name) == ".jsonl"


def check_size(path: Path, name: str, max_bytes: int) -> None:
    """Raise UnreadableFile for a file over the limit, or none at all."""
    size = files.size(path, name)
    if size > max_bytes:
        raise UnreadableFile(
            f"{name}: {size:,} bytes, more than the limit of {max_bytes:,}; split it or raise the limit"
        )


def units(path: Path, name: str, *, max_bytes: int) -> tuple[str, ...]:
    """The units of a file alone, as `read` gives them; raises UnreadableFile."""
    if _READERS.get(suffix(path.name), "plain") != "plain":
        return read(path, name, max_bytes=max_bytes).units
    check_size(path, name, max_bytes)
    return plain.read_lines(path, name)[0]


def in_parts(path: Path, name: str, *, max_bytes: int) -> LongCorpus | None:
    """A corpus too large to be read whole; None for every other file; raises UnreadableFile as `read` does."""
    if suffix(path.name) != ".jsonl":
        return None
    from qa.readers import long_corpus

    check_size(path, name, max_bytes)
    return long_corpus.look(path, name)


def read(path: Path, name: str, *, max_bytes: int) -> Source:
    """Read one file or raise UnreadableFile; `name` becomes its path and the document's id.

    A file of an unknown suffix is plain text if it decodes as text. Libraries for PDF, DOCX, HTML
    and Markdown are imported when the first such file is met.
    """
    check_size(path, name, max_bytes)
    reader: Reader = import_module(f"qa.readers.{_READERS.get(suffix(path.name), 'plain')}").read
    return reader(path, name)
