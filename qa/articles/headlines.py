"""Where articles begin: bylines anchor them, title-like lines above a byline are their headlines.

Works from the first line to the last and looks back only a bounded number of lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.articles.bylines import Byline, continued
from qa.articles.lines import Page
from qa.articles.titles import break_evidence, breaks_off, looks_like_subhead, looks_like_title
from qa.types import Kind

# Section slogan, kicker, headline of two lines and a second kicker: more is no headline block.
TALLEST_STACK = 5
# A photo story has a title and at most this many lines of text above its credit.
LONGEST_PHOTO_STORY = 8
LONGEST_CAPTION = 60
# So many blank lines more than usual: another spot of the printed page.
WIDE_GAP = 2

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
    for index, note in enumerate(notes):
        floor = openings[-1].body if openings else 0
        if continued(page.lines[index].text):
            found = Opening(_stack(page, notes, index, floor + 1), index, "fragment")
        elif note and note.place in ("lead", "author"):
            anchored = _anchored(page, notes, index, floor)
            if anchored is None:
                continue
            found = anchored
        elif note and note.place == "credit":
            photo = _photo_story(page, notes, index, floor)
            if photo is None:
                continue
            found = photo
        elif unanchored := _unanchored(page, notes, index, floor, usual):
            found = unanchored
        else:
            continue
        while openings and openings[-1].first >= found.first:
            openings.pop()
        openings.append(found)
    return _from_the_top(page, notes, openings)


def _usual_gap(page: Page) -> int:
    """The commonest number of blank lines between two lines of the page."""
    counts: dict[int, int] = {}
    for line in page.lines[1:]:
        counts[line.gap] = counts.get(line.gap, 0) + 1
    return max(counts, key=lambda gap: (counts[gap], -gap), default=0)


def _stack(page: Page, notes: Notes, end: int, floor: int) -> int:
    """The first of the title-like lines that stand right above line `end`."""
    first = end
    while (
        first > max(floor, end - TALLEST_STACK)
        and not notes[first - 1]
        and looks_like_title(page.lines[first - 1].text)
    ):
        first -= 1
    # The tail of a broken sentence may look like a title: it runs on from the line above it.
    while 0 < first < end - 1 and not page.lines[first - 1].finished and break_evidence(page, first - 1) < -2:
        first += 1
    return first


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
    line, above = page.lines[index], page.lines[index - 1]
    if not line.finished or len(line.text) > LONGEST_CAPTION or not looks_like_title(above.text):
        return False
    if looks_like_title(line.text):
        return False
    return index < 2 or page.lines[index - 2].finished or notes[index - 2] is not None


def _photo_story(page: Page, notes: Notes, index: int, floor: int) -> Opening | None:
    """The story with its own title that the photographer's credit on line `index` closes."""
    for title in range(index - 2, max(floor, index - 1 - LONGEST_PHOTO_STORY) - 1, -1):
        if notes[title]:
            return None
        above_ends = title == 0 or page.lines[title - 1].finished or notes[title - 1] is not None
        if above_ends and looks_like_title(page.lines[title].text) and not breaks_off(page, title):
            return Opening(_stack(page, notes, title + 1, floor), title + 1, "photo")
    return None


def _unanchored(page: Page, notes: Notes, index: int, floor: int, usual: int) -> Opening | None:
    """A headline without byline whose last line is `index`: two titles in a row, or one after a wide gap."""
    last = index + 1 >= len(page.lines)
    if last or index < floor or notes[index + 1] or not looks_like_subhead(page.lines[index].text):
        return None
    if looks_like_title(page.lines[index + 1].text) or breaks_off(page, index):
        return None
    first = _stack(page, notes, index + 1, floor)
    if first > 0 and not page.lines[first - 1].finished and not notes[first - 1]:
        return None
    wide = page.lines[first].gap >= usual + WIDE_GAP
    stacked = first < index and not any(breaks_off(page, above) for above in range(first, index))
    return Opening(first, index + 1, "news") if (wide and first == index) or stacked else None


def _from_the_top(page: Page, notes: Notes, openings: list[Opening]) -> list[Opening]:
    """Adds the opening of the page's first lines where none covers them."""
    limit = openings[0].first if openings else len(page.lines)
    if limit == 0:
        return openings
    body = 0
    while body < min(limit, TALLEST_STACK) and not notes[body] and looks_like_title(page.lines[body].text):
        body += 1
    kind: Kind = "news" if body else "fragment"
    return [Opening(0, body, kind), *openings]
