"""PDF: the text layer, cited by page; no recognition of pictures.

PDFium reads it, because it knows the character collections of Chinese fonts that bring no table
of their own; a reader without them gives other characters, and no error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median_low
from typing import TYPE_CHECKING

from qa.errors import UnreadableFile
from qa.readers import files
from qa.readers.closing import close_up
from qa.types import Article, Document, Paragraph, Source

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfTextPage

_WRONG_PASSWORD = 4  # FPDF_ERR_PASSWORD
# PDFium marks a hyphen at a line's end with U+FFFE or U+0002, an unknown character with U+0000.
_SPECIAL = {"\ufffe": "-", "\x02": "-", "\0": "\ufffd"}
_UNMAPPED_SHARE = 0.2  # of the characters; more than a few ornaments


@dataclass(frozen=True, slots=True)
class _Line:
    """A printed line: where it begins and ends across the page, its middle height and its size."""

    text: str
    left: float
    right: float
    middle: float
    size: float


def read(path: Path, name: str) -> Source:
    """Read one file; its pages are the units, each with its lines as printed."""
    units: list[str] = []
    paragraphs: list[Paragraph] = []
    for number, rows in enumerate(_pages(files.load(path, name), name), 1):
        units.append("\n".join(row.text for row in rows))
        paragraphs.extend(Paragraph((number, number), text) for text in _paragraphs(rows))
    if not paragraphs:
        raise UnreadableFile(
            f"{name}: a PDF without text, perhaps scanned pictures; run a text recognition (OCR) on it"
        )
    characters = "".join(units)
    unmapped = sum(char == "\ufffd" or "\ue000" <= char <= "\uf8ff" for char in characters)
    if unmapped > _UNMAPPED_SHARE * len(characters):
        raise UnreadableFile(
            f"{name}: its fonts do not say which characters they print; run a text recognition (OCR) on it"
        )
    return Source(name, "page", tuple(units), None, (Document(name, (Article(None, paragraphs=tuple(paragraphs)),)),))


def _pages(data: bytes, name: str) -> Iterator[list[_Line]]:
    from pypdfium2 import PdfiumError

    document = _open(data, name)
    try:
        for number in range(len(document)):
            try:
                page = document[number]
                text = page.get_textpage()
                yield list(_lines(text))
                text.close()
                page.close()
            except PdfiumError as error:
                raise UnreadableFile(f"{name}: page {number + 1} is damaged; print the file to a new PDF") from error
    finally:
        document.close()


def _open(data: bytes, name: str) -> PdfDocument:
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        return PdfDocument(data)
    except PdfiumError as error:
        if getattr(error, "err_code", None) == _WRONG_PASSWORD:
            raise UnreadableFile(f"{name}: protected by a password; save a copy without one") from error
        raise UnreadableFile(f"{name}: corrupt or not a PDF; print it to a new PDF, or leave it out") from error


def _lines(page: PdfTextPage) -> Iterator[_Line]:
    """Cut the page's characters into printed lines, each with its place in PDF points.

    PDFium counts UTF-16 units, two for a rare character.
    """
    from pypdfium2.raw import FPDFText_GetUnicode

    count = page.count_chars()
    row: list[tuple[int, str]] = []
    for index in range(count + 1):
        char = chr(FPDFText_GetUnicode(page, index)) if index < count else "\n"
        if char != "\n":
            row.append((index, _SPECIAL.get(char, char)))
            continue
        while row and row[-1][1].isspace():
            row.pop()
        start = next((i for i, (_, mark) in enumerate(row) if not mark.isspace()), len(row))
        if start < len(row):
            yield _line(page, row[start:])
        row = []


def _line(page: PdfTextPage, row: Sequence[tuple[int, str]]) -> _Line:
    units = "".join(char for _, char in row).encode("utf-16-le", "surrogatepass")
    text = units.decode("utf-16-le", "replace")  # half a pair is the PDF's own fault, and counts as one
    left, bottom, _, top = page.get_charbox(row[0][0], loose=True)
    _, _, right, _ = page.get_charbox(row[-1][0], loose=True)
    return _Line(text, left, right, (bottom + top) / 2, top - bottom)


def _paragraphs(rows: Sequence[_Line]) -> Iterator[str]:
    """Close up lines; what a newspaper or a book sets apart stays apart."""
    drops = [above.middle - below.middle for above, below in zip(rows, rows[1:], strict=False)]
    usual = median_low([drop for drop in drops if drop > 0] or [0.0])
    kept: list[_Line] = []
    for row in rows:
        if kept and _parted(kept, row, usual):
            yield close_up(line.text for line in kept)
            kept = []
        kept.append(row)
    if kept:
        yield close_up(line.text for line in kept)


def _parted(kept: Sequence[_Line], row: _Line, usual: float) -> bool:
    """Tell whether `row` begins a paragraph after the lines `kept` of the one before."""
    last, size = kept[-1], max(kept[-1].size, row.size)
    drop = last.middle - row.middle
    if min(last.size, row.size) < 0.8 * size or drop > 1.6 * usual:
        return True
    if drop <= 0:  # the next column: it goes on unless the sentence was complete
        return last.text[-1] in "。！？…”』.!?"
    column = [last, row]
    for line in reversed(kept[:-1]):
        if line.middle <= column[0].middle:
            break
        column.insert(0, line)
    margin = min(line.left for line in column[:-1])
    return row.left - margin > 0.8 * size or max(line.right for line in column) - last.right > 1.5 * size
