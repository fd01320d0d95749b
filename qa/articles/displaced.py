"""Text that stands in the wrong article: found by its words, sent home to the article that shares them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from qa.articles.cohesion import Cohesion, Ties
from qa.articles.drafts import Draft
from qa.articles.headlines import Notes
from qa.articles.lines import Page

# Shorter texts share words by chance.
_SHORTEST = 24
# Chosen on composed pages: of displaced texts four in five pass, of 2,300 at home a few.
_CLOSE = 1.0
_FACTOR = 4.0
_LEAD = 1.3
# So much in common with one line of the other article: the same text twice.
_SAME = 0.8
# A scrap: so short, and standing word for word at the end of another line.
_LONGEST_SCRAP = 12
_SHORTEST_SCRAP = 5


def send_home(
    page: Page, notes: Notes, drafts: Sequence[Draft], places: Mapping[int, int], cohesion: Cohesion
) -> list[Draft]:
    """Moves displaced lines to their articles; returns the scraps that belong to none, as fragments."""
    scraps: list[Draft] = []
    for one in drafts:
        found = {index: None for index in one.body if _is_scrap(page, notes, index)}
        if found:
            one.body = [index for index in one.body if index not in found]
            scraps += [Draft([], [index], "fragment") for index in found]
    moves = _moves(page, notes, drafts, places, cohesion) if len(drafts) > 1 else {}
    if moves:
        for number, one in enumerate(drafts):
            kept = [index for index in one.body if moves.get(index, number) == number]
            one.body = sorted([*kept, *(index for index, home in moves.items() if home == number)])
    return scraps


def _moves(
    page: Page, notes: Notes, drafts: Sequence[Draft], places: Mapping[int, int], cohesion: Cohesion
) -> dict[int, int]:
    """The new article of each displaced line: sentences move whole, or line by line where the whole does not."""
    groups = [group for one in drafts for group in _sentences(page, notes, one)]
    homes = _homes(page, groups, places, cohesion)
    single = [
        [index] for group, home in zip(groups, homes, strict=True) if home is None and group[1:] for index in group
    ]
    groups += single
    homes += _homes(page, single, places, cohesion)
    return {index: home for group, home in zip(groups, homes, strict=True) if home is not None for index in group}


def _sentences(page: Page, notes: Notes, one: Draft) -> Iterator[list[int]]:
    """Lines of the body that hang together by unfinished sentences; bylines hold their lines where they are."""
    group: list[int] = []
    for index in one.body:
        fixed = notes[index] is not None or index in one.cut
        if group and (fixed or page.finished[group[-1]] or group[-1] != index - 1):
            yield group
            group = []
        if not fixed:
            group.append(index)
    if group:
        yield group


def _homes(page: Page, groups: Sequence[list[int]], places: Mapping[int, int], cohesion: Cohesion) -> list[int | None]:
    """The article, if any, that each group's words tie to far more than to their own."""
    long = [sum([len(page.texts[index]) for index in group]) >= _SHORTEST for group in groups]
    lines = [[places[index] for index in group] for group, enough in zip(groups, long, strict=True) if enough]
    homes = iter([_home(*pair, cohesion) for pair in zip(lines, cohesion.ties(lines), strict=True)])
    return [next(homes) if enough else None for enough in long]


def _home(group: list[int], ties: Ties, cohesion: Cohesion) -> int | None:
    if ties.other < 0 or ties.closest < max(_CLOSE, _FACTOR * ties.own, _LEAD * ties.second):
        return None
    same = cohesion.same_line(group, ties.other, _SAME)
    # The same text in both articles: it belongs to the one whose other lines speak of the same.
    if same is not None and cohesion.rest(group, ties.other, same) <= ties.own:
        return None
    return ties.other


def _is_scrap(page: Page, notes: Notes, index: int) -> bool:
    """Whether the end of some other line stands here once more and does not finish the sentence above."""
    text = page.texts[index]
    if notes[index] or not _SHORTEST_SCRAP <= len(text) <= _LONGEST_SCRAP or index == 0:
        return False
    if page.finished[index - 1] or not page.finished[index]:
        return False
    if page.knows(index, page.texts[index - 1][-1] + text[0]):
        return False
    return page.repeats(index, text)
