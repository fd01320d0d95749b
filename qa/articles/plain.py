"""Text that is no newspaper page: a novel, notes, a manual. One article, its paragraphs by blank lines and line ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.articles.joining import paragraph
from qa.articles.lines import Page
from qa.articles.marks import ITEM
from qa.articles.titles import looks_like_title
from qa.types import Article, Paragraph

_CHAPTER = re.compile(r"第[一二三四五六七八九十百千〇零\d]{1,6}[章回节卷部篇]|(?:Chapter|CHAPTER)\s+\w+")
_LONGEST_CHAPTER = 40
_SECTION = re.compile(r"[一二三四五六七八九十]+、\S.{0,28}$|【[^】]{1,20}】$")
_END = re.compile(r"[。！？!?；;…]|[.](?:\s|$)")
# A line this much of the page's usual width or more was broken by the margin, a shorter one by its writer.
_FULL = 0.7
_WIDEST = 200


def plain_text(page: Page) -> Article:
    """The whole page as one article; a first line like a title, set off from the text, is its headline."""
    titled = len(page) > 1 and looks_like_title(page.texts[0]) and not page.finished[0] and _set_off(page)
    start = 1 if titled else 0
    chapters = [index for index in range(start, len(page)) if _is_chapter(page, index)]
    chapters = sorted({*chapters, *_sections(page, start)})
    return Article(
        headline=page.texts[0] if titled else None,
        headline_lines=(page.numbers[0], page.numbers[0]) if titled else None,
        subheads=tuple((page.numbers[index], page.texts[index]) for index in chapters),
        paragraphs=tuple(_paragraphs(page, start, frozenset(chapters))),
    )


def _set_off(page: Page) -> bool:
    return page.gaps[1] > 0 or len(page.texts[1]) > 2 * len(page.texts[0]) or _is_chapter(page, 1)


def _is_chapter(page: Page, index: int) -> bool:
    text = page.texts[index]
    return len(text) <= _LONGEST_CHAPTER and _CHAPTER.match(text) is not None and not page.finished[index]


def _sections(page: Page, start: int) -> list[int]:
    """Lines that head sections of a notice or a guide (一、报名条件), unless one follows another: that is a list."""
    heads = [i for i in range(start, len(page)) if _SECTION.match(page.texts[i]) and not page.finished[i]]
    listed = any(i + 1 == len(page) or i + 1 in heads for i in heads)
    return [] if listed else heads


def _paragraphs(page: Page, start: int, chapters: frozenset[int]) -> Iterator[Paragraph]:
    """Lines without a blank between them, where the upper one is full and ends no sentence, are one paragraph."""
    body = [index for index in range(start, len(page)) if index not in chapters]
    widths = sorted([min(len(page.texts[index]), _WIDEST) for index in body])
    full = _FULL * widths[len(widths) * 9 // 10] if widths else 0
    prose = _prose(page)
    group: list[int] = []
    for index in body:
        if group and (group[-1] != index - 1 or not prose[index] or not _goes_on(page, index, full)):
            yield paragraph(page, group)
            group = []
        group.append(index)
    if group:
        yield paragraph(page, group)


def _prose(page: Page) -> list[bool]:
    """For each line whether a sentence ends anywhere in its block: a block without one is a list, a line an entry."""
    out: list[bool] = []
    for index in range(len(page)):
        if index == 0 or page.gaps[index]:
            begin = index
        if index + 1 == len(page) or page.gaps[index + 1]:
            out += [any(_END.search(text) for text in page.texts[begin : index + 1])] * (index + 1 - begin)
    return out


def _goes_on(page: Page, index: int, full: float) -> bool:
    """Whether line `index` goes on with the paragraph of the line above it."""
    upper = page.texts[index - 1]
    if upper[-1] in ",，、":
        return True
    unbroken = page.gaps[index] == 0 and not page.finished[index - 1]
    return unbroken and len(upper) >= full and not ITEM.match(page.texts[index])
