"""Articles to passages: a paragraph each, a long one in runs of whole sentences with one in common.

Does not read files; every passage knows the lines and characters it came from.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, islice
from operator import attrgetter

from qa import limits
from qa.belonging import together
from qa.text import flat, sentences
from qa.types import Article, Document, Paragraph, Part, Passage, Range, Source

LIMIT = limits.PASSAGE
PATH = " › "  # between the titles of a document, its sections and theirs
BATCH = 512  # paragraphs measured at a time

Measure = Callable[[Sequence[str]], list[int]]  # texts to their numbers of tokens
Piece = tuple[int, int, int]  # a range and its number of tokens


@dataclass(frozen=True, slots=True)
class Places:
    """Where each unit's part of a paragraph begins: in the paragraph's text and in the source."""

    starts: tuple[int, ...]
    units: tuple[int, ...]
    spans: tuple[int, ...]

    def at(self, offset: int) -> tuple[int, int]:
        """The unit and the source character of an offset in the paragraph's text."""
        i = max(0, bisect_right(self.starts, offset) - 1)
        return self.units[i], self.spans[i] + offset - self.starts[i]


def locate(paragraph: Paragraph, units: tuple[str, ...], begins: list[int]) -> Places:
    """Find the paragraph's units in its text, one after the other.

    `begins[n - 1]` is where unit n begins in the source. A unit whose text is not there as it
    stands (a reader closed it up) is taken to begin where the one before ends.
    """
    first, last = paragraph.lines
    if first == last and units[first - 1] == paragraph.text:
        return Places((0,), (first,), (begins[first - 1],))  # as in most files: a paragraph is a line
    starts, numbers, spans = [], [], []
    cursor = 0
    for number in range(first, last + 1):
        unit = units[number - 1]
        piece = unit.strip()
        if not piece:
            continue
        at = paragraph.text.find(piece, cursor)
        lead = len(unit) - len(unit.lstrip())
        starts.append(at if at >= 0 else cursor)
        numbers.append(number)
        spans.append(begins[number - 1] + lead)
        cursor = at + len(piece) if at >= 0 else cursor
    if not starts:
        return Places((0,), (first,), (begins[first - 1],))
    return Places(tuple(starts), tuple(numbers), tuple(spans))


def lines_of(start: int, end: int, places: Places) -> tuple[Range, Range]:
    """The units and the source characters of `text[start:end]` of the paragraph that has these places."""
    first, begin = places.at(start)
    last, final = places.at(max(start, end - 1))
    return (first, last), (begin, final + 1)


def windows(texts: Sequence[str], limit: int, measure: Measure) -> list[list[Range]]:
    """Each text as runs of whole sentences of at most `limit` tokens, each but the first beginning with the last
    sentence of the one before where that leaves room; a sentence over the limit is cut.
    """
    parts = [list(sentences(text)) for text in texts]
    flat_parts = [text[start:end] for text, own in zip(texts, parts, strict=True) for start, end in own]
    sizes = iter(measure(flat_parts) if flat_parts else ())
    found = []
    for text, own in zip(texts, parts, strict=True):
        pieces: list[Piece] = []
        for (start, end), size in zip(own, sizes, strict=False):
            pieces += [(start, end, size)] if size <= limit else cut(text, start, end, limit, measure)
        found.append(list(runs(pieces, limit)))
    return found


def runs(pieces: Sequence[Piece], limit: int) -> Iterator[Range]:
    """Neighbouring pieces that keep to the limit together, the last of one run also the first of the next."""
    first = 0
    while first < len(pieces):
        last, used = first, pieces[first][2]
        while last + 1 < len(pieces) and used + pieces[last + 1][2] <= limit:
            last += 1
            used += pieces[last][2]
        yield pieces[first][0], pieces[last][1]
        if last + 1 == len(pieces):
            return
        shared = last > first and pieces[last][2] + pieces[last + 1][2] <= limit
        first = last if shared else last + 1


def cut(text: str, start: int, end: int, limit: int, measure: Measure) -> list[Piece]:
    """The range in halves of halves, until none is over the limit or longer than a character."""
    pieces, waiting = [], [(start, end)]
    while waiting:
        begin, stop = waiting.pop()
        size = measure([text[begin:stop]])[0]
        if size <= limit or stop - begin <= max(1, limit // 4):
            pieces.append((begin, stop, size))
        else:
            middle = (begin + stop) // 2
            waiting += [(middle, stop), (begin, middle)]
    return pieces


def begins_of(units: tuple[str, ...], before: int = 0) -> list[int]:
    """Where each unit begins in the source's units joined by newlines, so many characters before the first."""
    return list(accumulate((len(unit) + 1 for unit in units), initial=before))


def title_passage(article: Article, after: Article | None, units: tuple[str, ...]) -> Paragraph | None:
    """The headline as a paragraph, for an article that has no other text (a slogan), nor sections of its own after it."""
    if article.paragraphs or article.headline_lines is None:
        return None
    if after and after.within[-1:] == (article.headline,):
        return None
    first, last = article.headline_lines
    text = "".join(u.strip().lstrip("# ") for u in units[first - 1 : last])  # without a Markdown heading's marks
    return Paragraph((first, last), text)


Place = tuple[Document, int, Article, int, Paragraph]  # a paragraph with its numbers from 0 and from 1


def paragraphs_of(source: Source) -> Iterator[Place]:
    """Every paragraph of a file with what it belongs to, in reading order."""
    for document in source.documents:
        for number, article in enumerate(document.articles):
            after = document.articles[number + 1] if number + 1 < len(document.articles) else None
            alone = title_passage(article, after, source.units)
            for place, paragraph in together(titled(article) or ((alone,) if alone else ())):
                yield document, number, article, place + 1, paragraph


def titled(article: Article) -> Sequence[Paragraph]:
    """The article's paragraphs, those below a subhead under it."""
    if not article.subheads:
        return article.paragraphs
    heads = sorted(article.subheads)
    lines = [line for line, _ in heads]
    above = [bisect_right(lines, paragraph.lines[0]) for paragraph in article.paragraphs]
    return [
        replace(paragraph, under=" ".join(filter(None, (heads[n - 1][1], paragraph.under)))) if n else paragraph
        for n, paragraph in zip(above, article.paragraphs, strict=True)
    ]


def context_of(article: Article, paragraph: Paragraph) -> str:
    """The kickers, and on a line of its own the title that the paragraph stands under."""
    stands = (*article.within, article.headline or "", paragraph.under)
    kickers, title = (" ".join(" ".join(part).split()) for part in (article.kickers, stands))
    return f"{kickers}\n{title}" if kickers else title


def of_paragraph(where: Place, ranges: Iterable[Range], path: str, places: Places, before: int) -> Iterator[Passage]:
    """The passages of one paragraph, so many lines before the first unit."""
    document, number, article, place, paragraph = where
    context = context_of(article, paragraph)
    for start, end in ranges:
        text = paragraph.text[start:end]
        if not text or text.isspace():
            continue
        (first, last), span = lines_of(start, end, places)
        yield Passage(
            document=document.id,
            path=path,
            lines=(first + before, last + before),
            span=span,
            article=number,
            paragraph=place,
            start=start,
            text=text,
            headline=PATH.join((*article.within, article.headline or "")),
            context=context,
            byline=article.byline or "",
            reporters=article.reporters,
            kind=article.kind,
        )


def in_order(source: Source, limit: int, measure: Measure, lines: int = 0, characters: int = 0) -> Iterator[Passage]:
    """Every passage of a file, repetitions included."""
    begins = begins_of(source.units, characters)
    stream = paragraphs_of(source)
    while batch := list(islice(stream, BATCH)):
        cuts = ranges_of(dict.fromkeys(where[-1].text for where in batch), limit, measure)
        for where in batch:
            text = where[-1].text
            places = locate(where[-1], source.units, begins)
            yield from of_paragraph(where, cuts.get(text, ((0, len(text)),)), source.path, places, lines)


def ranges_of(texts: Iterable[str], limit: int, measure: Measure) -> dict[str, list[Range]]:
    """The runs of those texts that are over the limit."""
    # A token is hardly ever less than a character, so a text of few characters needs no measuring.
    long = [text for text in texts if len(text) > limit]
    over = [text for text, size in zip(long, measure(long), strict=True) if size > limit] if long else []
    return dict(zip(over, windows(over, limit, measure), strict=True))


def of_parts(parts: Iterable[Part], limit: int, measure: Measure) -> Iterator[Passage]:
    """`of_source` of a file that comes in parts, no document in two of them."""
    for part in parts:
        yield from of_source(part.source, limit, measure, part.lines, part.characters)


def of_source(source: Source, limit: int, measure: Measure, lines: int = 0, characters: int = 0) -> Iterator[Passage]:
    """The passages of every document of a file, each of at most `limit` tokens as `measure` counts them.

    `lines` and `characters` of the file are before the source. A text that a document repeats is a passage once; its other
    places stay in the articles.
    """
    every = in_order(source, limit, measure, lines, characters)
    for _, passages in groupby(every, key=attrgetter("document")):
        seen: set[str] = set()
        for passage in passages:
            text = flat(passage.text)
            if text not in seen:
                seen.add(text)
                yield passage
