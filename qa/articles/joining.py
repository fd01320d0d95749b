"""Body lines to true paragraphs: a sentence broken over lines or blank lines is closed up again."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from qa.articles.bylines import continued, tail
from qa.articles.headlines import Notes
from qa.articles.lines import CLOSERS, OPENERS, Page, close_up, open_marks
from qa.articles.marks import ITEM
from qa.articles.titles import breaks_off, looks_like_subhead
from qa.types import Paragraph

_MARK = re.compile(f"[{re.escape(OPENERS + CLOSERS)}]")


def paragraphs(
    page: Page, notes: Notes, body: Sequence[int], cut: Collection[int] = ()
) -> tuple[list[int], list[Paragraph]]:
    """Subheads (indices of lines) and paragraphs of an article whose text are the lines `body`, ascending.

    Lines in `cut` are subheads whatever they look like.
    """
    subheads: list[int] = []
    groups: list[list[int]] = []
    opened = 0
    for place, index in enumerate(body):
        if index in cut:
            subheads.append(index)
            continue
        if groups and _adjacent(groups, subheads, index) and _continues(page, notes, groups[-1][-1], index, opened):
            groups[-1].append(index)
            opened += open_marks(page.texts[index])
            continue
        following = body[place + 1] if place + 1 < len(body) else None
        if _is_subhead(page, notes, index, following):
            subheads.append(index)
        else:
            groups.append([index])
            opened = open_marks(page.texts[index])
    return subheads, [paragraph(page, group) for group in groups]


def _adjacent(groups: list[list[int]], subheads: list[int], index: int) -> bool:
    return groups[-1][-1] == index - 1 and (not subheads or subheads[-1] != index - 1)


def _continues(page: Page, notes: Notes, upper: int, lower: int, opened: int) -> bool:
    """Whether line `lower` goes on with the sentence of line `upper`; `opened` quotes are still open there."""
    above, below = notes[upper], notes[lower]
    if above and above.end > len(page.texts[upper]):
        return True
    if below or (above and above.place in ("author", "credit") and not above.dated):
        return False
    if above and above.place == "author":
        return True
    left, right = page.texts[upper], page.texts[lower]
    if continued(left) or continued(right) or tail(left):
        return False
    if page.finished[upper]:
        mark = _MARK.search(right)
        return opened > 0 and open_marks(right) < 0 and mark is not None and mark.group() in "”』」）)"
    if left[-1] in ":：;；":
        return not ITEM.match(right) and (left[-1] in ";；" or right[0] in OPENERS)
    return not ITEM.match(right) or breaks_off(page, upper)


def _is_subhead(page: Page, notes: Notes, index: int, following: int | None) -> bool:
    if notes[index] or following != index + 1 or notes[following]:
        return False
    if not looks_like_subhead(page.texts[index]) or breaks_off(page, index):
        return False
    # A narrow column breaks into several short lines in a row; subheads stand alone.
    return not looks_like_subhead(page.texts[following])


def paragraph(page: Page, group: Sequence[int]) -> Paragraph:
    """Some lines as one paragraph."""
    return Paragraph(
        (page.numbers[group[0]], page.numbers[group[-1]]), close_up([page.texts[index] for index in group])
    )
