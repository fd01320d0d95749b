"""Many questions to many blocks of text, in order, streaming; is handed what asks and what writes."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass

from qa import formats
from qa.errors import InputError
from qa.questions import Question
from qa.types import Answer

Ask = Callable[[Question], Answer]
LOST = "\ufffd"  # stands for bytes of a question that are no text

# Another process takes most of a second of its core before it answers: alone until that is a small part of what is left.
ALONE = 0.5  # seconds of asking alone before others are called
WORTH = 1.5  # seconds that asking alone would still take; below, the others come too late


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the questions as it is written: its block of text, which may be empty, and why it could not be asked."""

    row: int
    id: str
    block: str
    error: str = ""


def answered(question: Question, ask: Ask, form: str) -> Row:
    """Ask a row; one that cannot be asked keeps its place, with `error`."""
    error = question.error
    if not error:
        try:
            return Row(question.row, question.id, formats.WRITERS[form](ask(question)))
        except InputError as refused:
            error = str(refused)
    id, text = writable(question.id), writable(question.text)
    failed = Answer(id, text, text, False, 0.0, "", (), writable(error))
    return Row(question.row, id, formats.WRITERS[form](failed), failed.error or "")


def writable(text: str) -> str:
    """The text without halves of characters, which no file can hold."""
    return "".join(LOST if "\ud800" <= c <= "\udfff" else c for c in text) if not text.isascii() else text


def rows(
    questions: Iterable[Question],
    ask: Callable[[Question], Row],
    together: Callable[[Iterator[Question]], Iterator[Row]] | None,
    left: int | None,
) -> Generator[Row, None, None]:
    """A row for each question: alone at first, by several processes (`together`) once the work left is worth them.

    `left` is the number of questions, where it is known.
    """
    waiting = iter(questions)
    spent = 0.0
    for asked, question in enumerate(waiting, start=1):
        began = time.monotonic()
        row = ask(question)
        spent += time.monotonic() - began
        yield row
        if together and spent > ALONE and (left is None or (left - asked) * spent / asked > WORTH):
            yield from together(waiting)
            return


def run(
    found: Iterable[Row], write: Callable[[str], None], tick: Callable[[], None], say: Callable[[str], None]
) -> int:
    """Write the blocks; returns how many rows. Rows that could not be asked are said with their number."""
    count = 0
    for row in found:
        write(row.block)
        if row.error:
            say(f"row {row.row} (id {row.id}): {row.error}")
        count += 1
        tick()
    return count
