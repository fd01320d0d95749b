"""Where an interrupted batch goes on: the answers that are there are told apart and matched with their questions.

The output itself is the record of what is done. Its last whole answer is not trusted: it is asked again,
and must come out the same, byte for byte. Behind it begins what is written anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from qa import formats
from qa.batch import writable
from qa.errors import InputError
from qa.questions import Question

ANEW = "leave --resume out to begin anew"


@dataclass(frozen=True, slots=True)
class Point:
    """`rows` whole answers end at byte `offset`; the `last` of them begins at byte `begins` with the bytes `block`.

    `questions` are those that are left. Nothing is done yet where `last` is None.
    """

    rows: int
    offset: int
    questions: Iterator[Question]
    last: Question | None = None
    begins: int = 0
    block: bytes = b""


def find(file: BinaryIO, form: str, header: str, questions: Iterable[Question], name: str) -> Point:
    """Match the answers in `file` with the questions; raises InputError where they belong to others."""
    waiting = iter(questions)
    head = header.encode()
    start = file.read(len(head))
    if start != head:
        if head.startswith(start):  # stopped before the first answer
            return Point(0, 0, waiting)
        raise InputError(f"{name}: does not begin as the answers of this run would: {ANEW}")
    point = Point(0, len(head), waiting)
    rows = 0
    for begins, block in blocks(file, form, len(head)):
        question, passed = match(block, form, waiting)
        if question is None:
            raise InputError(f"{name}: holds answers to other questions, from byte {begins} on: {ANEW}")
        rows += passed + 1
        point = Point(rows, begins + len(block), waiting, question, begins, block)
    return point


def match(block: bytes, form: str, waiting: Iterator[Question]) -> tuple[Question | None, int]:
    """The question that a block answers and how many before it have none; only in a run may that be any."""
    for passed, question in enumerate(waiting):
        if block.startswith(formats.opening(form, writable(question.id), writable(question.text)).encode()):
            return question, passed
        if form != "trec":
            return None, 0
    return None, 0


def blocks(file: BinaryIO, form: str, at: int) -> Iterator[tuple[int, bytes]]:
    """The whole blocks and where each begins; a line without its end is no part of any."""
    held = b""
    for line in file:
        if not line.endswith(b"\n"):
            break
        if held and not _goes_on(held, line, form):
            yield at, held
            at, held = at + len(held), b""
        held += line
    if held and _whole(held, form):
        yield at, held


def _goes_on(held: bytes, line: bytes, form: str) -> bool:
    """Whether a line belongs to the block before it."""
    if form == "csv":
        return held.count(b'"') % 2 == 1  # inside a quoted field
    if form == "md":
        return not line.startswith(b"## ")
    return form == "trec" and line.split(b" ", 1)[0] == held.split(b" ", 1)[0]


def _whole(held: bytes, form: str) -> bool:
    return form != "csv" or held.count(b'"') % 2 == 0


def settled(point: Point, again: bytes, form: str, name: str) -> Point:
    """Where to go on once the last answer was asked again: behind it, or with it where the file holds a part of it.

    A run and Markdown have answers of several lines, of which the last may be missing some. Raises InputError where the
    file holds something else.
    """
    if again == point.block:
        return point
    if point.last is None or form not in ("trec", "md") or not again.startswith(point.block):
        raise InputError(
            f"{name}: its last answer is not what is answered now (another index or other options): {ANEW}"
        )
    return Point(point.rows - 1, point.begins, chain([point.last], point.questions))
