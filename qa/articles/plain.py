"""Text that is no newspaper page: a novel, notes, a manual. One article, its paragraphs by blank lines and line ends."""

from __future__ import annotations

import re

from qa.articles.joining import ITEM
from qa.articles.lines import Line, Page, close_up
from qa.articles.titles import looks_like_title
from qa.types import Article, Paragraph

_CHAPTER = re.compile(r"第[一二三四五六七八九十百千〇零\d]{1,6}[章回节卷部篇]|(?:Chapter|CHAPTER)\s+\w+")
_LONGEST_CHAPTER = 40
# A line this much of the page's usual width or more was broken by the margin, a shorter one by its writer.
_FULL = 0.7
_WIDEST = 200


def plain_text(page: Page) -> Article:
    """The whole page as one article; a first line like a title, set off from the text, is its headline."""
    lines = page.lines
    titled = len(lines) > 1 and looks_like_title(lines[0].text) and not lines[0].finished and _set_off(lines)
    start = 1 if titled else 0
    subheads = tuple((line.number, line.text) for line in lines[start:] if _is_chapter(line))
    return Article(
        headline=lines[0].text if titled else None,
        headline_lines=(lines[0].number, lines[0].number) if titled else None,
        subheads=subheads,
        paragraphs=tuple(_paragraphs(lines[start:])),
    )


def _set_off(lines: tuple[Line, ...]) -> bool:
    return lines[1].gap > 0 or len(lines[1].text) > 2 * len(lines[0].text) or _is_chapter(lines[1])


def _is_chapter(line: Line) -> bool:
    return len(line.text) <= _LONGEST_CHAPTER and _CHAPTER.match(line.text) is not None and not line.finished


def _paragraphs(lines: tuple[Line, ...]) -> list[Paragraph]:
    """Lines without a blank between them, where the upper one is full and ends no sentence, are one paragraph."""
    widths = sorted(min(len(line.text), _WIDEST) for line in lines if not _is_chapter(line))
    full = _FULL * widths[len(widths) * 9 // 10] if widths else 0
    groups: list[list[Line]] = []
    for line in lines:
        if _is_chapter(line):
            groups.append([])
        elif groups and groups[-1] and _goes_on(groups[-1][-1], line, full):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [
        Paragraph((group[0].number, group[-1].number), close_up([line.text for line in group]))
        for group in groups
        if group
    ]


def _goes_on(upper: Line, lower: Line, full: float) -> bool:
    if upper.text[-1] in ",，、":
        return True
    return lower.gap == 0 and not upper.finished and len(upper.text) >= full and not ITEM.match(lower.text)
