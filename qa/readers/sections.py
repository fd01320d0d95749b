"""Blocks of a document, some of them headings, to numbered units and articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qa.types import Article, Document, Paragraph, Range, Source


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a document; one with a `level`, 1 for the highest, is a heading and begins an article.

    `under` is the head of the table that it is a row of.
    """

    text: str
    level: int = 0
    under: str = ""


LONGEST_CELL = 80  # characters: what is longer is text that a table only places on the page
LONGEST_TITLE = 40
BETWEEN = " | "


def row_of(cells: Sequence[str]) -> str:
    """A table's row as one paragraph, so that a name and its number stay together; empty where it is no row of short cells."""
    filled = [cell for cell in cells if cell]
    return BETWEEN.join(filled) if len(filled) > 1 and max(map(len, filled)) <= LONGEST_CELL else ""


def head_of(row: str) -> str:
    """What a table's first row says of those below it."""
    return " ".join(row.replace("|", " ").split())


class Headings:
    """The headings that the reader of a document is below."""

    def __init__(self, title: str | None = None) -> None:
        self._open: list[tuple[int, str]] = []
        self._title = title

    def enter(self, level: int, text: str) -> tuple[str, ...]:
        """The titles around a heading, outermost first, which is the last one from now on."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        around = tuple(title for _, title in self._open)
        highest = self._open[0][0] if self._open else level
        self._open.append((level, text))
        return (self._title, *around) if self._title and highest > 1 else around


def first_line(blocks: Sequence[Block]) -> str | None:
    """What the first block says, where it is short and ends no sentence."""
    text = blocks[0].text if blocks else ""
    return text if len(text) <= LONGEST_TITLE and text[-1:] not in "。！？；：.!?;:" else None


def source(name: str, blocks: Iterable[Block], *, encoding: str | None, title: str | None = None) -> Source:
    """Number the blocks as units and cut articles at the headings.

    `title` heads the text before the first heading, which has no heading of its own, and the sections of a document
    without a highest one; for the latter the first line serves as well, where it looks like a title.
    """
    blocks = list(blocks)
    units = tuple(block.text for block in blocks)
    placed = (((number, number), block) for number, block in enumerate(blocks, 1))
    found = articles(placed, Headings(title or first_line(blocks)), headline=title)
    return Source(name, "paragraph", units, encoding, (Document(name, tuple(found)),))


def articles(
    placed: Iterable[tuple[Range, Block]], headings: Headings, headline: str | None = None, within: tuple[str, ...] = ()
) -> Iterator[Article]:
    """Blocks with their lines, cut at the headings; `headline` and `within` are those of what comes before the first."""
    place: Range | None = None
    paragraphs: list[Paragraph] = []
    for lines, block in placed:
        if not block.level:
            paragraphs.append(Paragraph(lines, block.text, block.under))
            continue
        if paragraphs or place:
            yield Article(headline, place, paragraphs=tuple(paragraphs), within=within)
        within = headings.enter(block.level, block.text)
        headline, place, paragraphs = block.text, lines, []
    if paragraphs or place:
        yield Article(headline, place, paragraphs=tuple(paragraphs), within=within)
