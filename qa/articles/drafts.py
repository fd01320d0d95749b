"""Articles in the making: which lines are titles and which are text, as indices into the page's lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from qa.articles.cohesion import Cohesion, pairs
from qa.articles.headlines import Opening
from qa.articles.lines import Page
from qa.types import Kind

# Articles whose words are compared with each other; a newspaper page holds fewer, a long file is taken in such steps.
WINDOW_ARTICLES = 32
WINDOW_CHARACTERS = 100_000


@dataclass(slots=True)
class Draft:
    """Lines of one article; `cut` are subheads known from elsewhere (a subhead whose text is missing)."""

    titles: list[int]
    body: list[int]
    kind: Kind = "news"
    cut: set[int] = field(default_factory=set)


def draft(openings: Sequence[Opening], count: int) -> list[Draft]:
    """Each opening with the lines up to the next one."""
    ends = [opening.first for opening in openings[1:]] + [count]
    return [
        Draft(list(range(opening.first, opening.body)), list(range(opening.body, end)), opening.kind)
        for opening, end in zip(openings, ends, strict=True)
    ]


def windows(page: Page, drafts: Sequence[Draft]) -> Iterator[list[Draft]]:
    """Neighbouring drafts, so many at a time that their words fit together in little memory."""
    window: list[Draft] = []
    size = 0
    for one in drafts:
        length = sum(len(page.lines[index].text) for index in one.body)
        if window and (len(window) >= WINDOW_ARTICLES or size + length > WINDOW_CHARACTERS):
            yield window
            window, size = [], 0
        window.append(one)
        size += length
    if window:
        yield window


def words(page: Page, drafts: Sequence[Draft]) -> tuple[dict[int, frozenset[str]], Cohesion]:
    """The pairs of each line of these drafts' texts, and what they tell together."""
    lines = {index: pairs(page.lines[index].text) for one in drafts for index in one.body}
    return lines, Cohesion([[lines[index] for index in one.body] for one in drafts])
