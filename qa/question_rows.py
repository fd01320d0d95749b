"""One row of a file of questions: what all forms of files are read into."""

from __future__ import annotations

from dataclasses import dataclass

from qa.types import Turn


@dataclass(frozen=True, slots=True)
class Question:
    """One row: `row` is its line in the file (for CSV, of its last line), gold fields where it has them.

    `error` says why the row cannot be asked; it is empty for every other. `numbered` is a row without an id of its own.
    """

    id: str
    text: str
    row: int
    history: tuple[Turn, ...] = ()
    type: str = ""
    file: str | None = None
    lines: tuple[int, ...] = ()
    answers: tuple[str, ...] = ()
    error: str = ""
    numbered: bool = False
