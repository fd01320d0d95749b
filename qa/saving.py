"""A conversation in a file: Markdown for reading, JSON lines for programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qa import formats
from qa.errors import InputError

if TYPE_CHECKING:
    from qa.types import Answer

TITLE = "# Questions and answers\n\n"


def save(
    name: str, answers: Sequence[Answer], *, over: bool = False, check: Callable[[Path], None] = lambda path: None
) -> Path:
    """Write the answers in the form that the suffix names; a file that is there is replaced only where `over` says so.

    `check` raises InputError for a file that must not be written. Returns the path; raises InputError with nothing lost.
    """
    if not name:
        raise InputError("/save FILE: name a file that ends in .md or .jsonl")
    try:
        path = Path(name).expanduser()
        if path.suffix.lower() not in (".md", ".jsonl"):
            raise InputError(
                f"{name}: no form goes by {path.suffix or 'no suffix'}: name a file that ends in .md or .jsonl"
            )
        check(path)
        if path.exists() and not over:
            raise InputError(f"{name} is there already: name another file, or write over it with /save! {name}")
        partial = path.with_name(path.name + ".partial")
        partial.write_text(text(path.suffix.lower(), answers), encoding="utf-8", newline="\n")
        partial.replace(path)
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{name}: cannot be written ({reason}): name another file") from error
    return path


def text(suffix: str, answers: Sequence[Answer]) -> str:
    """The whole conversation in one form."""
    if suffix == ".jsonl":
        return "".join(map(formats.jsonl, answers))
    return TITLE + "".join(map(formats.markdown, answers)).rstrip("\n") + "\n"
