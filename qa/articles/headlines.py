"""Where articles begin: bylines anchor them, title-like lines above a byline are their headlines.

Works from the first line to the last and looks back only a bounded number of lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.articles.bylines import Byline, continued
from qa.articles.lines import CLOSERS, Page
from qa.articles.titles import (
    ENOUGH,
    break_evidence,
    looks_like_headline,
    looks_like_title,
    title_evidence,
)
from qa.types import Kind

# Section slogan, kicker, headline of two lines and a second kicker: more is no headline block.
TALLEST_STACK = 5
# A photo story has a title and at most this many lines of text above its credit.
LONGEST_PHOTO_STORY = 8
LONGEST_CAPTION = 60
# So many blank lines more than usual: another spot of the printed page.
WIDE_GAP = 2
# What such a gap above a title-like line is worth, in bits (see titles.title_evidence).
GAP_EVIDENCE = 3.0
# Bits that a title needs where neither a byline nor a gap speaks for it.
SURE = -1.0
_STACK_SURE = 1.0
# Bits about a break below which the line above runs on: the two characters are a word of the page.
_RUNS_ON = -2.0

Notes = Sequence[Byline | None]


@dataclass(frozen=True, slots=True)
class Opening:
    """An article begins: titles are the lines from `first` up to, without, `body` (indices)."""

    first: int
    body: int
    kind: Kind


def find_openings(page: Page, notes: Notes) -> list[Opening]:
    """All openings in order of the page; text above the first one belongs to none."""
    openings: list[Opening] = []
    usual = _usual_gap(page)
    for index in range(len(page)):
        found = _opening_at(page, notes, index, openings[-1] if openings else None, usual)
        if found:
            while openings and openings[-1].first >= found.first:
                openings.pop()
            openings.append(found)
    return _from_the_top(page, notes, openings)


def _opening_at(page: Page, notes: Notes, index: int, before: Opening | None, usual: int) -> Opening | None:
    """The opening that line `index` gives away, if it does; `before` is the last one found."""
    floor = before.body if before else 0
    note = notes[index]
    if continued(page.texts[index]):
        return Opening(_stack(page, notes, index, floor + 1), index, "fragment")
    if note and note.place == "credit":
        # A story after a wide gap has its title already.
        after_gap = (
            before is not None and page.gaps[before.first] >= usual + WIDE_GAP and index - floor <= LONGEST_PHOTO_STORY
        )
        return None if after_gap else _photo_story(page, notes, index, floor)
    if note and note.place in ("lead", "author"):
        # A headline just found by its gap may be this byline's, with the picture's caption in between.
        return _anchored(page, notes, index, before.first if before and index - floor <= 1 else floor)
    if note or index < floor:
        return None
    return _after_gap(page, notes, index, usual) or _unanchored(page, notes, index, floor)


def _usual_gap(page: Page) -> int:
    """The commonest number of blank lines between two lines of the page."""
    counts: dict[int, int] = {}
    for gap in page.gaps[1:]:
        counts[gap] = counts.get(gap, 0) + 1
    return max(counts, key=lambda gap: (counts[gap], -gap), default=0)


def _stack(page: Page, notes: Notes, end: int, floor: int) -> int:
    """The first of the title-like lines that stand right above line `end`."""
    first = end
    while first > max(floor, end - TALLEST_STACK) and not notes[first - 1] and looks_like_title(page.texts[first - 1]):
        first -= 1
    # The tail of a broken sentence may look like a title: it runs on from the line above it.
    while 0 < first < end - 1 and not notes[first - 1] and _is_tail(page, first):
        first += 1
    return first


def _is_tail(page: Page, index: int) -> bool:
    """Whether a title-like line ends the sentence above it: …批评 / 指正！"""
    if page.finished[index - 1]:
        return False
    if page.texts[index].rstrip(CLOSERS)[-1:] in ("!", "！"):
        return True
    return break_evidence(page, index - 1) < _RUNS_ON


def _anchored(page: Page, notes: Notes, index: int, floor: int) -> Opening | None:
    """The article whose byline is line `index`; None for a signature below a text or a byline's second line."""
    note = notes[index]
    before = notes[index - 1] if index else None
    if note is None or (before and before.place == "author"):
        return None
    end = index
    if _is_caption(page, notes, index - 1, floor):
        end = index - 1
    first = _stack(page, notes, end, floor)
    if first == end:
        opens = index == 0 or note.dated or note.place == "lead"
        return Opening(index, index, "news") if opens else None
    return Opening(first, end, "news")


def _is_caption(page: Page, notes: Notes, index: int, floor: int) -> bool:
    """Whether one finished line stands between a headline and its byline: the caption of the article's picture."""
    if index - 1 < max(floor, 0) or notes[index] or notes[index - 1]:
        return False
    text = page.texts[index]
    if not page.finished[index] or len(text) > LONGEST_CAPTION or not looks_like_title(page.texts[index - 1]):
        return False
    if looks_like_title(text):
        return False
    return index < 2 or page.finished[index - 2] or notes[index - 2] is not None


def _photo_story(page: Page, notes: Notes, index: int, floor: int) -> Opening | None:
    """The story with its own title that the photographer's credit on line `index` closes."""
    below = index + 1
    if below < len(page) and not notes[below] and not looks_like_title(page.texts[below]):
        # Text goes on below: the picture stands within an article.
        return None
    best: tuple[float, int] | None = None
    accepted = -1
    for title in range(index - 2, max(floor, index - 1 - LONGEST_PHOTO_STORY) - 1, -1):
        if notes[title]:
            break
        # The line above an accepted title is its kicker, not its rival.
        if accepted == title + 1 or not looks_like_headline(page.texts[title]):
            continue
        first = _stack(page, notes, title + 1, floor)
        above_ends = first == 0 or page.finished[first - 1] or notes[first - 1] is not None
        evidence = title_evidence(page, title)
        if above_ends and evidence >= SURE:
            accepted = title
            if best is None or evidence > best[0]:
                best = (evidence, title)
    if best is None:
        return None
    return Opening(_stack(page, notes, best[1] + 1, floor), best[1] + 1, "photo")


def _after_gap(page: Page, notes: Notes, index: int, usual: int) -> Opening | None:
    """A headline without byline after a wide gap: another spot of the printed page."""
    last = index + 1 >= len(page)
    if last or page.gaps[index] < usual + WIDE_GAP or not looks_like_title(page.texts[index]):
        return None
    if index and not page.finished[index - 1] and not notes[index - 1]:
        return None
    if notes[index + 1] or title_evidence(page, index) + GAP_EVIDENCE < ENOUGH:
        return None
    below = index + 1
    second = looks_like_headline(page.texts[below]) and below + 1 < len(page) and not notes[below + 1]
    return Opening(index, below + (second and title_evidence(page, below) >= SURE), "news")


def _unanchored(page: Page, notes: Notes, index: int, floor: int) -> Opening | None:
    """Two or more titles in a row without byline, the last of them line `index`."""
    last = index + 1 >= len(page)
    if last or index <= floor or notes[index + 1] or not looks_like_headline(page.texts[index]):
        return None
    if looks_like_title(page.texts[index + 1]) or title_evidence(page, index) < SURE:
        return None
    first = _stack(page, notes, index + 1, floor)
    if first > 0 and not page.finished[first - 1] and not notes[first - 1]:
        return None
    return Opening(first, index + 1, "news") if first < index and _stands_alone(page, first, index) else None


def _stands_alone(page: Page, first: int, last: int) -> bool:
    """Whether lines are titles above each other and not the narrow start of a column, whose lines are alike long."""
    texts = [page.texts[index] for index in range(first, last + 1)]
    lengths = [len(text) for text in texts]
    if max(lengths) - min(lengths) <= 1 or not all(looks_like_headline(text) for text in texts):
        return False
    return all(title_evidence(page, index) >= _STACK_SURE for index in range(first, last + 1))


def _from_the_top(page: Page, notes: Notes, openings: list[Opening]) -> list[Opening]:
    """Adds the opening of the page's first lines where none covers them."""
    limit = openings[0].first if openings else len(page)
    if limit == 0:
        return openings
    body = 0
    while body < min(limit, TALLEST_STACK) and not notes[body] and looks_like_title(page.texts[body]):
        body += 1
    kind: Kind = "news" if body else "fragment"
    return [Opening(0, body, kind), *openings]
