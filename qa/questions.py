"""Reads questions for `batch` and `eval`: text, CSV, TSV, JSON lines and BEIR queries, from a file or standard input.

A row that is broken comes as a Question with `error`; a file that is broken as a whole raises InputError.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from qa.errors import InputError
from qa.gold_columns import gold
from qa.identities import Seen
from qa.question_files import STDIN, opened
from qa.types import Turn

MARK = "\ufeff"  # what some programs write in front of UTF-8
QUERIES = "queries.jsonl"  # of a folder in BEIR's form


@dataclass(frozen=True, slots=True)
class Question:
    """One row: `row` is its line in the file (for CSV, of its last line), gold fields where it has them.

    `error` says why the row cannot be asked; it is empty for every other.
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


def read(name: str) -> Iterator[Question]:
    """Yield the questions one by one; raises InputError naming the row that cannot be read."""
    for question in rows(name):
        if question.error:
            raise InputError(f"{label(name)}:{question.row}: {question.error}")
        yield question


def label(name: str) -> str:
    """What messages call the file."""
    return "standard input" if name == STDIN else name


def located(name: str) -> str:
    """The file that holds the questions: of a folder in BEIR's form, its queries; raises InputError."""
    if name == STDIN or not Path(name).is_dir():
        return name
    if not (Path(name) / QUERIES).is_file():
        raise InputError(
            f"{name}: is a directory without {QUERIES}: give a file of questions or a folder in BEIR's form"
        )
    return str(Path(name) / QUERIES)


def rows(name: str) -> Iterator[Question]:
    """Yield every row that is not blank, the broken ones with `error`; raises InputError for a broken file."""
    name = located(name)
    suffix = Path(name).suffix.lower()
    with opened(name) as stream:
        if name == STDIN:
            yield from _sniffed(stream)
        elif suffix in (".csv", ".tsv"):
            yield from _table(name, stream, "\t" if suffix == ".tsv" else ",")
        elif suffix in (".jsonl", ".json"):
            yield from _objects(enumerate(stream, start=1))
        else:
            yield from _texts(enumerate(stream, start=1))


def told_apart(questions: Iterable[Question]) -> Iterator[Question]:
    """The rows, with `error` for each whose id an earlier one has."""
    seen = Seen()
    for question in questions:
        first = seen.first(question.id, question.row)
        if first != question.row and not question.error:
            yield replace(question, error=f"the id {question.id!r} is taken by row {first}: give each row its own")
        else:
            yield question


def _sniffed(stream: TextIO) -> Iterator[Question]:
    """Standard input: a table where its first line is a header, else JSON lines and lines of text, also mixed."""
    first = stream.readline()
    lines = chain([first], stream)
    if delimiter := _delimiter(first):
        yield from _table(label(STDIN), lines, delimiter)
        return
    for number, line in enumerate(lines, start=1):
        yield from _objects([(number, line)]) if line.startswith("{") else _texts([(number, line)])


def _delimiter(line: str) -> str | None:
    """What parts the columns of a header that has one named question; None for a line that is no header."""
    for delimiter in ("\t", ","):
        if "question" in [cell.strip().strip('"') for cell in line.removeprefix(MARK).split(delimiter)]:
            return delimiter
    return None


def _texts(lines: Iterable[tuple[int, str]]) -> Iterator[Question]:
    for number, line in lines:
        if text := line.strip():
            yield Question(str(number), text, number)


def _table(name: str, lines: Iterable[str], delimiter: str) -> Iterator[Question]:
    table = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = [cell.strip() for cell in next(table, [])]
    except csv.Error as error:
        raise InputError(f"{name}:1: no header of a table ({error}): name the columns in the first row") from error
    if header.count("question") != 1:
        found = ", ".join(header)[:200]
        which = "more than one column" if "question" in header else "no column"
        raise InputError(f"{name}: {which} named question (found: {found}): name the one that holds the questions so")
    text_at, id_at = header.index("question"), header.index("id") if "id" in header else None
    start = table.line_num + 1
    while True:
        try:
            cells = next(table, None)
        except csv.Error as error:
            if "expected after" not in str(error):  # a mark that never closes has the rows after it inside
                raise InputError(f"{name}:{start}: not a row of a table ({error}): mend or remove it") from error
            number = table.line_num
            yield Question(str(number), "", number, error="a quotation mark inside a quoted field: double it")
        else:
            if cells is None:
                return
            if cells:
                yield _with_gold(_row(cells, text_at, id_at, table.line_num), dict(zip(header, cells, strict=False)))
        start = table.line_num + 1


def _row(cells: list[str], text_at: int, id_at: int | None, number: int) -> Question:
    given = cells[id_at].strip() if id_at is not None and id_at < len(cells) else ""
    if text_at >= len(cells):
        return Question(
            given or str(number), "", number, error="the row ends before its question: fill it in or remove it"
        )
    return Question(given or str(number), cells[text_at].strip(), number)


def _with_gold(question: Question, cells: dict[str, str]) -> Question:
    try:
        return replace(question, **gold(cells))
    except InputError as error:
        return replace(question, error=question.error or str(error))


def _objects(lines: Iterable[tuple[int, str]]) -> Iterator[Question]:
    for number, line in lines:
        if line.strip():
            yield _object(line, number)


def _object(line: str, number: int) -> Question:
    """The question of a JSON line, or one with the error of it and as much as could be read."""
    raw: Any = None
    try:
        raw = json.loads(line)
        json.dumps(
            raw, ensure_ascii=False
        ).encode()  # half of a surrogate pair: JSON can escape it, no file can hold it
        return _question(raw, number)
    except UnicodeEncodeError:
        reason = "a character of it is none: mend the line"
    except InputError as error:
        reason = str(error)
    except (ValueError, RecursionError) as error:
        reason = f"not a JSON object ({error}): mend or remove the line"
    text = (raw.get("question") or raw.get("text")) if isinstance(raw, dict) else None
    return Question(_id(raw) or str(number), text if isinstance(text, str) else "", number, error=reason)


def _id(raw: Any) -> str:
    """The row's own id; empty where it has none."""
    found = next((raw[key] for key in ("id", "_id") if raw.get(key) is not None), "") if isinstance(raw, dict) else ""
    return str(found) if isinstance(found, str | int | float) and not isinstance(found, bool) else ""


def _question(raw: Any, row: int) -> Question:
    text = raw.get("question", raw.get("text")) if isinstance(raw, dict) else None
    if not isinstance(text, str):
        raise InputError("no field question or text: mend or remove the line")
    if not all(isinstance(raw.get(key), str | int | float | None) for key in ("id", "_id")):
        raise InputError("the id is no text or number: mend it")
    file = raw.get("file")
    lines = _list(raw, "lines")
    if not all(isinstance(n, int) for n in lines):
        raise InputError("lines are no whole numbers: mend them")
    return Question(
        id=_id(raw) or str(row),
        text=text,
        row=row,
        history=tuple(_turn(turn) for turn in _list(raw, "history")),
        type=str(raw.get("type") or ""),
        file=str(file) if file else None,
        lines=tuple(lines),
        answers=tuple(str(a) for a in _list(raw, "answers") or _list(raw, "evidence")),
    )


def _list(raw: dict[str, Any], name: str) -> list[Any]:
    value = raw.get(name)
    if value is not None and not isinstance(value, list):
        raise InputError(f"{name} is no list: mend or remove it")
    return value or []


def _turn(raw: Any) -> Turn:
    if not isinstance(raw, dict) or not isinstance(raw.get("question"), str):
        raise InputError('a turn of history is no object with a "question": mend or remove it')
    return Turn(raw["question"], str(raw.get("answer") or ""))
