"""Filters by what is known of a passage: `reporter=王磊`, `path=seeds/000*`, `kind=photo`, `headline=…`."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

import numpy as np

from qa.errors import InputError
from qa.retrieval import Allowed, Searchable
from qa.text import fold
from qa.types import Passage

FIELDS = ("path", "document", "headline", "reporter", "byline", "kind")


def parse(filters: Sequence[str]) -> list[tuple[str, str]]:
    """(field, folded value) of each filter; raises InputError naming the fields there are."""
    out = []
    for text in filters:
        name, equals, value = text.partition("=")
        if not equals or name.strip() not in FIELDS or not value.strip():
            raise InputError(f"filter {text!r}: give FIELD=VALUE, with one of the fields {', '.join(FIELDS)}")
        out.append((name.strip(), fold(value.strip())))
    return out


def fits(passage: Passage, name: str, wanted: str) -> bool:
    """Whether a passage's field holds the value, * and ? standing for anything in it."""
    own = passage.reporters if name == "reporter" else (str(getattr(passage, name)),)
    whole = name in ("reporter", "kind")
    pattern = wanted if any(c in wanted for c in "*?") else (wanted if whole else f"*{wanted}*")
    return any(fnmatchcase(fold(value), pattern.replace("[", "[[]")) for value in own)


def firsts(index: Searchable) -> list[Passage]:
    """The first passage of each article: filters are told by it."""
    return [index.passages[int(n)] for n in index.articles[:-1]]


def allowed(index: Searchable, filters: Sequence[str]) -> Allowed:
    """What passages the filters let through, all of them at once; told article by article."""
    wanted = parse(filters)
    passes = np.array([all(fits(p, name, value) for name, value in wanted) for p in firsts(index)], dtype=bool)
    return lambda numbers: passes[index.article_of[numbers]]


def unmet(index: Searchable, filters: Sequence[str]) -> str:
    """What is said where no document passes the filters: those that none passes, or all together; empty where one does."""
    first = firsts(index)
    passes = [[fits(p, name, value) for p in first] for name, value in parse(filters)]
    if any(all(column) for column in zip(*passes, strict=True)):
        return ""
    alone = [text for text, row in zip(filters, passes, strict=True) if not any(row)]
    what = " or ".join(alone) or " and ".join(filters)
    return f"no document has {what}: see `qa info` for the files, `qa articles` for what is in them"
