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
from qa.readers.sections import Block, row_of, source
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
        text = rows[paragraph] if paragraph in rows else _text(paragraph)
        if text:
            yield Block(text, _is_heading(paragraph, headings))
    for part in document.part.package.iter_parts():
        if part.partname in _NOTES:
            yield from (Block(text) for p in parse_xml(part.blob).iter(f"{_WORD}p") if (text := _text(p)))


def _rows(document: Document) -> dict[Any, str]:
    """The first paragraph of each row of short cells with the whole row, its other paragraphs with nothing."""
    found: dict[Any, str] = {}
    for row in document.element.body.iter(f"{_WORD}tr"):
        cells = [[_text(p) for p in cell.iter(f"{_WORD}p")] for cell in row.iterchildren(f"{_WORD}tc")]
        nested = any(True for cell in row.iterchildren(f"{_WORD}tc") for _ in cell.iter(f"{_WORD}tbl"))
        if not nested and (text := row_of([" ".join(filter(None, cell)) for cell in cells])):
            first, *others = row.iter(f"{_WORD}p")
            found |= {first: text} | dict.fromkeys(others, "")
    return found


def _heading_styles(document: Document) -> set[str]:
    """Collect the ids of styles that are headings by name, by outline level or by their parent."""
    found: set[str] = set()
    for style in document.styles.element.iter(f"{_WORD}style"):
        title = style.find(f"{_WORD}name")
        label = title.get(f"{_WORD}val", "").lower() if title is not None else ""
        parent = style.find(f"{_WORD}basedOn")
        inherits = parent is not None and parent.get(f"{_WORD}val") in found
        if label == "title" or label.startswith(("heading", "标题")) or _outlined(style) or inherits:
            found.add(style.get(f"{_WORD}styleId", ""))
    return found


def _outlined(element: Any) -> bool:
    level = element.find(f"{_WORD}pPr/{_WORD}outlineLvl")
    return level is not None and level.get(f"{_WORD}val", "9") < "9"  # level 9 is body text


def _is_heading(paragraph: Any, styles: set[str]) -> bool:
    style = paragraph.find(f"{_WORD}pPr/{_WORD}pStyle")
    return _outlined(paragraph) or (style is not None and style.get(f"{_WORD}val") in styles)


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
