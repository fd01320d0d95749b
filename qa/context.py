"""The source around a citation: `PATH:FROM-TO` to numbered lines with the cited ones marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from qa.errors import InputError, UnreadableFile
from qa.pathnames import meant
from qa.readers import registry
from qa.types import Article, Range, Source, Unit

_CITATION = re.compile(r"(?P<path>.+?):(?P<first>\d+)(?:-(?P<last>\d+))?", re.DOTALL)
AROUND = 3  # lines shown on either side where the place is in no article


@dataclass(frozen=True, slots=True)
class Context:
    """Numbered units of a source and which of them were cited."""

    path: str
    unit: Unit
    headline: str
    shown: tuple[tuple[int, str], ...]
    cited: Range


def parse(citation: str) -> tuple[str, Range]:
    """`path:from-to` or `path:line` to its parts; raises InputError."""
    match = _CITATION.fullmatch(citation.strip())
    if not match:
        raise InputError(f"{citation!r} is no citation: write PATH:FROM-TO, as in seeds/page.txt:12-14")
    first = int(match["first"])
    last = int(match["last"] or first)
    if not 1 <= first <= last:
        raise InputError(f"{citation!r}: lines count from 1 and the last cannot be before the first")
    return match["path"], (first, last)


def named(path: str, base: Path) -> str:
    """The path of a citation as it stands or, where there is no such file, the one that is shown so."""
    return path if (base / path).exists() else meant(path)


def around(citation: str, base: Path, max_bytes: int) -> Context:
    """The article that holds the cited lines, its path taken from `base`; raises InputError for a file or lines that are not there."""
    path, cited = parse(citation)
    name = named(path, base)
    if not (base / name).exists():
        raise InputError(f"{name}: no such file: give the path as the citation has it")
    try:
        source = registry.read(base / name, name, max_bytes=max_bytes)
    except (OSError, UnreadableFile) as error:
        reason = str(error).removeprefix(f"{name}: ")
        raise InputError(f"{name}: cannot be read ({reason}): give a readable file") from error
    count = len(source.units)
    if cited[1] > count:
        raise InputError(f"{name} has {count} {source.unit}s, {cited[0]}-{cited[1]} is beyond: check the citation")
    article = article_at(source, cited)
    first, last = extent(article) if article else (cited[0] - AROUND, cited[1] + AROUND)
    first, last = max(1, min(first, cited[0])), min(count, max(last, cited[1]))
    shown = tuple((n, source.units[n - 1]) for n in range(first, last + 1) if source.units[n - 1].strip())
    return Context(name, source.unit, (article.headline or "") if article else "", shown, cited)


def article_at(source: Source, cited: Range) -> Article | None:
    """The article with a paragraph or headline on the first cited line."""
    for document in source.documents:
        for article in document.articles:
            if any(first <= cited[0] <= last for first, last in blocks(article)):
                return article
    return None


def extent(article: Article) -> Range:
    """The first and last line of the article, what other articles have between them included."""
    own = blocks(article)
    return min(first for first, _ in own), max(last for _, last in own)


def blocks(article: Article) -> list[Range]:
    """The ranges of the article's paragraphs and headline."""
    headline = [article.headline_lines] if article.headline_lines else []
    return [paragraph.lines for paragraph in article.paragraphs] + headline
