"""Lines that look like headlines and are none: column heads over several articles, subheads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa.articles.cohesion import Cohesion
from qa.articles.drafts import Draft
from qa.articles.lines import Page
from qa.articles.titles import is_folio, is_section

# Shares of a title's telling words; a kicker of the pages seen shares 0.2 and more with its own article.
_STRANGE = 0.06
_FAMILIAR = 0.08
# The end of an article has ties of 1.3 and more to its beginning (22 of 26 on the pages seen), a picture's
# story to the article above it less, or no more than to some other one.
_SAME_STORY = 1.3
_LEAD = 1.1


def rejoin_pictures(drafts: Sequence[Draft], places: Mapping[int, int], cohesion: Cohesion) -> list[Draft]:
    """The drafts, where a credit's "headline" that is a subhead of the article above is given back to it."""
    pictures = [number for number, one in enumerate(drafts) if number and one.body and one.kind == "photo"]
    bodies = [[places[index] for index in drafts[number].body] for number in pictures]
    ties = dict(zip(pictures, cohesion.ties(bodies), strict=True))
    result: list[Draft] = []
    for number, one in enumerate(drafts):
        tie = ties.get(number)
        if tie and tie.other == number - 1 and tie.closest >= max(_SAME_STORY, _LEAD * tie.second):
            above = result[-1]
            result[-1] = Draft(above.titles, above.body + one.titles + one.body, above.kind, above.cut | {*one.titles})
            continue
        result.append(one)
    return result


def set_apart(page: Page, drafts: Sequence[Draft], cohesion: Cohesion) -> list[Draft]:
    """The drafts, with section heads as drafts of their own and cut subheads given back to the article above."""
    result: list[Draft] = []
    for number, one in enumerate(drafts):
        if number and result and _is_cut_subhead(page, one, number, cohesion):
            index = one.titles.pop(0)
            drafts[number - 1].body.append(index)
            drafts[number - 1].cut.add(index)
        if _begins_with_section(page, one, number, cohesion):
            result.append(Draft([one.titles.pop(0)], [], "section"))
        while one.body and one.titles and is_folio(page.texts[one.titles[0]]):
            result.append(Draft([one.titles.pop(0)], [], "section"))
        result.append(one)
        # A slogan is also set beside a headline, so that it follows it in the transcription.
        if len(one.titles) > 1 and is_section(page.texts[one.titles[-1]]):
            result.append(Draft([one.titles.pop()], [], "section"))
        elif len(one.titles) == 1 and not one.body:
            one.kind = "section"
    return result


def _is_cut_subhead(page: Page, one: Draft, number: int, cohesion: Cohesion) -> bool:
    """Whether the block's first title speaks of the article above and not of its own."""
    if len(one.titles) < 2:
        return False
    shares = cohesion.shares(page.texts[one.titles[0]])
    below, above = shares[number], shares[number - 1]
    return below < _STRANGE and above > max(_FAMILIAR, 3 * below)


def _begins_with_section(page: Page, one: Draft, number: int, cohesion: Cohesion) -> bool:
    if len(one.titles) < 2:
        return False
    text = page.texts[one.titles[0]]
    if is_section(text) or (one.titles[0] == 0 and len(one.titles) > 2):
        return True
    following = range(number + 1, min(number + 3, cohesion.count))
    if len(following) < 2:
        return False
    shares = cohesion.shares(text)
    covered = min(shares[number : following.stop])
    elsewhere = [share for other, share in enumerate(shares) if other not in (number, *following)]
    return covered > max([_STRANGE, *elsewhere])
