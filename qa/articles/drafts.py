"""Articles in the making: which lines are titles and which are text, as indices into the page's lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from qa.articles.cohesion import Cohesion
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
    """Each opening with the lines up to the next one, which may follow before its titles end."""
    ends = [opening.first for opening in openings[1:]] + [count]
    return [
        Draft(list(range(opening.first, min(opening.body, end))), list(range(opening.body, end)), opening.kind)
        for opening, end in zip(openings, ends, strict=True)
    ]


def windows(page: Page, drafts: Sequence[Draft]) -> Iterator[list[Draft]]:
    """Neighbouring drafts, so many at a time that their words fit together in little memory."""
    window: list[Draft] = []
    size = 0
    for one in drafts:
        length = sum(len(page.texts[index]) for index in one.body)
        if window and (len(window) >= WINDOW_ARTICLES or size + length > WINDOW_CHARACTERS):
            yield window
            window, size = [], 0
        window.append(one)
        size += length
    if window:
        yield window


def words(page: Page, drafts: Sequence[Draft]) -> tuple[dict[int, int], Cohesion]:
    """The place among the texts of these drafts that each line takes in their cohesion, and this.

    An article alone has no other to be tied to; its words, which may be those of a whole book, are left out.
    """
    bodies = [one.body for one in drafts] if len(drafts) > 1 else [[]]
    places = {index: place for place, index in enumerate(chain.from_iterable(bodies))}
    return places, Cohesion([[page.texts[index] for index in body] for body in bodies])
