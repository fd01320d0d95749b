"""Many questions to many answers, in order, streaming; is handed what asks and what writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import TextIO

from qa import formats
from qa.errors import InputError
from qa.questions import Question
from qa.types import Answer

Ask = Callable[[Question], Answer]


def run(
    questions: Iterable[Question],
    ask: Ask,
    out: TextIO,
    form: str,
    tick: Callable[[], None],
    say: Callable[[str], None],
) -> int:
    """Write an answer for each question; returns how many. A question that cannot be asked keeps its row, with `error`."""
    write = formats.WRITERS[form]
    out.write(formats.HEADERS.get(form, ""))
    count = 0
    for question in questions:
        try:
            answer = ask(question)
        except InputError as error:
            say(f"row {question.row} (id {question.id}): {error}")
            answer = Answer(question.id, question.text, question.text, False, 0.0, "", (), str(error))
        out.write(write(answer))
        count += 1
        tick()
    return count


def open_output(output: Path | None, questions: str, stdout: TextIO) -> nullcontext[TextIO] | TextIO:
    """The file to write, or standard output; raises InputError where it cannot be written."""
    if output is None:
        return nullcontext(stdout)
    if questions != "-" and output.exists() and output.samefile(questions):
        raise InputError(f"{output}: is the file of questions itself: choose another output")
    try:
        return output.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"{output}: cannot be written ({error.strerror}): choose another output") from error
