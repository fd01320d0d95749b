"""The articles of pages, for people and as the contract's JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from qa.errors import InputError, UnreadableFile
from qa.pathnames import shown
from qa.readers import registry, walk
from qa.types import Article


def of_paths(
    paths: Sequence[Path], max_bytes: int, say: Callable[[str], None]
) -> Iterator[tuple[str, tuple[Article, ...]]]:
    """(path, articles) of each file; a file in a folder that cannot be read is named and left out.

    Raises InputError where no file at all can be read.
    """
    found, skipped = walk.find(paths)
    for refused in skipped:
        say(f"skipped {shown(refused.name)}: {refused.reason}")
    count = 0
    for item in found:
        try:
            source = registry.read(item.path, item.name, max_bytes=max_bytes)
        except (OSError, UnreadableFile) as error:
            say(f"skipped {error}")
            continue
        if source.left_out:
            say(f"skipped {shown(item.name)}: {source.left_out}")
        count += 1
        yield item.name, tuple(article for document in source.documents for article in document.articles)
    if not count:
        raise InputError(f"no readable file in {', '.join(map(str, paths))}: give pages to take apart")


def to_json(path: str, articles: Sequence[Article]) -> str:
    """One object a page."""
    # Article by article: a book's worth of dictionaries at once would take several times its text.
    inner = ", ".join([json.dumps(to_dict(article), ensure_ascii=False) for article in articles])
    return f'{{"path": {json.dumps(path, ensure_ascii=False)}, "articles": [{inner}]}}'


def to_dict(article: Article) -> dict[str, Any]:
    """The contract's fields."""
    return {
        "headline": article.headline,
        "kickers": article.kickers,
        "subheads": article.subheads,
        "byline": article.byline,
        "reporters": article.reporters,
        "kind": article.kind,
        "headline_lines": article.headline_lines,
        "paragraphs": [{"lines": p.lines, "text": p.text} for p in article.paragraphs],
    }
