"""Text that stands in the wrong article: found by its words, sent home to the article that shares them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from qa.articles.cohesion import Cohesion, overlap
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


Pairs = Mapping[int, frozenset[str]]


def send_home(page: Page, notes: Notes, drafts: Sequence[Draft], pairs: Pairs, cohesion: Cohesion) -> list[Draft]:
    """Moves displaced lines to their articles; returns the scraps that belong to none, as fragments."""
    moves: dict[int, int] = {}
    scraps: list[Draft] = []
    for number, one in enumerate(drafts):
        for index in [index for index in one.body if _is_scrap(page, notes, index)]:
            one.body.remove(index)
            scraps.append(Draft([], [index], "fragment"))
        for group in _sentences(page, notes, one):
            home = _home(page, group, number, drafts, pairs, cohesion)
            for index in group:
                alone = (
                    home
                    if home is not None or len(group) == 1
                    else _home(page, [index], number, drafts, pairs, cohesion)
                )
                if alone is not None:
                    moves[index] = alone
    if moves:
        for number, one in enumerate(drafts):
            kept = [index for index in one.body if moves.get(index, number) == number]
            one.body = sorted([*kept, *(index for index, home in moves.items() if home == number)])
    return scraps


def _sentences(page: Page, notes: Notes, one: Draft) -> Iterator[list[int]]:
    """Lines of the body that hang together by unfinished sentences; bylines hold their lines where they are."""
    group: list[int] = []
    for index in one.body:
        fixed = notes[index] is not None or index in one.cut
        if group and (fixed or page.lines[group[-1]].finished or group[-1] != index - 1):
            yield group
            group = []
        if not fixed:
            group.append(index)
    if group:
        yield group


def _home(
    page: Page, group: list[int], number: int, drafts: Sequence[Draft], pairs: Pairs, cohesion: Cohesion
) -> int | None:
    """The article, if any, that these lines' words tie to far more than to their own."""
    if sum(len(page.lines[index].text) for index in group) < _SHORTEST:
        return None
    text: Mapping[str, int] = dict.fromkeys(pairs[group[0]], 1)
    if len(group) > 1:
        text = Counter([pair for index in group for pair in pairs[index]])
    ties = cohesion.ties(text, number)
    if ties.other < 0 or ties.closest < max(_CLOSE, _FACTOR * ties.own, _LEAD * ties.second):
        return None
    for index in drafts[ties.other].body:
        # The same text in both articles: it belongs to the one whose other lines speak of the same.
        if index in pairs and overlap(text, pairs[index]) >= _SAME:
            return ties.other if cohesion.rest(text, ties.other, pairs[index]) > ties.own else None
    return ties.other


def _is_scrap(page: Page, notes: Notes, index: int) -> bool:
    """Whether the end of some other line stands here once more and does not finish the sentence above."""
    text = page.lines[index].text
    if notes[index] or not _SHORTEST_SCRAP <= len(text) <= _LONGEST_SCRAP or index == 0:
        return False
    above = page.lines[index - 1]
    if above.finished or not page.lines[index].finished or page.knows(index, above.text[-1] + text[0]):
        return False
    return page.repeats(index, text)
