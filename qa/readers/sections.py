"""Blocks of a document, some of them headings, to numbered units and articles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.types import Article, Document, Paragraph, Source


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a document; a heading begins an article."""

    text: str
    heading: bool = False


LONGEST_CELL = 80  # characters: what is longer is text that a table only places on the page
BETWEEN = " | "


def row_of(cells: Sequence[str]) -> str:
    """A table's row as one paragraph, so that a name and its number stay together; empty where it is no row of short cells."""
    filled = [cell for cell in cells if cell]
    return BETWEEN.join(filled) if len(filled) > 1 and max(map(len, filled)) <= LONGEST_CELL else ""


def source(name: str, blocks: Iterable[Block], *, encoding: str | None, title: str | None = None) -> Source:
    """Number the blocks as units and cut articles at the headings.

    `title` heads the text before the first heading, which has no heading of its own.
    """
    units: list[str] = []
    articles: list[Article] = []
    headline, place = title, None
    paragraphs: list[Paragraph] = []
    for number, block in enumerate(blocks, 1):
        units.append(block.text)
        if not block.heading:
            paragraphs.append(Paragraph((number, number), block.text))
            continue
        if paragraphs or place:
            articles.append(Article(headline, place, paragraphs=tuple(paragraphs)))
        headline, place, paragraphs = block.text, (number, number), []
    if paragraphs or place:
        articles.append(Article(headline, place, paragraphs=tuple(paragraphs)))
    return Source(name, "paragraph", tuple(units), encoding, (Document(name, tuple(articles)),))
