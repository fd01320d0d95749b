"""Reads questions for `batch` and `eval`: text, CSV, TSV, JSON lines and BEIR queries, from a file or standard input.

A row that is broken comes as a Question with `error`; a file that is broken as a whole raises InputError.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from typing import Any, TextIO

from qa import question_tables
from qa.errors import InputError
from qa.identities import Seen
from qa.question_files import STDIN, opened
from qa.question_rows import Question
from qa.types import Turn

__all__ = ["Question", "label", "located", "read", "rows", "told_apart"]

QUERIES = "queries.jsonl"  # of a folder in BEIR's form
LIST = "a JSON list: write one object a line instead, without the [ ] around them and the commas between"


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
            yield from question_tables.read(name, stream, "\t" if suffix == ".tsv" else ",")
        elif suffix in (".jsonl", ".json"):
            yield from _objects(enumerate(stream, start=1))
        else:
            yield from _texts(enumerate(stream, start=1))


def told_apart(questions: Iterable[Question], seen: Seen | None = None) -> Iterator[Question]:
    """The rows, with `error` for each whose id an earlier one has; rows without one get a number that is no other's id.

    Passing over the rows with a `seen` gathers the ids that they give themselves, so that the next time these come
    first. Without it, as from a pipe, an id belongs to whoever has it first.
    """
    known = seen or Seen()
    for question in questions:
        if question.numbered:
            yield replace(question, id=_number(question, known, claim=seen is None))
            continue
        first = known.first(question.id, question.row)
        if first != question.row and not question.error:
            yield replace(question, error=f"the id {question.id!r} is taken by row {first}: give each row its own")
        else:
            yield question


def _number(question: Question, known: Seen, claim: bool) -> str:
    """The row's number, with another behind it where that is an id already; `claim` makes it one."""
    numbers = chain([question.id], (f"{question.id}.{n}" for n in count(1)))
    id = next(id for id in numbers if known.row(id) is None)
    if claim:
        known.first(id, question.row)
    return id


def _sniffed(stream: TextIO) -> Iterator[Question]:
    """Standard input: a table where its first line is a header, else JSON lines and lines of text, also mixed."""
    first = stream.readline()
    lines = chain([first], stream)
    if delimiter := question_tables.delimiter_of(first):
        yield from question_tables.read(label(STDIN), lines, "\t" if delimiter == "\t" else ",")
        return
    for number, line in enumerate(lines, start=1):
        yield from _objects([(number, line)]) if line.startswith(("{", "[{")) else _texts([(number, line)])


def _texts(lines: Iterable[tuple[int, str]]) -> Iterator[Question]:
    for number, line in lines:
        if text := line.strip():
            yield Question(str(number), text, number, numbered=True)


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
        if isinstance(error, ValueError) and line.lstrip().startswith("["):
            reason = LIST
    text = (raw.get("question") or raw.get("text")) if isinstance(raw, dict) else None
    id = _id(raw)
    return Question(id or str(number), text if isinstance(text, str) else "", number, error=reason, numbered=not id)


def _id(raw: Any) -> str:
    """The row's own id; empty where it has none."""
    found = next((raw[key] for key in ("id", "_id") if raw.get(key) is not None), "") if isinstance(raw, dict) else ""
    return str(found) if isinstance(found, str | int | float) and not isinstance(found, bool) else ""


def _question(raw: Any, row: int) -> Question:
    text = _text(raw)
    if not all(isinstance(raw.get(key), str | int | float | None) for key in ("id", "_id")):
        raise InputError("the id is no text or number: mend it")
    id, file = _id(raw), raw.get("file")
    lines = _list(raw, "lines")
    if not all(isinstance(n, int) for n in lines):
        raise InputError("lines are no whole numbers: mend them")
    return Question(
        id=id or str(row),
        text=text,
        row=row,
        history=tuple(_turn(turn) for turn in _list(raw, "history")),
        type=str(raw.get("type") or ""),
        file=str(file) if file else None,
        lines=tuple(lines),
        answers=tuple(str(a) for a in _list(raw, "answers") or _list(raw, "evidence")),
        numbered=not id,
    )


def _text(raw: Any) -> str:
    """The text of the question; raises InputError that says what is there instead."""
    if isinstance(raw, list):
        raise InputError(LIST)
    name = next((n for n in ("question", "text") if isinstance(raw, dict) and n in raw), None)
    if name is None:
        raise InputError("no field question or text: mend or remove the line")
    text = raw[name]
    if not isinstance(text, str):
        found = json.dumps(text, ensure_ascii=False)[:40]
        raise InputError(f"the field {name} is no text ({found}): write the question in quotation marks")
    return text


def _list(raw: dict[str, Any], name: str) -> list[Any]:
    value = raw.get(name)
    if value is not None and not isinstance(value, list):
        raise InputError(f"{name} is no list: mend or remove it")
    return value or []


def _turn(raw: Any) -> Turn:
    if not isinstance(raw, dict) or not isinstance(raw.get("question"), str):
        raise InputError('a turn of history is no object with a "question": mend or remove it')
    return Turn(raw["question"], str(raw.get("answer") or ""))
