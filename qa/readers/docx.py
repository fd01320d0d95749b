"""Word documents: headings make the articles, cited by paragraph; a table's row of short cells is one."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.errors import UnreadableFile
from qa.readers import files
from qa.readers.closing import tidy
from qa.readers.sections import Block, head_of, row_of, source
from qa.types import Source

if TYPE_CHECKING:
    from docx.document import Document

EXPANDED_LIMIT = 256 << 20  # bytes; a document of 20,000 pages unpacks to about 100 MB
_OLD_WORD = bytes.fromhex("d0cf11e0a1b11ae1")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_NOTES = ("/word/footnotes.xml", "/word/endnotes.xml")


def read(path: Path, name: str) -> Source:
    """Read one document; its non-empty paragraphs are the units, notes last."""
    blocks = _read(files.load(path, name), name)
    if not blocks:
        raise UnreadableFile(f"{name}: holds no text; leave it out")
    return source(name, blocks, encoding=None)


def _read(data: bytes, name: str) -> list[Block]:
    import docx  # not needed where there is no Word document
    from docx.opc.exceptions import OpcError
    from lxml import etree

    if data.startswith(_OLD_WORD):
        raise UnreadableFile(f"{name}: protected by a password, or in the old .doc form; save it as plain .docx")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            expanded = sum(entry.file_size for entry in archive.infolist())
        if expanded > EXPANDED_LIMIT:
            raise UnreadableFile(
                f"{name}: unpacks to {expanded:,} bytes, more than the limit of {EXPANDED_LIMIT:,}; leave it out"
            )
        return list(_blocks(docx.Document(io.BytesIO(data))))
    except (zipfile.BadZipFile, zlib.error, etree.LxmlError, OpcError) as error:
        raise _corrupt(name) from error
    # What python-docx and zipfile raise for an archive whose parts are missing, locked or not Word's.
    except (KeyError, ValueError, AttributeError, TypeError, RuntimeError, EOFError, OSError) as error:
        raise _corrupt(name) from error


def _corrupt(name: str) -> UnreadableFile:
    return UnreadableFile(f"{name}: corrupt or not a Word document; open it in Word and save it again as .docx")


def _blocks(document: Document) -> Iterator[Block]:
    """Paragraphs in the order of the XML, so that text in tables, boxes and controls is there too."""
    from docx.oxml import parse_xml

    headings = _heading_styles(document)
    rows = _rows(document)
    for paragraph in document.element.body.iter(f"{_WORD}p"):
        text, head = rows[paragraph] if paragraph in rows else (_text(paragraph), "")
        if text:
            yield Block(text, 0 if paragraph in rows else _level(paragraph, headings), head)
    for part in document.part.package.iter_parts():
        if part.partname in _NOTES:
            yield from (Block(text) for p in parse_xml(part.blob).iter(f"{_WORD}p") if (text := _text(p)))


def _rows(document: Document) -> dict[Any, tuple[str, str]]:
    """The first paragraph of each row of short cells with the whole row and its table's head, its other paragraphs with nothing."""
    found: dict[Any, tuple[str, str]] = {}
    heads: dict[Any, str] = {}
    for row in document.element.body.iter(f"{_WORD}tr"):
        cells = [[_text(p) for p in cell.iter(f"{_WORD}p")] for cell in row.iterchildren(f"{_WORD}tc")]
        nested = any(True for cell in row.iterchildren(f"{_WORD}tc") for _ in cell.iter(f"{_WORD}tbl"))
        if not nested and (text := row_of([" ".join(filter(None, cell)) for cell in cells])):
            first, *others = row.iter(f"{_WORD}p")
            table = row.getparent()
            found |= {first: (text, heads.get(table, ""))} | dict.fromkeys(others, ("", ""))
            heads.setdefault(table, head_of(text))
    return found


def _heading_styles(document: Document) -> dict[str, int]:
    """The levels of the styles that are headings by name, by outline level or by their parent, by their ids."""
    found: dict[str, int] = {}
    for style in document.styles.element.iter(f"{_WORD}style"):
        title = style.find(f"{_WORD}name")
        label = title.get(f"{_WORD}val", "").lower() if title is not None else ""
        parent = style.find(f"{_WORD}basedOn")
        inherited = found.get(parent.get(f"{_WORD}val"), 0) if parent is not None else 0
        if level := _named(label) or _outlined(style) or inherited:
            found[style.get(f"{_WORD}styleId", "")] = level
    return found


def _named(label: str) -> int:
    """The level that a style's name tells, 0 for the name of no heading; a document's title is above its headings."""
    if label == "title":
        return 1
    if not label.startswith(("heading", "标题")):
        return 0
    number = label.removeprefix("heading").removeprefix("标题").strip()
    return 1 + int(number) if number in set("123456789") else 2


def _outlined(element: Any) -> int:
    """The level that an outline tells, 0 for none; its level 9 is body text."""
    level = element.find(f"{_WORD}pPr/{_WORD}outlineLvl")
    value = level.get(f"{_WORD}val", "9") if level is not None else "9"
    return 2 + int(value) if value in set("012345678") else 0


def _level(paragraph: Any, styles: dict[str, int]) -> int:
    style = paragraph.find(f"{_WORD}pPr/{_WORD}pStyle")
    return _outlined(paragraph) or (styles.get(style.get(f"{_WORD}val"), 0) if style is not None else 0)


def _text(paragraph: Any) -> str:
    """Join the runs of one paragraph, without what was deleted and without paragraphs inside it."""
    pieces: list[str] = []
    stack = list(reversed(paragraph))
    while stack:
        node = stack.pop()
        if node.tag in (f"{_WORD}p", _FALLBACK, f"{_WORD}txbxContent"):
            continue
        if node.tag == f"{_WORD}t":
            pieces.append(node.text or "")
        elif node.tag in (f"{_WORD}tab", f"{_WORD}br", f"{_WORD}cr"):
            pieces.append("\n" if node.tag != f"{_WORD}tab" else " ")
        elif isinstance(node.tag, str):
            stack.extend(reversed(node))
    return tidy("".join(pieces))
