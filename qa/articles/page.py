"""A page of lines comes apart into its articles; the one door of this package."""

from __future__ import annotations

from collections.abc import Sequence

from qa.articles import bylines
from qa.articles.bylines import Byline
from qa.articles.displaced import send_home
from qa.articles.drafts import Draft, draft, windows, words
from qa.articles.headlines import Notes, find_openings
from qa.articles.joining import paragraphs
from qa.articles.lines import Page
from qa.articles.plain import plain_text
from qa.articles.sections import rejoin_pictures, set_apart
from qa.types import Article, Kind

# A picture's text: a caption, some sentences, the credit.
_LONGEST_PHOTO_TEXT = 800


def split(lines: Sequence[str]) -> tuple[Article, ...]:
    """Articles in order of the page; every non-blank line stands in exactly one of them.

    A text without any byline is no newspaper page: it makes one article.
    """
    page = Page(lines)
    if not page.texts:
        return ()
    notes = bylines.find_all(page.texts)
    if not any(notes) and not any(bylines.continued(text) for text in page.texts):
        return (plain_text(page),)
    drafts: list[Draft] = []
    for window in windows(page, draft(find_openings(page, notes), len(page))):
        places, cohesion = words(page, window)
        rejoined = rejoin_pictures(window, places, cohesion)
        if len(rejoined) < len(window):
            window = rejoined
            places, cohesion = words(page, window)
        scraps = send_home(page, notes, window, places, cohesion)
        drafts += set_apart(page, window, cohesion) + scraps
    drafts.sort(key=lambda one: (one.titles or one.body)[0] if one.titles or one.body else 0)
    return tuple(_article(page, notes, one) for one in drafts if one.titles or one.body)


def _article(page: Page, notes: Notes, one: Draft) -> Article:
    subheads, parts = paragraphs(page, notes, one.body, one.cut)
    titles = [page.texts[index] for index in one.titles]
    # The headline is set in the largest type, so it is the shortest line of its block.
    largest = min(range(len(titles)), key=lambda place: len(titles[place]), default=0)
    signed = [note for index in one.body if (note := notes[index])]
    closing = [note for index in one.body if not notes[index] and (note := bylines.tail(page.texts[index]))]
    return Article(
        headline=titles[largest] if titles else None,
        headline_lines=(page.numbers[one.titles[0]], page.numbers[one.titles[-1]]) if titles else None,
        kickers=tuple(titles[:largest] + titles[largest + 1 :]),
        subheads=tuple((page.numbers[index], page.texts[index]) for index in subheads),
        byline=_byline(signed, closing),
        reporters=tuple(dict.fromkeys(name for note in signed + closing for name in note.names)),
        kind=_kind(one, signed, closing, sum(len(part.text) for part in parts)),
        paragraphs=tuple(parts),
    )


def _byline(signed: Sequence[Byline], closing: Sequence[Byline]) -> str | None:
    """The note that opens the article; where there is none, the first credit."""
    opening = next((note.text for note in signed if note.place in ("lead", "author")), None)
    if opening:
        return opening
    return next((note.text for note in [*signed, *closing]), None)


def _kind(one: Draft, signed: Sequence[Byline], closing: Sequence[Byline], length: int) -> Kind:
    if one.kind == "news" and length <= _LONGEST_PHOTO_TEXT:
        credits = [note for note in [*signed, *closing] if note.text.rstrip(")）")[-1:] in "摄攝影"]
        leads = [note for note in signed if note.place != "credit"]
        if credits and not leads:
            return "photo"
    return one.kind
